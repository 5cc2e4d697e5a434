/// A part of the file as it was written, freed of YAML's ways of writing.
struct Tree {
    enum Content {
        case scalar(Scalar)
        case sequence([Tree])
        /// No key twice: repeated ones have been reported and left out.
        case mapping([Entry])
        /// Nothing behind the key, or `null`.
        case nothing
        /// Already reported; whoever reads it says nothing more.
        case unusable
    }

    struct Scalar {
        /// With the environment's values in place.
        let text: String
        /// As it stands in the file.
        ///
        /// Messages show this, since a value from the environment may be secret.
        let written: String
    }

    struct Entry {
        let key: String
        let place: Place
        let value: Tree
    }

    let content: Content
    let place: Place
}

/// A place in the file, both counted from 1.
struct Place: Hashable {
    let line: Int
    let column: Int
}

/// What has been found while one file is read.
///
/// Confined to that reading.
final class Findings {
    private(set) var problems: [ConfigurationProblem] = []
    private(set) var notes: [ConfigurationNote] = []

    func report(_ message: String, at place: Place?, key: String, suggestion: String? = nil) {
        problems.append(
            ConfigurationProblem(
                line: place?.line,
                column: place?.column,
                key: key,
                message: message,
                suggestion: suggestion
            )
        )
    }

    func noteNotYetEffective(_ key: String, at place: Place) {
        notes.append(
            ConfigurationNote(
                line: place.line,
                key: key,
                message: "\(key) is accepted but not acted on by this version"
            )
        )
    }

    /// Problems of the file itself first, then by place; those of one place in the order in which they were found.
    var sortedProblems: [ConfigurationProblem] {
        problems.enumerated().sorted { a, b in
            (a.element.line ?? 0, a.element.column ?? 0, a.offset) < (
                b.element.line ?? 0, b.element.column ?? 0, b.offset
            )
        }.map(\.element)
    }

    var sortedNotes: [ConfigurationNote] {
        notes.enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }.map(\.element)
    }
}
