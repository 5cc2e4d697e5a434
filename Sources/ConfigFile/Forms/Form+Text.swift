extension Form where Value == String {
    /// A value that is its own text.
    static func scalar(
        _ what: String,
        hint: String? = nil,
        read: @escaping (String) throws(BadValue) -> String
    ) -> Form { scalar(what, hint: hint, print: { .text($0) }, read: read) }

    /// One line of text.
    ///
    /// - Parameter limit: The most bytes that it may have in UTF-8.
    static func text(limit: Int = 512, mayBeEmpty: Bool = false, what: String = "a text") -> Form {
        scalar(what) { text throws(BadValue) in
            guard mayBeEmpty || !text.isEmpty else { throw .silent("is empty") }
            try checkLine(text, limit: limit)
            return text
        }
    }

    /// Letters, digits and the `extra` characters.
    static func word(extra: String) -> Form {
        let spelledOut = extra.map { "'\($0)'" }.joined(separator: ", ")
        return scalar("a word", hint: "Letters, digits and \(spelledOut) are allowed.") {
            text throws(BadValue) in
            guard !text.isEmpty else { throw .silent("is empty") }
            guard text.utf8.count <= 128 else { throw .quoting("is longer than 128 bytes") }
            guard text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) || extra.contains($0) }) else {
                throw .quoting("contains a character that is not allowed here")
            }
            return text
        }
    }

    private static func checkLine(_ text: String, limit: Int) throws(BadValue) {
        guard text.utf8.count <= limit else { throw .silent("is longer than \(limit) bytes") }
        guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw .quoting("contains a control character")
        }
    }

    /// An absolute path of a folder or file, normalised: no `//`, no `.`, no slash at the end.
    static var absolutePath: Form {
        scalar("an absolute path", hint: "Write the whole path, starting with '/'.", read: normalisedPath)
    }

    static func normalisedPath(_ text: String) throws(BadValue) -> String {
        guard !text.isEmpty else { throw .silent("is empty") }
        try checkLine(text, limit: 4096)
        guard text.hasPrefix("/") else { throw .quoting("is not an absolute path") }
        let parts = text.split(separator: "/").filter { $0 != "." }
        guard !parts.contains("..") else { throw .quoting("contains '..'") }
        return "/" + parts.joined(separator: "/")
    }

    private static var reservedSpaces: [String] { ["space", "cdf", "dms", "pg3", "shared", "system", "node", "edge"] }

    /// The name of a space.
    static var space: Form {
        scalar(
            "the name of a space",
            hint: "Use at most 43 letters, digits, '_' and '-'; start with a letter, end with a letter or digit."
        ) { text throws(BadValue) in
            guard !text.isEmpty else { throw .silent("is empty") }
            // By CDF's own rule `-` and `_` may come last only in names shorter than 43 characters.
            guard text.wholeMatch(of: /[a-zA-Z][a-zA-Z0-9_-]{0,41}[a-zA-Z0-9]?/) != nil else {
                throw .quoting("is not a name that CDF accepts for a space")
            }
            guard !reservedSpaces.contains(text) else { throw .quoting("is reserved by CDF; choose another name") }
            return text
        }
    }
}

extension Form where Value == Secret {
    /// A secret; no message and no output shows any of it.
    static var secret: Form {
        scalar("a text", print: { .text("\($0)") }) { text throws(BadValue) in
            guard !text.isEmpty else { throw .silent("is empty") }
            guard text.utf8.count <= 65536,
                !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
            else { throw .silent("is not one line of text") }
            return Secret(text)
        }.kept(.secret)
    }
}
