/// Reads JSON strictly by RFC 8259, from bytes that are known to be UTF-8.
///
/// Any input gives a value or a refusal: recursion is bounded by ``depthLimit``, every index by the text.
struct JSONParser {
    /// The maximum depth of nested values.
    static let depthLimit = 64

    let bytes: [UInt8]
    var position: Int
    private var duplicates: [JSONMember] = []

    private init(_ bytes: [UInt8], from start: Int) {
        self.bytes = bytes
        position = start
    }

    /// Parses `bytes` from `start` on as one JSON value with nothing after it.
    static func parse(_ bytes: [UInt8], from start: Int = 0) throws(JSONRefusal) -> JSONDocument {
        var parser = JSONParser(bytes, from: start)
        let root = try parser.value(depth: 1)
        parser.skipSpace()
        if let byte = parser.current {
            throw parser.refusal("there is more after the end (\(Self.shown(byte)))")
        }
        return JSONDocument(root: root, duplicates: parser.duplicates)
    }

    var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    mutating func take(_ character: Character) -> Bool {
        guard let byte = current, byte == character.asciiValue else { return false }
        position += 1
        return true
    }

    func refusal(_ message: String, at offset: Int? = nil) -> JSONRefusal {
        guard offset != nil || position < bytes.count else {
            return JSONRefusal(kind: .endOfText, message: "it ends in the middle", offset: position)
        }
        return JSONRefusal(kind: .syntax, message: message, offset: offset ?? position)
    }

    static func shown(_ byte: UInt8) -> String {
        (0x21...0x7E).contains(byte) ? "`\(Character(Unicode.Scalar(byte)))`" : "a byte 0x" + String(byte, radix: 16)
    }

    private mutating func value(depth: Int) throws(JSONRefusal) -> JSONValue {
        skipSpace()
        let start = position
        guard depth <= Self.depthLimit else {
            throw JSONRefusal(
                kind: .tooDeep,
                message: "it is nested deeper than \(Self.depthLimit) levels",
                offset: position
            )
        }
        guard let byte = current else { throw refusal("a value is missing") }
        let content: JSONValue.Content
        switch byte {
        case UInt8(ascii: "{"): content = .object(try object(depth: depth))
        case UInt8(ascii: "["): content = .array(try array(depth: depth))
        case UInt8(ascii: "\""): content = .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): content = try number()
        default: content = try word()
        }
        return JSONValue(content: content, offset: start)
    }

    private mutating func object(depth: Int) throws(JSONRefusal) -> [JSONMember] {
        position += 1
        var members: [JSONMember] = []
        var keys: Set<String> = []
        skipSpace()
        if take("}") { return members }
        while true {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw keyExpected(after: members.last) }
            let start = position
            let key = try string()
            skipSpace()
            guard take(":") else { throw refusal("a colon is missing after the key") }
            let member = JSONMember(key: key, offset: start, value: try value(depth: depth + 1))
            if keys.insert(key).inserted { members.append(member) } else { duplicates.append(member) }
            skipSpace()
            if take("}") { return members }
            guard take(",") else { throw refusal("a comma or `}` is missing") }
        }
    }

    /// The refusal when a key is expected, with the usual reasons.
    private func keyExpected(after last: JSONMember?) -> JSONRefusal {
        if let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte),
            case .number = last?.value.content
        {
            return refusal("a number with a decimal comma: write 12.5, not 12,5")
        }
        if last != nil, current == UInt8(ascii: "}") { return refusal("there is a comma before `}`") }
        if current == UInt8(ascii: "'") { return refusal("keys need double quotes, not single ones") }
        return refusal("a key in double quotes is missing")
    }

    private mutating func array(depth: Int) throws(JSONRefusal) -> [JSONValue] {
        position += 1
        var values: [JSONValue] = []
        skipSpace()
        if take("]") { return values }
        while true {
            skipSpace()
            if !values.isEmpty, current == UInt8(ascii: "]") { throw refusal("there is a comma before `]`") }
            values.append(try value(depth: depth + 1))
            skipSpace()
            if take("]") { return values }
            guard take(",") else { throw refusal("a comma or `]` is missing") }
        }
    }
}
