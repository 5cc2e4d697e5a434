import Foundation
import Station

/// A list of the poses of many stations, one row for each: what `poses.csv` and its kin hold.
struct PoseList: Sendable {
    let preset: PoseListPreset
    let frame: LocalFrame?
    /// By what the list calls it, folded.
    let columns: [String: Int]
    let rows: [PoseTable.Row]
    /// The number of the last row, where the text ends in the middle of a line.
    let openRow: Int?
    /// Rows by the folded name of their station.
    private let index: [String: [Int]]

    /// Columns that say which folder a row is for, best first.
    private static let nameColumns = [
        "folder", "path", "stationid", "station", "scanname", "setup", "setupname", "filename", "file", "name", "id",
    ]

    init(_ table: PoseTable, rule: PoseListRule) throws(PoseListRefusal) {
        let header = try PoseListHeader(table, told: rule.preset)
        preset = header.preset
        frame = rule.frame ?? header.preset.frame
        columns = header.columns
        rows = header.hasRow ? Array(table.rows.dropFirst()) : table.rows
        openRow = table.isOpen && !rows.isEmpty ? rows.count - 1 : nil
        guard let name = Self.nameColumns.compactMap({ header.columns[$0] }).first else {
            throw PoseListRefusal(
                message: "has no column that names the station's folder: add one called `folder`"
            )
        }
        var index: [String: [Int]] = [:]
        for (number, row) in rows.enumerated() where name < row.cells.count {
            index[Self.key(row.cells[name]), default: []].append(number)
        }
        self.index = index
    }

    /// A name as it is compared: without an image's ending, without regard to case, back slashes and the spelling of accents.
    private static func key(_ name: String) -> String {
        var text = name.replacingOccurrences(of: "\\", with: "/").precomposedStringWithCanonicalMapping.lowercased()
        if text.hasPrefix("./") { text.removeFirst(2) }
        if text.hasSuffix("/") { text.removeLast() }
        let ending = FaceNaming.fileExtension(of: text)
        let isImage = FaceNaming.imageExtensions.contains(ending) || FaceNaming.foreignImageExtensions.contains(ending)
        return isImage ? String(text.dropLast(ending.count + 1)) : text
    }

    /// The numbers of the rows for the folder at `path` below the list's own folder: by the whole path, else by its last name.
    func rows(for path: String) -> [Int] {
        let key = Self.key(path)
        if let found = index[key] { return found }
        guard let last = key.split(separator: "/").last else { return [] }
        return index[String(last)] ?? []
    }

    /// The cell of a row under one of these names, folded; nil where there is none or it is empty.
    func cell(_ names: String..., of row: PoseTable.Row) -> String? {
        for name in names {
            guard let column = columns[name], column < row.cells.count, !row.cells[column].isEmpty else { continue }
            return row.cells[column]
        }
        return nil
    }
}

/// Whose list it is, and what its columns are called.
struct PoseListHeader {
    let preset: PoseListPreset
    /// By folded name.
    let columns: [String: Int]
    /// The first row is the header.
    let hasRow: Bool

    private static let navvis = [
        "id", "filename", "timestamp", "panoposx", "panoposy", "panoposz", "panooriw", "panoorix", "panooriy",
        "panooriz",
    ]
    private static let tum = ["timestamp", "name", "x", "y", "z", "qx", "qy", "qz", "qw"]

    private static let own: Set<String> = [
        "folder", "path", "stationid", "stationname", "siteid", "sitename", "label", "collectionlabel", "unit", "frame",
        "timetaken", "heading", "translationx", "quaternionw", "eulerrotationx", "scalex",
    ]

    static func folded(_ name: String) -> String {
        name.lowercased().filter { $0.isLetter || $0.isNumber }
    }

    init(_ table: PoseTable, told: PoseListPreset?) throws(PoseListRefusal) {
        guard let first = table.rows.first else {
            throw PoseListRefusal(
                message: "holds no row yet: write a header and a row for each station",
                mayBeUnfinished: true
            )
        }
        let names = first.cells.map(Self.folded)
        // A header has no number in it, and a row of poses has.
        let isHeader = !first.cells.contains {
            Double($0) != nil || Double($0.replacingOccurrences(of: ",", with: ".")) != nil
        }
        let comment = table.comments.map { PoseTable.header(of: $0).map(Self.folded) }.first {
            $0.contains("panoposx") || Set($0).isSuperset(of: ["x", "y", "z", "qx", "qy", "qz", "qw"])
        }
        guard let preset = told ?? Self.preset(isHeader ? names : [], comment, first) else {
            throw PoseListRefusal(
                message:
                    "does not tell whose format it is: name its columns as in a sidecar, or set `poses` in the inbox's configuration to "
                    + "\(PoseListPreset.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        }
        self.preset = preset
        hasRow = isHeader
        let named: [String]
        switch preset {
        case .navvis: named = comment ?? (isHeader ? names : Self.navvis)
        case .tum: named = comment ?? (isHeader ? names : Self.tum)
        case .drop360, .leica, .faro:
            guard isHeader else {
                throw PoseListRefusal(message: "has no header row: name its columns in the first line")
            }
            named = names
        }
        var columns: [String: Int] = [:]
        for (column, name) in named.enumerated() where !name.isEmpty {
            guard columns.updateValue(column, forKey: name) == nil else {
                throw PoseListRefusal(message: "has two columns called \(printable(name, limit: 60))")
            }
        }
        self.columns = columns
    }

    private static func preset(_ names: [String], _ comment: [String]?, _ first: PoseTable.Row) -> PoseListPreset? {
        let found = Set(names)
        if comment?.contains("panoposx") == true || found.contains("panoposx") { return .navvis }
        if comment != nil { return .tum }
        if found.contains("scanname") || found.contains(where: { $0.hasPrefix("rotationvector") }) { return .faro }
        if found.isSuperset(of: ["filename", "pan", "tilt"]) { return .faro }
        // Keys that no scanner writes: what they say must not be passed over.
        if !found.isDisjoint(with: own) { return .drop360 }
        if found.isSuperset(of: ["x", "y", "z", "qw", "qx", "qy", "qz"]) {
            return found.contains("timestamp") ? .tum : .leica
        }
        let numbers = first.cells.map { Double($0) != nil }
        if first.cells.count == 9, numbers.enumerated().allSatisfy({ $1 || $0 == 1 }) { return .tum }
        return nil
    }
}
