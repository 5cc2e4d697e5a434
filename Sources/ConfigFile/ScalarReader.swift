/// Makes a value of a text.
struct ScalarReader<Value> {
    /// What the text must be, to stand behind "must be": `a duration`.
    let what: String
    /// A sentence for the operator that says how to write it; nil where `what` says it.
    var hint: String?
    let read: (String) throws(BadValue) -> Value
}

/// Why a text is not the value that it should be.
enum BadValue: Error {
    /// Words that follow the quoted text: `is no duration`.
    ///
    /// The suggestion, where there is one, stands in for the reader's hint.
    case quoting(String, suggestion: String? = nil)
    /// Words that stand alone, where the text may be secret.
    case silent(String)
}

extension ScalarReader where Value == String {
    /// One line of text that is not empty.
    ///
    /// - Parameter limit: The most bytes that it may have in UTF-8.
    /// - Returns: The reader.
    static func text(limit: Int = 512) -> ScalarReader {
        ScalarReader(what: "a text") { text throws(BadValue) in
            guard !text.isEmpty else { throw .silent("is empty") }
            try checkLine(text, limit: limit)
            return text
        }
    }

    /// One line of text, which may be empty.
    static func possiblyEmptyText(limit: Int) -> ScalarReader {
        ScalarReader(what: "a text") { text throws(BadValue) in
            try checkLine(text, limit: limit)
            return text
        }
    }

    /// Letters, digits and the `extra` characters.
    static func word(extra: String) -> ScalarReader {
        let spelledOut = extra.map { "'\($0)'" }.joined(separator: ", ")
        return ScalarReader(what: "a word", hint: "Letters, digits and \(spelledOut) are allowed.") {
            text throws(BadValue) in
            guard !text.isEmpty else { throw .silent("is empty") }
            guard text.utf8.count <= 128 else { throw .quoting("is longer than 128 bytes") }
            guard text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) || extra.contains($0) }) else {
                throw .quoting("holds a character that is not allowed here")
            }
            return text
        }
    }

    private static func checkLine(_ text: String, limit: Int) throws(BadValue) {
        guard text.utf8.count <= limit else { throw .silent("is longer than \(limit) bytes") }
        guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw .quoting("holds a control character")
        }
    }

    /// An absolute path of a folder or file, normalised: no `//`, no `.`, no slash at the end.
    static var absolutePath: ScalarReader {
        ScalarReader(what: "an absolute path", hint: "Write the whole path, beginning with '/'.") {
            text throws(BadValue) in
            guard !text.isEmpty else { throw .silent("is empty") }
            try checkLine(text, limit: 4096)
            guard text.hasPrefix("/") else { throw .quoting("is not an absolute path") }
            let parts = text.split(separator: "/").filter { $0 != "." }
            guard !parts.contains("..") else { throw .quoting("holds '..'") }
            return "/" + parts.joined(separator: "/")
        }
    }
}

extension ScalarReader where Value == Secret {
    /// A secret; no message shows any of it.
    static var secret: ScalarReader {
        ScalarReader(what: "a text") { text throws(BadValue) in
            guard !text.isEmpty else { throw .silent("is empty") }
            guard text.utf8.count <= 65536,
                !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
            else { throw .silent("is not one line of text") }
            return Secret(text)
        }
    }
}

extension ScalarReader where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the words of an enumeration; case does not count.
    static var choice: ScalarReader {
        let allowed = Value.allCases.map(\.rawValue)
        let what = allowed.count == 1 ? "'\(allowed[0])'" : "one of: \(allowed.joined(separator: ", "))"
        return ScalarReader(what: what, hint: nil) { text throws(BadValue) in
            guard let value = Value(rawValue: text.lowercased()) else {
                let nearest = NearestKey.to(text, among: allowed).map { "Did you mean '\($0)'?" }
                throw .quoting("is not allowed here; it must be \(what)", suggestion: nearest)
            }
            return value
        }
    }
}
