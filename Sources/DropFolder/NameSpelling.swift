/// How a name that is not UTF-8 is spelled in text: its bytes that are no text as `%E4`, and `%` itself as `%25`.
///
/// Two names never have the same spelling. A file of the spelling's own name is another one: nothing is opened by it.
package struct NameSpelling: Equatable, Sendable {
    package let text: String

    init(_ name: some Sequence<some BinaryInteger>) {
        let bytes = name.map { UInt8(truncatingIfNeeded: $0) }
        var text = ""
        var next = 0
        while next < bytes.count {
            if bytes[next] == UInt8(ascii: "%") {
                text += "%25"
                next += 1
            } else if let character = Self.scalar(at: next, of: bytes) {
                text += character
                next += character.utf8.count
            } else {
                let digits = String(bytes[next], radix: 16, uppercase: true)
                text += "%" + (digits.count < 2 ? "0" : "") + digits
                next += 1
            }
        }
        self.text = text
    }

    /// The spelling that a text is; nil where it is none.
    package init?(text: String) {
        guard Self.bytes(of: text).map({ NameSpelling($0).text == text }) == true else { return nil }
        self.text = text
    }

    private static func scalar(at start: Int, of bytes: [UInt8]) -> String? {
        for length in 1...4 where start + length <= bytes.count {
            if let text = String(validating: bytes[start..<(start + length)], as: UTF8.self) { return text }
        }
        return nil
    }

    private static func bytes(of text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return bytes
    }

    /// The name as a program shows it that puts � in the place of what is no text: that is how a command's argument arrives.
    package var repaired: String { String(decoding: Self.bytes(of: text) ?? [], as: UTF8.self) }
}
