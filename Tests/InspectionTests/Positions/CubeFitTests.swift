import Foundation
import Inspection
import Station
import TestSupport
import Testing

/// Which camera is which face, and how the cube is turned: pure values.
struct CubeFitTests {
    /// The six cameras of a cube with this rotation, in a random order, and the order.
    private func cameras(
        _ cube: Rotation,
        _ random: inout SeededGenerator
    ) -> (rotations: [Rotation], faces: [Face]) {
        let faces = Face.allCases.shuffled(using: &random)
        return (faces.map { cube * $0.camera }, faces)
    }

    private static let degree = Double.pi / 180

    @Test func `there are 24 ways to turn a cube, and each face has a proper camera that looks at it`() {
        #expect(Rotation.ofCube.count == 24)
        for face in Face.allCases {
            #expect(face.camera.isProper(within: 1e-15))
            let forward = face.camera.applied(to: Vector3(x: 0, y: 0, z: -1))
            #expect(forward == CubeDirection.direction(face: face, u: 0.5, v: 0.5))
        }
    }

    @Test(arguments: 0..<24, UInt64(0)..<5)
    func `a cube in any turn is recognised, with its faces`(index: Int, seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        // The first is the bare turn, the others are anywhere.
        let cube = (seed == 0 ? .identity : Rotation.random(using: &random)) * Rotation.ofCube[index]
        let (rotations, faces) = cameras(cube, &random)
        let fit = try #require(CubeFit.of(rotations))
        #expect(fit.rotation.angle(to: cube) < 1e-9 && fit.deviation < 1e-9)
        for (index, face) in faces.enumerated() { #expect(fit.cameras[face] == index) }
    }

    @Test(arguments: UInt64(0)..<50)
    func `the mean of cameras that are a little off is nearer than they are`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let cube = Rotation.random(using: &random)
        let (rotations, faces) = cameras(cube, &random)
        let off = rotations.map { rotation in
            rotation
                * Rotation.turn(
                    0.05 * Self.degree,
                    about: Rotation.random(using: &random).applied(to: .init(x: 1, y: 0, z: 0))
                )
        }
        let fit = try #require(CubeFit.of(off))
        #expect(fit.rotation.angle(to: cube) < 0.05 * Self.degree)
        #expect(fit.deviation < 0.1 * Self.degree)
        #expect(fit.cameras[faces[0]] == 0)
    }

    @Test(arguments: Face.allCases, 1...3)
    func `a face that is turned about its axis is not overlooked`(face: Face, quarters: Int) {
        var random = SeededGenerator(seed: UInt64(quarters))
        let cube = Rotation.random(using: &random)
        let roll = Rotation.turn(Double(quarters) * .pi / 2, about: Vector3(x: 0, y: 0, z: 1))
        let rotations = Face.allCases.map { $0 == face ? cube * $0.camera * roll : cube * $0.camera }
        #expect(CubeFit.of(rotations) == nil)
    }

    @Test(arguments: Face.allCases, [0.2, 2, 9.0])
    func `a camera that is off by more than a tenth of a degree shows in the deviation`(face: Face, degrees: Double)
        throws
    {
        let axes = [Vector3(x: 1, y: 0, z: 0), Vector3(x: 0, y: 1, z: 0), Vector3(x: 0, y: 0, z: 1)]
        for axis in axes {
            let turn = Rotation.turn(degrees * Self.degree, about: axis)
            let rotations = Face.allCases.map { $0 == face ? $0.camera * turn : $0.camera }
            let fit = try #require(CubeFit.of(rotations))
            #expect(fit.deviation > 0.1 * Self.degree)
        }
    }

    @Test func `read in the other frame, a cube is one with left and right swapped, which seams show`() throws {
        var random = SeededGenerator(seed: 7)
        let cube = Rotation.random(using: &random)
        let rotations = Face.allCases.map { cube * $0.camera * CameraFrame.computerVision.fromStandard }
        let fit = try #require(CubeFit.of(rotations))
        #expect(fit.deviation < 1e-9)
        #expect(fit.cameras[.left] == Face.allCases.firstIndex(of: .right))
        #expect(fit.cameras[.front] == Face.allCases.firstIndex(of: .front))
    }

    @Test func `five cameras, or two that look the same way, are no cube`() {
        let rotations = Face.allCases.map(\.camera)
        #expect(CubeFit.of(Array(rotations.dropLast())) == nil)
        #expect(CubeFit.of(Array(rotations.dropLast()) + [rotations[0]]) == nil)
    }

    @Test(arguments: UInt64(0)..<100)
    func `faces are rendered along the cameras' axes, front and top nearest to where they should look`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let cube = Rotation.random(using: &random)
        // Rolled in any way, and a few degrees off.
        let directions = Face.allCases.shuffled(using: &random).map { face in
            let off = Rotation.turn(
                Double.random(in: 0..<4, using: &random) * Self.degree,
                about: Rotation.random(using: &random).applied(to: Vector3(x: 1, y: 0, z: 0))
            )
            return (cube * off).applied(to: CubeDirection.direction(face: face, u: 0.5, v: 0.5))
        }
        let (ahead, up) = (Vector3(x: 1, y: 0, z: 0), Vector3(x: 0, y: 0, z: 1))
        let orientation = CubeOrientation(of: directions, ahead: ahead, up: up)
        #expect(orientation.isAlongCameras && orientation.rotation.isProper(within: 1e-9))
        let off = Rotation.ofCube.map { orientation.rotation.angle(to: cube * $0) }.min() ?? .pi
        #expect(off < 4 * Self.degree)
        let top = orientation.rotation.applied(to: Vector3(x: 0, y: 0, z: 1))
        let front = orientation.rotation.applied(to: Vector3(x: 0, y: -1, z: 0))
        for turn in Rotation.ofCube {
            let other = orientation.rotation * turn
            let otherTop = other.applied(to: Vector3(x: 0, y: 0, z: 1))
            #expect(otherTop.z <= top.z + 1e-9)
            if abs(otherTop.z - top.z) < 1e-9 {
                #expect(other.applied(to: Vector3(x: 0, y: -1, z: 0)).x <= front.x + 1e-9)
            }
        }
    }

    @Test func `cameras that are no cube are rendered into a level one`() {
        let directions = (0..<6).map { index in
            let angle = Double(index) * .pi / 3
            return Vector3(x: cos(angle), y: sin(angle), z: 0)
        }
        let orientation = CubeOrientation(
            of: directions,
            ahead: Vector3(x: 0, y: 2, z: 1),
            up: Vector3(x: 0, y: 0, z: 1)
        )
        #expect(!orientation.isAlongCameras)
        let front = orientation.rotation.applied(to: Vector3(x: 0, y: -1, z: 0))
        #expect(front.distance(to: Vector3(x: 0, y: 1, z: 0)) < 1e-12)
        let straightUp = CubeOrientation(
            of: directions,
            ahead: Vector3(x: 0, y: 0, z: 1),
            up: Vector3(x: 0, y: 0, z: 1)
        )
        #expect(straightUp.rotation.isProper(within: 1e-12))
    }
}
