import ArgumentParser
import Foundation

/// How long ago: `2y`, `18mo`, `26w`, `400d`.
///
/// A year has 365 days, and a month 30.
struct AgeOption: ExpressibleByArgument, Equatable {
    private let days: Int

    init?(argument: String) {
        guard let match = argument.wholeMatch(of: /(\d{1,5})(y|mo|w|d)/), let count = Int(match.1),
            let unit = ["y": 365, "mo": 30, "w": 7, "d": 1][String(match.2)], case let days = count * unit,
            (30...36_500).contains(days)
        else { return nil }
        self.days = days
    }

    func date(before now: Date) -> Date { now.addingTimeInterval(Double(days) * -86_400) }
}
