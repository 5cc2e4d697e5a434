package import Station

/// The cube whose six faces a set of cameras are, each upright as the viewer wants its face.
package struct CubeFit: Sendable {
    /// Takes directions of the image cube (front −Y, left +X, top +Z) to the frame of the cameras' rotations: the mean of all six.
    package var rotation: Rotation
    /// Which camera is which face: an index of the cameras.
    package var cameras: [Face: Int]
    /// The largest angle between a camera and its face, roll included: radians.
    package var deviation: Double

    /// Beyond this the cameras are no cube: radians.
    private static let coarse = 10 * Double.pi / 180

    /// The best assignment of six cameras; nil if they are no cube, or one is turned about its axis.
    ///
    /// There is at most one: to turn the cube is to turn top and bottom about their axes as well.
    ///
    /// - Parameter rotations: From the standard's camera frame to any other, the same for all.
    package static func of(_ rotations: [Rotation]) -> CubeFit? {
        guard rotations.count == Face.allCases.count, let first = rotations.first else { return nil }
        return Face.allCases.compactMap { face in
            fit(rotations, near: first * face.camera.transposed)
        }.min { $0.deviation < $1.deviation }
    }

    private static func fit(_ rotations: [Rotation], near guess: Rotation) -> CubeFit? {
        var cameras: [Face: Int] = [:]
        for (index, rotation) in rotations.enumerated() {
            guard
                let face = Face.allCases.first(where: { rotation.angle(to: guess * $0.camera) < coarse }),
                cameras.updateValue(index, forKey: face) == nil
            else { return nil }
        }
        let cubes = cameras.sorted { $0.key < $1.key }.map { rotations[$0.value] * $0.key.camera.transposed }
        let mean = Rotation.mean(of: cubes)
        return CubeFit(
            rotation: mean,
            cameras: cameras,
            deviation: cubes.map { $0.angle(to: mean) }.max() ?? 0
        )
    }
}

extension Rotation {
    /// The rotation that minimises the sum of the squared (chordal) distances to these, which must be near each other.
    static func mean(of rotations: [Rotation]) -> Rotation {
        let count = Double(max(1, rotations.count))
        func row(_ index: Int) -> Vector3 {
            rotations.reduce(Vector3(x: 0, y: 0, z: 0)) { sum, rotation in
                let row = rotation.m[index]
                return sum + Vector3(x: row[0], y: row[1], z: row[2])
            } * (1 / count)
        }
        return Rotation(rows: row(0), row(1), row(2)).orthonormalised()
    }
}
