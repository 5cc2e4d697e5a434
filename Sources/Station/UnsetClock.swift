package import Foundation

/// The dates at which clocks start that were never set, or whose battery ran out.
package enum UnsetClock {
    private static let day: Int64 = 86_400_000
    /// How long after the start of a satellite week a clock is assumed to have started there.
    private static let weekStart: Int64 = 3 * 3_600_000

    /// Midnights at which satellite receivers start: 6 January 1980, 22 August 1999, 7 April 2019.
    private static let weeks = [(1980, 1, 6), (1999, 8, 22), (2019, 4, 7)]

    /// Whether a clock that showed `clock` at the instant `time` was probably never set.
    ///
    /// Cameras, file systems and operating systems start on the first day of 1970, 1980, 1990 or a year from 2000 to 2016. Few scans
    /// were really made on such a day, so a time on it is not trusted.
    package static func shows(_ clock: CaptureTime, at time: CaptureTime) -> Bool {
        [clock, time].contains { instant in
            let civil = CivilTime(milliseconds: instant.milliseconds)
            let isFactoryYear = [1970, 1980, 1990].contains(civil.year) || (2000...2016).contains(civil.year)
            if isFactoryYear, civil.month == 1, civil.day == 1 { return true }
            return weeks.contains { year, month, day in
                let start = CivilTime.dayNumber(year: year, month: month, day: day) * Self.day
                // In UTC the week starts earlier by the leap seconds.
                return (start - 20_000..<start + weekStart).contains(instant.milliseconds)
            }
        }
    }

    /// The same for a camera, whose clock may also start in the first hour of a year that its maker chose.
    package static func cameraShows(_ clock: CaptureTime, at time: CaptureTime, now: Date) -> Bool {
        if shows(clock, at: time) { return true }
        let civil = CivilTime(milliseconds: clock.milliseconds)
        let thisYear = CivilTime(milliseconds: Int64(now.timeIntervalSince1970 * 1000)).year
        return civil.month == 1 && civil.day == 1 && civil.hour == 0 && civil.year < thisYear
    }
}
