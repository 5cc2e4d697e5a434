import Foundation

/// A point or direction: metres in the CDF frame (right-handed, Z up) unless noted otherwise.
package struct Vector3: Equatable, Codable, Sendable, Hashable {
    package var x: Double
    package var y: Double
    package var z: Double

    package init(x: Double, y: Double, z: Double) {
        self.x = x
        self.y = y
        self.z = z
    }

    /// The straight-line distance to `other`, in the unit of the components.
    package func distance(to other: Vector3) -> Double {
        ((x - other.x) * (x - other.x) + (y - other.y) * (y - other.y) + (z - other.z) * (z - other.z)).squareRoot()
    }
}

/// CDF's rotation angles in radians: R = Rx·Rz·Ry (column vectors; contract A.5), neither XYZ nor ZYX.
package struct EulerAngles: Equatable, Codable, Sendable, Hashable {
    package var x: Double
    package var y: Double
    package var z: Double

    package init(x: Double, y: Double, z: Double) {
        self.x = x
        self.y = y
        self.z = z
    }
}

/// A 3×3 rotation matrix acting on column vectors, row-major.
///
/// As a station's rotation it maps directions of the image cube (front −Y, left +X, top +Z) to directions of the CDF frame.
package struct Rotation: Equatable, Sendable {
    /// Rows of columns: `m[row][column]`.
    package let m: [[Double]]

    /// Takes three rows of three numbers unchecked; ``isProper(within:)`` checks whether they are a rotation.
    package init(rows a: Vector3, _ b: Vector3, _ c: Vector3) {
        m = [[a.x, a.y, a.z], [b.x, b.y, b.z], [c.x, c.y, c.z]]
    }

    /// Takes the images of the three axes.
    package init(columns a: Vector3, _ b: Vector3, _ c: Vector3) {
        m = [[a.x, b.x, c.x], [a.y, b.y, c.y], [a.z, b.z, c.z]]
    }

    package static let identity = Rotation(
        rows: .init(x: 1, y: 0, z: 0),
        .init(x: 0, y: 1, z: 0),
        .init(x: 0, y: 0, z: 1)
    )

    /// The rotation for `angles`: Rx·Rz·Ry.
    package init(_ angles: EulerAngles) {
        let (cx, sx) = (cos(angles.x), sin(angles.x))
        let (cy, sy) = (cos(angles.y), sin(angles.y))
        let (cz, sz) = (cos(angles.z), sin(angles.z))
        self.init(
            rows: .init(x: cz * cy, y: -sz, z: cz * sy),
            .init(x: cx * sz * cy + sx * sy, y: cx * cz, z: cx * sz * sy - sx * cy),
            .init(x: sx * sz * cy - cx * sy, y: sx * cz, z: sx * sz * sy + cx * cy)
        )
    }

    /// The rotation for a quaternion, which is normalised first.
    package init(quaternionW w: Double, x: Double, y: Double, z: Double) {
        let n = (w * w + x * x + y * y + z * z).squareRoot()
        let (w, x, y, z) = (w / n, x / n, y / n, z / n)
        self.init(
            rows: .init(x: 1 - 2 * (y * y + z * z), y: 2 * (x * y - w * z), z: 2 * (x * z + w * y)),
            .init(x: 2 * (x * y + w * z), y: 1 - 2 * (x * x + z * z), z: 2 * (y * z - w * x)),
            .init(x: 2 * (x * z - w * y), y: 2 * (y * z + w * x), z: 1 - 2 * (x * x + y * y))
        )
    }

    /// The rotation of a camera, given by the direction of its front face.
    ///
    /// - Parameters:
    ///   - heading: Radians clockwise (seen from above) from +Y.
    ///   - pitch: Radians up from the horizon.
    ///   - roll: Radians clockwise as seen from behind the camera.
    package init(heading: Double, pitch: Double, roll: Double) {
        let (sh, ch, sp, cp, sr, cr) = (sin(heading), cos(heading), sin(pitch), cos(pitch), sin(roll), cos(roll))
        let forward = Vector3(x: sh * cp, y: ch * cp, z: sp)
        let levelRight = Vector3(x: ch, y: -sh, z: 0)
        let levelUp = Vector3(x: -sh * sp, y: -ch * sp, z: cp)
        let right = Vector3(
            x: cr * levelRight.x - sr * levelUp.x,
            y: cr * levelRight.y - sr * levelUp.y,
            z: cr * levelRight.z - sr * levelUp.z
        )
        let up = Vector3(
            x: sr * levelRight.x + cr * levelUp.x,
            y: sr * levelRight.y + cr * levelUp.y,
            z: sr * levelRight.z + cr * levelUp.z
        )
        // −Y → forward, −X → right, +Z → up (contract A.5).
        self.init(
            columns: .init(x: -right.x, y: -right.y, z: -right.z),
            .init(x: -forward.x, y: -forward.y, z: -forward.z),
            up
        )
    }

    /// Composition: first `rhs`, then `lhs`.
    package static func * (lhs: Rotation, rhs: Rotation) -> Rotation {
        func cell(_ r: Int, _ c: Int) -> Double {
            lhs.m[r][0] * rhs.m[0][c] + lhs.m[r][1] * rhs.m[1][c] + lhs.m[r][2] * rhs.m[2][c]
        }
        func row(_ r: Int) -> Vector3 { .init(x: cell(r, 0), y: cell(r, 1), z: cell(r, 2)) }
        return Rotation(rows: row(0), row(1), row(2))
    }

    /// Where the direction `v` ends up.
    package func applied(to v: Vector3) -> Vector3 {
        .init(
            x: m[0][0] * v.x + m[0][1] * v.y + m[0][2] * v.z,
            y: m[1][0] * v.x + m[1][1] * v.y + m[1][2] * v.z,
            z: m[2][0] * v.x + m[2][1] * v.y + m[2][2] * v.z
        )
    }

    package var transposed: Rotation {
        Rotation(
            rows: .init(x: m[0][0], y: m[1][0], z: m[2][0]),
            .init(x: m[0][1], y: m[1][1], z: m[2][1]),
            .init(x: m[0][2], y: m[1][2], z: m[2][2])
        )
    }

    package var determinant: Double {
        m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
            + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
    }

    /// Whether this is a rotation: Rᵀ·R = 1 and det = +1, each within `tolerance`.
    package func isProper(within tolerance: Double) -> Bool {
        let product = transposed * self
        let orthonormal = zip(product.m.joined(), Rotation.identity.m.joined()).allSatisfy { abs($0 - $1) <= tolerance }
        return orthonormal && abs(determinant - 1) <= tolerance
    }

    /// The nearest proper rotation, for a matrix for which ``isProper(within:)`` holds with a small tolerance.
    ///
    /// Newton's iteration for the polar decomposition; it converges quadratically, so rounded input (`0.7071`) ends up exact.
    package func orthonormalised() -> Rotation {
        var current = self
        for _ in 0..<8 {
            let product = current.transposed * current
            let half = Rotation(
                rows: .init(x: 1.5 - product.m[0][0] / 2, y: -product.m[0][1] / 2, z: -product.m[0][2] / 2),
                .init(x: -product.m[1][0] / 2, y: 1.5 - product.m[1][1] / 2, z: -product.m[1][2] / 2),
                .init(x: -product.m[2][0] / 2, y: -product.m[2][1] / 2, z: 1.5 - product.m[2][2] / 2)
            )
            current = current * half
        }
        return current
    }

    /// CDF's angles of this rotation, accurate also near and at gimbal lock (where `y` is chosen as 0).
    ///
    /// `x` may be poorly determined near the lock; `y` is then computed from what remains after `x`, so that the rotation
    /// itself is always reproduced to rounding error. Of the two solutions the one with less tilt is chosen, so that a level camera
    /// has only `z`.
    package var eulerAngles: EulerAngles {
        let cosZ = (m[0][0] * m[0][0] + m[0][2] * m[0][2]).squareRoot()
        let z = atan2(-m[0][1], cosZ)
        // Adding 0 turns −0 into 0.
        guard cosZ > 1e-12 else { return EulerAngles(x: atan2(-m[1][2], m[2][2]) + 0, y: 0, z: z + 0) }
        let x = atan2(m[2][1], m[1][1])
        let (c, s) = (cos(x), sin(x))
        let y = atan2(s * m[1][0] - c * m[2][0], c * m[2][2] - s * m[1][2])
        guard abs(x) > .pi / 2 else { return EulerAngles(x: x + 0, y: y + 0, z: z + 0) }
        // The same rotation: half a turn more about x and y, and z mirrored.
        return EulerAngles(x: Self.halfTurned(x), y: Self.halfTurned(y), z: (z < 0 ? -.pi : .pi) - z)
    }

    private static func halfTurned(_ angle: Double) -> Double { angle > 0 ? angle - .pi : angle + .pi }

    /// The angle in radians, 0…π, of the rotation from `self` to `other`.
    package func angle(to other: Rotation) -> Double {
        let d = transposed * other
        let trace = d.m[0][0] + d.m[1][1] + d.m[2][2]
        let axis =
            ((d.m[2][1] - d.m[1][2]) * (d.m[2][1] - d.m[1][2]) + (d.m[0][2] - d.m[2][0]) * (d.m[0][2] - d.m[2][0])
            + (d.m[1][0] - d.m[0][1]) * (d.m[1][0] - d.m[0][1])).squareRoot()
        // atan2 keeps small angles exact; acos would lose half of the digits.
        return atan2(axis, trace - 1)
    }
}
