/// Classifies the bytes of a sidecar before parsing.
enum JSONText: Equatable {
    /// UTF-8 that starts at this byte, after a byte order mark if there is one.
    case utf8(start: Int)
    case empty
    /// Zero bytes where text should be: a copying tool has allocated the space but not written it yet.
    case reserved
    /// Any other encoding, under the name that editors use.
    case otherEncoding(String)

    static func of(_ bytes: [UInt8]) -> JSONText {
        let isBlank = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        if bytes.isEmpty { return .empty }
        if bytes.starts(with: [0xFF, 0xFE]) { return .otherEncoding("UTF-16 (also called Unicode)") }
        if bytes.starts(with: [0xFE, 0xFF]) { return .otherEncoding("UTF-16 (also called Unicode)") }
        let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        if let firstNull = bytes.prefix(4096).firstIndex(of: 0) {
            // ASCII in UTF-16 has a zero in every other byte and never two in a row.
            let head = bytes.prefix(4)
            let zeros = head.count { $0 == 0 }
            return head.count == 4 && zeros == 2 && firstNull < 2 && head[0] != head[1]
                && (head[0] == 0) == (head[2] == 0) ? .otherEncoding("UTF-16 (also called Unicode)") : .reserved
        }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            return .otherEncoding("in an older encoding such as Latin-1 or Windows-1252, or damaged")
        }
        return bytes[start...].allSatisfy(isBlank) ? .empty : .utf8(start: start)
    }
}
