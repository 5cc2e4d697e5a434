import Foundation
import Station

/// When a row's station was photographed, or why its columns do not say.
enum PoseTime {
    enum Kind: Hashable, Sendable {
        /// The sidecar's `timeTaken`: an invalid value is refused.
        case stated
        case instant
        /// The date only; the time of day is in another column.
        case date
        /// Counted from the GPS epoch, with unknown leap seconds.
        case gps
    }

    /// The result of reading a time.
    enum Reading: Equatable {
        case time(CaptureTime)
        /// The rest of a sentence that starts with the cell: `is …`.
        case unusable(String)
    }

    /// Reads a number that counts from 1970 in seconds, milliseconds, microseconds or nanoseconds, depending on its size.
    ///
    /// nil if the cell is not a number.
    static func number(_ cell: String) -> Reading? {
        // Only a spreadsheet's date number has a decimal comma.
        let cell = PoseNumber.value(cell) == nil ? cell.replacingOccurrences(of: ",", with: ".") : cell
        guard let plain = PoseNumber.plain(cell), let value = Double(plain), value.isFinite else { return nil }
        let (first, end) = (946_684_800.0, 4_102_444_800.0)
        guard let unit = [0, 3, 6, 9].first(where: { (first..<end).contains(value / pow(10, Double($0))) }) else {
            // Days since 1899-12-30: 2000 to 2100.
            if (36_526..<73_051).contains(value) {
                let day = CaptureTime(milliseconds: Int64(((value - 25_569) * 86_400_000).rounded()))
                return .unusable("looks like a spreadsheet's date number (\(day.wire.prefix(16)), without a zone)")
            }
            return .unusable("is a number in no time format that drop360 knows")
        }
        if let exact = milliseconds(plain, unit: unit) { return .time(CaptureTime(milliseconds: exact)) }
        // It has an exponent, as spreadsheets show long numbers.
        let digits = plain.prefix { $0 != "e" && $0 != "E" }.count(where: \.isNumber)
        guard digits >= 13 else {
            return .unusable("lost its last digits in a spreadsheet (format the column as text there)")
        }
        return .time(CaptureTime(milliseconds: Int64(value / pow(10, Double(unit) - 3))))
    }

    /// Digits and a fraction, truncated to milliseconds; nil if there is an exponent.
    private static func milliseconds(_ text: String, unit: Int) -> Int64? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = parts.first.flatMap({ Int64($0) }) else { return nil }
        let fraction = parts.count == 2 ? String(parts[1]) : ""
        guard fraction.allSatisfy(\.isNumber) else { return nil }
        guard unit == 0 else { return whole / Int64(pow(10, Double(unit - 3))) }
        return whole * 1000 + (Int64(String((fraction + "000").prefix(3))) ?? 0)
    }

    /// Reads a time as text, in the configured zone.
    static func text(_ text: String, zone: TimeZone?) -> Reading {
        do throws(CaptureTime.Refusal) {
            return .time(try CaptureTime.parse(text, zone: zone))
        } catch {
            switch error {
            case .zoneMissing: return .unusable("has no time zone")
            case .noSuchDate: return .unusable("is not a date that exists")
            case .notISO8601: return .unusable("is not an ISO 8601 time")
            }
        }
    }
}
