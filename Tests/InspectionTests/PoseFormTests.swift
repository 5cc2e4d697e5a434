import Foundation
import Station
import TestSupport
import Testing

@testable import Inspection

/// Three numbers of a direction, for a calculation that shares nothing with the code under test.
private typealias Triple = [Double]

/// CDF's convention, written down once more from contract A.5.
private enum Convention {
    static func multiply(_ a: [Triple], _ b: [Triple]) -> [Triple] {
        a.map { row in (0..<3).map { column in (0..<3).reduce(0) { $0 + row[$1] * b[$1][column] } } }
    }

    static func transposed(_ a: [Triple]) -> [Triple] { (0..<3).map { column in a.map { $0[column] } } }

    /// Rx · Rz · Ry.
    static func matrix(x: Double, y: Double, z: Double) -> [Triple] {
        let rx = [[1, 0, 0], [0, cos(x), -sin(x)], [0, sin(x), cos(x)]]
        let ry = [[cos(y), 0, sin(y)], [0, 1, 0], [-sin(y), 0, cos(y)]]
        let rz = [[cos(z), -sin(z), 0], [sin(z), cos(z), 0], [0, 0, 1]]
        return multiply(multiply(rx, rz), ry)
    }

    /// The table of A.5, normalised.
    static func direction(face: String, u: Double, v: Double) -> Triple {
        let (a, b) = (2 * u - 1, 2 * v - 1)
        let d: Triple =
            switch face {
            case "front": [-a, -1, -b]
            case "back": [a, 1, -b]
            case "left": [1, -a, -b]
            case "right": [-1, a, -b]
            case "top": [-a, -b, 1]
            default: [-a, b, -1]
            }
        let length = d.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return d.map { $0 / length }
    }

    static func applied(_ m: [Triple], _ d: Triple) -> Triple {
        m.map { row in (0..<3).reduce(0) { $0 + row[$1] * d[$1] } }
    }

    /// Where front, right and top lie in each frame, as `design.md` says (columns).
    static let frames: [String: [Triple]] = [
        "cdf": transposed([[0, -1, 0], [-1, 0, 0], [0, 0, 1]]),
        "x-forward": transposed([[1, 0, 0], [0, -1, 0], [0, 0, 1]]),
        "y-forward": transposed([[0, 1, 0], [1, 0, 0], [0, 0, 1]]),
        "optical": transposed([[0, 0, 1], [1, 0, 0], [0, -1, 0]]),
    ]

    /// What rotates `frame` where `cdf` rotates the cube: front, right and top must end up where they did.
    static func local(_ cdf: [Triple], frame: String) -> [Triple] {
        let world = multiply(cdf, frames["cdf"] ?? [])
        return multiply(world, transposed(frames[frame] ?? []))
    }

    /// w, x, y, z by Shepperd's method.
    static func quaternion(_ m: [Triple]) -> Triple {
        let trace = m[0][0] + m[1][1] + m[2][2]
        let squares = [trace, m[0][0], m[1][1], m[2][2]]
        let largest = squares.firstIndex(of: squares.max() ?? 0) ?? 0
        if largest == 0 {
            let w = (1 + trace).squareRoot() / 2
            return [w, (m[2][1] - m[1][2]) / (4 * w), (m[0][2] - m[2][0]) / (4 * w), (m[1][0] - m[0][1]) / (4 * w)]
        }
        let (i, j, k) = [(0, 1, 2), (1, 2, 0), (2, 0, 1)][largest - 1]
        let s = (1 + m[i][i] - m[j][j] - m[k][k]).squareRoot() / 2
        var q: Triple = [(m[k][j] - m[j][k]) / (4 * s), 0, 0, 0]
        q[i + 1] = s
        q[j + 1] = (m[j][i] + m[i][j]) / (4 * s)
        q[k + 1] = (m[k][i] + m[i][k]) / (4 * s)
        return q
    }

    /// heading, pitch, roll in degrees.
    static func camera(_ m: [Triple]) -> Triple {
        let (front, right, up) = (applied(m, [0, -1, 0]), applied(m, [-1, 0, 0]), applied(m, [0, 0, 1]))
        let pitch = atan2(front[2], (front[0] * front[0] + front[1] * front[1]).squareRoot())
        // Looking straight up or down, roll and heading turn about the same axis.
        let isLocked = abs(cos(pitch)) < 1e-9
        let heading = isLocked ? atan2(-right[1], right[0]) : atan2(front[0], front[1])
        let levelRight = [cos(heading), -sin(heading), 0]
        let c = (0..<3).reduce(0) { $0 + right[$1] * levelRight[$1] }
        let s = (0..<3).reduce(0) { $0 + up[$1] * levelRight[$1] }
        return [heading, pitch, isLocked ? 0 : atan2(s, c)].map { $0 * 180 / .pi }
    }

    /// All ways to say that the cube is turned by `m`, which are the given angles.
    static func statements(_ angles: Triple, _ m: [Triple]) -> [String] {
        let degrees = angles.map { $0 * 180 / .pi }
        let camera = camera(m)
        var all = [
            #""eulerRotationX": \#(angles[0]), "eulerRotationY": \#(angles[1]), "eulerRotationZ": \#(angles[2])"#,
            #""eulerRotation": {"x": \#(angles[0]), "y": \#(angles[1]), "z": \#(angles[2])}"#,
            #""rotation": {"euler": {"x": \#(angles[0]), "y": \#(angles[1]), "z": \#(angles[2])}}"#,
            #""rotation": {"euler": {"x": \#(degrees[0]), "y": \#(degrees[1]), "z": \#(degrees[2]), "unit": "degrees"}}"#,
            #""rotation": {"eulerRotationX": \#(angles[0]), "eulerRotationY": \#(angles[1]), "eulerRotationZ": \#(angles[2])}"#,
            #""rotation": {"heading": \#(camera[0]), "pitch": \#(camera[1]), "roll": \#(camera[2])}"#,
        ]
        for frame in frames.keys.sorted() {
            let local = local(m, frame: frame)
            let q = quaternion(local)
            let rows = local.map { "[" + $0.map { "\($0)" }.joined(separator: ",") + "]" }.joined(separator: ",")
            let flat = local.flatMap(\.self).map { "\($0)" }.joined(separator: ",")
            let four =
                local.map { $0.map { "\($0)" }.joined(separator: ",") + ",7" }.joined(separator: ",") + ",0,0,0,1"
            let quaternion = #"{"w": \#(q[0]), "x": \#(q[1]), "y": \#(q[2]), "z": \#(q[3])}"#
            all += [
                #""rotation": {"quaternion": \#(quaternion), "frame": "\#(frame)"}"#,
                #""rotation": {"matrix": [\#(flat)]}, "frame": "\#(frame)""#,
                #""rotation": {"matrix": [\#(rows)], "frame": "\#(frame.uppercased().replacing("-", with: "_"))"}"#,
                #""rotation": {"matrix": [\#(four)], "frame": "\#(frame)"}, "translation": [7, 7, 7]"#,
            ]
        }
        return all
    }
}

struct PoseFormTests {
    /// One line of `pose_vectors.json`.
    struct Vector: Decodable, Sendable {
        var euler: [Double]
        var face: String
        var u: Double
        var v: Double
        var dir: [Double]
    }

    private func check(_ angles: [Double], against vectors: [Vector]) throws {
        let matrix = Convention.matrix(x: angles[0], y: angles[1], z: angles[2])
        for statement in Convention.statements(angles, matrix) {
            let translation = statement.contains("translation") ? "" : #", "translation": [1, 2, 3]"#
            let reading = Reader.read("{\(statement)\(translation)}")
            let rotation = try #require(reading.sidecar.rotation, "\(statement): \(reading.words)")
            #expect(reading.problems.isEmpty && reading.notes.isEmpty, "\(statement): \(reading.words)")
            let turned = Convention.matrix(x: rotation.x, y: rotation.y, z: rotation.z)
            for vector in vectors {
                let direction = Convention.direction(face: vector.face, u: vector.u, v: vector.v)
                for (seen, wanted) in zip(Convention.applied(turned, direction), vector.dir) {
                    #expect(abs(seen - wanted) <= 1e-9, "\(angles) \(vector.face) by \(statement)")
                }
            }
        }
    }

    @Test func `the contract's vectors hold for every form and frame`() throws {
        let path = Shared.path("contract/pose_vectors.json")
        // Not everybody has the contract: the tests below hold the same forms against vectors of their own.
        guard FileManager.default.fileExists(atPath: path) else { return }
        let vectors = try JSONDecoder().decode([Vector].self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        #expect(vectors.count == 126)
        for (angles, group) in Dictionary(grouping: vectors, by: \.euler) { try check(angles, against: group) }
    }

    /// Vectors from the table of A.5 and matrices multiplied one by one.
    private func ownVectors(_ angles: [Double]) -> [Vector] {
        let matrix = Convention.matrix(x: angles[0], y: angles[1], z: angles[2])
        return ["front", "back", "left", "right", "top", "bottom"].flatMap { face in
            [(0.5, 0.5), (0, 0), (0.3, 0.8)].map { u, v in
                let direction = Convention.direction(face: face, u: u, v: v)
                return Vector(euler: angles, face: face, u: u, v: v, dir: Convention.applied(matrix, direction))
            }
        }
    }

    @Test(arguments: UInt64(0)..<40) func `any rotation survives every form and frame`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let angles = (0..<3).map { _ in Double.random(in: -Double.pi...Double.pi, using: &random) }
        try check(angles, against: ownVectors(angles))
    }

    @Test(arguments: [0, 1e-13, 1e-11, 1e-9, 1e-7, 1e-5, -1e-12, -1e-8], [1.0, -1.0])
    func `any rotation at and near gimbal lock survives every form and frame`(off: Double, sign: Double) throws {
        for (x, y) in [(0, 0), (0.7, -2.1), (-3, 1), (.pi, .pi / 2)] as [(Double, Double)] {
            let angles = [x, y, sign * .pi / 2 + off]
            try check(angles, against: ownVectors(angles))
        }
    }

    @Test func `directions a person can check`() throws {
        func looks(_ rotation: String) throws -> [Double] {
            let reading = Reader.read(#"{"translation": [0, 0, 0], "rotation": \#(rotation)}"#)
            let angles = try #require(reading.sidecar.rotation, "\(reading.words)")
            let front = Rotation(angles).applied(to: Vector3(x: 0, y: -1, z: 0))
            return [front.x, front.y, front.z].map { ($0 * 1e9).rounded() / 1e9 + 0 }
        }
        #expect(try looks(#"{"heading": 0}"#) == [0, 1, 0])
        #expect(try looks(#"{"heading": 90}"#) == [1, 0, 0])
        #expect(try looks(#"{"heading": 270}"#) == [-1, 0, 0])
        #expect(try looks(#"{"heading": -90, "pitch": 0}"#) == [-1, 0, 0])
        #expect(try looks(#"{"heading": 123, "pitch": 90}"#) == [0, 0, 1])
        #expect(try looks(#"{"euler": {"x": 0, "y": 0, "z": 180, "unit": "degrees"}}"#) == [0, 1, 0])
        #expect(try looks(#"{"quaternion": {"w": 1, "x": 0, "y": 0, "z": 0}, "frame": "x-forward"}"#) == [1, 0, 0])
        #expect(try looks(#"{"quaternion": {"w": 1, "x": 0, "y": 0, "z": 0}, "frame": "y-forward"}"#) == [0, 1, 0])
        #expect(try looks(#"{"quaternion": {"w": 1, "x": 0, "y": 0, "z": 0}, "frame": "optical"}"#) == [0, 0, 1])
        // Roll is clockwise seen from behind: the top leans to the right.
        let reading = Reader.read(#"{"translation": [0, 0, 0], "rotation": {"heading": 0, "roll": 90}}"#)
        let top = Rotation(try #require(reading.sidecar.rotation)).applied(to: Vector3(x: 0, y: 0, z: 1))
        #expect(top.distance(to: Vector3(x: 1, y: 0, z: 0)) < 1e-12)
    }

    @Test func `angles are kept as they are given`() {
        let reading = Reader.read(
            #"{"translation": [0, 0, 0], "eulerRotationX": 4, "eulerRotationY": -5, "eulerRotationZ": 3}"#
        )
        #expect(reading.sidecar.rotation == EulerAngles(x: 4, y: -5, z: 3))
    }
}
