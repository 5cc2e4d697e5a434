import Foundation

/// The local frame that a sidecar's quaternion or matrix rotates: which way the cube's faces point in it.
package enum LocalFrame: String, CaseIterable, Codable, Sendable {
    /// CDF's own: front −Y, left +X, top +Z.
    case cdf
    /// ROS and NavVis: front +X, left +Y, top +Z.
    case xForward = "x-forward"
    /// Front +Y, right +X, top +Z.
    case yForward = "y-forward"
    /// Camera optics: front +Z, right +X, bottom +Y.
    case optical

    /// Maps a direction of the image cube (front −Y, left +X, top +Z) to the same direction in this frame.
    package var fromCube: Rotation {
        switch self {
        case .cdf: .identity
        case .xForward: .init(columns: .init(x: 0, y: 1, z: 0), .init(x: -1, y: 0, z: 0), .init(x: 0, y: 0, z: 1))
        case .yForward: .init(columns: .init(x: -1, y: 0, z: 0), .init(x: 0, y: -1, z: 0), .init(x: 0, y: 0, z: 1))
        case .optical: .init(columns: .init(x: -1, y: 0, z: 0), .init(x: 0, y: 0, z: -1), .init(x: 0, y: -1, z: 0))
        }
    }
}

/// A station's position and its cube's orientation: translation in metres, angles in radians, CDF frame, Z up.
///
///     world = translation + R · d,   R = Rx·Rz·Ry of `eulerRotation`   (contract A.5)
package struct Pose: Equatable, Codable, Sendable, Hashable {
    package var translation: Vector3
    package var eulerRotation: EulerAngles

    package init(translation: Vector3, eulerRotation: EulerAngles) {
        self.translation = translation
        self.eulerRotation = eulerRotation
    }

    package var rotation: Rotation { Rotation(eulerRotation) }

    /// Where the front face looks, seen from above: degrees clockwise from +Y, 0 up to 360; nil where it looks straight up or down.
    package var heading: Double? {
        let front = rotation.applied(to: Vector3(x: 0, y: -1, z: 0))
        // Within a twentieth of a degree of the vertical, a heading would be noise.
        guard (front.x * front.x + front.y * front.y).squareRoot() > 1e-3 else { return nil }
        let degrees = atan2(front.x, front.y) * 180 / .pi
        let turned = degrees < 0 ? degrees + 360 : degrees
        return turned < 360 ? turned : 0
    }

    /// How far this pose is from `first`: metres and degrees.
    package func drift(from first: Pose) -> (metres: Double, degrees: Double) {
        (translation.distance(to: first.translation), first.rotation.angle(to: rotation) * 180 / .pi)
    }
}

/// Where the viewer shows a pixel: the table of contract A.5.
package enum CubeDirection {
    /// The direction in the cube's frame (front −Y, left +X, top +Z), not normalised.
    ///
    /// - Parameters:
    ///   - face: The face that holds the pixel.
    ///   - u: 0…1 from left to right in the image file.
    ///   - v: 0…1 from top to bottom in the image file.
    /// - Returns: A direction whose component along the face's axis is 1 or −1.
    package static func direction(face: Face, u: Double, v: Double) -> Vector3 {
        let (a, b) = (2 * u - 1, 2 * v - 1)
        return switch face {
        case .front: .init(x: -a, y: -1, z: -b)
        case .back: .init(x: a, y: 1, z: -b)
        case .left: .init(x: 1, y: -a, z: -b)
        case .right: .init(x: -1, y: a, z: -b)
        case .top: .init(x: -a, y: -b, z: 1)
        case .bottom: .init(x: -a, y: b, z: -1)
        }
    }
}
