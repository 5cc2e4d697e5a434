import Foundation

/// The layout of a text: the separator of its cells, and the line that names the columns.
///
/// The line that names the most columns with any separator is the header; lines above it are titles. Without such a line the first
/// line that is not a comment determines the separator.
struct PoseLayout {
    private(set) var separator: Character?
    private(set) var header: [String]?
    /// Lines up to this one are not rows.
    private(set) var lastHeaderLine = 0
    private(set) var isIQScene = false

    /// In order of preference; nil means any white space.
    private static let separators: [Character?] = [";", "\t", ",", "|", nil]
    /// The number of lines searched for a header.
    private static let top = 60

    init(_ bytes: [UInt8], stop: StopSignal) throws(TableFailure) {
        var reader = PoseLines(bytes)
        var lines: [(number: Int, text: String)] = []
        while lines.count < Self.top, let line = try reader.line(stop) { lines.append((reader.number, line)) }
        var declared: Character??
        if let first = lines.first, let mark = Self.hint(first.text) {
            // Excel's `sep=` line.
            declared = .some(mark)
            lastHeaderLine = first.number
            lines.removeFirst()
        }
        if lines.contains(where: { Self.isIQSceneMark($0.text) }) {
            isIQScene = true
            return
        }
        let separators = declared.map { [$0] } ?? Self.separators
        var best = 0
        for index in lines.indices {
            for separator in separators {
                for candidate in Self.candidates(lines[index...].map(\.text), by: separator) {
                    let score = Self.score(candidate.cells, isComment: candidate.isComment, by: separator)
                    guard score > best else { continue }
                    best = score
                    (self.separator, header) = (separator, candidate.cells)
                    lastHeaderLine = lines[index + candidate.lines - 1].number
                }
            }
        }
        if best > 0 { return }
        guard let first = lines.first(where: { !Self.isComment($0.text) }) else {
            separator = declared ?? nil
            return
        }
        let counts = separators.map { (mark: $0, count: PoseCells.of(first.text, by: $0).count) }
        separator = (counts.first { $0.count > 2 } ?? counts.first { $0.count > 1 } ?? counts.last)?.mark ?? nil
        let cells = Self.joined(PoseCells.of(first.text, by: separator), by: separator)
        if !cells.isEmpty, !cells.contains(where: PoseNumber.isNumber) {
            header = cells
            lastHeaderLine = first.number
        }
    }

    static func isComment(_ text: String) -> Bool {
        let text = text.drop { $0 == " " || $0 == "\t" }
        return text.hasPrefix("#") || text.hasPrefix("%") || text.hasPrefix("//")
    }

    /// The separator that `sep=;` names.
    private static func hint(_ text: String) -> Character? {
        let bare = text.trimmingCharacters(in: .init(charactersIn: "\" \u{feff}"))
        guard bare.lowercased().hasPrefix("sep="), bare.count == 5, let mark = bare.last else {
            // Trimming keeps a tab, but not a space.
            return text.lowercased().hasPrefix("sep=") && text.count == 5 ? text.last : nil
        }
        return mark.isLetter || mark.isNumber ? nil : mark
    }

    private static func isIQSceneMark(_ text: String) -> Bool {
        let bare = text.trimmingCharacters(in: .init(charactersIn: "\"#% \t")).lowercased()
        return bare.hasPrefix("iqscene ") || bare.hasPrefix("iqlib") || bare == "scans {"
    }

    private struct Candidate {
        var cells: [String]
        var lines = 1
        var isComment = false
    }

    /// The possible headers in the first of the lines, including the lines in which its quoted cells continue.
    private static func candidates(_ lines: [String], by separator: Character?) -> [Candidate] {
        guard let line = lines.first else { return [] }
        if isComment(line) {
            let bare = line.trimmingCharacters(in: .init(charactersIn: "#%/ \t"))
            // `pano poses v1.0: ID; filename; …`
            let behind = bare.split(separator: ":", maxSplits: 1).last.map(String.init) ?? bare
            return [bare, behind].map {
                Candidate(cells: joined(PoseCells.of($0, by: separator), by: separator), isComment: true)
            }
        }
        var (text, count) = (line, 1)
        while text.contains("\""), PoseCells.endsInQuotes(text.unicodeScalars[...], by: separator), count < lines.count,
            count < 20
        {
            text += "\n" + lines[count]
            count += 1
        }
        if PoseCells.endsInQuotes(text.unicodeScalars[...], by: separator) { (text, count) = (line, 1) }
        return [Candidate(cells: joined(PoseCells.of(text, by: separator), by: separator), lines: count)]
    }

    /// With spaces as separators a unit is a separate cell: `X [m] Y [m]`.
    private static func joined(_ cells: [String], by separator: Character?) -> [String] {
        guard separator == nil else { return cells }
        return cells.reduce(into: []) { joined, cell in
            if let last = joined.last, cell.hasPrefix("(") || cell.hasPrefix("["), last.last != ")", last.last != "]" {
                joined[joined.count - 1] = last + cell
            } else {
                joined.append(cell)
            }
        }
    }

    /// The number of columns of a pose list that the cells name, doubled and weighted; 0 if they are not a header.
    private static func score(_ cells: [String], isComment: Bool, by separator: Character?) -> Int {
        guard cells.count >= 3 || (cells.count == 2 && !isComment), !cells.contains(where: PoseNumber.isNumber) else {
            return 0
        }
        // The real separator is not white space.
        if separator == nil, cells.contains(where: { cell in ",;|".contains { cell.hasSuffix(String($0)) } }) {
            return 0
        }
        let columns = PoseColumn.named(all: cells)
        let known = columns.count(where: \.isKnown)
        guard columns.contains(where: \.isOfPose), known >= 2 else { return 0 }
        // Prose: `x y z of all the stations`.
        if isComment, separator == nil, known * 3 < columns.count * 2 { return 0 }
        // With equal counts, prefer a row to a comment.
        return known * 2 + (isComment ? 0 : 1)
    }
}
