import Foundation
import Station

/// One line of a CSV file by RFC 4180, in UTF-8.
///
/// Spreadsheets run what begins like a formula, and texts come from folders that anyone may have named: such texts get an apostrophe in
/// front, which spreadsheets take for "this is text". Control characters are written as words.
struct CSVRow {
    private(set) var text = ""
    private var isFirst = true

    /// What begins a formula in some spreadsheet; the last four are full-width.
    private static let formulaStarts: Set<Unicode.Scalar> = [
        "=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}",
    ]
    /// The most characters in a spreadsheet's cell.
    private static let limit = 32_000

    mutating func add(_ value: String?) {
        guard let value else { return append("") }
        let isFormula =
            value.unicodeScalars.first { $0 != " " && $0 != "\u{A0}" }.map(Self.formulaStarts.contains) ?? false
        let safe = (isFormula ? "'" : "") + printable(value, limit: Self.limit)
        append("\"" + (safe.utf8.contains(0x22) ? safe.replacing("\"", with: "\"\"") : safe) + "\"")
    }

    /// Numbers are no formulas, negative ones included.
    mutating func add(_ value: (some BinaryInteger)?) { append(value.map { "\($0)" } ?? "") }

    mutating func add(_ value: Double?) { append(value.map { "\($0)" } ?? "") }

    /// ISO 8601, UTC, with milliseconds.
    mutating func add(_ value: Date?) {
        append(
            value?.formatted(
                .iso8601.year().month().day().time(includingFractionalSeconds: true).timeZone(separator: .omitted)
            ) ?? ""
        )
    }

    mutating func end() { text += "\r\n" }

    private mutating func append(_ cell: String) {
        if !isFirst { text += "," }
        isFirst = false
        text += cell
    }
}
