import DropFolder
import E57
import E57Writing
import Foundation
import Inspection
import Station
import TestSupport
import Testing

/// From a position in an E57 file to a station.
@Suite(.timeLimit(.minutes(15)))
struct PositionTests {
    private static let cube = Rotation(heading: 0.5, pitch: 0.1, roll: -0.07)
    private static let place = Vector3(x: 12.5, y: -3.25, z: 1.75)

    /// Faces with matching seams.
    private static func files(_ edge: Int = 256) throws -> [Face: [UInt8]] {
        try Dictionary(uniqueKeysWithValues: Face.allCases.map { ($0, try StationMaker(edge: edge).jpeg($0)) })
    }

    private static func distance(_ capture: Capture, _ cube: Rotation, _ place: Vector3) -> (Double, Double) {
        (capture.pose.rotation.angle(to: cube), capture.pose.translation.distance(to: place))
    }

    @Test func `six pinhole images that are a cube are taken byte for byte, with their pose`() async throws {
        let files = try Self.files()
        let bench = try PositionBench(images: DrawnE57.Image.cube(files, edge: 256, Self.cube, Self.place))
        let report = try await bench.inspect()
        let capture = try #require(report.capture, "\(report.words)")
        for face in Face.allCases {
            let image = try #require(capture.faces[face])
            #expect(try bench.bytes(image) == files[face])
        }
        let (angle, distance) = Self.distance(capture, Self.cube, Self.place)
        #expect(angle < 1e-9 && distance < 1e-9)
        #expect(capture.stationID == "Setup 1" && capture.siteID == "site-a")
        #expect(capture.time == CaptureTime(milliseconds: 1_777_629_600_000))
        #expect(report.path == "site-a/scan.e57/Setup 1/")
        // Nothing else is kept, and the same comes out again.
        #expect(
            try bench.kept().map { $0.split(separator: "/").last ?? "" } == [
                "back.jpg", "bottom.jpg", "front.jpg", "left.jpg", "right.jpg", "top.jpg",
            ]
        )
        #expect(try await bench.inspect().capture == capture)
        #expect(try bench.kept().count == 6)
    }

    @Test func `positions of a file that was replaced are those of the new one`() async throws {
        let files = try Self.files()
        func images(_ name: String) -> [DrawnE57.Image] {
            DrawnE57.Image.cube(files, edge: 256, Self.cube, Self.place, name: name)
        }
        let bench = try PositionBench(images: images("first"))
        let inspector = Inspector(threads: 1)
        let scan = ScanRules(sidecar: ScanSidecar(), store: bench.store)
        func inspect(_ snapshot: FileSnapshot) async -> InspectionReport {
            await inspector.inspect(position: 1, of: snapshot, rules: PositionBench.rules, scan: scan)
        }
        let before = try bench.snapshot
        #expect(await inspect(before).capture?.stationID == "first")
        #expect(await inspect(before).capture?.stationID == "first")
        try bench.inbox.write(try DrawnE57(images: images("second one")).bytes().bytes, to: PositionBench.file)
        #expect(await inspect(before).verdict == .changed)
        let after = try bench.snapshot
        #expect(await inspect(after).capture?.stationID == "second one")
        await inspector.shutdown()
    }

    @Test func `the inspection is that of any station: ids, site, offset, metadata, notes`() async throws {
        let bench = try PositionBench(
            images: DrawnE57.Image.cube(
                try Self.files(),
                edge: 256,
                Self.cube,
                Vector3(x: 500_000, y: 5_000_000, z: 40)
            )
        )
        let far = try await bench.inspect()
        #expect(far.rejection == ["translation-too-far"])
        #expect(far.words.contains("Position Setup 1") && far.words.contains("scan.e57.json"))
        let sidecar = ScanSidecar(
            siteID: "plant",
            siteName: "Plant",
            collectionLabel: "Hall 3",
            offset: Vector3(x: 499_990, y: 5_000_010, z: 0),
            metadata: ["crew": "blue"]
        )
        let report = try await bench.inspect(1, sidecar: sidecar)
        let capture = try #require(report.capture, "\(report.words)")
        #expect(capture.pose.translation.distance(to: Vector3(x: 10, y: -10, z: 40)) < 1e-9)
        #expect(capture.siteID == "plant" && capture.siteName == "Plant" && capture.collectionLabel == "Hall 3")
        #expect(capture.metadata == ["crew": "blue"])
        #expect(capture.ids.image == "plant/Setup 1/20260501T100000Z")
        #expect(report.notes.map(\.code).contains("size-unusual"))
    }

    @Test(arguments: CameraFrame.allCases)
    func `the seams show in which frame the poses were written`(frame: CameraFrame) async throws {
        let files = try Self.files()
        let images = DrawnE57.Image.cube(files, edge: 256, Self.cube, Self.place, frame: frame)
        let bench = try PositionBench(images: images)
        let report = try await bench.inspect()
        let capture = try #require(report.capture, "\(report.words)")
        #expect(Self.distance(capture, Self.cube, Self.place).0 < 1e-9)
        for face in Face.allCases { #expect(try bench.bytes(try #require(capture.faces[face])) == files[face]) }
        let note = try #require(report.notes.first { $0.code == "camera-frame" }).message
        #expect(note.contains(frame == .standard ? "−z with y up" : "+z with y down"))
        #expect(note.contains("byte for byte") && note.contains("By their edges"))
    }

    @Test func `pictures that show nothing are taken as the standard says, and the note says so`() async throws {
        let plain = try Picture(width: 256, height: 256, grey: 180).jpeg()
        let files = Dictionary(uniqueKeysWithValues: Face.allCases.map { ($0, plain) })
        let bench = try PositionBench(images: DrawnE57.Image.cube(files, edge: 256, Self.cube, Self.place))
        let report = try await bench.inspect()
        let capture = try #require(report.capture, "\(report.words)")
        #expect(Self.distance(capture, Self.cube, Self.place).0 < 1e-9)
        let note = try #require(report.notes.first { $0.code == "camera-frame" }).message
        #expect(note.contains("do not show") && note.contains("Look at the faces"))
        #expect(!report.notes.map(\.code).contains("seams-unclear"))
    }

    @Test func `pictures whose edges meet in neither frame are refused, unless seams are not checked`() async throws {
        var files = try Self.files()
        (files[.front], files[.top]) = (files[.top], files[.front])
        let bench = try PositionBench(images: DrawnE57.Image.cube(files, edge: 256, Self.cube, Self.place))
        let report = try await bench.inspect()
        #expect(report.rejection == ["camera-frame-wrong"])
        #expect(report.words.contains("position Setup 1"))
        #expect(try bench.kept().isEmpty)
        var rules = PositionBench.rules
        rules.seams = .off
        let unchecked = try await bench.inspect(1, rules)
        #expect(unchecked.capture != nil)
        #expect(unchecked.notes.contains { $0.code == "camera-frame" && $0.message.contains("seams: off") })
    }

    @Test func `the turn of a picture about its axis is kept: then the faces are rendered`() async throws {
        let field = DirectionField()
        let edge = 256
        let lens = PinholeLens(focal: (128, 128), centre: (128, 128), width: edge, height: edge)
        let quarter = Rotation.turn(.pi / 2, about: Vector3(x: 0, y: 0, z: 1))
        let images = try Face.allCases.map { face in
            let rotation = Self.cube * face.camera * (face == .top ? quarter : .identity)
            return DrawnE57.Image.pinhole(
                try field.picture(lens, rotation).jpeg(quality: 100),
                lens,
                E57Pose(rotation: rotation, translation: Self.place)
            )
        }
        let bench = try PositionBench(images: images)
        let report = try await bench.inspect()
        let capture = try #require(report.capture, "\(report.words)")
        #expect(report.notes.contains { $0.code == "camera-frame" && $0.message.contains("rendered") })
        for face in Face.allCases {
            let picture = try Picture.decode(try bench.bytes(try #require(capture.faces[face])))
            #expect(picture.width == edge)
            #expect(field.difference(of: picture, face, capture.pose.rotation) < 3)
        }
    }

    @Test(arguments: CameraFrame.allCases)
    func `wide and rolled pinhole images are rendered right to a twentieth of a degree`(frame: CameraFrame) async throws
    {
        var random = SeededGenerator(seed: 11)
        let field = DirectionField()
        let focal = 192 / tan(60 * Double.pi / 180)
        let lens = PinholeLens(focal: (focal, focal), centre: (186, 201), width: 384, height: 384)
        let images = try Face.allCases.map { face in
            let roll = Rotation.turn(Double.random(in: -1...1, using: &random), about: Vector3(x: 0, y: 0, z: 1))
            let off = Rotation.turn(0.03, about: Vector3(x: 1, y: 0.4, z: 0))
            let rotation = Self.cube * face.camera * off * roll
            return DrawnE57.Image.pinhole(
                try field.picture(lens, rotation).jpeg(quality: 100),
                lens,
                E57Pose(rotation: rotation * frame.fromStandard, translation: Self.place)
            )
        }
        let bench = try PositionBench(images: images)
        let report = try await bench.inspect()
        let capture = try #require(report.capture, "\(report.words)")
        #expect(capture.pose.translation.distance(to: Self.place) < 1e-9)
        let note = try #require(report.notes.first { $0.code == "camera-frame" }).message
        #expect(note.contains(frame == .standard ? "−z with y up" : "+z with y down"))
        for face in Face.allCases {
            let picture = try Picture.decode(try bench.bytes(try #require(capture.faces[face])))
            let shift = field.shift(of: picture, face, capture.pose.rotation, patch: 128)
            let difference = field.difference(of: picture, face, capture.pose.rotation)
            print("POSITION pinhole | \(frame) | \(face) | \(shift)° | \(difference)")
            #expect(difference < 3 && shift < 0.05)
        }
    }

    @Test(arguments: SphereAzimuth.allCases)
    func `a sphere is rendered right to a twentieth of a degree, and the report says how it was turned`(
        azimuth: SphereAzimuth
    ) async throws {
        let field = DirectionField()
        let rotation = Rotation(heading: 2, pitch: -0.2, roll: 0.3)
        // From the picture's frame, with +x in its middle.
        let half = Rotation.turn(.pi, about: Vector3(x: 0, y: 0, z: 1))
        let painted = azimuth == .centreX ? rotation : rotation * half
        let file = try field.sphere(width: 1024, painted).jpeg(quality: 100)
        let image = DrawnE57.Image.sphere(file, width: 1024, E57Pose(rotation: rotation, translation: Self.place))
        let bench = try PositionBench(images: [image])
        var rules = PositionBench.rules
        rules.azimuth = azimuth
        let report = try await bench.inspect(1, rules)
        let capture = try #require(report.capture, "\(report.words)")
        #expect(Self.distance(capture, painted * LocalFrame.xForward.fromCube, Self.place).0 < 1e-9)
        #expect(capture.pose.translation.distance(to: Self.place) < 1e-9)
        let note = try #require(report.notes.first { $0.code == "azimuth-assumed" }).message
        #expect(note.contains(azimuth.rawValue))
        // Not the position's name: the report says once of which positions a sentence is true.
        #expect(report.notes.first { $0.code == "converted" }?.message == "The panorama was rendered into six faces.")
        #expect(report.notes.allSatisfy { !$0.message.contains("Setup 1") && !$0.message.contains("mage 1") })
        for face in Face.allCases {
            let picture = try Picture.decode(try bench.bytes(try #require(capture.faces[face])))
            #expect(picture.width == 256)
            let shift = field.shift(of: picture, face, capture.pose.rotation, patch: 128)
            let difference = field.difference(of: picture, face, capture.pose.rotation)
            print("POSITION sphere | \(azimuth) | \(face) | \(shift)° | \(difference)")
            #expect(difference < 3 && shift < 0.05)
        }
        #expect(try bench.kept().count == 6)
    }

    @Test func `a sphere may be a PNG, and grey`() async throws {
        let picture = DirectionField().sphere(width: 1024, .identity)
        let grey = stride(from: 0, to: picture.pixels.count, by: 3).map { picture.pixels[$0 + 1] }
        let files = [
            StationMaker.png(picture.pixels, width: 1024, height: 512),
            StationMaker.png(grey, width: 1024, height: 512, isGrey: true),
        ]
        for (file, isGrey) in zip(files, [false, true]) {
            let bench = try PositionBench(images: [.sphere(file, width: 1024, nil, format: .png)])
            let report = try await bench.inspect()
            let capture = try #require(report.capture, "\(report.words)")
            #expect(report.notes.map(\.code).contains("pose-assumed"))
            #expect(Self.distance(capture, LocalFrame.xForward.fromCube, Vector3(x: 0, y: 0, z: 0)).0 < 1e-9)
            let front = try Picture.decode(try bench.bytes(try #require(capture.faces[.front])))
            let middle = (128 * 256 + 128) * 3
            #expect((front.pixels[middle] == front.pixels[middle + 2]) == isGrey)
        }
    }
}
