import Foundation
import Inspection
import Station
import TestSupport
import Testing

/// One panorama in, six faces out.
@Suite(.timeLimit(.minutes(15)))
struct PanoramaTests {
    private static let width = 1024

    /// What the test panorama shows in a direction: three waves around and three up, so that no shift leaves the colours alike.
    private static func colour(_ direction: Vector3) -> [Double] {
        let around = atan2(-direction.x, -direction.y)
        let up = atan2(direction.z, (direction.x * direction.x + direction.y * direction.y).squareRoot())
        return [
            128 + 100 * sin(8 * around) * cos(up), 128 + 100 * sin(9 * up + 1),
            128 + 60 * cos(5 * around + 6 * up) * cos(up),
        ]
    }

    private static let panorama: Picture = {
        var pixels: [UInt8] = []
        let height = width / 2
        pixels.reserveCapacity(width * height * 3)
        for y in 0..<height {
            let up = (0.5 - (Double(y) + 0.5) / Double(height)) * .pi
            for x in 0..<width {
                let around = ((Double(x) + 0.5) / Double(width) - 0.5) * 2 * .pi
                // Front is −Y, right −X, top +Z.
                let direction = Vector3(x: -sin(around) * cos(up), y: -cos(around) * cos(up), z: sin(up))
                pixels += colour(direction).map { UInt8($0.rounded()) }
            }
        }
        return Picture(width: width, height: height, pixels: pixels)
    }()

    @Test(arguments: Face.allCases)
    func `the directions read back from a face are right to a tenth of a degree`(face: Face) {
        let cube = CubeFaces(Self.panorama)
        #expect(cube.edge == 256)
        let picture = cube.face(face)
        var worst = 0.0
        // By small patches: the shift that explains best what differs from the colours that belong there.
        for top in stride(from: 0, to: 256, by: 32) {
            for left in stride(from: 0, to: 256, by: 32) {
                worst = max(worst, shift(of: picture, face, left: left, top: top))
            }
        }
        print("PANORAMA | \(face) | \(worst)°")
        #expect(worst < 0.1, "\(face): \(worst)°")
    }

    /// Degrees.
    private func shift(of picture: Picture, _ face: Face, left: Int, top: Int) -> Double {
        let step = 1e-4
        var (uu, uv, vv, ur, vr) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for y in top..<(top + 32) {
            for x in left..<(left + 32) {
                let (u, v) = ((Double(x) + 0.5) / 256, (Double(y) + 0.5) / 256)
                func at(_ du: Double, _ dv: Double) -> [Double] {
                    Self.colour(CubeDirection.direction(face: face, u: u + du, v: v + dv))
                }
                let (here, right, down) = (at(0, 0), at(step, 0), at(0, step))
                for channel in 0..<3 {
                    let gu = (right[channel] - here[channel]) / step
                    let gv = (down[channel] - here[channel]) / step
                    let rest = Double(picture.pixels[(y * 256 + x) * 3 + channel]) - here[channel]
                    (uu, uv, vv) = (uu + gu * gu, uv + gu * gv, vv + gv * gv)
                    (ur, vr) = (ur + gu * rest, vr + gv * rest)
                }
            }
        }
        let determinant = uu * vv - uv * uv
        let (du, dv) = ((ur * vv - vr * uv) / determinant, (vr * uu - ur * uv) / determinant)
        // In the middle of a face, where it is largest, one whole face is 2 radians' tangent across.
        return (du * du + dv * dv).squareRoot() * 2 * 180 / .pi
    }

    @Test func `the faces fit together, and the front is the panorama's middle`() throws {
        let cube = CubeFaces(Self.panorama)
        let faces = Dictionary(uniqueKeysWithValues: Face.allCases.map { ($0, cube.face($0)) })
        #expect(SeamCheck.verdict(of: faces) == .fit)
    }

    private func bench(_ picture: Picture = panorama, quality: Int = 95) throws -> StationFolder {
        let bench = try StationFolder()
        for face in Face.allCases { try bench.remove("\(face).jpg") }
        let file = try JPEGEncoding.encode(
            rgb: picture.pixels,
            width: picture.width,
            height: picture.height,
            quality: quality
        )
        try bench.put(file, as: "IMG_0001.jpg")
        return bench
    }

    private var rules: InspectionRules {
        var rules = StationFolder.rules
        rules.minFace = 256
        return rules
    }

    @Test func `a folder with a panorama is a station if panoramas are converted, and gets advice if not`()
        async throws
    {
        let bench = try bench()
        let refused = try await bench.inspect(rules)
        #expect(refused.rejection == ["equirectangular"] && refused.words.contains("equirect: convert"))
        var rules = rules
        let state = try TemporaryFolder()
        rules.equirect = .convert(ConvertedFaces(state: state.path))
        let report = try await bench.inspect(rules)
        let capture = try #require(report.capture, "\(report.words)")
        #expect(report.notes.map(\.code).contains("converted"))
        let front = try #require(capture.faces[.front])
        let place = try #require(front.storedIn)
        #expect(try state.names(in: "converted") == [place])
        let bytes = [UInt8](try state.read("converted/\(place)/front.jpg"))
        #expect(Int64(bytes.count) == front.size && front.edge == 256)
        let picture = try Picture.decode(bytes)
        let middle = (0..<3).map { Double(picture.pixels[(128 * 256 + 128) * 3 + $0]) }
        let meant = Self.colour(Vector3(x: 0, y: -1, z: 0))
        #expect(zip(middle, meant).allSatisfy { abs($0 - $1) < 12 }, "\(middle) \(meant)")
        // The same again, to the last bit; and a check leaves nothing behind.
        let again = try await bench.inspect(rules)
        #expect(again.capture == capture)
        rules.equirect = .convert(nil)
        let checked = try await bench.inspect(rules)
        #expect(checked.capture?.digest == capture.digest)
        #expect(try state.names(in: "converted").count == 1)
    }

    @Test func `a panorama that is damaged, turned, small or one of two is refused`() async throws {
        var rules = rules
        rules.equirect = .convert(nil)
        let cut = try bench()
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: cut.path("IMG_0001.jpg"))))
        try cut.put(Array(whole.prefix(whole.count / 2)), as: "IMG_0001.jpg")
        #expect(try await cut.inspect(rules).rejection == ["image-truncated"])
        let two = try bench()
        try two.put(whole, as: "IMG_0002.jpg")
        #expect(try await two.inspect(rules).rejection == ["equirectangular"])
        var strict = rules
        strict.minFace = 512
        #expect(try await bench().inspect(strict).rejection == ["face-too-small"])
        strict.minFace = 16
        strict.maxFace = 128
        #expect(try await bench().inspect(strict).rejection == ["face-too-large"])
    }

    @Test func `nothing is kept of a panorama whose station is not accepted, and no map is ignored`() async throws {
        let state = try TemporaryFolder()
        var rules = rules
        rules.equirect = .convert(ConvertedFaces(state: state.path))
        let waiting = try bench()
        try waiting.remove("pose.json")
        try waiting.put(Array("folder,x\n".utf8), as: "poses.csv")
        #expect(try await waiting.inspect(rules).capture == nil)
        #expect(!state.contains("converted"))
        rules.faces = .map(Dictionary(uniqueKeysWithValues: Face.allCases.map { ($0, "cam-\($0).jpg") }))
        #expect(try await bench().inspect(rules).waiting == ["face-missing"])
        // A disk that takes nothing: the station waits.
        rules.faces = nil
        rules.equirect = .convert(ConvertedFaces(state: try state.write("x", to: "file")))
        #expect(try await bench().inspect(rules).waiting == ["not-converted"])
    }

    @Test func `what is no longer needed is removed, and nothing else`() throws {
        let state = try TemporaryFolder()
        let store = ConvertedFaces(state: state.path)
        for name in ["a", "b"] { try state.makeFolder("converted/\(name)") }
        try state.write("x", to: "ledger.sqlite")
        store.sweep(keeping: ["a"])
        #expect(try state.names(in: "converted") == ["a"])
        for place in ["", "..", ".", "a/../.."] { store.discard(place) }
        #expect(try state.names() == ["converted", "ledger.sqlite"])
        store.discard("a")
        #expect(try state.names(in: "converted") == [])
    }
}
