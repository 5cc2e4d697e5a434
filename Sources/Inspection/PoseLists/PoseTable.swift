import Foundation
import Station

/// The cells of a text of lines: separators, quotes, comments and line ends sorted out, meaning none yet.
struct PoseTable: Sendable {
    struct Row: Sendable {
        /// From 1.
        var line: Int
        var cells: [String]
    }

    /// Lines that begin with `#`, without it, and lines before the first row.
    var comments: [String] = []
    var rows: [Row] = []
    /// The text ends without a line end: the last row may be half of one.
    var isOpen = false

    /// The separators in the order in which they are looked for; nil stands for any white space.
    private static let separators: [Character?] = [";", "\t", ",", nil]
    static let rowLimit = 1_000_000

    init(_ bytes: [UInt8]) throws(PoseListRefusal) {
        let start: Int
        switch JSONText.of(bytes) {
        case .utf8(let first): start = first
        case .empty: throw PoseListRefusal(message: "is empty", mayBeUnfinished: true)
        case .reserved: throw PoseListRefusal(message: "holds zero bytes where text should be", mayBeUnfinished: true)
        case .otherEncoding(let name):
            throw PoseListRefusal(message: "is not UTF-8 but \(name): save it as UTF-8")
        }
        isOpen = bytes.last != UInt8(ascii: "\n")
        var separator: Character??
        for (index, raw) in bytes[start...].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
        {
            let text = String(decoding: raw, as: UTF8.self).trimmingCharacters(in: .init(charactersIn: " \r"))
            if text.isEmpty { continue }
            if text.hasPrefix("#") || text.hasPrefix("%") || text.hasPrefix("//") {
                comments.append(String(text.drop { "#%/".contains($0) }).trimmingCharacters(in: .whitespaces))
                continue
            }
            let mark = separator ?? Self.separators.first { mark in mark.map { text.contains($0) } ?? true } ?? nil
            separator = .some(mark)
            guard rows.count < Self.rowLimit else {
                throw PoseListRefusal(message: "has more than \(Self.rowLimit) rows")
            }
            rows.append(Row(line: index + 1, cells: Self.cells(of: text, by: mark)))
        }
    }

    /// The cells of one line, without the white space around them and the quotes.
    static func cells(of text: String, by separator: Character?) -> [String] {
        guard let separator else { return text.split(whereSeparator: \.isWhitespace).map(String.init) }
        var cells: [String] = []
        var cell = ""
        var isQuoted = false
        var rest = text[...]
        while let character = rest.popFirst() {
            switch character {
            case "\"" where isQuoted && rest.first == "\"":
                cell.append("\"")
                rest.removeFirst()
            case "\"" where isQuoted || cell.allSatisfy(\.isWhitespace): isQuoted.toggle()
            case separator where !isQuoted:
                cells.append(cell.trimmingCharacters(in: .whitespaces))
                cell = ""
            default: cell.append(character)
            }
        }
        cells.append(cell.trimmingCharacters(in: .whitespaces))
        // Some programs end every line with a separator.
        if cells.count > 1, cells.last?.isEmpty == true { cells.removeLast() }
        return cells
    }

    /// The separator that a header in a comment uses, and its cells.
    static func header(of comment: String) -> [String] {
        // `pano poses v1.0: ID; filename; …`
        let text = comment.split(separator: ":", maxSplits: 1).last.map(String.init) ?? comment
        let mark = separators.first { mark in mark.map { text.contains($0) } ?? true } ?? nil
        return cells(of: text.trimmingCharacters(in: .whitespaces), by: mark)
    }
}
