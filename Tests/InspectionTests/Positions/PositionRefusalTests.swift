import DropFolder
import E57
import E57Writing
import Foundation
import Inspection
import Station
import TestSupport
import Testing

/// Positions that cannot be stations: each says why, and holds nothing up.
@Suite(.timeLimit(.minutes(15)))
struct PositionRefusalTests {
    private static let origin = Vector3(x: 1, y: 2, z: 3)
    private static let pose = E57Pose(rotation: .identity, translation: origin)

    private static func sphere(_ name: String, at x: Double = 0, width: Int = 1024) throws -> DrawnE57.Image {
        let file = try DirectionField().sphere(width: width, .identity).jpeg()
        return .sphere(
            file,
            width: width,
            E57Pose(rotation: .identity, translation: Vector3(x: x, y: 0, z: 0)),
            name: name
        )
    }

    private static func cube(_ change: (inout [DrawnE57.Image]) -> Void = { _ in }) throws -> [DrawnE57.Image] {
        let maker = StationMaker(edge: 256)
        let files = try Dictionary(uniqueKeysWithValues: Face.allCases.map { ($0, try maker.jpeg($0)) })
        var images = DrawnE57.Image.cube(files, edge: 256, .identity, origin)
        change(&images)
        return images
    }

    /// What crews never saw: files that drop360 made, and advice about them.
    private static func speaksOfOwnFiles(_ report: InspectionReport) -> Bool {
        let words = report.words + report.notes.map(\.sentence).joined()
        let foreign = [".jpg", ".png", "pose.json", "panorama.", "copy it", "rename it", "timeTaken", "picture-"]
        return foreign.contains { words.contains($0) }
    }

    @Test func `a picture that is cut refuses its position alone`() async throws {
        let good = try Self.sphere("Good")
        var cut = try Self.sphere("Cut", at: 5)
        let whole = try cut.representations[0].picture()
        cut.representations[0].picture = { Array(whole.prefix(whole.count / 2)) }
        let bench = try PositionBench(images: [cut, good])
        let listing = try await bench.listing()
        #expect(listing.positions.map(\.name) == ["Cut", "Good"])
        let report = try await bench.inspect(listing.positions[0].number)
        #expect(report.rejection == ["image-truncated"])
        #expect(
            report.words.contains("Image 1 (Cut) of position Cut") && report.words.contains("xport the E57 file again")
        )
        #expect(!Self.speaksOfOwnFiles(report))
        #expect(try bench.kept().isEmpty)
        #expect(try await bench.inspect(listing.positions[1].number).capture != nil)
    }

    @Test func `one of six pictures that is cut, or not as large as stated, refuses the position`() async throws {
        let cut = try PositionBench(
            images: try Self.cube { images in
                let whole = (try? images[2].representations[0].picture()) ?? []
                images[2].representations[0].picture = { Array(whole.prefix(whole.count * 2 / 3)) }
            }
        )
        let report = try await cut.inspect()
        #expect(report.rejection == ["image-truncated"])
        #expect(report.words.contains("Image 3 (Setup 1)") && !Self.speaksOfOwnFiles(report))
        let stated = try PositionBench(images: try Self.cube { $0[4].representations[0].width = 300 })
        let other = try await stated.inspect()
        #expect(other.rejection == ["e57-picture-size"])
        #expect(other.words.contains("256 × 256") && other.words.contains("300 × 256"))
        #expect(try cut.kept().isEmpty && stated.kept().isEmpty)
    }

    @Test func `a picture that is no picture, or stands for too much, is refused`() async throws {
        let text = try PositionBench(
            images: try Self.cube { $0[0].representations[0].picture = { Array("GIF89a and more of that".utf8) } }
        )
        #expect(try await text.inspect().rejection == ["image-format"])
        let empty = try PositionBench(images: try Self.cube { $0[0].representations[0].picture = { [] } })
        #expect(try await empty.inspect().rejection == ["image-empty"])
        let small = try PositionBench(images: [try Self.sphere("Setup 1", width: 256)])
        var report = try await small.inspect()
        #expect(report.rejection == ["face-too-small"] && !Self.speaksOfOwnFiles(report))
        var rules = PositionBench.rules
        rules.minFace = 400
        let cube = try PositionBench(images: try Self.cube())
        report = try await cube.inspect(1, rules)
        #expect(Set(report.rejection ?? []) == ["face-too-small"] && !Self.speaksOfOwnFiles(report))
        #expect(report.words.contains("of position Setup 1 is 256 × 256 pixels"))
    }

    @Test func `a picture over the limit is refused before it is decoded`() async throws {
        var rules = PositionBench.rules
        rules.maxFace = 255
        let bench = try PositionBench(
            images: try Self.cube { images in
                let whole = (try? images[0].representations[0].picture()) ?? []
                images[0].representations[0].picture = { Array(whole.prefix(whole.count / 2)) }
            }
        )
        let report = try await bench.inspect(1, rules)
        #expect(report.rejection == ["face-too-large"] && !Self.speaksOfOwnFiles(report))
        #expect(report.words.contains("256 × 256 pixels, over the limit of 255"))
    }

    @Test func `one picture six times is refused in words about the images`() async throws {
        let bench = try PositionBench(
            images: try Self.cube { images in
                let first = images[0].representations[0]
                images[1].representations[0] = first
            }
        )
        var rules = PositionBench.rules
        rules.seams = .off
        let report = try await bench.inspect(1, rules)
        #expect(report.rejection == ["face-repeated"] && !Self.speaksOfOwnFiles(report))
        #expect(report.words.contains("Image 1 (Setup 1) of position Setup 1 and image 2"))
        #expect(report.words.hasSuffix("Export the E57 file again."))
    }

    @Test func `six pictures that leave a gap are no panorama`() async throws {
        let field = DirectionField()
        // Too little for a gap that the listing would see.
        let focal = 128 / tan(44.6 * Double.pi / 180)
        let lens = PinholeLens(focal: (focal, focal), centre: (128, 128), width: 256, height: 256)
        let images = try Face.allCases.map { face in
            DrawnE57.Image.pinhole(
                try field.picture(lens, face.camera).jpeg(),
                lens,
                E57Pose(rotation: face.camera, translation: Self.origin)
            )
        }
        let bench = try PositionBench(images: images)
        let report = try await bench.inspect()
        #expect(report.rejection == ["pictures-partial"] && report.words.contains("position Setup 1"))
        #expect(try bench.kept().isEmpty)
    }

    @Test func `two positions of one name get different ids, and each is delivered`() async throws {
        let bench = try PositionBench(images: [try Self.sphere("Hall"), try Self.sphere("Hall", at: 9)])
        let listing = try await bench.listing()
        #expect(listing.positions.count == 2)
        #expect(Set(listing.positions.map(\.stationID)).count == 2)
        var places: Set<String> = []
        for position in listing.positions {
            let capture = try #require(try await bench.inspect(position.number).capture)
            #expect(capture.stationID == position.stationID && capture.stationName == "Hall")
            places.formUnion(capture.faces.values.compactMap(\.storedIn))
        }
        #expect(places.count == 2)
    }

    @Test func `a clock that was never set, or will be, costs the time and not the position`() async throws {
        for (seconds, isGood) in [(1_262_304_000.0, false), (4_000_000_000, false), (1_777_629_600, true)] {
            let file = try DirectionField().sphere(width: 1024, .identity).jpeg()
            let time = E57Time(date: Date(timeIntervalSince1970: seconds), isAtomicClockReferenced: false)
            let bench = try PositionBench(images: [.sphere(file, width: 1024, Self.pose, acquired: time)])
            let report = try await bench.inspect()
            let capture = try #require(report.capture, "\(report.words)")
            #expect((capture.time != nil) == isGood)
            #expect(report.notes.map(\.code).contains(isGood ? "clock-unreferenced" : "time-unused"))
            #expect(!Self.speaksOfOwnFiles(report))
        }
    }

    @Test func `thumbnails and photographs are no positions, and the listing says so`() async throws {
        let photo = DrawnE57.Image(
            name: "Photo",
            pose: Self.pose,
            .init(.none, .jpeg, width: 640, height: 480, picture: try Picture(width: 640, height: 480, grey: 9).jpeg())
        )
        let bench = try PositionBench(images: [photo, try Self.sphere("Hall")])
        let listing = try await bench.listing()
        #expect(listing.positions.map(\.name) == ["Hall"])
        #expect(listing.notes.map(\.code) == ["image-skipped"])
        #expect(listing.notes.first?.message.contains("Photo") == true)
        #expect(listing.problems.isEmpty)
    }

    @Test func `a file that is damaged where a picture is, refuses only that position`() async throws {
        let file = DrawnE57(images: [try Self.sphere("One"), try Self.sphere("Two", at: 4)])
        var (bytes, layout) = try file.bytes()
        let hit = Int(layout.pictures[1][0].fileOffset) + 5000
        bytes[hit] ^= 0x40
        let bench = try PositionBench(bytes: bytes)
        let listing = try await bench.listing()
        #expect(listing.positions.count == 2)
        #expect(try await bench.inspect(listing.positions[0].number).capture != nil)
        #expect(try await bench.inspect(listing.positions[1].number).rejection == ["e57-damaged"])
    }

    @Test func `a file that is another one by now is inspected again, and nothing is kept`() async throws {
        let bench = try PositionBench(images: [try Self.sphere("Hall")])
        let snapshot = try bench.snapshot
        try bench.inbox.write([UInt8](repeating: 7, count: 4096), to: PositionBench.file)
        let inspector = Inspector(threads: 1)
        let scan = ScanRules(store: bench.store)
        let report = await inspector.inspect(position: 1, of: snapshot, rules: PositionBench.rules, scan: scan)
        await inspector.shutdown()
        #expect(report.verdict == .changed)
        #expect(try bench.kept().isEmpty)
    }

    @Test func `a state directory that takes nothing makes the position wait`() async throws {
        let bench = try PositionBench(images: try Self.cube())
        try bench.state.write("x", to: "converted")
        let report = try await bench.inspect()
        #expect(report.waiting == ["not-converted"] && report.words.contains("position Setup 1"))
    }

    @Test(arguments: [true, false]) func `of faces that could not all be written, none is kept`(isSphere: Bool)
        async throws
    {
        let bench = try PositionBench(images: isSphere ? [try Self.sphere("Setup 1")] : try Self.cube())
        let capture = try #require(try await bench.inspect().capture)
        let place = "converted/" + (capture.faces[.top]?.storedIn ?? "")
        // Nothing can be written in place of a folder that holds something.
        try bench.state.remove(place + "/top.jpg")
        try bench.state.makeFolder(place + "/top.jpg/x")
        let report = try await bench.inspect()
        #expect(report.waiting == ["not-converted"])
        #expect(try bench.kept().isEmpty)
        #expect(try await bench.inspect().capture == capture)
    }
}
