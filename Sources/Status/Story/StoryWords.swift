package import Foundation
import Station

/// How times, spans and amounts are written in sentences, in any locale alike.
package enum StoryWords {
    /// `14:32 UTC` on the same day, else `2026-05-01 14:32 UTC`.
    package static func time(_ date: Date, on day: Date) -> String {
        let (text, today) = (date.formatted(.iso8601), day.formatted(.iso8601))
        let clock = text.dropFirst(11).prefix(5) + " UTC"
        return text.prefix(10) == today.prefix(10) ? String(clock) : "\(text.prefix(10)) \(clock)"
    }

    /// `14:32 UTC (in 12 minutes)`.
    package static func timeAhead(_ date: Date, from now: Date) -> String {
        "\(time(date, on: now)) (in \(span(date.timeIntervalSince(now))))"
    }

    /// `40 seconds`, `12 minutes`, `5 hours`, `3 days`: rounded, at least one second.
    package static func span(_ seconds: TimeInterval) -> String {
        func count(_ value: Double, _ unit: String) -> String {
            let number = Int(min(max(1, value.rounded()), 1e6))
            return "\(number) \(unit)\(number == 1 ? "" : "s")"
        }
        return switch seconds {
        case ..<90: count(seconds, "second")
        case ..<5400: count(seconds / 60, "minute")
        case ..<172_800: count(seconds / 3600, "hour")
        default: count(seconds / 86400, "day")
        }
    }

    /// `312 kB`, `4.5 MB`, `1.2 GB`.
    package static func bytes(_ count: Int64) -> String {
        let count = Double(max(0, count))
        return switch count {
        case ..<1000: "\(Int(count)) bytes"
        case ..<1e6: "\(Int((count / 1e3).rounded())) kB"
        case ..<1e9: "\((count / 1e5).rounded() / 10) MB"
        default: "\((count / 1e8).rounded() / 10) GB"
        }
    }

    /// Text from outside as part of a sentence, without a full stop at its end.
    static func quoted(_ text: String) -> String {
        var text = printable(text, limit: 1000)
        while text.hasSuffix(".") || text.hasSuffix(" ") { text.removeLast() }
        return text
    }
}
