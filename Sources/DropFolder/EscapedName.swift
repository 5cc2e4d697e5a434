/// A name that is not UTF-8, escaped for display: each invalid byte as `%E4`, and `%` itself as `%25`.
///
/// Different names always have different escaped forms. No file is opened by its escaped name: that may be a different file.
package struct EscapedName: Equatable, Sendable {
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

    /// Reads an escaped name; nil if `text` is not one.
    package init?(text: String) {
        guard Self.bytes(of: text).map({ EscapedName($0).text == text }) == true else { return nil }
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

    /// The name with � for each invalid part, which is how it arrives as a command's argument.
    package var repaired: String { String(decoding: Self.bytes(of: text) ?? [], as: UTF8.self) }
}
