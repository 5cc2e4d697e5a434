import Foundation
import Station

/// Which folders the rows of a pose list are for.
///
/// A row names a folder by its name alone, by its path below the inbox or a part of its end, or by the path of an image in it or called like it.
/// A path of another machine (`C:\Scans\st-1\front.jpg`) counts by its end only.
struct PoseListNames: Sendable {
    private struct Entry: Sendable {
        var row: Int
        /// Folded, without slashes at the ends.
        var path: String
        /// Only the end of it says something here.
        var isElsewhere: Bool
    }

    private var entries: [Entry] = []
    /// Entries by the last part of their path, for each column of names, the best column first.
    private var index: [[String: [Int]]] = []
    /// Which entries come from each column.
    private var blocks: [Range<Int>] = []

    /// The last parts of all names, folded.
    var lastParts: Set<String> { index.reduce(into: []) { $0.formUnion($1.keys) } }

    /// The last parts of the names of one row.
    func lastParts(of row: Int) -> Set<String> {
        var found: Set<String> = []
        for block in blocks {
            // Within a block the rows stand in order.
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

    /// The best of these is the only one that counts where it is one of them: they name folders and nothing else.
    private static let certain: Set<String> = [
        "folder", "path", "folderpath", "directory", "ordner", "pfad", "stationid",
    ]

    init(_ rows: [PoseTable.Row], header: PoseListHeader) throws(PoseListRefusal) {
        let ranked = header.columns.enumerated().compactMap { index, column -> (rank: Int, index: Int, key: String)? in
            if case .name(let rank) = column.role { (rank, index, column.key) } else { nil }
        }.sorted { $0.rank < $1.rank }
        guard let best = ranked.first else {
            throw PoseListRefusal(message: "has no column that names the station's folder: add one called `folder`")
        }
        let others = ranked.dropFirst().filter { $0.key != "stationname" }
        for column in [best] + (Self.certain.contains(best.key) ? [] : others.prefix(3)) {
            var found: [String: [Int]] = [:]
            let start = entries.count
            // A heading of three columns may stand before it.
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

    /// A name as it is compared: without regard to case and the spelling of accents.
    static func folded(_ name: String) -> String {
        if name.utf8.allSatisfy({ $0 < 0x80 }) { return name.lowercased() }
        return name.precomposedStringWithCanonicalMapping.lowercased()
    }

    /// The endings of point clouds and scans.
    private static let scans: Set<String> = [
        "e57", "fls", "ptx", "pts", "ptg", "rcs", "rcp", "zfs", "zfc", "las", "laz", "xyz", "ply", "tzf", "tzs", "rdbx",
        "lsd",
    ]

    /// What a cell may name: one path, or for an image its own and that of its folder.
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
            // A scan's file is called like its folder, or is one.
            guard scans.contains(ending) else { return [(path, isElsewhere)] }
            return [(path, isElsewhere), (String(path.dropLast(ending.count + 1)), isElsewhere || parts.count > 1)]
        }
        isElsewhere = isElsewhere || parts.count > 1
        parts.removeLast()
        let folder = parts.joined(separator: "/")
        // The picture of a face names its folder, and any other may be called like it.
        if FaceNaming.isFaceWord(last), !parts.isEmpty { return [(folder, isElsewhere)] }
        let bare = String(last.dropLast(ending.count + 1))
        let own = ((parts.map(String.init) + [bare]).joined(separator: "/"), isElsewhere)
        return parts.isEmpty || parts.last.map(String.init) == bare ? [own] : [own, (folder, isElsewhere)]
    }

    /// The numbers of the rows that fit a folder best.
    ///
    /// `path` is the folder below the inbox, `below` the same below the list's own folder.
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
                // Of two alike, the one that says nothing more than the folder's path does.
                let fit = 2 * common + (common == parts.count ? 1 : 0)
                if fit > best.fit { best = (fit, []) }
                if fit == best.fit { best.rows.insert(entry.row) }
            }
            if !best.rows.isEmpty { return best.rows.sorted() }
        }
        return []
    }

    /// A name in the list that is this folder's number without the zeros in front of it, as spreadsheets write numbers; nil where there is none.
    func withoutZeros(of path: String) -> String? {
        guard let last = path.split(separator: "/").last, last.first == "0", last.allSatisfy(\.isNumber) else {
            return nil
        }
        let short = String(last.drop { $0 == "0" })
        return index.contains { $0[short] != nil } ? short : nil
    }

    /// How many parts at the end are the same.
    private static func common(_ a: [Substring], _ b: [Substring]) -> Int {
        zip(a.reversed(), b.reversed()).prefix { $0 == $1 }.count
    }
}
