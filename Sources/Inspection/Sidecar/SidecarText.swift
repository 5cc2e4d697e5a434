import Station

/// The object that a sidecar's text has to be.
enum SidecarText {
    /// What a sidecar is expected to hold, for sentences.
    struct Words {
        /// With the definite article, as in `the pose`.
        var content: String
        /// With the indefinite article, as in `a pose`.
        var shape: String

        static let pose = Words(content: "the pose", shape: "a pose")
    }

    enum Outcome {
        case object(SidecarFields)
        /// `findings` says why.
        case unreadable(mayBeUnfinished: Bool)
    }

    /// Decodes and parses the text; keys that are given twice are refused.
    static func object(in bytes: [UInt8], file: String, _ words: Words, _ findings: inout SidecarFindings) -> Outcome {
        let shown = printable(file)
        func unreadable(_ code: ProblemCode, _ message: String, unfinished: Bool, at offset: Int? = nil) -> Outcome {
            findings.refuse(code, message, at: offset)
            return .unreadable(mayBeUnfinished: unfinished)
        }
        let start: Int
        switch JSONText.of(bytes) {
        case .utf8(let first): start = first
        case .empty:
            return unreadable(
                .sidecarEmpty,
                "\(shown) is empty: write \(words.content) into it. In a cloud folder it may be a placeholder: download the file itself first.",
                unfinished: true
            )
        case .reserved:
            return unreadable(
                .sidecarEncoding,
                "\(shown) contains zero bytes instead of text: copy it again.",
                unfinished: true
            )
        case .otherEncoding(let name):
            return unreadable(
                .sidecarEncoding,
                "\(shown) is not UTF-8 but \(name): save it as UTF-8.",
                unfinished: false
            )
        }
        let document: JSONDocument
        do throws(JSONRefusal) {
            document = try JSONParser.parse(bytes, from: start)
        } catch {
            let message = "\(shown) is not valid JSON: \(error.message). Correct it there."
            let code: ProblemCode =
                switch error.kind {
                case .syntax: .sidecarSyntax
                case .endOfText: .sidecarTruncated
                case .notANumber: .notANumber
                case .tooDeep: .sidecarTooDeep
                }
            return unreadable(code, message, unfinished: error.kind == .endOfText, at: error.offset)
        }
        for member in document.duplicates {
            findings.refuse(
                .keyDuplicate,
                "The key `\(printable(member.key, limit: 60))` is given twice: keep one of them.",
                at: member.offset
            )
        }
        guard case .object(let members) = document.root.content else {
            return unreadable(
                .sidecarShape,
                "\(shown) contains \(document.root.words), but \(words.shape) must be an object { … }.",
                unfinished: false,
                at: document.root.offset
            )
        }
        return .object(SidecarFields(members, path: "", offset: document.root.offset, findings: &findings))
    }
}
