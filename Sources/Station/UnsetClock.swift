package import Foundation

/// The dates at which clocks begin that nobody has set, or whose battery was empty.
package enum UnsetClock {
    private static let day: Int64 = 86_400_000
    /// How long a clock that begins at the start of a satellite week is taken for one that begins there.
    private static let weekStart: Int64 = 3 * 3_600_000

    /// Midnights at which satellite receivers begin: 6 January 1980, 22 August 1999, 7 April 2019.
    private static let weeks = [(1980, 1, 6), (1999, 8, 22), (2019, 4, 7)]

    /// Whether a clock that showed `clock` at the instant `time` is likely one that nobody has set.
    ///
    /// The first day of 1970, 1980, 1990 and of each year from 2000 to 2016 is where cameras, file systems and operating systems begin. Nobody
    /// scans a plant on all of them, and what a camera shows on such a day tells no time.
    package static func shows(_ clock: CaptureTime, at time: CaptureTime) -> Bool {
        [clock, time].contains { instant in
            let civil = CivilTime(milliseconds: instant.milliseconds)
            let isFactoryYear = [1970, 1980, 1990].contains(civil.year) || (2000...2016).contains(civil.year)
            if isFactoryYear, civil.month == 1, civil.day == 1 { return true }
            return weeks.contains { year, month, day in
                let start = CivilTime.dayNumber(year: year, month: month, day: day) * Self.day
                // In UTC the week begins earlier by the leap seconds.
                return (start - 20_000..<start + weekStart).contains(instant.milliseconds)
            }
        }
    }

    /// The same for a camera, which also begins at the first hour of a year that its maker chose.
    package static func cameraShows(_ clock: CaptureTime, at time: CaptureTime, now: Date) -> Bool {
        if shows(clock, at: time) { return true }
        let civil = CivilTime(milliseconds: clock.milliseconds)
        let thisYear = CivilTime(milliseconds: Int64(now.timeIntervalSince1970 * 1000)).year
        return civil.month == 1 && civil.day == 1 && civil.hour == 0 && civil.year < thisYear
    }
}
