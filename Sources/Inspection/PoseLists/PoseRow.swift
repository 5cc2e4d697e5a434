import Foundation
import Station

/// Spells a row of a pose list as a sidecar, so that one reader with one set of words judges both.
struct PoseRow {
    let list: PoseList
    let row: PoseTable.Row

    /// The text of a sidecar; throws words for a sentence that begins with the list's name.
    func sidecar() throws(PoseListRefusal) -> String {
        guard row.cells.count >= (list.columns.values.max() ?? 0) + 1 || list.preset == .faro || list.preset == .drop360
        else {
            throw refusal("has \(row.cells.count) cells where \((list.columns.values.max() ?? 0) + 1) are needed")
        }
        // More cells than columns: in most cases decimal commas between commas.
        if list.preset != .faro, row.cells.count > (list.columns.values.max() ?? 0) + 1 {
            throw refusal(
                "has \(row.cells.count) cells for \((list.columns.values.max() ?? 0) + 1) columns (decimal commas? a decimal point is needed)"
            )
        }
        switch list.preset {
        case .drop360: return own()
        case .navvis:
            return try posed(
                position: ["panoposx", "panoposy", "panoposz"],
                quaternion: ["panooriw", "panoorix", "panooriy", "panooriz"]
            )
        case .leica, .tum: return try posed(position: ["x", "y", "z"], quaternion: ["qw", "qx", "qy", "qz"])
        case .faro: return try axisAngle()
        }
    }

    private func refusal(_ words: String) -> PoseListRefusal {
        PoseListRefusal(message: "\(words) in line \(row.line)")
    }

    // MARK: A header of our own

    /// Columns that only name the folder.
    private static let names: Set<String> = ["folder", "path", "filename", "file", "name", "station", "id"]
    private static let nested: [String: (object: String, key: String)] = [
        "qw": ("quaternion", "w"), "qx": ("quaternion", "x"), "qy": ("quaternion", "y"), "qz": ("quaternion", "z"),
        "quaternionw": ("quaternion", "w"), "quaternionx": ("quaternion", "x"), "quaterniony": ("quaternion", "y"),
        "quaternionz": ("quaternion", "z"), "rotationquaternionw": ("quaternion", "w"),
        "rotationquaternionx": ("quaternion", "x"), "rotationquaterniony": ("quaternion", "y"),
        "rotationquaternionz": ("quaternion", "z"), "x": ("translation", "x"), "y": ("translation", "y"),
        "z": ("translation", "z"), "translationx": ("translation", "x"), "translationy": ("translation", "y"),
        "translationz": ("translation", "z"),
    ]
    private static let texts: Set<String> = [
        "siteid", "sitename", "stationid", "stationname", "label", "collectionlabel", "unit", "frame", "timetaken",
    ]

    private func own() -> String {
        var objects: [String: [String]] = [:]
        var members: [String] = []
        for (name, column) in list.columns.sorted(by: { $0.value < $1.value }) {
            guard column < row.cells.count, !row.cells[column].isEmpty, !Self.names.contains(name) else { continue }
            let cell = row.cells[column]
            if let place = Self.nested[name] {
                objects[place.object, default: []].append("\"\(place.key)\": \(Self.number(cell))")
            } else {
                members.append("\(Self.text(name)): \(Self.texts.contains(name) ? Self.text(cell) : Self.number(cell))")
            }
        }
        let hasFrame = list.cell("frame", of: row) != nil
        if let frame = list.frame, objects["quaternion"] != nil, !hasFrame {
            members.append("\"frame\": \(Self.text(frame.rawValue))")
        }
        for (name, inner) in objects.sorted(by: { $0.key < $1.key }) {
            members.append("\"\(name)\": {\(inner.joined(separator: ", "))}")
        }
        return "{\(members.joined(separator: ", "))}"
    }

    // MARK: Lists of scanners

    private func posed(position: [String], quaternion: [String]) throws(PoseListRefusal) -> String {
        var numbers: [String] = []
        for name in position + quaternion {
            guard let cell = list.cell(name, of: row) else { throw refusal("has nothing in column \(name)") }
            numbers.append(Self.number(cell))
        }
        return sidecar(position: Array(numbers.prefix(3)), quaternion: Array(numbers.suffix(4)))
    }

    /// `Scan_Name X Y Z Rotation_Vector(i,j,k) Rotation_Angle`: the axis in one cell or in three, the angle in degrees.
    private func axisAngle() throws(PoseListRefusal) -> String {
        guard list.columns["pan"] == nil else {
            throw PoseListRefusal(
                message:
                    "gives pan, tilt and roll, of which nobody tells where zero is: export axis and angle, or convert it"
            )
        }
        var cells = row.cells
        if let vector = cells.firstIndex(where: { $0.hasPrefix("(") }) {
            let axis = cells[vector].split(whereSeparator: { "(), ;".contains($0) }).map(String.init)
            cells.replaceSubrange(vector...vector, with: axis)
        }
        let order = list.columns.sorted { $0.value < $1.value }.map(\.key)
        let isUsual =
            order.count >= 5 && Array(order[1...3]) == ["x", "y", "z"] && order[4].hasPrefix("rotationvector")
        guard isUsual, cells.count == 8 else {
            throw refusal(
                "has \(cells.count) cells; FARO's columns are name, X, Y, Z, the rotation vector (one cell or three) and the angle"
            )
        }
        var numbers: [Double] = []
        for cell in cells[1...] {
            guard let number = Double(cell), number.isFinite else {
                throw refusal(
                    "has '\(printable(cell, limit: 40))' where a number belongs (decimal comma? a decimal point is needed)"
                )
            }
            numbers.append(number)
        }
        let length = (numbers[3] * numbers[3] + numbers[4] * numbers[4] + numbers[5] * numbers[5]).squareRoot()
        let half = numbers[6] * .pi / 360
        guard length > 1e-9 || abs(sin(half)) < 1e-9 else { throw refusal("has a rotation axis of no length") }
        guard abs(length - 1) <= 1e-2 || abs(sin(half)) < 1e-9 else {
            throw refusal("has a rotation axis whose length is not 1")
        }
        let scale = abs(sin(half)) < 1e-9 ? 0 : sin(half) / length
        let quaternion = [cos(half), numbers[3] * scale, numbers[4] * scale, numbers[5] * scale]
        return sidecar(position: numbers.prefix(3).map { "\($0)" }, quaternion: quaternion.map { "\($0)" })
    }

    private func sidecar(position: [String], quaternion: [String]) -> String {
        func object(_ keys: [String], _ values: [String]) -> String {
            "{" + zip(keys, values).map { "\"\($0)\": \($1)" }.joined(separator: ", ") + "}"
        }
        var members = [
            "\"translation\": \(object(["x", "y", "z"], position))",
            "\"quaternion\": \(object(["w", "x", "y", "z"], quaternion))",
        ]
        if let frame = list.frame { members.append("\"frame\": \(Self.text(frame.rawValue))") }
        if let time = list.cell("timestamp", of: row).flatMap(Self.time) {
            members.append("\"timeTaken\": \(Self.text(time))")
        }
        return "{\(members.joined(separator: ", "))}"
    }

    /// Seconds since 1970; what is too small for that counts from the start of the scan, and tells no date.
    private static func time(_ cell: String) -> String? {
        guard let seconds = Double(cell), seconds > 946_684_800, seconds < 1e11 else { return nil }
        return CaptureTime(milliseconds: Int64((seconds * 1000).rounded())).wire
    }

    /// A cell as JSON: a number where it is one, so that the sidecar's reader has its own words for what is none.
    private static func number(_ cell: String) -> String {
        if let number = Double(cell), number.isFinite, cell.first?.isLetter == false { return "\(number)" }
        return text(cell)
    }

    private static func text(_ cell: String) -> String {
        // A string always encodes.
        (try? String(decoding: JSONEncoder().encode(cell), as: UTF8.self)) ?? "\"\""
    }
}
