import Foundation

/// How a text is laid out: what separates its cells, and which line names the columns.
///
/// The line that names most columns by most readings is the header; what stands above it is a title. Without such a line the first
/// one that is no comment tells the separator.
struct PoseLayout {
    private(set) var separator: Character?
    private(set) var header: [String]?
    /// What stands in lines up to this one is no row.
    private(set) var lastHeaderLine = 0
    private(set) var isIQScene = false

    /// In the order in which they are preferred; nil stands for any white space.
    private static let separators: [Character?] = [";", "\t", ",", "|", nil]
    /// A header stands among as many lines at the top.
    private static let top = 60

    init(_ bytes: [UInt8], stop: StopSignal) throws(TableFailure) {
        var reader = PoseLines(bytes)
        var lines: [(number: Int, text: String)] = []
        while lines.count < Self.top, let line = try reader.line(stop) { lines.append((reader.number, line)) }
        var told: Character??
        if let first = lines.first, let mark = Self.hint(first.text) {
            // A line for Excel.
            told = .some(mark)
            lastHeaderLine = first.number
            lines.removeFirst()
        }
        if lines.contains(where: { Self.isIQSceneMark($0.text) }) {
            isIQScene = true
            return
        }
        let separators = told.map { [$0] } ?? Self.separators
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
            separator = told ?? nil
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
            // The quotes' trimming leaves a tab alone, but not a blank.
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

    /// What the first of the lines may name, alone or with those that a quoted cell goes on in.
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

    /// Between blanks a unit is a cell of its own: `X [m] Y [m]`.
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

    /// How many columns the cells name that belong in a list of poses; 0 where they are no header.
    private static func score(_ cells: [String], isComment: Bool, by separator: Character?) -> Int {
        guard cells.count >= 3 || (cells.count == 2 && !isComment), !cells.contains(where: PoseNumber.isNumber) else {
            return 0
        }
        // Another separator is at work between the blanks.
        if separator == nil, cells.contains(where: { cell in ",;|".contains { cell.hasSuffix(String($0)) } }) {
            return 0
        }
        let columns = PoseColumn.named(all: cells)
        let known = columns.count(where: \.isKnown)
        guard columns.contains(where: \.isOfPose), known >= 2 else { return 0 }
        // Prose between blanks: `x y z of all the stations`.
        if isComment, separator == nil, known * 3 < columns.count * 2 { return 0 }
        // At the same count a row is meant rather than a comment.
        return known * 2 + (isComment ? 0 : 1)
    }
}
