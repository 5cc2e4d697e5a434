package import Foundation

/// Which upload rate applies at which time of day, in local time.
package struct Timetable: Sendable, Equatable {
    /// The rate that applies from a minute of the day on.
    package struct Entry: Sendable, Equatable {
        /// Minutes since midnight, 0 to 1439.
        package let minute: Int
        /// Nil for no limit.
        package let rate: ByteRate?
    }

    /// In the order of the day; the last one applies past midnight until the first one's time.
    ///
    /// Never empty.
    package let entries: [Entry]

    /// Reads `07:00,2Mbit/s 19:00,off`: entries separated by spaces, each a time and a rate or `off` (no limit); nil for anything
    /// else, and where the times do not ascend.
    package init?(_ text: String) {
        var entries: [Entry] = []
        for word in text.split(separator: " ") {
            guard let match = word.wholeMatch(of: /([01][0-9]|2[0-3]):([0-5][0-9]),(\S+)/),
                let hour = Int(match.1), let minute = Int(match.2)
            else { return nil }
            let rate = ByteRate(String(match.3))
            guard rate != nil || match.3 == "off" else { return nil }
            entries.append(Entry(minute: hour * 60 + minute, rate: rate))
        }
        guard !entries.isEmpty, zip(entries, entries.dropFirst()).allSatisfy({ $0.minute < $1.minute }) else {
            return nil
        }
        self.entries = entries
    }

    /// As it is written in the file.
    package var text: String {
        entries.map { entry in
            let hour = entry.minute / 60
            let minute = entry.minute % 60
            return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute),\(entry.rate?.text ?? "off")"
        }.joined(separator: " ")
    }

    /// The rate that applies at a moment; nil for no limit.
    ///
    /// By local wall-clock time: a day of 23 or 25 hours has its 07:00 at 07:00.
    ///
    /// - Parameter calendar: Gregorian, with the time zone that the times are meant in.
    package func rate(at date: Date, calendar: Calendar) -> ByteRate? {
        let time = calendar.dateComponents([.hour, .minute], from: date)
        let minute = (time.hour ?? 0) * 60 + (time.minute ?? 0)
        // Before the day's first entry, yesterday's last one still applies.
        return (entries.last { $0.minute <= minute } ?? entries[entries.count - 1]).rate
    }
    /// When the entries begin to apply after a moment, each once, the next one first.
    ///
    /// - Parameter calendar: As for ``rate(at:calendar:)``.
    package func changes(after date: Date, calendar: Calendar) -> [(at: Date, rate: ByteRate?)] {
        entries.compactMap { entry in
            let time = DateComponents(hour: entry.minute / 60, minute: entry.minute % 60, second: 0)
            return calendar.nextDate(after: date, matching: time, matchingPolicy: .nextTime).map { ($0, entry.rate) }
        }.sorted { $0.at < $1.at }
    }
}
