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
    /// What a file of another kind, or one made to hurt, exceeds.
    static let rowLimit = 200_000
    private static let lineLimit = 16_384
    private static let commentLimit = 100

    init(_ bytes: [UInt8], stop: StopSignal) throws(TableFailure) {
        let start: Int
        switch JSONText.of(bytes) {
        case .utf8(let first): start = first
        case .empty:
            throw .refused(
                PoseListRefusal(message: "is empty: write a header and a row into it", mayBeUnfinished: true)
            )
        case .reserved:
            throw .refused(
                PoseListRefusal(message: "holds zero bytes where text should be: copy it again", mayBeUnfinished: true)
            )
        case .otherEncoding(let name):
            throw .refused(PoseListRefusal(message: "is not UTF-8 but \(name): save it as UTF-8"))
        }
        isOpen = bytes.last != UInt8(ascii: "\n")
        var separator: Character??
        var (line, next) = (0, start)
        while next < bytes.count {
            let end = bytes[next...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            line += 1
            guard end - next <= Self.lineLimit else {
                throw .refused(
                    PoseListRefusal(
                        message: "has a line of more than \(Self.lineLimit) bytes (line \(line)): is it a pose list?"
                    )
                )
            }
            if line % 4096 == 0 { do throws(Interruption) { try stop.check() } catch { throw .interrupted(error) } }
            let text = String(decoding: bytes[next..<end], as: UTF8.self)
                .trimmingCharacters(in: .init(charactersIn: " \r"))
            next = end + 1
            if text.isEmpty { continue }
            if text.hasPrefix("#") || text.hasPrefix("%") || text.hasPrefix("//") {
                if comments.count < Self.commentLimit {
                    comments.append(String(text.drop { "#%/".contains($0) }).trimmingCharacters(in: .whitespaces))
                }
                continue
            }
            let mark = separator ?? Self.separators.first { mark in mark.map { text.contains($0) } ?? true } ?? nil
            separator = .some(mark)
            guard rows.count < Self.rowLimit else {
                throw .refused(PoseListRefusal(message: "has more than \(Self.rowLimit) rows: split it by folders"))
            }
            rows.append(Row(line: line, cells: Self.cells(of: text, by: mark)))
        }
    }

    /// The cells of one line, without the white space around them and the quotes.
    static func cells(of text: String, by separator: Character?) -> [String] {
        guard let separator else { return text.split(whereSeparator: \.isWhitespace).map(String.init) }
        var cells: [String] = []
        var cell = ""
        var (isQuoted, isBlank) = (false, true)
        var rest = text[...]
        while let character = rest.popFirst() {
            switch character {
            case "\"" where isQuoted && rest.first == "\"":
                cell.append("\"")
                rest.removeFirst()
            case "\"" where isQuoted || isBlank:
                isQuoted.toggle()
                isBlank = false
            case separator where !isQuoted:
                cells.append(cell.trimmingCharacters(in: .whitespaces))
                (cell, isBlank) = ("", true)
            default:
                cell.append(character)
                if !character.isWhitespace { isBlank = false }
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

/// Why a table was not read.
enum TableFailure: Error {
    case refused(PoseListRefusal)
    case interrupted(Interruption)
}
