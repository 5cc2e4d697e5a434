import Foundation
import Station

/// The folders that the rows of a pose list are for.
///
/// A row names a folder by its name alone, by its path below the inbox or the end of that path, or by the path of an image in it or of the same name.
/// Of a path on another machine (`C:\Scans\st-1\front.jpg`) only the end counts.
struct PoseListNames: Sendable {
    private struct Entry: Sendable {
        var row: Int
        /// Folded, without leading or trailing slashes.
        var path: String
        /// Whether it is a path on another machine, of which only the end counts.
        var isElsewhere: Bool
    }

    private var entries: [Entry] = []
    /// Entries by the last component of their path, for each column of names, the best column first.
    private var index: [[String: [Int]]] = []
    /// The entries of each column.
    private var blocks: [Range<Int>] = []

    /// The last components of all names, folded.
    var lastComponents: Set<String> { index.reduce(into: []) { $0.formUnion($1.keys) } }

    /// The last components of the names of one row.
    func lastComponents(of row: Int) -> Set<String> {
        var found: Set<String> = []
        for block in blocks {
            // Within a block the rows are in order.
            var (low, high) = (block.lowerBound, block.upperBound)
            while low < high {
                let middle = (low + high) / 2
                if entries[middle].row < row { low = middle + 1 } else { high = middle }
            }
            for entry in entries[low..<block.upperBound].prefix(while: { $0.row == row }) {
                if let last = entry.path.split(separator: "/").last { found.insert(String(last)) }
            }
        }
        return found
    }

    /// If the best column is one of these, no other counts: they name folders and nothing else.
    private static let certain: Set<String> = [
        "folder", "path", "folderpath", "directory", "ordner", "pfad", "stationid",
    ]

    init(_ rows: [PoseTable.Row], header: PoseListHeader) throws(PoseListRefusal) {
        let ranked = header.columns.enumerated().compactMap { index, column -> (rank: Int, index: Int, key: String)? in
            if case .name(let rank) = column.role { (rank, index, column.key) } else { nil }
        }.sorted { $0.rank < $1.rank }
        guard let best = ranked.first else {
            throw PoseListRefusal(message: "has no column with the station's folder: add one named `folder`")
        }
        let others = ranked.dropFirst().filter { $0.key != "stationname" }
        for column in [best] + (Self.certain.contains(best.key) ? [] : others.prefix(3)) {
            var found: [String: [Int]] = [:]
            let start = entries.count
            // A heading of three columns may precede it.
            for (number, row) in rows.enumerated() {
                guard !row.isRemark || column.index == 0 else { continue }
                let cells = column.index == 0 ? row.cells : header.cells(of: row.cells)
                guard column.index < cells.count else { continue }
                for name in Self.spellings(of: cells[column.index]) {
                    guard let last = name.path.split(separator: "/").last else { continue }
                    found[String(last), default: []].append(entries.count)
                    entries.append(Entry(row: number, path: name.path, isElsewhere: name.isElsewhere))
                }
            }
            index.append(found)
            blocks.append(start..<entries.count)
        }
    }

    /// A name in the form used for comparison: case and the encoding of accents do not matter.
    static func folded(_ name: String) -> String {
        if name.utf8.allSatisfy({ $0 < 0x80 }) { return name.lowercased() }
        return name.precomposedStringWithCanonicalMapping.lowercased()
    }

    /// The extensions of point clouds and scans.
    private static let scans: Set<String> = [
        "e57", "fls", "ptx", "pts", "ptg", "rcs", "rcp", "zfs", "zfc", "las", "laz", "xyz", "ply", "tzf", "tzs", "rdbx",
        "lsd",
    ]

    /// The paths that a cell may mean: one, or for an image its own and its folder's.
    private static func spellings(of cell: String) -> [(path: String, isElsewhere: Bool)] {
        var text = folded(cell).replacingOccurrences(of: "\\", with: "/")
        if text.hasPrefix("file://") { text.removeFirst(7) }
        var isElsewhere = text.hasPrefix("/")
        let drive = text.utf8.prefix(2)
        if drive.count == 2, drive.last == UInt8(ascii: ":"), text.first?.isLetter == true {
            isElsewhere = true
            text.removeFirst(2)
        }
        var parts = text.split(separator: "/").filter { $0 != "." }
        guard let last = parts.last.map(String.init) else { return [] }
        let ending = FaceNaming.fileExtension(of: last)
        guard FaceNaming.imageExtensions.contains(ending) || FaceNaming.foreignImageExtensions.contains(ending) else {
            let path = parts.joined(separator: "/")
            // A scan's file has the name of its folder, or is a folder.
            guard scans.contains(ending) else { return [(path, isElsewhere)] }
            return [(path, isElsewhere), (String(path.dropLast(ending.count + 1)), isElsewhere || parts.count > 1)]
        }
        isElsewhere = isElsewhere || parts.count > 1
        parts.removeLast()
        let folder = parts.joined(separator: "/")
        // A face's image names its folder; any other image may have the same name as the folder.
        if FaceNaming.isFaceWord(last), !parts.isEmpty { return [(folder, isElsewhere)] }
        let bare = String(last.dropLast(ending.count + 1))
        let own = ((parts.map(String.init) + [bare]).joined(separator: "/"), isElsewhere)
        return parts.isEmpty || parts.last.map(String.init) == bare ? [own] : [own, (folder, isElsewhere)]
    }

    /// The numbers of the rows that match a folder best.
    ///
    /// `path` is the folder's path below the inbox, `below` its path below the list's folder.
    func rows(for path: String, below: String) -> [Int] {
        let whole = Self.folded(path).split(separator: "/")
        let own = Self.folded(below).split(separator: "/")
        guard let last = whole.last ?? own.last.map({ $0 }) else { return [] }
        for column in index {
            var best: (fit: Int, rows: Set<Int>) = (0, [])
            for number in column[String(last)] ?? [] {
                let entry = entries[number]
                let parts = entry.path.split(separator: "/")
                let known = entry.isElsewhere ? own : whole
                guard Self.common(parts, known) == min(parts.count, known.count) else { continue }
                let common = Self.common(parts, whole)
                // Of two equal matches, prefer the one without components beyond the folder's path.
                let fit = 2 * common + (common == parts.count ? 1 : 0)
                if fit > best.fit { best = (fit, []) }
                if fit == best.fit { best.rows.insert(entry.row) }
            }
            if !best.rows.isEmpty { return best.rows.sorted() }
        }
        return []
    }

    /// A name in the list that is this folder's number without leading zeros, as spreadsheets write numbers; nil if there is none.
    func withoutZeros(of path: String) -> String? {
        guard let last = path.split(separator: "/").last, last.first == "0", last.allSatisfy(\.isNumber) else {
            return nil
        }
        let short = String(last.drop { $0 == "0" })
        return index.contains { $0[short] != nil } ? short : nil
    }

    /// How many components at the end are equal.
    private static func common(_ a: [Substring], _ b: [Substring]) -> Int {
        zip(a.reversed(), b.reversed()).prefix { $0 == $1 }.count
    }
}
