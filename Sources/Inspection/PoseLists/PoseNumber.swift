import Foundation
import Station

/// Reads a cell that should be a number, and explains why it is not one.
enum PoseNumber {
    /// Why a cell is not a number.
    struct Objection: Error, Equatable {
        var code: ProblemCode
        /// The rest of a sentence that starts with the list's name: `has '1,5' in the column x of line 3`.
        var words: String
    }

    /// Minus signs that word processors and spreadsheet programs write instead of `-`.
    private static let minuses: Set<Unicode.Scalar> = [
        "\u{2212}", "\u{2010}", "\u{2011}", "\u{2012}", "\u{2013}", "\u{2014}", "\u{FE63}", "\u{FF0D}", "\u{02D7}",
    ]
    /// Thousands separators, besides comma and point.
    private static let groupSeparators: Set<Unicode.Scalar> = [
        " ", "\u{A0}", "\u{2009}", "\u{202F}", "\u{2007}", "\u{2008}", "'", "\u{2019}", "_",
    ]

    static func isNumber(_ cell: String) -> Bool {
        value(cell) != nil || value(cell.replacingOccurrences(of: ",", with: ".")) != nil
    }

    /// The number in a cell, with a decimal point; nil if there is none.
    static func value(_ cell: String) -> Double? {
        guard let text = plain(cell), let number = Double(text), number.isFinite else { return nil }
        return number
    }

    /// The cell with plain minus signs; nil if it contains anything but digits, signs, points and an exponent.
    static func plain(_ cell: String) -> String? {
        var text = ""
        for scalar in cell.unicodeScalars {
            switch scalar {
            case "0"..."9", "+", "-", ".", "e", "E": text.unicodeScalars.append(scalar)
            case _ where minuses.contains(scalar): text.append("-")
            default: return nil
            }
        }
        guard let last = text.utf8.last, last != UInt8(ascii: "e"), last != UInt8(ascii: "E"),
            text.utf8.contains(where: { (0x30...0x39).contains($0) })
        else { return nil }
        return text
    }

    static func read(_ cell: String, column: String, line: Int) throws(Objection) -> Double {
        if let number = value(cell) { return number }
        let shown = "'\(printable(cell, limit: 40))' in the column \(printable(column, limit: 60)) of line \(line)"
        if let plain = plain(cell), Double(plain) != nil {
            throw Objection(code: .notANumber, words: "has \(shown), which is too large for a number")
        }
        if value(cell.replacingOccurrences(of: ",", with: ".")) != nil {
            let parts = cell.split(separator: ",", omittingEmptySubsequences: false)
            let point = printable(cell.replacingOccurrences(of: ",", with: "."), limit: 40)
            // `1,234` may be either.
            let isThousands =
                parts.count == 2 && parts[1].count == 3 && (1...3).contains(parts[0].filter(\.isNumber).count)
            throw Objection(
                code: .numberInText,
                words: isThousands
                    ? "has \(shown), with a decimal comma or a thousands separator: write \(point) or "
                        + printable(cell.replacingOccurrences(of: ",", with: ""), limit: 40)
                    : "has \(shown), with a decimal comma: use a decimal point, write \(point)"
            )
        }
        if let number = ungrouped(cell) {
            throw Objection(
                code: .numberInText,
                words: "has \(shown), with thousands separators: write \(number)"
            )
        }
        if [
            "nan", "inf", "infinity", "-nan", "-inf", "+inf", "-infinity", "nan(ind)", "-nan(ind)", "1.#ind", "-1.#ind",
        ]
        .contains(cell.lowercased()) {
            throw Objection(code: .numberInText, words: "has \(shown), which is not a number")
        }
        throw Objection(code: .valueInvalid, words: "has \(shown), where a number is needed")
    }

    /// The number without thousands separators, as it should be written; nil if the cell is still not a number.
    private static func ungrouped(_ cell: String) -> String? {
        var scalars = cell.unicodeScalars.filter { !groupSeparators.contains($0) }
        let (points, commas) = (scalars.count { $0 == "." }, scalars.count { $0 == "," })
        if points > 0, commas > 0 {
            // The last one of the two is the decimal one: 1.234,5 and 1,234.5.
            let decimal = scalars.last { $0 == "." || $0 == "," }
            scalars = scalars.filter { ($0 != "." && $0 != ",") || $0 == decimal }
        } else if commas > 1 {
            scalars = scalars.filter { $0 != "," }
        } else if points > 1 {
            scalars = scalars.filter { $0 != "." }
        }
        let text = String(String.UnicodeScalarView(scalars)).replacingOccurrences(of: ",", with: ".")
        guard text != cell, value(text) != nil else { return nil }
        return plain(text)
    }
}
