/// A JSON value and its position.
///
/// Foundation's decoder hides duplicate keys and the spelling of numbers; both matter in a sidecar typed by hand.
struct JSONValue: Equatable, Sendable {
    indirect enum Content: Equatable, Sendable {
        /// In the order of the text. Of duplicate keys only the first is kept.
        case object([JSONMember])
        case array([JSONValue])
        case string(String)
        /// Finite; with its original spelling.
        case number(Double, spelled: String)
        case bool(Bool)
        case null
    }

    var content: Content
    /// Bytes from the start of the text.
    var offset: Int

    /// The kind of value with an article, for a sentence.
    var words: String {
        switch content {
        case .object: "an object"
        case .array: "a list"
        case .string: "text"
        case .number: "a number"
        case .bool: "true or false"
        case .null: "null"
        }
    }
}

/// One key of a JSON object with its value.
struct JSONMember: Equatable, Sendable {
    var key: String
    /// Bytes from the start of the text.
    var offset: Int
    var value: JSONValue
}

/// A parsed JSON text.
struct JSONDocument: Equatable, Sendable {
    var root: JSONValue
    /// Keys that are repeated with the same spelling in their object.
    var duplicates: [JSONMember]
}

/// Why a text is not JSON.
struct JSONRefusal: Error, Equatable {
    enum Kind: Equatable {
        case syntax
        /// The text ends in the middle: perhaps it is still being written.
        case endOfText
        case notANumber
        case tooDeep
    }

    var kind: Kind
    /// The end of a sentence: `a comma is missing`.
    var message: String
    var offset: Int
}

extension [UInt8] {
    /// The line that holds the byte at `offset`, from 1.
    func line(of offset: Int) -> Int { self[..<Swift.min(offset, count)].reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) } }

    /// The column, in characters from 1, of the byte at `offset`.
    func column(of offset: Int) -> Int {
        let before = self[..<Swift.min(offset, count)]
        let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        // UTF-8 continuation bytes are not separate characters.
        return before[start...].reduce(1) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
    }
}
