package import Logging
import Station

/// One line of the log in journald's native form: `NAME=value` for each field.
///
/// `DROP360_STATION` is the item's number in the ledger (its path where that is all that is known), `DROP360_REQUEST_ID` CDF's id of a
/// request that an error names, and any other metadata `a.b-c` is `DROP360_A_B_C`.
package struct JournalFields: Equatable, Sendable {
    /// In the order in which they are sent.
    package private(set) var fields: [(name: String, value: String)] = []

    package static func == (one: Self, other: Self) -> Bool { one.bytes == other.bytes }

    /// A datagram has its limits: values are cut, with a mark, so that none is longer than `longest` bytes and a line no longer than `most`.
    package static let (longest, most) = (8000, 48_000)
    private static let mark = " … (cut)"

    /// - Parameters:
    ///   - level: The line's.
    ///   - message: With all metadata, as `journalctl` shows it; printable.
    ///   - metadata: Each a field of its own.
    package init(_ level: Logger.Level, message: String, metadata: [String: String]) {
        add("MESSAGE", message)
        add("PRIORITY", "\(level.priority)")
        add("SYSLOG_IDENTIFIER", "drop360")
        if let station = metadata["station.number"] ?? metadata["station.path"] { add("DROP360_STATION", station) }
        if let id = Self.requestID(in: message) { add("DROP360_REQUEST_ID", id) }
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) { add(Self.name(of: key), value) }
        var longest = Self.longest
        repeat {
            cut(to: longest)
            longest /= 2
        } while bytes.count > Self.most && longest > Self.mark.utf8.count
    }

    private mutating func add(_ name: String, _ value: String) {
        guard !fields.contains(where: { $0.name == name }) else { return }
        fields.append((name, value))
    }

    private mutating func cut(to longest: Int) {
        for index in fields.indices where fields[index].value.utf8.count > longest {
            let value = fields[index].value.utf8.prefix(longest - Self.mark.utf8.count)
            // A scalar that is cut in two would become a replacement character.
            var end = value.endIndex
            while end > value.startIndex, end.samePosition(in: fields[index].value.unicodeScalars) == nil {
                end = value.index(before: end)
            }
            fields[index].value = String(fields[index].value[..<end]) + Self.mark
        }
    }

    /// journald takes capitals, digits and underscores, 64 at most.
    private static func name(of key: String) -> String {
        let name = key.uppercased().unicodeScalars.map { scalar in
            let isPlain = ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
            return isPlain ? String(scalar) : "_"
        }
        return String(("DROP360_" + name.joined()).prefix(64))
    }

    /// Errors name CDF's request as `(x-request-id ID)`.
    private static func requestID(in message: String) -> String? {
        guard let found = message.firstMatch(of: /x-request-id ([^\s)]+)\)/) else { return nil }
        return printable(String(found.1), limit: 100)
    }

    /// What is sent: a value with a line break is written with its length, as journald demands.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for (name, value) in fields {
            bytes += name.utf8
            if value.utf8.contains(UInt8(ascii: "\n")) {
                bytes.append(UInt8(ascii: "\n"))
                withUnsafeBytes(of: UInt64(value.utf8.count).littleEndian) { bytes += $0 }
            } else {
                bytes.append(UInt8(ascii: "="))
            }
            bytes += value.utf8
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }
}

extension Logger.Level {
    /// syslog's.
    package var priority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
