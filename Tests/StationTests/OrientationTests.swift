import Foundation
import Station
import TestSupport
import Testing

/// Where faces look: heading, pitch, roll, frames, and the table of contract A.5.
struct OrientationTests {
    static let degree = Double.pi / 180

    private static func look(_ face: Face, _ rotation: Rotation) -> Vector3 {
        rotation.applied(to: CubeDirection.direction(face: face, u: 0.5, v: 0.5))
    }

    @Test(arguments: [
        (0, Vector3.north), (90, Vector3.east), (180, -Vector3.north), (270, -Vector3.east), (-90, -Vector3.east),
        (360, Vector3.north),
    ])
    func `heading is clockwise from +Y`(degrees: Double, direction: Vector3) {
        let rotation = Rotation(heading: degrees * Self.degree, pitch: 0, roll: 0)
        #expect(Self.look(.front, rotation).isClose(to: direction))
        #expect(Self.look(.top, rotation).isClose(to: .up))
        #expect(Self.look(.right, rotation).isClose(to: direction.cross(.up)))
    }

    @Test func `pitch lifts the front, and the top leans back`() {
        let rotation = Rotation(heading: 0, pitch: 30 * Self.degree, roll: 0)
        #expect(Self.look(.front, rotation).isClose(to: .init(x: 0, y: cos(30 * Self.degree), z: 0.5)))
        #expect(Self.look(.top, rotation).isClose(to: .init(x: 0, y: -0.5, z: cos(30 * Self.degree))))
        #expect(Self.look(.right, rotation).isClose(to: .east))
    }

    @Test func `roll is clockwise from behind: the right side goes down`() {
        let rotation = Rotation(heading: 0, pitch: 0, roll: 30 * Self.degree)
        #expect(Self.look(.front, rotation).isClose(to: .north))
        #expect(Self.look(.right, rotation).isClose(to: .init(x: cos(30 * Self.degree), y: 0, z: -0.5)))
        #expect(Self.look(.top, rotation).isClose(to: .init(x: 0.5, y: 0, z: cos(30 * Self.degree))))
    }

    @Test(arguments: UInt64(0)..<100)
    func `front looks along heading and pitch, whatever the roll`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let heading = Double.random(in: -7...7, using: &random)
        let pitch = Double.random(in: -1.5...1.5, using: &random)
        let rotation = Rotation(heading: heading, pitch: pitch, roll: .random(in: -4...4, using: &random))
        let front = Self.look(.front, rotation)
        #expect(front.isClose(to: .init(x: sin(heading) * cos(pitch), y: cos(heading) * cos(pitch), z: sin(pitch))))
        #expect(rotation.isProper(within: 1e-12))
        #expect(front.cross(Self.look(.top, rotation)).isClose(to: Self.look(.right, rotation)))
    }

    @Test(arguments: [-350.0, -180, -45, 0, 30, 90, 180, 200, 359])
    func `a level camera has z = π − heading as its only angle`(degrees: Double) {
        let heading = Rotation(heading: degrees * Self.degree, pitch: 0, roll: 0)
        let angles = EulerAngles(x: 0, y: 0, z: .pi - degrees * Self.degree)
        #expect(heading.largestDifference(from: Rotation(angles)) < 1e-12)
    }

    @Test func `identity looks to −Y, π to +Y and π∕2 to +X`() {
        #expect(Self.look(.front, .identity).isClose(to: -.north))
        #expect(Self.look(.front, Rotation(EulerAngles(x: 0, y: 0, z: .pi))).isClose(to: .north))
        #expect(Self.look(.front, Rotation(EulerAngles(x: 0, y: 0, z: .pi / 2))).isClose(to: .east))
    }

    /// What each frame says of itself in `design.md`: where front, left and top lie.
    @Test(arguments: [
        (LocalFrame.cdf, -Vector3.north, Vector3.east, Vector3.up), (.xForward, .east, .north, .up),
        (.yForward, .north, -.east, .up),
        (.optical, .up, -.east, -.north),
    ])
    func `a frame puts the faces where it says`(frame: LocalFrame, front: Vector3, left: Vector3, top: Vector3) {
        #expect(Self.look(.front, frame.fromCube) == front)
        #expect(Self.look(.left, frame.fromCube) == left)
        #expect(Self.look(.top, frame.fromCube) == top)
        #expect(frame.fromCube.isProper(within: 0))
    }

    @Test func `frames have the names used in the sidecar`() {
        #expect(LocalFrame.allCases.map(\.rawValue) == ["cdf", "x-forward", "y-forward", "optical"])
    }

    /// Image right and image up of each face, as contract A.5 lists them.
    @Test(arguments: [
        (Face.front, -Vector3.north, -Vector3.east, Vector3.up), (.back, .north, .east, .up),
        (.left, .east, -.north, .up),
        (.right, -.east, .north, .up),
        (.top, .up, -.east, .north), (.bottom, -.up, -.east, -.north),
    ])
    func `a face looks along its axis, with right and up as in the contract`(
        face: Face,
        centre: Vector3,
        right: Vector3,
        up: Vector3
    ) {
        let middle = CubeDirection.direction(face: face, u: 0.5, v: 0.5)
        #expect(middle == centre)
        let atRight = CubeDirection.direction(face: face, u: 1, v: 0.5)
        let above = CubeDirection.direction(face: face, u: 0.5, v: 0)
        #expect(atRight == Vector3(x: centre.x + right.x, y: centre.y + right.y, z: centre.z + right.z))
        #expect(above == Vector3(x: centre.x + up.x, y: centre.y + up.y, z: centre.z + up.z))
        #expect(right.cross(up) == -centre, "seen from inside, right × up points back at the eye")
    }

    @Test(arguments: [0, 0.125, 0.5, 0.75, 1])
    func `turning right one meets front, right, back, left; top and bottom adjoin front`(t: Double) {
        let round: [Face] = [.front, .right, .back, .left, .front]
        for (one, next) in zip(round, round.dropFirst()) {
            #expect(
                CubeDirection.direction(face: one, u: 1, v: t) == CubeDirection.direction(face: next, u: 0, v: t),
                "\(one) and \(next)"
            )
        }
        let front = { CubeDirection.direction(face: .front, u: t, v: $0) }
        #expect(CubeDirection.direction(face: .top, u: t, v: 1) == front(0))
        #expect(CubeDirection.direction(face: .bottom, u: t, v: 0) == front(1))
    }

    private struct PoseVector: Decodable {
        var euler: [Double]
        var face: Face
        var u, v: Double
        var dir: [Double]
    }

    private static let contract = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../shared/contract/pose_vectors.json").standardizedFileURL

    @Test(.enabled(if: FileManager.default.fileExists(atPath: contract.path), "the contract is not beside the project"))
    func `every pixel of the contract's vectors is seen where the contract says`() throws {
        let vectors = try JSONDecoder().decode([PoseVector].self, from: Data(contentsOf: Self.contract))
        #expect(vectors.count > 100)
        for vector in vectors {
            let rotation = Rotation(EulerAngles(x: vector.euler[0], y: vector.euler[1], z: vector.euler[2]))
            let seen = rotation.applied(to: CubeDirection.direction(face: vector.face, u: vector.u, v: vector.v))
            let told = Vector3(x: vector.dir[0], y: vector.dir[1], z: vector.dir[2])
            #expect(seen.normalised.isClose(to: told, within: 1e-8), "\(vector)")
        }
    }
}

/// Where the front face looks.
struct HeadingTests {
    @Test(arguments: [0, 0.5, 90, 179.5, 270, 359.5])
    func `a level camera's heading is the one that it was given`(degrees: Double) throws {
        let rotation = Rotation(heading: degrees * .pi / 180, pitch: 0.2, roll: -0.1)
        let pose = Pose(translation: Vector3(x: 0, y: 0, z: 0), eulerRotation: rotation.eulerAngles)
        #expect(abs(try #require(pose.heading) - degrees) < 1e-9)
    }

    @Test(arguments: [Double.pi / 2, -Double.pi / 2])
    func `looking straight up or down it has none`(pitch: Double) {
        let rotation = Rotation(heading: 1, pitch: pitch, roll: 0)
        let pose = Pose(translation: Vector3(x: 0, y: 0, z: 0), eulerRotation: rotation.eulerAngles)
        #expect(pose.heading == nil)
    }
}
