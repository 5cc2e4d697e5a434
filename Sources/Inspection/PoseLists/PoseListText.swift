import Foundation

/// The text of a pose list, converted to UTF-8.
///
/// Spreadsheet programs write UTF-8 with a byte order mark, UTF-16 ("Unicode text") or the local code page.
struct PoseListText {
    /// UTF-8 without a byte order mark.
    let bytes: [UInt8]
    /// The encoding it was read as, if it was not UTF-8.
    var encoding: String?

    init(_ raw: [UInt8]) throws(PoseListRefusal) {
        switch JSONText.of(raw) {
        case .utf8(let start): bytes = start == 0 ? raw : Array(raw[start...])
        case .empty:
            throw PoseListRefusal(message: "is empty: write a header and a row for each station", mayBeUnfinished: true)
        case .reserved:
            throw PoseListRefusal(
                message: "contains zero bytes instead of text: copy it again",
                mayBeUnfinished: true
            )
        case .otherEncoding(let name):
            if Self.isWide(raw) {
                (bytes, encoding) = (try Self.wide(raw), "UTF-16")
            } else if let decoded = Self.western(raw) {
                (bytes, encoding) = (decoded, "Windows-1252")
            } else {
                throw PoseListRefusal(message: "is not UTF-8 but \(name): save it as UTF-8")
            }
        }
    }

    private static func isWide(_ raw: [UInt8]) -> Bool {
        raw.starts(with: [0xFF, 0xFE]) || raw.starts(with: [0xFE, 0xFF]) || raw.prefix(4).contains(0)
    }

    private static func wide(_ raw: [UInt8]) throws(PoseListRefusal) -> [UInt8] {
        let hasMark = raw.starts(with: [0xFF, 0xFE]) || raw.starts(with: [0xFE, 0xFF])
        let isBigEndian = hasMark ? raw[0] == 0xFE : raw[0] == 0
        let first = hasMark ? 2 : 0
        guard raw.count % 2 == 0 else {
            throw PoseListRefusal(message: "ends in the middle of a character: copy it again", mayBeUnfinished: true)
        }
        let units = stride(from: first, to: raw.count, by: 2).map { at -> UInt16 in
            let (high, low) = isBigEndian ? (raw[at], raw[at + 1]) : (raw[at + 1], raw[at])
            return UInt16(high) << 8 | UInt16(low)
        }
        guard let text = String(validating: units, as: UTF16.self), !text.unicodeScalars.contains("\0") else {
            throw PoseListRefusal(message: "is damaged UTF-16: save it as UTF-8")
        }
        guard text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
            throw PoseListRefusal(message: "is empty: write a header and a row for each station", mayBeUnfinished: true)
        }
        return Array(text.utf8)
    }

    /// The characters 0x80…0x9F of Windows-1252; 0 if undefined.
    private static let upperControls: [UInt32] = [
        0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
        0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E,
        0x0178,
    ]

    /// The text decoded as Windows-1252; nil if it contains undefined bytes, or control characters that no text has.
    private static func western(_ raw: [UInt8]) -> [UInt8]? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(raw.count + raw.count / 16)
        for byte in raw {
            switch byte {
            case 0x09, 0x0A, 0x0D, 0x20...0x7E: decoded.append(byte)
            case 0x80...0x9F:
                guard let scalar = Unicode.Scalar(upperControls[Int(byte) - 0x80]), scalar.value != 0 else {
                    return nil
                }
                decoded += Array(String(scalar).utf8)
            case 0xA0...0xFF: decoded += [0xC0 | byte >> 6, 0x80 | byte & 0x3F]
            default: return nil
            }
        }
        return decoded
    }
}
