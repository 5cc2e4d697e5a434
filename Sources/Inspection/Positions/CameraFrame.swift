package import Station

/// Which way the frame of a pinhole picture is turned, in which an E57 file gives the picture's pose.
///
/// The standard leaves no choice, but some programs write poses of the frame that is usual in computer vision. Only the pictures' seams show it.
package enum CameraFrame: String, CaseIterable, Sendable {
    /// The E57 standard's: x to the right, y up; the camera looks along −z.
    case standard
    /// Computer vision's: x to the right, y down; the camera looks along +z.
    case computerVision

    /// Takes the standard's frame to this one; half a turn about x.
    package var fromStandard: Rotation {
        switch self {
        case .standard: .identity
        case .computerVision:
            Rotation(rows: .init(x: 1, y: 0, z: 0), .init(x: 0, y: -1, z: 0), .init(x: 0, y: 0, z: -1))
        }
    }

    /// For the report: "x right, y up, looking along −z (the E57 standard)".
    var words: String {
        switch self {
        case .standard: "looking along −z with y up, as the E57 standard says"
        case .computerVision:
            "looking along +z with y down, as is usual in computer vision, and not along −z as the E57 standard says"
        }
    }
}

extension Face {
    /// The camera that sees this face: takes the standard's camera frame (x right, y up, looking along −z) to the cube's.
    package var camera: Rotation {
        let centre = CubeDirection.direction(face: self, u: 0.5, v: 0.5)
        let right = CubeDirection.direction(face: self, u: 1, v: 0.5) - centre
        let up = CubeDirection.direction(face: self, u: 0.5, v: 0) - centre
        return Rotation(columns: right, up, centre * -1)
    }
}

extension Rotation {
    /// Where a camera with this rotation looks, in the frame that it rotates to.
    var forward: Vector3 { applied(to: Vector3(x: 0, y: 0, z: -1)) }
}

extension Vector3 {
    static func + (a: Vector3, b: Vector3) -> Vector3 { Vector3(x: a.x + b.x, y: a.y + b.y, z: a.z + b.z) }
    static func - (a: Vector3, b: Vector3) -> Vector3 { a + b * -1 }
    static func * (a: Vector3, factor: Double) -> Vector3 {
        Vector3(x: a.x * factor, y: a.y * factor, z: a.z * factor)
    }

    func dot(_ other: Vector3) -> Double { x * other.x + y * other.y + z * other.z }

    func cross(_ other: Vector3) -> Vector3 {
        Vector3(x: y * other.z - z * other.y, y: z * other.x - x * other.z, z: x * other.y - y * other.x)
    }

    /// Of length 1; nil if it is too short to have a direction.
    var unit: Vector3? {
        let length = dot(self).squareRoot()
        return length > 1e-9 ? self * (1 / length) : nil
    }

    /// The part at right angles to `axis`, which has length 1.
    func across(_ axis: Vector3) -> Vector3 { self - axis * dot(axis) }
}
