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

    /// Values are cut at this length, and the fields that would make a line longer than `most` are left out: a datagram has its limits.
    package static let (longest, most) = (8000, 48_000)

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
    }

    private mutating func add(_ name: String, _ value: String) {
        let value = String(value.prefix(Self.longest))
        let size = fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 10 }
        guard size + name.utf8.count + value.utf8.count <= Self.most else { return }
        guard !fields.contains(where: { $0.name == name }) else { return }
        fields.append((name, value))
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
