package import Foundation

/// Seconds since 1980-01-06T00:00:00Z without leap seconds, as E57 stores times.
package enum GPSTime {
    /// The GPS epoch as seconds since 1970.
    private static let epoch = 315_964_800.0
    /// The instants from which on UTC was behind by one more second, as seconds since 1970 (IERS Bulletin C; none since 2017).
    private static let leaps: [Double] = [
        362_793_600, 394_329_600, 425_865_600, 489_024_000, 567_993_600, 631_152_000, 662_688_000, 709_948_800,
        741_484_800, 773_020_800, 820_454_400, 867_715_200, 915_148_800, 1_136_073_600, 1_230_768_000, 1_341_100_800,
        1_435_708_800, 1_483_228_800,
    ]

    /// The UTC date of `seconds`; within a leap second, the midnight that follows.
    package static func date(_ seconds: Double) -> Date {
        let unix = seconds + epoch
        // The n-th leap second begins n − 1 seconds late on the clock that has none.
        let passed = leaps.enumerated().count { unix >= $0.element + Double($0.offset) }
        let utc = unix - Double(passed)
        let leapEnd = passed > 0 ? leaps[passed - 1] : utc
        return Date(timeIntervalSince1970: max(utc, leapEnd))
    }

    /// The inverse of ``date(_:)``.
    package static func seconds(_ date: Date) -> Double {
        let unix = date.timeIntervalSince1970
        return unix - epoch + Double(leaps.count { $0 <= unix })
    }
}
