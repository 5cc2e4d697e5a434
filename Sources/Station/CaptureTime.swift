package import Foundation

/// The instant at which a station was photographed, in whole milliseconds since 1970 (UTC).
package struct CaptureTime: Equatable, Codable, Sendable, Hashable, Comparable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package static func < (lhs: CaptureTime, rhs: CaptureTime) -> Bool { lhs.milliseconds < rhs.milliseconds }

    package var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }

    /// The form used in external ids: `20260501T100000Z`, with `.250` before the `Z` only when there are milliseconds.
    package var compact: String {
        let t = CivilTime(milliseconds: milliseconds)
        let fraction = t.millisecond == 0 ? "" : "." + padded(t.millisecond, 3)
        return padded(t.year, 4) + padded(t.month, 2) + padded(t.day, 2) + "T" + padded(t.hour, 2) + padded(t.minute, 2)
            + padded(t.second, 2) + fraction + "Z"
    }

    /// The form that CDF accepts for both `timestamp` and `text` properties: `2026-05-01T10:00:00.000+00:00`.
    package var wire: String {
        let t = CivilTime(milliseconds: milliseconds)
        return
            "\(padded(t.year, 4))-\(padded(t.month, 2))-\(padded(t.day, 2))T\(padded(t.hour, 2)):\(padded(t.minute, 2)):"
            + "\(padded(t.second, 2)).\(padded(t.millisecond, 3))+00:00"
    }

    /// Why a text is not a capture time.
    package enum Refusal: Error, Equatable, Sendable {
        case notISO8601
        case noSuchDate
        case zoneMissing
    }

    /// Reads ISO 8601, extended or basic: `2026-05-02T08:15:30.250Z`, `2026-05-01T11:30+02:00`, `20260501T100000Z`.
    ///
    /// The end of a day may be written 24:00, and a leap second at the end of June or December 23:59:60 (UTC); both mean the
    /// following midnight.
    ///
    /// - Parameters:
    ///   - text: The time; it is truncated to milliseconds.
    ///   - zone: The zone for a time that has none; nil refuses such a time.
    /// - Returns: The instant.
    /// - Throws: ``Refusal``.
    package static func parse(_ text: String, zone: TimeZone? = nil) throws(Refusal) -> CaptureTime {
        var reader = DigitReader(text)
        let clock = try readClock(&reader)
        let local = clock.milliseconds
        let time: CaptureTime
        if reader.take("Z") || reader.take("z") {
            guard reader.isAtEnd else { throw .notISO8601 }
            time = CaptureTime(milliseconds: local)
        } else if let sign: Int64 = reader.take("+") ? 1 : reader.take("-") || reader.take("\u{2212}") ? -1 : nil {
            guard let hours = reader.number(2) else { throw .notISO8601 }
            let minutes = reader.take(":") || reader.nextIsDigit ? reader.number(2) : 0
            guard let minutes, reader.isAtEnd, hours <= 18, minutes < 60 else { throw .notISO8601 }
            time = CaptureTime(milliseconds: local - sign * Int64(hours * 60 + minutes) * 60000)
        } else {
            guard reader.isAtEnd else { throw .notISO8601 }
            guard let zone else { throw .zoneMissing }
            // The offset at the local time: looked up twice, since the first guess may be on the other side of a change.
            var instant = local
            for _ in 0..<2 {
                let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant) / 1000))
                instant = local - Int64(offset) * 1000
            }
            time = CaptureTime(milliseconds: instant)
        }
        guard !clock.isLeapSecond || time.followsHalfYear else { throw .noSuchDate }
        return time
    }

    /// What the clock showed, read as UTC whatever its zone; nil if the text is not a time.
    package static func clock(_ text: String) -> CaptureTime? {
        var reader = DigitReader(text)
        do throws(Refusal) { return CaptureTime(milliseconds: try readClock(&reader).milliseconds) } catch {
            return nil
        }
    }

    private static func readClock(
        _ reader: inout DigitReader
    ) throws(Refusal) -> (milliseconds: Int64, isLeapSecond: Bool) {
        guard let year = reader.number(4) else { throw .notISO8601 }
        let extended = reader.take("-")
        guard let month = reader.number(2), !extended || reader.take("-"), let day = reader.number(2),
            reader.take("T") || reader.take("t") || reader.take(" "), let hour = reader.number(2)
        else { throw .notISO8601 }
        let colons = reader.take(":")
        guard let minute = reader.number(2) else { throw .notISO8601 }
        var second = 0
        if colons ? reader.take(":") : reader.nextIsDigit {
            guard let number = reader.number(2) else { throw .notISO8601 }
            second = number
        }
        var millisecond = 0
        if reader.take(".") || reader.take(",") {
            guard let fraction = reader.fraction() else { throw .notISO8601 }
            millisecond = fraction
        }
        let isEndOfDay = hour == 24 && minute == 0 && second == 0 && millisecond == 0
        guard (1...12).contains(month), (1...CivilTime.days(in: month, of: year)).contains(day),
            hour < 24 || isEndOfDay, minute < 60, second <= 60
        else { throw .noSuchDate }
        let milliseconds =
            (CivilTime.dayNumber(year: year, month: month, day: day) * 86400
                + Int64(hour * 3600 + minute * 60 + second)) * 1000 + Int64(millisecond)
        return (milliseconds, second == 60)
    }

    /// Whether this is in the second after the end of June or December, UTC.
    private var followsHalfYear: Bool {
        let time = CivilTime(milliseconds: milliseconds)
        return (time.month == 1 || time.month == 7) && time.day == 1 && time.hour == 0 && time.minute == 0
            && time.second == 0
    }
}

/// A date and time of day in UTC, by the proleptic Gregorian calendar.
struct CivilTime {
    var year, month, day, hour, minute, second, millisecond: Int

    init(milliseconds: Int64) {
        let (days, rest) = milliseconds.quotientFloor(86_400_000)
        // Howard Hinnant, "chrono-compatible low-level date algorithms".
        let z = days + 719468
        let (era, dayOfEra) = z.quotientFloor(146097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        day = Int(dayOfYear - (153 * shifted + 2) / 5 + 1)
        month = Int(shifted < 10 ? shifted + 3 : shifted - 9)
        year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
        hour = Int(rest / 3_600_000)
        minute = Int(rest / 60000 % 60)
        second = Int(rest / 1000 % 60)
        millisecond = Int(rest % 1000)
    }

    /// Days since 1970-01-01.
    static func dayNumber(year: Int, month: Int, day: Int) -> Int64 {
        let y = Int64(month <= 2 ? year - 1 : year)
        let (era, yearOfEra) = y.quotientFloor(400)
        let dayOfYear = Int64((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1)
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146097 + dayOfEra - 719468
    }

    static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension Int64 {
    fileprivate func quotientFloor(_ divisor: Int64) -> (Int64, Int64) {
        let quotient = self >= 0 ? self / divisor : (self - divisor + 1) / divisor
        return (quotient, self - quotient * divisor)
    }
}

/// Reads fixed-width decimal numbers and single characters from the front of a text.
private struct DigitReader {
    private var rest: Substring.UnicodeScalarView

    init(_ text: String) { rest = Substring(text).unicodeScalars }

    var isAtEnd: Bool { rest.isEmpty }
    var nextIsDigit: Bool { rest.first.map { ("0"..."9").contains($0) } ?? false }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard rest.first == scalar else { return false }
        rest.removeFirst()
        return true
    }

    mutating func number(_ width: Int) -> Int? {
        var value = 0
        for _ in 0..<width {
            guard nextIsDigit, let digit = rest.popFirst() else { return nil }
            value = value * 10 + Int(digit.value - 48)
        }
        return value
    }

    /// Milliseconds of a decimal fraction of a second, at least one digit.
    mutating func fraction() -> Int? {
        guard nextIsDigit else { return nil }
        var (value, digits) = (0, 0)
        while nextIsDigit, let digit = rest.popFirst() {
            if digits < 3 { value = value * 10 + Int(digit.value - 48) }
            digits += 1
        }
        while digits < 3 {
            value *= 10
            digits += 1
        }
        return value
    }
}

private func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
