import Foundation
import Station

/// A list of the poses of many stations, one row each, from `poses.csv` and similar files.
struct PoseList: Sendable {
    let header: PoseListHeader
    let frame: LocalFrame?
    let rows: [PoseTable.Row]
    let separator: Character?
    /// The encoding it was read as, if it was not UTF-8.
    let encoding: String?
    /// The number of the last row, if the text ends in the middle of a line.
    let openRow: Int?
    /// The folders that the rows are for.
    let names: PoseListNames
    /// The folders below the list's folder, as last seen.
    let folders: NamedFolders

    var preset: PoseListPreset { header.preset }

    /// The frame of its quaternions if no column gives it; nil without quaternions.
    var frameName: String? {
        if let frame { return frame.rawValue }
        let keys = header.columns.map(\.key)
        let turns = header.columns.contains { $0.role == .quaternion(0) || $0.role == .quaternionText }
        return turns && !keys.contains("frame") ? LocalFrame.cdf.rawValue : nil
    }

    init(_ table: PoseTable, rule: PoseListRule) throws(PoseListRefusal) {
        header = try PoseListHeader(table, configured: rule.preset)
        frame = rule.frame ?? header.preset.frame
        rows = table.rows
        (separator, encoding) = (table.separator, table.encoding)
        openRow = table.isOpen && !rows.isEmpty ? rows.count - 1 : nil
        names = try PoseListNames(rows, header: header)
        folders = NamedFolders(names.lastComponents)
    }
}
