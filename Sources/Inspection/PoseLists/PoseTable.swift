import Foundation
import Station

/// The cells of a text of lines: encoding, separators, quotes, comments, titles and line ends sorted out.
struct PoseTable: Sendable {
    struct Row: Sendable {
        /// From 1.
        var line: Int
        var cells: [String]
        /// It begins with a comment's mark, and is a row only for a folder whose name does so, too.
        var isRemark = false
    }

    /// The row that names the columns, also where it stands in a comment; nil where there is none.
    private(set) var header: [String]?
    /// What the lines below the header hold; wholly empty ones are left out.
    private(set) var rows: [Row] = []
    /// nil stands for any white space.
    private(set) var separator: Character?
    /// FARO iQscene's own form, whose columns have no names.
    private(set) var isIQScene = false
    /// What the text was read as, where it was not UTF-8.
    private(set) var encoding: String?
    /// The text ends without a line end: the last row may be half of one.
    private(set) var isOpen = false

    static let rowLimit = 200_000
    /// A quoted cell goes over as many lines at most.
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
                // `Scans {` … `}`; what stands in other blocks is no station.
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

    /// The next line, with those that a quoted cell goes on in.
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
        // Nobody closes it: a quote that is part of the text.
        return (first, line)
    }
}

/// Why a table was not read.
enum TableFailure: Error {
    case refused(PoseListRefusal)
    case interrupted(Interruption)
}
