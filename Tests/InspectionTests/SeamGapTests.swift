import Foundation
import Inspection
import Station
import TestSupport
import Testing

/// Six faces whose edges do not meet in any order, although there is much to see.
@Suite(.timeLimit(.minutes(15)))
struct SeamGapTests {
    /// Random brightness at the points of a lattice, to be looked up between them: a texture without any grain that repeats.
    private static let lattice: [Double] = {
        var random = SeededGenerator(seed: 3)
        return (0..<side * side * side).map { _ in Double.random(in: -1...1, using: &random) }
    }()
    private static let side = 64

    private static func noise(_ x: Double, _ y: Double, _ z: Double) -> Double {
        let (i, j, k) = (Int(x.rounded(.down)), Int(y.rounded(.down)), Int(z.rounded(.down)))
        let (u, v, w) = (x - Double(i), y - Double(j), z - Double(k))
        var sum = 0.0
        for corner in 0..<8 {
            let (a, b, c) = (corner & 1, corner >> 1 & 1, corner >> 2)
            let weight = (a == 1 ? u : 1 - u) * (b == 1 ? v : 1 - v) * (c == 1 ? w : 1 - w)
            sum += weight * lattice[((i + a) & 63) * side * side + ((j + b) & 63) * side + ((k + c) & 63)]
        }
        return sum
    }

    /// Coarse and fine, so that a degree matters.
    private static func brightness(_ direction: Vector3) -> UInt8 {
        let length = direction.distance(to: Vector3(x: 0, y: 0, z: 0))
        func at(_ scale: Double) -> Double {
            noise(
                direction.x / length * scale + 40,
                direction.y / length * scale + 40,
                direction.z / length * scale + 40
            )
        }
        return UInt8(128 + 60 * at(3) + 60 * at(14))
    }

    /// The faces of one scene, each so many degrees wide, seen from a point of its own where `seed` is given.
    static func faces(degrees: Double, apart seed: UInt64? = nil, edge: Int = 128) -> [Face: Picture] {
        var random = SeededGenerator(seed: seed ?? 0)
        let reach = tan(degrees / 2 * .pi / 180)
        return Dictionary(
            uniqueKeysWithValues: Face.allCases.map { face in
                func shift() -> Double { seed == nil ? 0 : Double.random(in: -0.6...0.6, using: &random) }
                let (dx, dy, dz) = (shift(), shift(), shift())
                var pixels: [UInt8] = []
                pixels.reserveCapacity(edge * edge * 3)
                for y in 0..<edge {
                    for x in 0..<edge {
                        let (u, v) = ((Double(x) + 0.5) / Double(edge) - 0.5, (Double(y) + 0.5) / Double(edge) - 0.5)
                        let seen = CubeDirection.direction(face: face, u: 0.5 + u * reach, v: 0.5 + v * reach)
                        let grey = brightness(Vector3(x: seen.x + dx, y: seen.y + dy, z: seen.z + dz))
                        pixels += [grey, grey, grey]
                    }
                }
                return (face, Picture(width: edge, height: edge, pixels: pixels))
            }
        )
    }

    @Test(arguments: [95.0, 100, 120])
    func `faces that were rendered too wide are reported, with their width`(degrees: Double) throws {
        guard case .apart(let told?) = SeamCheck.verdict(of: Self.faces(degrees: degrees)) else {
            Issue.record("\(SeamCheck.verdict(of: Self.faces(degrees: degrees)))")
            return
        }
        #expect(abs(told - degrees) <= 1.5)
    }

    @Test func `faces of ninety degrees fit`() { #expect(SeamCheck.verdict(of: Self.faces(degrees: 90)) == .fit) }

    @Test(arguments: [70.0, 80])
    func `faces that were cropped or rendered too narrow are reported`(degrees: Double) {
        #expect(SeamCheck.verdict(of: Self.faces(degrees: degrees)) == .apart(degrees: nil))
    }

    @Test(arguments: UInt64(1)...3) func `faces from different points are reported`(seed: UInt64) {
        #expect(SeamCheck.verdict(of: Self.faces(degrees: 90, apart: seed)) == .apart(degrees: nil))
    }

    @Test(arguments: PictureVariation.allCases)
    func `a good scene is never reported as apart, whatever happened to its pictures`(variation: PictureVariation)
        throws
    {
        // These do what is to be told: they cut off up to an eighth of a face, or move it.
        guard ![.crop, .cropEach, .shift, .mixture].contains(variation) else { return }
        let good = Self.faces(degrees: 90)
        for seed in UInt64(0)..<2 {
            var random = SeededGenerator(seed: seed)
            if case .apart(let degrees) = SeamCheck.verdict(of: try variation.vary(good, using: &random)) {
                Issue.record("\(variation) \(seed): \(degrees.map { "\($0)" } ?? "nothing meets")")
            }
        }
    }

    @Test func `it is a note, or a refusal if seams must be right`() async throws {
        let bench = try StationFolder()
        for (face, picture) in Self.faces(degrees: 100, edge: 256) {
            let bytes = try JPEGEncoding.encode(rgb: picture.pixels, width: 256, height: 256, quality: 85)
            try bench.put(bytes, as: "\(face).jpg")
        }
        var rules = StationFolder.rules
        rules.minFace = 256
        let warned = try await bench.inspect(rules)
        #expect(warned.capture != nil)
        #expect(
            warned.notes.contains { $0.code == "seams-apart" && $0.message.contains("100° wide") },
            "\(warned.notes)"
        )
        rules.seams = .reject
        #expect(try await bench.inspect(rules).rejection == ["seams-apart"])
        rules.seams = .off
        #expect(try await bench.inspect(rules).seams == nil)
    }

    @Test func `if the pictures are inconclusive, the report says what that means`() async throws {
        let bench = try StationFolder()
        for (index, face) in Face.allCases.enumerated() {
            let rgb = [UInt8](repeating: UInt8(100 + index), count: 512 * 512 * 3)
            try bench.put(try JPEGEncoding.encode(rgb: rgb, width: 512, height: 512, quality: 85), as: "\(face).jpg")
        }
        let report = try await bench.inspect()
        #expect(report.seams == .unclear && report.capture != nil)
        #expect(report.notes.contains { $0.code == "seams-unclear" && $0.message.contains("fog") })
    }
}
