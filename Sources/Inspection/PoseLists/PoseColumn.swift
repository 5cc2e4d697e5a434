import Foundation

/// What one column of a pose list contains, according to its heading.
struct PoseColumn: Equatable, Sendable {
    enum Role: Hashable, Sendable {
        /// The folder, or a file of the same name; the lower, the more reliably it names the folder.
        case name(Int)
        /// 0…2: x, y, z.
        case position(Int)
        /// 0…3: w, x, y, z.
        case quaternion(Int)
        /// `0.7+0i+0j+0.7k` in one cell.
        case quaternionText
        case axis(Int)
        case angle
        case heading, pitch, roll
        case time(PoseTime.Kind)
        /// A key of the sidecar whose value is text, or a number.
        case text, number
        /// Gives the pose in a form that drop360 does not support.
        case foreign(Foreign)
        case other
    }

    /// A form of the pose that drop360 does not support.
    enum Foreign: Hashable, Sendable {
        case yaw, photogrammetric, geographic, matrix, numberedQuaternion, pan

        var words: String {
            switch self {
            case .yaw:
                "gives yaw without its zero direction and sense of rotation: give `heading` (degrees clockwise from +Y), or a quaternion in the columns qw, qx, qy and qz"
            case .photogrammetric:
                "gives omega, phi and kappa: convert them to a quaternion in the columns qw, qx, qy and qz"
            case .geographic:
                "gives longitude and latitude: convert them to metres in the columns x, y and z"
            case .matrix:
                "gives matrices: convert them to a position in the columns x, y and z and a quaternion in qw, qx, qy and qz"
            case .numberedQuaternion:
                "numbers the parts of its quaternion, so it is unclear which one is w: name the columns qw, qx, qy and qz"
            case .pan:
                "gives pan, tilt and roll without their zero direction: export axis and angle, or convert them"
            }
        }
    }

    var role: Role
    /// The heading as written.
    var title: String
    /// The heading without its unit: letters and digits, lower case.
    var key: String
    /// The unit in brackets after the heading, folded, or that of a heading such as `heading_deg`.
    var unit: String?

    var isKnown: Bool { role != .other }

    /// Whether it gives a station's position or rotation, even in an unsupported form.
    var isOfPose: Bool {
        switch role {
        case .position, .quaternion, .quaternionText, .axis, .heading, .foreign: true
        case .number: key.hasPrefix("euler")
        case .name, .angle, .pitch, .roll, .time, .text, .other: false
        }
    }

    static func folded(_ name: String) -> String {
        name.precomposedStringWithCanonicalMapping.lowercased().filter { $0.isLetter || $0.isNumber }
    }

    /// The columns of one heading: three for `Rotation_Vector(i,j,k)`.
    static func named(_ heading: String) -> [PoseColumn] {
        var (base, bracket) = (heading, "")
        if let open = heading.firstIndex(where: { "([".contains($0) }), open != heading.startIndex {
            base = String(heading[..<open])
            bracket = String(heading[open...].drop { "([".contains($0) }.prefix { !")]".contains($0) })
        }
        let key = folded(base)
        if let parts = group(key, bracket) {
            return parts.map { PoseColumn(role: $0, title: heading, key: key) }
        }
        let unit = bracket == "°" ? "deg" : folded(bracket)
        func column(_ role: Role, _ unit: String) -> [PoseColumn] {
            [PoseColumn(role: role, title: heading, key: key, unit: unit.isEmpty ? nil : unit)]
        }
        if let role = roles[key] { return column(role, unit) }
        // `heading_deg`, `x_m`
        for (ending, unit) in endings where key.count > ending.count && key.hasSuffix(ending) {
            if let role = roles[String(key.dropLast(ending.count))], acceptsUnit(role) { return column(role, unit) }
        }
        return column(.other, unit)
    }

    /// The columns of all headings of a list.
    ///
    /// A heading that could mean several numbers (`Location`, `Orientation`) does so only if no other column gives them.
    static func named(all headings: [String]) -> [PoseColumn] {
        let groups = headings.map(named)
        let single = Set(groups.filter { $0.count == 1 }.flatMap(\.self).map(\.role))
        let turns = single.contains { role in
            switch role {
            case .heading, .quaternion, .axis: true
            default: false
            }
        }
        return zip(headings, groups).flatMap { heading, group -> [PoseColumn] in
            let isSpare =
                switch group.first?.role {
                case .position where group.count > 1: single.contains(.position(0)) || single.contains(.position(1))
                case .axis where group.count > 1: turns || !single.contains(.angle)
                case .quaternionText: turns || single.contains(.angle)
                default: false
                }
            guard isSpare, let first = group.first else { return group }
            return [PoseColumn(role: roles[first.key] ?? .other, title: heading, key: first.key)]
        }
    }

    private static func acceptsUnit(_ role: Role) -> Bool {
        switch role {
        case .position, .axis, .angle, .heading, .pitch, .roll, .foreign, .time: true
        case .name, .quaternion, .quaternionText, .text, .number, .other: false
        }
    }

    private static let endings: [(String, String)] = [
        ("metres", "m"), ("meters", "m"), ("metre", "m"), ("meter", "m"), ("mm", "mm"), ("cm", "cm"), ("m", "m"),
        ("usft", "usft"), ("ft", "ft"), ("feet", "ft"), ("degrees", "deg"), ("degree", "deg"), ("deg", "deg"),
        ("gons", "gon"), ("gon", "gon"), ("radians", "rad"), ("radian", "rad"), ("rad", "rad"),
        ("ns", "ns"), ("ms", "ms"), ("us", "us"), ("sec", "s"), ("s", "s"),
    ]

    // MARK: Several numbers under one heading

    private static let positions: Set<String> = [
        "position", "pos", "xyz", "coordinates", "coordinate", "coords", "translation", "location", "centre", "center",
        "scanposition", "setupposition", "origin",
    ]
    private static let axes: Set<String> = [
        "rotationvector", "rotationaxis", "rotvector", "rotaxis", "axis", "rotationvectors",
    ]
    private static let quaternions: Set<String> = [
        "quaternion", "quat", "q", "orientation", "rotation", "rotationquaternion", "rot",
    ]

    private static func group(_ key: String, _ bracket: String) -> [Role]? {
        let parts = bracket.split(whereSeparator: { ",; ".contains($0) }).map { folded(String($0)) }
        if parts.count < 3 {
            // The brackets may contain a unit.
            if positions.contains(key) { return (0...2).map(Role.position) }
            if axes.contains(key) { return (0...2).map(Role.axis) }
            return quaternions.contains(key) ? [.quaternionText] : nil
        }
        func places(_ names: [[String]]) -> [Int]? {
            let found = parts.map { part in names.firstIndex { $0.contains(part) } ?? -1 }
            return Set(found) == Set(0..<names.count) && found.count == names.count ? found : nil
        }
        let xyz = [["x", "i", "e", "rx", "tx"], ["y", "j", "n", "ry", "ty"], ["z", "k", "h", "rz", "tz"]]
        if positions.contains(key) { return places(xyz)?.map(Role.position) }
        if axes.contains(key) { return places(xyz)?.map(Role.axis) }
        guard quaternions.contains(key) else { return nil }
        return places([["w", "qw"], ["x", "qx", "i"], ["y", "qy", "j"], ["z", "qz", "k"]])?.map(Role.quaternion)
    }
}
