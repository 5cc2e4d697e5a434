/// The facts from a picture's EXIF data that matter here.
struct EXIF: Equatable {
    /// 1…8; 1 is upright.
    var orientation: Int?
    /// As written in the file: `2026:05:01 11:30:00`.
    var dateTime: String?
    /// The decimal digits of the second.
    var subsecond: String?
    /// The zone: `+02:00`.
    var offset: String?

    /// When the picture was taken, as ISO 8601, with a zone if the camera knew it; nil if unknown.
    var isoTime: String? {
        guard let dateTime, dateTime.count == 19, dateTime.first != " ", dateTime.prefix(4) != "0000" else {
            return nil
        }
        let date = dateTime.prefix(10).replacing(":", with: "-")
        let digits = subsecond.map { $0.prefix { $0.isASCII && $0.isNumber } } ?? ""
        return date + "T" + dateTime.suffix(8) + (digits.isEmpty ? "" : "." + digits) + (offset ?? "")
    }

    /// Reads a TIFF structure; anything that points outside `bytes` is skipped.
    init(_ bytes: [UInt8]) {
        guard let reader = TIFFReader(bytes) else { return }
        let main = reader.directory(at: reader.firstDirectory)
        if let entry = main[0x0112], let value = reader.short(entry), (1...8).contains(value) { orientation = value }
        guard let pointer = main[0x8769], let at = reader.long(pointer) else { return }
        let inner = reader.directory(at: at)
        dateTime = inner[0x9003].flatMap(reader.text)
        subsecond = inner[0x9291].flatMap(reader.text)
        offset = inner[0x9011].flatMap(reader.text).flatMap { "+-Z".contains($0.first ?? " ") ? $0 : nil }
    }
}

/// Reads directories of a TIFF structure without reading outside it.
private struct TIFFReader {
    struct Entry {
        var type: Int
        var count: Int
        /// The position of the value, or of the pointer to it.
        var position: Int
    }

    private let bytes: [UInt8]
    private let isBigEndian: Bool
    let firstDirectory: Int

    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 8 else { return nil }
        self.bytes = bytes
        switch Array(bytes.prefix(4)) {
        case Array("II*\0".utf8): isBigEndian = false
        case Array("MM\0*".utf8): isBigEndian = true
        default: return nil
        }
        firstDirectory = Self.number(bytes, at: 4, length: 4, isBigEndian: isBigEndian) ?? 0
    }

    private static func number(_ bytes: [UInt8], at position: Int, length: Int, isBigEndian: Bool) -> Int? {
        guard position >= 0, position <= bytes.count - length else { return nil }
        let slice = bytes[position..<position + length]
        return isBigEndian
            ? slice.reduce(0) { $0 << 8 | Int($1) } : slice.reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    private func number(at position: Int, length: Int) -> Int? {
        Self.number(bytes, at: position, length: length, isBigEndian: isBigEndian)
    }

    /// The first entry of each tag.
    func directory(at position: Int) -> [Int: Entry] {
        guard position >= 8, let count = number(at: position, length: 2) else { return [:] }
        var entries: [Int: Entry] = [:]
        for index in 0..<count {
            let at = position + 2 + index * 12
            guard let tag = number(at: at, length: 2), let type = number(at: at + 2, length: 2),
                let count = number(at: at + 4, length: 4), at + 12 <= bytes.count
            else { break }
            if entries[tag] == nil { entries[tag] = Entry(type: type, count: count, position: at + 8) }
        }
        return entries
    }

    /// A single SHORT: browsers accept nothing else.
    func short(_ entry: Entry) -> Int? {
        entry.type == 3 && entry.count == 1 ? number(at: entry.position, length: 2) : nil
    }

    func long(_ entry: Entry) -> Int? {
        entry.type == 4 && entry.count >= 1 ? number(at: entry.position, length: 4) : nil
    }

    /// An ASCII value without its terminating zero.
    func text(_ entry: Entry) -> String? {
        guard entry.type == 2, (1...64).contains(entry.count) else { return nil }
        let start = entry.count <= 4 ? entry.position : number(at: entry.position, length: 4)
        guard let start, start <= bytes.count - entry.count else { return nil }
        let value = bytes[start..<start + entry.count].prefix { $0 != 0 }
        guard value.allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
        return String(decoding: value, as: UTF8.self)
    }
}
