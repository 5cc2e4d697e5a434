/// Replaces `${NAME}` by environment variables.
enum VariableSubstitution {
    enum Failure: Error, Equatable {
        case notSet(String)
        /// `${` that starts no reference.
        case malformed
    }

    /// `text` with every `${NAME}` replaced; values are taken as they are, a `${` in them is not replaced.
    static func expand(_ text: String, environment: [String: String]) throws(Failure) -> String {
        guard text.contains("${") else { return text }
        var result = ""
        var rest = Substring(text)
        while let start = rest.firstRange(of: "${") {
            result += rest[..<start.lowerBound]
            rest = rest[start.lowerBound...]
            guard let reference = rest.prefixMatch(of: /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/) else { throw .malformed }
            let name = String(reference.1)
            guard let value = environment[name] else { throw .notSet(name) }
            result += value
            rest = rest[reference.range.upperBound...]
        }
        return result + rest
    }
}
