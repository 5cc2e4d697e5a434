import Foundation
import Station

/// A list of the poses of many stations, one row for each: what `poses.csv` and its kin hold.
struct PoseList: Sendable {
    let header: PoseListHeader
    let frame: LocalFrame?
    let rows: [PoseTable.Row]
    let separator: Character?
    /// What the text was read as, where it was not UTF-8.
    let encoding: String?
    /// The number of the last row, where the text ends in the middle of a line.
    let openRow: Int?
    /// Which folders the rows are for.
    let names: PoseListNames
    /// The folders below the list's own, as they were seen last.
    let folders: NamedFolders

    var preset: PoseListPreset { header.preset }

    /// The frame of its quaternions where no column says it; nil where it has none.
    var frameInWords: String? {
        if let frame { return frame.rawValue }
        let keys = header.columns.map(\.key)
        let turns = header.columns.contains { $0.role == .quaternion(0) || $0.role == .quaternionText }
        return turns && !keys.contains("frame") ? LocalFrame.cdf.rawValue : nil
    }

    init(_ table: PoseTable, rule: PoseListRule) throws(PoseListRefusal) {
        header = try PoseListHeader(table, told: rule.preset)
        frame = rule.frame ?? header.preset.frame
        rows = table.rows
        (separator, encoding) = (table.separator, table.encoding)
        openRow = table.isOpen && !rows.isEmpty ? rows.count - 1 : nil
        names = try PoseListNames(rows, header: header)
        folders = NamedFolders(names.lastParts)
    }
}
