package import Foundation
import Station

/// One line of the journal, as `journalctl --output json` prints it.
package struct JournalLine: Equatable, Sendable {
    package var at: Date
    /// syslog's, 0 to 7.
    package var priority: Int
    /// Printable.
    package var message: String

    /// Nil for what is not a line of the journal.
    package init?(json: Data) {
        struct Entry: Decodable {
            var __REALTIME_TIMESTAMP: String
            var PRIORITY: String?
            var MESSAGE: Message
        }
        /// journald prints what is not UTF-8 as a list of bytes.
        enum Message: Decodable {
            case text(String), bytes([UInt8])

            init(from decoder: any Decoder) throws {
                let value = try decoder.singleValueContainer()
                if let text = try? value.decode(String.self) {  // else it is the other form, or the line is none
                    self = .text(text)
                } else {
                    self = .bytes(try value.decode([UInt8].self))
                }
            }
        }
        // Anything else that journalctl prints is no line.
        guard let entry = try? JSONDecoder().decode(Entry.self, from: json),
            let microseconds = Double(entry.__REALTIME_TIMESTAMP)
        else { return nil }
        at = Date(timeIntervalSince1970: microseconds / 1e6)
        priority = entry.PRIORITY.flatMap(Int.init) ?? 6
        message =
            switch entry.MESSAGE {
            case .text(let text): printable(text, limit: 8000)
            case .bytes(let bytes): printable(String(decoding: bytes, as: UTF8.self), limit: 8000)
            }
    }
}
