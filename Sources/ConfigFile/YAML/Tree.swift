/// A part of the file, without YAML's notation.
struct Tree {
    enum Content {
        case scalar(Scalar)
        case sequence([Tree])
        /// No key twice: repeated ones have been reported and left out.
        case mapping([Entry])
        /// No value, or `null`.
        case nothing
        /// Already reported; readers report nothing more.
        case unusable
    }

    struct Scalar {
        /// With the environment's values in place.
        let text: String
        /// As it is written in the file.
        ///
        /// Messages show this, since a value from the environment may be secret.
        let written: String
    }

    struct Entry {
        let key: String
        let value: Tree
    }

    let content: Content
    /// The dotted path of keys that leads here, `inboxes[0].settle`; empty for the whole file.
    let path: String
    /// Where the value begins.
    let position: SourcePosition
    /// The position of its key; where there is none (in a list, or for the whole file), that of the value.
    let keyPosition: SourcePosition

    /// The value of `key`; nil where this is not a map or lacks the key.
    subscript(key: String) -> Tree? {
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.key == key }?.value
    }

    /// An element of a list; nil where this is not a list or a shorter one.
    subscript(index: Int) -> Tree? {
        guard case .sequence(let items) = content, items.indices.contains(index) else { return nil }
        return items[index]
    }

    /// `inboxes[0].settle` for `settle`.
    func path(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}

/// A line and a column of the file, both counted from 1.
struct SourcePosition: Hashable {
    let line: Int
    let column: Int
}

/// The problems found while one file is read.
///
/// Confined to that reading.
final class Findings {
    private(set) var problems: [ConfigurationProblem] = []
    /// Every key of the format, to say where a misplaced one belongs.
    lazy var knownKeys = Configuration.keys.outline

    /// - Parameters:
    ///   - message: What is wrong, without a full stop.
    ///   - advice: What to do, as a sentence.
    ///   - position: nil where it is the file itself.
    ///   - key: The dotted path; empty for the file itself.
    func report(_ message: String, _ advice: String? = nil, at position: SourcePosition? = nil, key: String = "") {
        problems.append(
            ConfigurationProblem(
                line: position?.line,
                column: position?.column,
                key: key,
                message: message,
                suggestion: advice
            )
        )
    }

    /// Reports something about the value in `tree`, at its key.
    func report(_ message: String, _ advice: String? = nil, at tree: Tree) {
        report(message, advice, at: tree.keyPosition, key: tree.path)
    }

    /// Whether a problem concerns the value of `key` itself.
    func concern(_ key: String) -> Bool { problems.contains { $0.key == key } }

    /// Problems of the file itself first, then by position; those of one position in the order in which they were found.
    var sortedProblems: [ConfigurationProblem] {
        problems.enumerated().sorted { a, b in
            (a.element.line ?? 0, a.element.column ?? 0, a.offset) < (
                b.element.line ?? 0, b.element.column ?? 0, b.offset
            )
        }.map(\.element)
    }
}
