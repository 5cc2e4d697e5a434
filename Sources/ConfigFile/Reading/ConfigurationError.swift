/// One thing that is wrong in a configuration file.
package struct ConfigurationProblem: Sendable, Equatable {
    /// Counted from 1; nil where the problem is the file as a whole.
    package let line: Int?
    /// In characters, counted from 1.
    package let column: Int?
    /// Where in the tree: `inboxes[0].settle`; empty for the file itself.
    package let key: String
    /// What is wrong, without a full stop at the end.
    ///
    /// Never holds a secret.
    package let message: String
    /// What to do, as a sentence; nil where the message says it.
    package let suggestion: String?
}

extension ConfigurationProblem: CustomStringConvertible {
    /// `12: upload.concurency: unknown key. Did you mean 'concurrency'?`, what follows the file's name.
    package var description: String {
        let place = line.map { "\($0): " } ?? " "
        let name = key.isEmpty ? "" : "\(key): "
        return "\(place)\(name)\(message).\(suggestion.map { " \($0)" } ?? "")"
    }
}

/// Everything that is wrong in a configuration file, in line order.
package struct ConfigurationError: Error, Sendable, Equatable {
    /// The file, as the caller named it.
    package let file: String
    /// Never empty.
    package let problems: [ConfigurationProblem]
}

extension ConfigurationError: CustomStringConvertible {
    /// One line per problem, each beginning with file and line number; no newline at the end.
    package var description: String {
        problems.map { "\(shown(file)):\($0)" }.joined(separator: "\n")
    }
}

/// `text` from outside, shortened and made safe for a terminal: control and format characters are written as `\u{…}`.
func shown(_ text: String, limit: Int = 120) -> String {
    var result = ""
    for (count, scalar) in text.unicodeScalars.enumerated() {
        if count == limit { return result + "…" }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
            result += "\\u{\(String(scalar.value, radix: 16))}"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}
