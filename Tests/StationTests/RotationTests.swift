import Foundation
import Station
import TestSupport
import Testing

struct RotationTests {
    static let quarters = [-Double.pi, -.pi / 2, 0, .pi / 2, .pi]
    /// How far from gimbal lock (z = ±π/2): from exactly there to far away.
    static let distancesFromLock = [0, 1e-15, 1e-13, 1e-12, 1.1e-12, 1e-11, 1e-9, 1e-7, 1e-4, 0.01, 0.5]

    @Test(arguments: UInt64(0)..<100)
    func `any rotation survives conversion to CDF's angles and back`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let rotation = Rotation(.random(using: &random))
        let again = Rotation(rotation.eulerAngles)
        #expect(again.largestDifference(from: rotation) < 1e-12)
        #expect(Rotation(again.eulerAngles).largestDifference(from: rotation) < 1e-12)
        #expect(rotation.isProper(within: 1e-12))
    }

    @Test(arguments: [-1.0, 1.0], distancesFromLock)
    func `near and at gimbal lock the rotation itself is reproduced`(sign: Double, distance: Double) {
        var random = SeededGenerator(seed: 7)
        for side in [-1.0, 1] {
            for _ in 0..<40 {
                let z = sign * (.pi / 2 + side * distance)
                let angles = EulerAngles(
                    x: .random(in: -4...4, using: &random),
                    y: .random(in: -4...4, using: &random),
                    z: z
                )
                let rotation = Rotation(angles)
                #expect(Rotation(rotation.eulerAngles).largestDifference(from: rotation) < 1e-12, "\(angles)")
            }
        }
    }

    /// Rotations of the field are products and quaternions: their smallest entries hold rounding errors and nothing else.
    @Test(arguments: [-1.0, 1.0], distancesFromLock)
    func `rounding errors near the lock do not grow`(sign: Double, distance: Double) {
        var random = SeededGenerator(seed: 8)
        for _ in 0..<40 {
            let turn = Rotation(.random(using: &random))
            let (x, y) = (Double.random(in: -4...4, using: &random), Double.random(in: -4...4, using: &random))
            let exact = Rotation(EulerAngles(x: x, y: y, z: sign * (.pi / 2 - distance)))
            let rotation = turn * (turn.transposed * exact)
            #expect(Rotation(rotation.eulerAngles).largestDifference(from: rotation) < 2.5e-12)
        }
    }

    @Test func `at the lock itself y is chosen as zero`() {
        let angles = Rotation(EulerAngles(x: 0.3, y: 0.9, z: .pi / 2)).eulerAngles
        #expect(angles.y == 0)
        #expect(abs(angles.z - .pi / 2) < 1e-12)
    }

    @Test func `angles away from the lock are reproduced`() {
        let angles = EulerAngles(x: 0.3, y: -1.2, z: 0.7)
        let back = Rotation(angles).eulerAngles
        #expect(abs(back.x - 0.3) < 1e-14 && abs(back.y + 1.2) < 1e-14 && abs(back.z - 0.7) < 1e-14)
    }

    @Test func `the order of the angles is X, then Z, then Y`() {
        let angles = EulerAngles(x: 0.4, y: 1.1, z: -0.8)
        let product =
            Rotation(EulerAngles(x: 0.4, y: 0, z: 0)) * Rotation(EulerAngles(x: 0, y: 0, z: -0.8))
            * Rotation(EulerAngles(x: 0, y: 1.1, z: 0))
        #expect(Rotation(angles).largestDifference(from: product) < 1e-15)
        let other =
            Rotation(EulerAngles(x: 0.4, y: 0, z: 0)) * Rotation(EulerAngles(x: 0, y: 1.1, z: 0))
            * Rotation(EulerAngles(x: 0, y: 0, z: -0.8))
        #expect(Rotation(angles).largestDifference(from: other) > 0.1)
    }

    @Test func `each angle alone turns counter-clockwise around its axis`() {
        let quarter = Double.pi / 2
        #expect(Rotation(EulerAngles(x: quarter, y: 0, z: 0)).applied(to: .north).isClose(to: .up))
        #expect(Rotation(EulerAngles(x: 0, y: quarter, z: 0)).applied(to: .up).isClose(to: .east))
        #expect(Rotation(EulerAngles(x: 0, y: 0, z: quarter)).applied(to: .east).isClose(to: .north))
    }

    @Test(arguments: UInt64(0)..<50)
    func `a quaternion of any length is the rotation around its axis`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let axis = Vector3.randomDirection(using: &random)
        let (angle, length) = (Double.random(in: -6...6, using: &random), Double.random(in: 0.1...9, using: &random))
        let s = sin(angle / 2)
        let rotation = Rotation(
            quaternionW: length * cos(angle / 2),
            x: length * s * axis.x,
            y: length * s * axis.y,
            z: length * s * axis.z
        )
        #expect(rotation.isProper(within: 1e-12))
        #expect(rotation.applied(to: axis).isClose(to: axis))
        #expect(abs(rotation.m[0][0] + rotation.m[1][1] + rotation.m[2][2] - (1 + 2 * cos(angle))) < 1e-12)
        let opposite = Rotation(quaternionW: -cos(angle / 2), x: -s * axis.x, y: -s * axis.y, z: -s * axis.z)
        #expect(rotation.largestDifference(from: opposite) < 1e-12)
    }

    @Test func `a quarter turn by quaternion has the right direction`() {
        let half = 0.5.squareRoot()
        let rotation = Rotation(quaternionW: half, x: 0, y: 0, z: half)
        #expect(rotation.applied(to: .east).isClose(to: .north))
        #expect(rotation.largestDifference(from: Rotation(EulerAngles(x: 0, y: 0, z: .pi / 2))) < 1e-15)
    }

    @Test(arguments: UInt64(0)..<50)
    func `composition applies the right one first, and transposing undoes`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let (a, b) = (Rotation(.random(using: &random)), Rotation(.random(using: &random)))
        let v = Vector3.randomDirection(using: &random)
        #expect((a * b).applied(to: v).isClose(to: a.applied(to: b.applied(to: v))))
        #expect((a.transposed * a).largestDifference(from: .identity) < 1e-12)
        #expect(abs((a * b).determinant - 1) < 1e-12)
    }

    @Test func `rows and columns are each other's transpose`() {
        let (a, b, c) = (Vector3(x: 1, y: 2, z: 3), Vector3(x: 4, y: 5, z: 6), Vector3(x: 7, y: 8, z: 10))
        #expect(Rotation(rows: a, b, c).transposed == Rotation(columns: a, b, c))
        #expect(Rotation(columns: a, b, c).applied(to: .north) == b)
    }

    @Test func `mirrors, scalings and shears are not rotations`() {
        let mirror = Rotation(rows: .init(x: -1, y: 0, z: 0), .north, .up)
        let scaled = Rotation(rows: .init(x: 1.01, y: 0, z: 0), .init(x: 0, y: 1.01, z: 0), .init(x: 0, y: 0, z: 1.01))
        let sheared = Rotation(rows: .init(x: 1, y: 0.01, z: 0), .north, .up)
        let broken = Rotation(rows: .init(x: .nan, y: 0, z: 0), .north, .up)
        for matrix in [mirror, scaled, sheared, broken] { #expect(!matrix.isProper(within: 1e-3)) }
        #expect(Rotation.identity.isProper(within: 0))
    }

    @Test(arguments: UInt64(0)..<50)
    func `a matrix rounded to three digits is corrected to the nearest rotation`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let exact = Rotation(.random(using: &random))
        func rounded(_ row: [Double]) -> Vector3 {
            let r = row.map { ($0 * 10000).rounded() / 10000 }
            return Vector3(x: r[0], y: r[1], z: r[2])
        }
        let typed = Rotation(rows: rounded(exact.m[0]), rounded(exact.m[1]), rounded(exact.m[2]))
        let mended = typed.orthonormalised()
        #expect(mended.isProper(within: 1e-14))
        #expect(mended.largestDifference(from: exact) < 2e-4)
        #expect(mended.orthonormalised().largestDifference(from: mended) < 1e-15)
    }

    @Test(arguments: [1e-12, 1e-9, 1e-6, 0.001, 1, 3, .pi - 1e-6])
    func `the angle between two rotations is exact, even if it is tiny`(angle: Double) {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<20 {
            let from = Rotation(.random(using: &random))
            let axis = Vector3.randomDirection(using: &random)
            let s = sin(angle / 2)
            let turn = Rotation(quaternionW: cos(angle / 2), x: s * axis.x, y: s * axis.y, z: s * axis.z)
            let measured = from.angle(to: from * turn)
            #expect(abs(measured - angle) < max(1e-15, 1e-9 * angle) + 1e-15, "\(measured)")
            #expect(abs((from * turn).angle(to: from) - measured) < 1e-14)
        }
        #expect(Rotation.identity.angle(to: .identity) == 0)
    }
}

struct PoseTests {
    @Test func `drift is the distance in metres and the angle in degrees`() {
        let first = Pose(translation: .init(x: 1, y: 2, z: 3), eulerRotation: .init(x: 0, y: 0, z: 0.2))
        let other = Pose(translation: .init(x: 1.3, y: 2.4, z: 3), eulerRotation: .init(x: 0, y: 0, z: 0.2 + .pi / 180))
        let drift = other.drift(from: first)
        #expect(abs(drift.metres - 0.5) < 1e-12)
        #expect(abs(drift.degrees - 1) < 1e-12)
        #expect(first.drift(from: first).metres == 0)
    }

    @Test func `angles that differ by full turns are not drift`() {
        let first = Pose(translation: .zero, eulerRotation: .init(x: 0.1, y: 0.2, z: 0.3))
        let turned = Pose(translation: .zero, eulerRotation: .init(x: 0.1 + 2 * .pi, y: 0.2, z: 0.3 - 2 * .pi))
        #expect(turned.drift(from: first).degrees < 1e-9)
    }
}
