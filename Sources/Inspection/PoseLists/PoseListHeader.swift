import Foundation
import Station

/// The format of a pose list, and what its columns contain.
struct PoseListHeader: Sendable {
    let preset: PoseListPreset
    let columns: [PoseColumn]

    private static let navvis = [
        "ID", "filename", "timestamp", "pano_pos_x", "pano_pos_y", "pano_pos_z", "pano_ori_w", "pano_ori_x",
        "pano_ori_y",
        "pano_ori_z",
    ]
    private static let tum = ["timestamp", "name", "x", "y", "z", "qx", "qy", "qz", "qw"]
    private static let faro = [
        "Scan_Name", "X", "Y", "Z", "Rotation_Vector_i", "Rotation_Vector_j", "Rotation_Vector_k", "Rotation_Angle",
    ]

    /// Keys that no scanner writes: they must not be ignored.
    private static let own: Set<String> = [
        "folder", "path", "stationid", "stationname", "siteid", "sitename", "label", "collectionlabel", "unit", "frame",
        "timetaken", "heading", "translationx", "quaternionw", "eulerrotationx", "scalex",
    ]

    init(_ table: PoseTable, configured: PoseListPreset?) throws(PoseListRefusal) {
        guard let first = table.rows.first else {
            throw PoseListRefusal(
                message: "has no rows yet: write a header and a row for each station",
                mayBeUnfinished: true
            )
        }
        let named = table.header.map(PoseColumn.named(all:)) ?? []
        let preset: PoseListPreset
        if table.isIQScene {
            preset = .faro
        } else if let found = configured {
            preset = found
        } else if let found = try Self.preset(named, first) {
            preset = found
        } else {
            throw PoseListRefusal(
                message:
                    "is in an unknown format: name its columns as in a sidecar, or set `poses` in the inbox's configuration to "
                    + "\(PoseListPreset.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        }
        self.preset = preset
        if table.isIQScene {
            columns = PoseColumn.named(all: Self.faro + ["Date", "Time"])
            return
        }
        if !named.isEmpty {
            columns = try Self.unambiguous(named)
            return
        }
        switch preset {
        case .navvis: columns = PoseColumn.named(all: Self.navvis)
        case .tum: columns = PoseColumn.named(all: Self.tum)
        case .faro: columns = PoseColumn.named(all: Self.faro)
        case .drop360, .leica:
            throw PoseListRefusal(message: "has no header row: name its columns in the first line")
        }
    }

    private static func preset(
        _ columns: [PoseColumn],
        _ first: PoseTable.Row
    ) throws(PoseListRefusal) -> PoseListPreset? {
        guard !columns.isEmpty else { return try headless(first.cells) }
        let roles = Set(columns.map(\.role))
        let keys = Set(columns.map(\.key))
        func has(_ wanted: [PoseColumn.Role]) -> Bool { roles.isSuperset(of: wanted) }
        if keys.contains("panoposx") { return .navvis }
        let hasAxis = has((0...2).map(PoseColumn.Role.axis))
        if hasAxis, has([.angle]) {
            guard !has([.foreign(.matrix)]) else {
                throw PoseListRefusal(
                    message:
                        "gives an axis and matrices, as CloudCompare does, but not how its cameras' axes point: set `poses` in the inbox's "
                        + "configuration, for instance to {preset: faro, frame: optical}, and check one station in the viewer"
                )
            }
            return .faro
        }
        let position = (0...2).map(PoseColumn.Role.position)
        let quaternion = (0...3).map(PoseColumn.Role.quaternion)
        let turns =
            has(quaternion) || has([.quaternionText]) || has([.heading])
            || columns.contains { $0.role == .number && $0.key.hasPrefix("euler") }
        let foreign = columns.compactMap { column -> PoseColumn.Foreign? in
            if case .foreign(let foreign) = column.role { foreign } else { nil }
        }
        if !has(position), foreign.contains(.geographic) { throw refusal(.geographic) }
        if !turns, let other = foreign.first(where: { $0 != .geographic }) { throw refusal(other) }
        if keys.contains("scanname"), hasAxis { return .faro }
        if !keys.isDisjoint(with: own) || has([.heading]) { return .drop360 }
        if has(position), has(quaternion) || has([.quaternionText]) {
            return keys.contains("timestamp") ? .tum : .leica
        }
        // What is missing is reported for the station's row.
        return has(position) || turns ? .drop360 : nil
    }

    private static func refusal(_ foreign: PoseColumn.Foreign) -> PoseListRefusal {
        PoseListRefusal(message: foreign.words)
    }

    /// The format of rows without a header: only `timestamp name x y z qx qy qz qw` is certain.
    private static func headless(_ cells: [String]) throws(PoseListRefusal) -> PoseListPreset? {
        let numbers = cells.map { PoseNumber.value($0) != nil }
        if cells.count == 9, numbers.enumerated().allSatisfy({ $1 || $0 == 1 }) { return .tum }
        if cells.count == 8, numbers.allSatisfy(\.self) {
            throw PoseListRefusal(
                message:
                    "looks like `timestamp x y z qx qy qz qw`, which names no folder: add the folder's name after the timestamp"
            )
        }
        return nil
    }

    /// Resolves columns with the same role: the plain `x` wins; otherwise the list is refused as ambiguous.
    private static func unambiguous(_ columns: [PoseColumn]) throws(PoseListRefusal) -> [PoseColumn] {
        var columns = columns
        for (index, column) in columns.enumerated() {
            let duplicates = columns.indices.filter { columns[$0].role == column.role }
            guard duplicates.count > 1, duplicates.first == index else { continue }
            switch column.role {
            case .name, .time, .other, .foreign, .quaternionText: continue
            case .text, .number:
                guard duplicates.contains(where: { $0 > index && columns[$0].key == column.key }) else { continue }
            case .position(let part):
                let plain = duplicates.filter { columns[$0].key == ["x", "y", "z"][part] }
                // A single letter may as well be something else: `n` for a number.
                let long = duplicates.filter { !["e", "n", "h"].contains(columns[$0].key) }
                guard let chosen = plain.count == 1 ? plain : long.count == 1 ? long : nil else { break }
                for duplicate in duplicates where duplicate != chosen[0] { columns[duplicate].role = .other }
                continue
            case .quaternion, .axis, .angle, .heading, .pitch, .roll: break
            }
            let other = duplicates.first { $0 != index && columns[$0].key == column.key } ?? duplicates[1]
            let (one, two) = (printable(column.title, limit: 60), printable(columns[other].title, limit: 60))
            throw PoseListRefusal(
                message: column.key == columns[other].key
                    ? "has two columns called \(one): keep one of them"
                    : "has two columns for the same thing, \(one) and \(two): keep one of them"
            )
        }
        // Duplicate sidecar keys, whose roles alone do not show it.
        var seen: Set<String> = []
        for column in columns where column.role == .text || column.role == .number || column.role == .time(.stated) {
            guard seen.insert(column.key).inserted else {
                throw PoseListRefusal(message: "has two columns called \(printable(column.title, limit: 60)): keep one")
            }
        }
        return columns
    }

    /// A row's cells, one for each column: three numbers in one cell, as in `(0, 0, 1)`, become three cells.
    func cells(of row: [String]) -> [String] {
        var cells = row
        for (index, column) in columns.enumerated() {
            guard index < cells.count else { break }
            switch column.role {
            case .position(0), .axis(0), .quaternion(0), .quaternion(1):
                let width = Self.width(of: column.role)
                guard index + width <= columns.count,
                    columns[index..<index + width].allSatisfy({ $0.title == column.title })
                else { continue }
                if let parts = Self.parts(of: cells[index], width) { cells.replaceSubrange(index...index, with: parts) }
            default: continue
            }
        }
        return cells
    }

    private static func width(of role: PoseColumn.Role) -> Int {
        if case .quaternion = role { 4 } else { 3 }
    }

    /// The `width` numbers in one cell; nil if their count differs.
    private static func parts(of cell: String, _ width: Int) -> [String]? {
        guard let last = cell.split(separator: "=").last else { return nil }
        let parts = last.split(whereSeparator: { "()[]{}<>,; \t".contains($0) }).map(String.init)
        return parts.count == width && parts.allSatisfy({ PoseNumber.value($0) != nil }) ? parts : nil
    }
}
