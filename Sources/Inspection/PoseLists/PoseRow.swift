import Foundation
import Station

/// Converts a row of a pose list to a sidecar, so that one reader with one set of messages checks both.
struct PoseRow {
    let list: PoseList
    let row: PoseTable.Row

    /// A row as a sidecar.
    struct Spelled {
        /// A JSON object.
        var text: String
        /// Why the row's time is not used, as a sentence.
        var unusedTime: String?
    }

    /// Converts the row to the text of a sidecar.
    ///
    /// `zone` is the zone for a time that has none.
    func sidecar(zone: TimeZone? = nil) throws(PoseListRefusal) -> Spelled {
        let cells = list.header.cells(of: row.cells)
        try checkCount(cells)
        let reader = PoseCellReader(columns: list.header.columns, cells: cells, line: row.line)
        var members: [String] = []
        var position = try reader.numbers(.position(0), .position(1), .position(2))
        if list.preset != .drop360 { try reader.require(position, ["x", "y", "z"]) }
        members += try lengthUnit(reader)
        position = position.filter { $0.value != nil }
        if !position.isEmpty {
            members.append(Self.object("translation", position.map { (["x", "y", "z"][$0.part], $0.value ?? 0) }))
        }
        let rotation = try rotation(reader)
        if let quaternion = rotation.quaternion {
            members.append(Self.object("quaternion", zip(["w", "x", "y", "z"], quaternion).map { ($0, $1) }))
            if let frame = list.frame, reader.cell(key: "frame") == nil {
                members.append("\"frame\": \(Self.text(frame.rawValue))")
            }
        }
        members += rotation.members
        members += try others(reader)
        var spelled = Spelled(text: "")
        switch time(reader, zone: zone) {
        case nil: break
        case .time(let time): members.append("\"timeTaken\": \(Self.text(time.wire))")
        case .text(let text): members.append("\"timeTaken\": \(Self.text(text))")
        case .unusable(let words): spelled.unusedTime = words
        }
        spelled.text = "{\(members.joined(separator: ", "))}"
        return spelled
    }

    /// Whether all rows have the same contents.
    static func areAlike(_ rows: [PoseTable.Row], of list: PoseList) -> Bool {
        guard rows.count <= 100 else { return false }
        do throws(PoseListRefusal) {
            let first = try rows.first.map { row throws(PoseListRefusal) in try PoseRow(list: list, row: row).sidecar()
            }
            for row in rows.dropFirst() {
                guard try PoseRow(list: list, row: row).sidecar().text == first?.text else { return false }
            }
            return true
        } catch {
            // Once only one row is left, its problem is reported.
            return false
        }
    }

    private func refusal(_ words: String) -> PoseListRefusal {
        PoseListRefusal(message: "\(words) in line \(row.line)")
    }

    /// Refuses more cells than columns, usually the result of decimal commas.
    private func checkCount(_ cells: [String]) throws(PoseListRefusal) {
        let columns = list.header.columns.count
        let extra = cells.dropFirst(columns).filter { !$0.isEmpty }
        guard !extra.isEmpty else { return }
        // Date and time after the last named column.
        let hasTime = list.header.columns.contains { if case .time = $0.role { true } else { false } }
        if !hasTime, extra.count <= 2, extra.allSatisfy({ !PoseNumber.isNumber($0) && $0.contains(where: \.isNumber) })
        {
            return
        }
        let hint =
            switch list.separator {
            case ",": " (decimal commas? use decimal points)"
            case nil: " (a name with spaces? put it in quotes)"
            default: ""
            }
        throw refusal("has \(cells.count) cells for \(columns) columns\(hint)")
    }

    // MARK: Rotation

    private typealias Turned = (quaternion: [Double]?, members: [String])

    private func rotation(_ reader: PoseCellReader) throws(PoseListRefusal) -> Turned {
        var turned: Turned = (nil, [])
        let quaternion = try reader.numbers(.quaternion(0), .quaternion(1), .quaternion(2), .quaternion(3))
        let isRequired = [.leica, .navvis, .tum].contains(list.preset) && reader.column(.quaternionText) == nil
        if quaternion.contains(where: { $0.value != nil }) || isRequired {
            try reader.require(quaternion, ["w", "x", "y", "z"].map { "q\($0)" })
            turned.quaternion = quaternion.map { $0.value ?? 0 }
        } else if let column = reader.column(.quaternionText), let cell = reader.cell(column) {
            guard let parts = Self.quaternion(cell) else {
                throw refusal(
                    "has '\(printable(cell, limit: 60))' in the column \(printable(column.title, limit: 60)), and it is unclear which number is w: write it as w+xi+yj+zk, or in the columns qw, qx, qy and qz,"
                )
            }
            turned.quaternion = parts
        } else if list.preset == .faro {
            turned.quaternion = try axisAngle(reader)
        }
        for (role, key) in [(PoseColumn.Role.heading, "heading"), (.pitch, "pitch"), (.roll, "roll")] {
            guard let column = reader.column(role), let number = try reader.number(column) else { continue }
            turned.members.append("\"\(key)\": \(try degrees(number, column))")
        }
        return turned
    }

    /// The quaternion from the rotation axis in three cells and the angle.
    private func axisAngle(_ reader: PoseCellReader) throws(PoseListRefusal) -> [Double] {
        let axis = try reader.numbers(.axis(0), .axis(1), .axis(2))
        try reader.require(axis, ["i", "j", "k"].map { "Rotation_Vector_\($0)" })
        guard let column = reader.column(.angle) else {
            throw PoseListRefusal(
                message: "has no column for the rotation angle: add one named Rotation_Angle"
            )
        }
        guard let number = try reader.number(column) else {
            throw refusal("has no value in the column \(printable(column.title, limit: 60))")
        }
        let angle = try degrees(number, column)
        if let objection = AngleRange.objection(to: angle, limit: 360) {
            throw PoseListRefusal(
                message: "has the rotation angle \(objection.dropLast()) in line \(row.line)",
                code: .angleImplausible
            )
        }
        let v = axis.map { $0.value ?? 0 }
        let length = v.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let half = angle * .pi / 360
        guard length > 1e-9 || abs(sin(half)) < 1e-9 else { throw refusal("has a rotation axis of length 0") }
        guard abs(length - 1) <= 1e-2 || abs(sin(half)) < 1e-9 else {
            throw refusal("has a rotation axis whose length is not 1")
        }
        let scale = abs(sin(half)) < 1e-9 ? 0 : sin(half) / length
        return [cos(half)] + v.map { $0 * scale }
    }

    /// The angle in degrees, converted from the unit in the heading.
    private func degrees(_ number: Double, _ column: PoseColumn) throws(PoseListRefusal) -> Double {
        switch column.unit {
        case nil, "deg", "degree", "degrees", "dd": return number
        case "gon", "gons": return number * 0.9
        case "rad", "radian", "radians": return number * 180 / .pi
        // `grad` means degrees in German and gon in English, and there are three kinds of mils.
        case let unit?:
            throw PoseListRefusal(
                message:
                    "has the unit \(printable(unit, limit: 20)) in the column \(printable(column.title, limit: 60)): write deg, gon or rad"
            )
        }
    }

    /// `0.7+0i+0j-0.7k`.
    static func quaternion(_ cell: String) -> [Double]? {
        var parts: [Double] = []
        var number = ""
        let text = cell.filter { !$0.isWhitespace && $0 != "*" }
        let bare = text.split(separator: "=").last.map(String.init) ?? text
        for (character, next) in zip(bare, Array(bare.dropFirst()).map(Optional.some) + [nil]) {
            if let unit = ["i", "j", "k"].firstIndex(of: character.lowercased()) {
                // `+k` for `+1k`.
                if number == "+" || number == "-" { number += "1" }
                guard parts.count == unit + 1, let value = PoseNumber.value(number) else { return nil }
                parts.append(value)
                number = ""
                continue
            }
            number.append(character)
            let isExponent = character == "e" || character == "E"
            if parts.isEmpty, let next, next == "+" || next == "-", !isExponent {
                guard let value = PoseNumber.value(number) else { return nil }
                parts.append(value)
                number = ""
            }
        }
        return parts.count == 4 && number.isEmpty ? parts : nil
    }

    // MARK: The rest

    private func lengthUnit(_ reader: PoseCellReader) throws(PoseListRefusal) -> [String] {
        let stated = (0...2).compactMap { reader.column(.position($0)) }.map {
            $0.unit.flatMap { Self.lengths[$0] } ?? "m"
        }
        guard let unit = stated.first, Set(stated) != ["m"] else { return [] }
        guard Set(stated).count == 1 else {
            throw PoseListRefusal(message: "gives different units for x, y and z: use one unit")
        }
        guard reader.cell(key: "unit") == nil else {
            throw PoseListRefusal(
                message: "gives a unit both in the heading of x and in a separate column: keep one of them"
            )
        }
        return ["\"unit\": \(Self.text(unit))"]
    }

    /// Units in brackets after x; anything else there (`ETRS89`) is not a unit.
    private static let lengths = [
        "m": "m", "metres": "m", "meters": "m", "metre": "m", "meter": "m", "mm": "mm", "cm": "cm", "km": "km",
        "ft": "ft",
        "feet": "ft", "foot": "ft", "usft": "us-ft", "in": "in", "inch": "in", "inches": "in", "yd": "yd",
    ]

    /// The sidecar's other keys, and unknown ones, for which its reader suggests the nearest key.
    private func others(_ reader: PoseCellReader) throws(PoseListRefusal) -> [String] {
        let isOwn = list.preset == .drop360
        var members: [String] = []
        var keys: Set<String> = []
        for (index, column) in reader.columns.enumerated() {
            guard let cell = reader.cell(index), keys.insert(column.key).inserted else { continue }
            switch column.role {
            case .text: members.append("\"\(column.key)\": \(Self.text(cell))")
            case .name where isOwn && ["stationid", "stationname"].contains(column.key):
                members.append("\"\(column.key)\": \(Self.text(cell))")
            case .number:
                if let number = try reader.number(column) { members.append("\"\(column.key)\": \(number)") }
            case .other where isOwn && !column.key.isEmpty:
                let value = PoseNumber.value(cell).map { "\($0)" } ?? Self.text(cell)
                members.append("\(Self.text(column.key)): \(value)")
            default: continue
            }
        }
        return members
    }

    private enum Time {
        case time(CaptureTime)
        /// Passed on to the sidecar's reader, which reports problems.
        case text(String)
        case unusable(String)
    }

    private func time(_ reader: PoseCellReader, zone: TimeZone?) -> Time? {
        if let column = reader.column(.time(.stated)), let cell = reader.cell(column) {
            guard let number = PoseTime.number(cell) else { return .text(cell) }
            if case .time(let time) = number { return .time(time) }
            return .text(cell)
        }
        let instant = reader.column(.time(.instant))
        let date = reader.column(.time(.date))
        let parts = [date, instant].compactMap(\.self).filter { reader.cell($0) != nil }
        func unusable(_ cell: String, _ titles: [String], _ reason: String) -> Time {
            let place = titles.map { "`\(printable($0, limit: 40))`" }.joined(separator: " and ")
            return .unusable(
                "The time \(printable(cell, limit: 60)) in the column\(titles.count > 1 ? "s" : "") \(place) \(reason) and was not used; "
                    + "write times like 2026-05-01T10:00:00Z."
            )
        }
        guard !parts.isEmpty else {
            guard let gps = reader.column(.time(.gps)), let cell = reader.cell(gps) else { return nil }
            return unusable(cell, [gps.title], "is GPS time")
        }
        let cells = parts.compactMap { reader.cell($0) }
        // A date next to a complete time adds nothing.
        if let instant, let cell = reader.cell(instant) {
            let isWhole = PoseTime.number(cell) != nil || cell.contains { "T-/".contains($0) }
            if isWhole || parts.count == 1 { return used(cell, [instant.title], zone, unusable) }
        }
        return used(cells.joined(separator: " "), parts.map(\.title), zone, unusable)
    }

    private func used(
        _ cell: String,
        _ titles: [String],
        _ zone: TimeZone?,
        _ unusable: (String, [String], String) -> Time
    ) -> Time {
        switch PoseTime.number(cell) ?? PoseTime.text(cell, zone: zone) {
        // There were no such cameras before 2000.
        case .time(let time)
        where time.milliseconds < 946_684_800_000 || UnsetClock.shows(CaptureTime.clock(cell) ?? time, at: time):
            unusable(cell, titles, "looks like a clock that was never set")
        case .time(let time): .time(time)
        case .unusable(let reason): unusable(cell, titles, reason)
        }
    }

    // MARK: JSON

    private static func object(_ key: String, _ members: [(String, Double)]) -> String {
        "\"\(key)\": {" + members.map { "\"\($0)\": \($1)" }.joined(separator: ", ") + "}"
    }

    private static func text(_ cell: String) -> String {
        // A string always encodes.
        (try? String(decoding: JSONEncoder().encode(cell), as: UTF8.self)) ?? "\"\""
    }
}
