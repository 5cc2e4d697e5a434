/// When which rate of upload holds, over the day in local time.
package struct Timetable: Sendable, Equatable {
    /// From a minute of the day on, this rate.
    package struct Entry: Sendable, Equatable {
        /// Minutes since midnight, 0 to 1439.
        package let minute: Int
        /// Nil for no limit.
        package let rate: ByteRate?

        /// Makes an entry out of values; nothing is checked here.
        package init(minute: Int, rate: ByteRate?) {
            self.minute = minute
            self.rate = rate
        }
    }

    /// In the order of the day; the last one holds on past midnight until the first one's time.
    ///
    /// Never empty.
    package let entries: [Entry]

    /// Reads `07:00,2Mbit/s 19:00,off`: entries between spaces, each a time and a rate or `off` (no limit); nil for anything
    /// else, and where the times do not go up.
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
}
