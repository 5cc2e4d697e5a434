import Station

extension Vector3 {
    static let zero = Vector3(x: 0, y: 0, z: 0)
    static let east = Vector3(x: 1, y: 0, z: 0)
    static let north = Vector3(x: 0, y: 1, z: 0)
    static let up = Vector3(x: 0, y: 0, z: 1)

    static prefix func - (v: Vector3) -> Vector3 { Vector3(x: -v.x, y: -v.y, z: -v.z) }

    static func randomDirection(using random: inout some RandomNumberGenerator) -> Vector3 {
        while true {
            let v = Vector3(
                x: .random(in: -1...1, using: &random),
                y: .random(in: -1...1, using: &random),
                z: .random(in: -1...1, using: &random)
            )
            if (0.1...1).contains(v.distance(to: .zero)) { return v.normalised }
        }
    }

    var normalised: Vector3 {
        let length = distance(to: .zero)
        return Vector3(x: x / length, y: y / length, z: z / length)
    }

    func isClose(to other: Vector3, within tolerance: Double = 1e-12) -> Bool { distance(to: other) < tolerance }

    func cross(_ o: Vector3) -> Vector3 { Vector3(x: y * o.z - z * o.y, y: z * o.x - x * o.z, z: x * o.y - y * o.x) }
}

extension EulerAngles {
    static func random(using random: inout some RandomNumberGenerator) -> EulerAngles {
        EulerAngles(
            x: .random(in: -7...7, using: &random),
            y: .random(in: -7...7, using: &random),
            z: .random(in: -7...7, using: &random)
        )
    }
}

extension Rotation {
    func largestDifference(from other: Rotation) -> Double {
        zip(m.joined(), other.m.joined()).map { abs($0 - $1) }.max() ?? .nan
    }
}
