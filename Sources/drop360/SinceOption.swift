import ArgumentParser
import Foundation
import Station

/// The time of `--since`: so long ago (`90m`, `36h`, `7d`), a date or an ISO 8601 time, in UTC where it names no zone.
struct SinceOption: ExpressibleByArgument, Equatable {
    private enum Time: Equatable {
        case ago(seconds: Double)
        case at(Date)
    }

    /// As it was given.
    let text: String
    private let time: Time

    init?(argument: String) {
        text = argument
        if let unit = argument.last, let seconds = ["m": 60.0, "h": 3600, "d": 86400][unit] {
            guard let count = Int(argument.dropLast()), (1...100_000).contains(count) else { return nil }
            time = .ago(seconds: Double(count) * seconds)
            return
        }
        do {
            let isDate = argument.wholeMatch(of: /\d{4}-\d{2}-\d{2}/) != nil
            time = .at(try CaptureTime.parse(isDate ? argument + "T00:00Z" : argument, zone: .gmt).date)
        } catch {
            return nil
        }
    }

    /// The time that is meant.
    func date(before now: Date) -> Date {
        switch time {
        case .ago(let seconds): now.addingTimeInterval(-seconds)
        case .at(let date): date
        }
    }
}
