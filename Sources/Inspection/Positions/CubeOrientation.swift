package import Station

/// How the cube is turned into which faces are rendered: along the cameras' own axes where they are those of a cube, else level.
///
/// Along their axes each face shows one picture, and each seam compares two: so seams can tell the cameras' frame.
package struct CubeOrientation: Sendable {
    /// Takes directions of the image cube to the frame of the cameras' rotations.
    package var rotation: Rotation
    /// Whether the cameras look along the axes of the cube, whatever their roll.
    package var isAlongCameras: Bool

    /// Cameras that look further than this past the axes of a cube are not a cube: radians.
    private static let coarse = 15 * Double.pi / 180

    /// - Parameters:
    ///   - directions: Where each camera looks, of length 1.
    ///   - ahead: Where front should look, if possible.
    ///   - up: Where top should look, if possible.
    package init(of directions: [Vector3], ahead: Vector3, up: Vector3) {
        if let axes = Self.axes(of: directions) {
            rotation = Self.upright(axes, ahead: ahead, up: up)
            isAlongCameras = true
        } else {
            rotation = Self.level(ahead: ahead, up: up)
            isAlongCameras = false
        }
    }

    /// The columns are the axes of the cube along which six cameras look, two along each; nil if they do not.
    private static func axes(of directions: [Vector3]) -> Rotation? {
        guard directions.count == Face.allCases.count, let first = directions.first else { return nil }
        return directions.dropFirst().lazy.compactMap { second in
            guard abs(first.dot(second)) < sin15, let y = second.across(first).unit else { return nil }
            return axes(of: directions, near: Rotation(columns: first, y, first.cross(y)))
        }.first
    }

    private static let sin15 = 0.26

    private static func axes(of directions: [Vector3], near guess: Rotation) -> Rotation? {
        let columns = guess.axes
        var taken: Set<Int> = []
        var sums = [Vector3](repeating: Vector3(x: 0, y: 0, z: 0), count: 3)
        for direction in directions {
            let parts = columns.map { $0.dot(direction) }
            guard let axis = parts.indices.max(by: { abs(parts[$0]) < abs(parts[$1]) }) else { return nil }
            let isPlus = parts[axis] > 0
            guard taken.insert(axis * 2 + (isPlus ? 1 : 0)).inserted else { return nil }
            sums[axis] = sums[axis] + direction * (isPlus ? 0.5 : -0.5)
        }
        let mean = Rotation(columns: sums[0], sums[1], sums[2])
        guard mean.isProper(within: 0.3) else { return nil }
        let axes = mean.orthonormalised()
        let isNear = directions.allSatisfy { direction in
            axes.axes.contains { abs($0.dot(direction)) > cos15 }
        }
        return isNear ? axes : nil
    }

    private static let cos15 = 0.9659

    /// The cube along these axes whose top and front are nearest to the directions wanted.
    private static func upright(_ axes: Rotation, ahead: Vector3, up: Vector3) -> Rotation {
        let all = axes.axes + axes.axes.map { $0 * -1 }
        func nearest(to wanted: Vector3, among some: [Vector3]) -> Vector3 {
            some.max { $0.dot(wanted) < $1.dot(wanted) } ?? wanted
        }
        let top = nearest(to: up, among: all)
        let front = nearest(to: ahead, among: all.filter { abs($0.dot(top)) < 0.5 })
        return cube(front: front, top: top)
    }

    private static func level(ahead: Vector3, up: Vector3) -> Rotation {
        let x = Vector3(x: 1, y: 0, z: 0)
        let top = up.unit ?? Vector3(x: 0, y: 0, z: 1)
        let front = ahead.across(top).unit ?? x.across(top).unit ?? Vector3(x: 0, y: 1, z: 0)
        return cube(front: front, top: top)
    }

    /// Front is −Y, left +X and top +Z of the cube.
    private static func cube(front: Vector3, top: Vector3) -> Rotation {
        Rotation(columns: top.cross(front), front * -1, top)
    }
}

extension Rotation {
    /// The images of the three axes.
    fileprivate var axes: [Vector3] {
        (0..<3).map { Vector3(x: m[0][$0], y: m[1][$0], z: m[2][$0]) }
    }
}
