import Foundation
import Station

/// The cells of a text: handles encoding, separators, quotes, comments, titles and line breaks.
struct PoseTable: Sendable {
    struct Row: Sendable {
        /// From 1.
        var line: Int
        var cells: [String]
        /// Whether it starts like a comment; then it is a row only for a folder whose name starts the same way.
        var isRemark = false
    }

    /// The row that names the columns, even in a comment; nil if there is none.
    private(set) var header: [String]?
    /// The lines below the header, without empty ones.
    private(set) var rows: [Row] = []
    /// nil means any white space.
    private(set) var separator: Character?
    /// Whether this is FARO iQscene's format, whose columns have no names.
    private(set) var isIQScene = false
    /// The encoding it was read as, if it was not UTF-8.
    private(set) var encoding: String?
    /// Whether the text ends without a line break: the last row may be incomplete.
    private(set) var isOpen = false

    static let rowLimit = 200_000
    /// The maximum number of lines in a quoted cell.
    private static let quotedLines = 20

    init(_ bytes: [UInt8], stop: StopSignal) throws(TableFailure) {
        let text: PoseListText
        do throws(PoseListRefusal) { text = try PoseListText(bytes) } catch { throw .refused(error) }
        encoding = text.encoding
        let layout = try PoseLayout(text.bytes, stop: stop)
        (header, separator, isIQScene) = (layout.header, layout.separator, layout.isIQScene)
        var lines = PoseLines(text.bytes)
        isOpen = lines.isOpen
        var isInBlock = !isIQScene
        while let line = try Self.record(&lines, by: separator, stop) {
            guard line.first > layout.lastHeaderLine else { continue }
            let isRemark = PoseLayout.isComment(line.text)
            // Too short for a name and three numbers.
            if isRemark, line.text.utf8.count < 8 { continue }
            let cells = PoseCells.of(line.text, by: separator)
            if cells.isEmpty { continue }
            if isIQScene {
                // `Scans {` … `}`; other blocks do not contain stations.
                if cells.last == "{" { isInBlock = cells.first?.lowercased() == "scans" }
                if cells.last == "{" || cells.first == "}" { continue }
                guard isInBlock else { continue }
            }
            if isRemark, cells.count(where: PoseNumber.isNumber) < 3 { continue }
            guard rows.count < Self.rowLimit else {
                throw .refused(PoseListRefusal(message: "has more than \(Self.rowLimit) rows: split it by folders"))
            }
            rows.append(Row(line: line.first, cells: cells, isRemark: isRemark))
        }
    }

    /// The next line, together with those in which its quoted cells continue.
    private static func record(
        _ lines: inout PoseLines,
        by separator: Character?,
        _ stop: StopSignal
    ) throws(TableFailure) -> (first: Int, text: String)? {
        guard let line = try lines.line(stop) else { return nil }
        let first = lines.number
        guard line.utf8.contains(0x22), PoseCells.endsInQuotes(line.unicodeScalars[...], by: separator) else {
            return (first, line)
        }
        var ahead = lines
        var whole = line
        for _ in 1..<quotedLines {
            guard let more = try ahead.line(stop), whole.utf8.count + more.utf8.count < PoseLines.limit else { break }
            whole += "\n" + more
            if !PoseCells.endsInQuotes(whole.unicodeScalars[...], by: separator) {
                lines = ahead
                return (first, whole)
            }
        }
        // It is never closed: the quote is part of the text.
        return (first, line)
    }
}

/// Why a table could not be read.
enum TableFailure: Error {
    case refused(PoseListRefusal)
    case interrupted(Interruption)
}
