package import Foundation
import Station

extension DaemonStatus {
    /// The limit that the timetable sets next.
    package struct NextRateLimit: Codable, Sendable, Equatable {
        package var at: Date
        /// Bytes per second; nil for no limit.
        package var rateLimit: Int64?

        package init(at: Date, rateLimit: Int64?) {
            self.at = at
            self.rateLimit = rateLimit
        }
    }

    /// What limits the rate now and next, in words; nil where nothing does.
    package var limitWords: String? {
        let present = rateLimit.map { "Limited to \(Self.megabits($0))" }
        guard let next = nextRateLimit else { return present.map { $0 + "." } }
        let then = next.rateLimit.map { "limited to \(Self.megabits($0))" } ?? "without a limit"
        return "\(present ?? "Without a limit") until \(Self.clock(next.at)), then \(then)."
    }

    /// Why nothing is sent although something waits to be sent, in words; nil where something is, or nothing waits.
    package var obstacle: String? {
        guard running, sending != nil, transfers.isEmpty else { return nil }
        if paused { return "Nothing is sent while drop360 is paused." }
        if !online {
            let again = nextProbe.map { "; it is tried again at \(Self.clock($0))" } ?? ""
            return "Nothing is sent while CDF cannot be reached\(again)."
        }
        if let next = nextSending { return "Nothing is sent until \(Self.clock(next)): the last try failed." }
        if inboxes.contains(where: { !$0.available || $0.unmounted?.isEmpty == false }) {
            return "What waits in an inbox that is not available is sent when it is back."
        }
        return nil
    }

    private static func megabits(_ rate: Int64) -> String {
        "\((Double(rate) * 8 / 1e6).formatted(.number.precision(.significantDigits(1...3)).locale(.init(identifier: "en_US_POSIX")))) Mbit/s"
    }

    /// The time of day; within a day of now, which all of these are.
    private static func clock(_ date: Date) -> String {
        let time = date.formatted(.iso8601.time(includingFractionalSeconds: false))
        return (time.hasSuffix(":00") ? String(time.dropLast(3)) : time) + " UTC"
    }
}
