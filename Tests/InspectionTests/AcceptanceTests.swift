import DropFolder
import Foundation
import Inspection
import Station
import TestSupport
import Testing

struct AcceptanceTests {
    @Test func `a good station is accepted with everything that will be delivered`() async throws {
        let bench = try StationFolder(.init(stationID: "north-01", heading: 90))
        let report = try await bench.inspect()
        let capture = try #require(report.capture, "\(report.words)")
        #expect(capture.siteID == "site-a")
        #expect(capture.stationID == "north-01")
        #expect(capture.label == "north-01")
        #expect(capture.collectionLabel == "site-a")
        #expect(capture.pose.translation == Vector3(x: 1, y: 2, z: 1.7))
        #expect(abs(capture.pose.eulerRotation.z - .pi / 2) < 1e-12)
        #expect(capture.time?.compact == "20260501T100000Z")
        #expect(capture.ids.image == "site-a/north-01/20260501T100000Z")
        #expect(capture.scale == Vector3(x: 1, y: 1, z: 1))
        #expect(report.pose == capture.pose)
        #expect(report.ids == capture.ids)
        #expect(report.path == "site-a/station")
        #expect(report.snapshotStamp == (try bench.snapshot().stamp))
        #expect(report.notes.map(\.code) == ["size-unusual"])
        for (face, image) in capture.orderedFaces {
            let bytes = try bench.inbox.read("site-a/station/\(face.rawValue).jpg")
            #expect(image.fileName == "\(face.rawValue).jpg")
            #expect(image.size == Int64(bytes.count))
            #expect(image.edge == 512)
            #expect(image.format == .jpeg)
            #expect(image.digest.rawValue == digest(of: bench.path(image.fileName)))
        }
        #expect(capture.faces.count == 6)
    }

    /// As `sha256sum` sees it.
    private func digest(of path: String) -> String? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/sha256sum")
        process.arguments = [path]
        let pipe = Pipe()
        process.standardOutput = pipe
        guard (try? process.run()) != nil else { return nil }
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: output.prefix(64), as: UTF8.self)
    }

    @Test(
        arguments: [
            .init(naming: .letters), .init(fileExtension: "JPG", naming: .prefixed("scan_012_")),
            .init(fileExtension: "jpeg", naming: .prefixed("")), .init(fileExtension: "png"),
            .init(sidecarName: "station.json"), .init(sidecarName: "anything.json"), .init(sidecarName: "POSE.JSON"),
        ] as [StationMaker.Options]
    )
    func `whatever the files are called, they are found`(options: StationMaker.Options) async throws {
        let report = try await StationFolder(options).inspect()
        #expect(report.capture?.faces.count == 6, "\(report.words)")
    }

    @Test func `progressive JPEGs are accepted`() async throws {
        let bench = try StationFolder()
        var maker = StationMaker()
        maker.progressive = true
        for face in Face.allCases { try bench.put(try maker.jpeg(face), as: "\(face.rawValue).jpg") }
        #expect(try await bench.inspect().capture != nil)
    }

    @Test func `the same content has the same digest, whatever folder and files are called`() async throws {
        let text = StationMaker.sidecar(siteID: "s", stationID: nil)
        let one = try await StationFolder(.init(sidecar: .text(text)), station: "a/b").inspect().capture
        let other = try await StationFolder(
            .init(fileExtension: "JPEG", naming: .letters, sidecar: .text(text)),
            station: "c"
        )
        .inspect().capture
        #expect(one != nil)
        #expect(one?.digest == other?.digest)
        #expect(one?.stationID == "b")
        #expect(other?.stationID == "c")
    }

    @Test func `another picture, pose, time, name or metadata is different content`() async throws {
        let base = StationMaker.Options()
        var seen: Set<ContentDigest> = []
        var other = base
        other.seed = 1
        var moved = base
        moved.translation.x += 1e-9
        var later = base
        later.time = "2026-05-01T10:00:01Z"
        var named = base
        named.stationID = "x"
        var noted = base
        noted.sidecar = .text(StationMaker.sidecar(extra: ["metadata": #"{"crew": "7"}"#]))
        for options in [base, other, moved, later, named, noted] {
            let report = try await StationFolder(options).inspect()
            seen.insert(try #require(report.capture, "\(report.words)").digest)
        }
        #expect(seen.count == 6)
    }

    @Test func `missing values come from configuration and folders`() async throws {
        let text = StationMaker.sidecar(siteID: nil, stationID: nil, time: nil)
        let plain = try await StationFolder(.init(sidecar: .text(text)), station: "plant/north").inspect()
        let capture = try #require(plain.capture)
        #expect(capture.siteID == "plant")
        #expect(capture.stationID == "north")
        #expect(capture.ids.image == "plant/north/" + capture.digest.rawValue.prefix(12))
        #expect(plain.notes.map(\.code).contains("time-unknown"))

        var rules = StationFolder.rules
        rules.site = .init(id: "s1", name: "Site One")
        rules.externalIDPrefix = "p:"
        let configured = try await StationFolder(.init(sidecar: .text(text)), station: "plant/north").inspect(rules)
            .capture
        #expect(configured?.siteID == "s1")
        #expect(configured?.siteName == "Site One")
        #expect(configured?.collectionLabel == "Site One")
        #expect(configured?.ids.station == "p:s1/north")

        let bench = try StationFolder(.init(sidecar: .text(text)), station: "north")
        let alone = try await bench.inspect().capture
        #expect(alone?.siteID == bench.inbox.path.split(separator: "/").last.map(String.init))
    }

    @Test func `names and labels default to each other`() async throws {
        let text = StationMaker.sidecar(
            extra: ["site_name": #""Plant""#, "station_name": #""North""#, "metadata": #"{"crew": "Ä"}"#])
        let capture = try #require(try await StationFolder(sidecar: text).inspect().capture)
        #expect(capture.label == "North")
        #expect(capture.collectionLabel == "Plant")
        #expect(capture.fileMetadata(of: .top)["crew"] == "Ä")
        #expect(capture.fileMetadata(of: .top)["station_name"] == "North")
    }

    @Test func `the offset is subtracted before the limit`() async throws {
        var rules = StationFolder.rules
        rules.offset = Vector3(x: 500_000, y: 6_000_000, z: 0)
        let bench = try StationFolder(.init(translation: Vector3(x: 500_001, y: 6_000_002, z: 3)))
        #expect(try await bench.inspect(rules).capture?.pose.translation == Vector3(x: 1, y: 2, z: 3))
        #expect(try await bench.inspect().rejection == ["translation-too-far"])
    }

    @Test func `faces can be named in the sidecar and in the configuration`() async throws {
        let names = ["a0", "a1", "a2", "a3", "a4", "a5"]
        let map = Dictionary(uniqueKeysWithValues: zip(Face.allCases, names.map { $0 + ".jpg" }))
        let json = map.map { #""\#($0.key.rawValue.uppercased())": "\#($0.value.uppercased())""# }
            .joined(separator: ",")
        let sidecar = StationMaker.sidecar(extra: ["faces": "{\(json)}"])
        for text in [sidecar, StationMaker.sidecar()] {
            let bench = try StationFolder(.init(sidecar: .text(text)))
            for (face, name) in map {
                try bench.inbox.move("site-a/station/\(face.rawValue).jpg", to: "site-a/station/\(name)")
            }
            var rules = StationFolder.rules
            if text != sidecar { rules.faces = .map(map) }
            let report = try await bench.inspect(rules)
            #expect(report.capture?.faces[.left]?.fileName == map[.left], "\(report.words)")
        }
    }

    @Test func `a preset may be named in the sidecar, and seams show if it is the wrong one`() async throws {
        // Leica's order B: front, back, left, right, top, bottom.
        func bench(_ preset: String) throws -> StationFolder {
            let bench = try StationFolder(
                .init(sidecar: .text(StationMaker.sidecar(extra: ["faces": "\"\(preset)\""])))
            )
            for (number, face) in Face.allCases.enumerated() {
                try bench.inbox.move("site-a/station/\(face).jpg", to: "site-a/station/S1_CubeFace\(number + 1).jpg")
            }
            return bench
        }
        let right = try await bench("leica-cubeface-b").inspect()
        #expect(right.capture?.faces[.left]?.fileName == "S1_CubeFace3.jpg" && right.seams == .fit, "\(right.words)")
        let wrong = try await bench("leica-cubeface-a").inspect()
        let words = wrong.notes.first { $0.code == "seams-wrong" }?.message ?? ""
        #expect(
            words.contains("Perhaps the preset leica-cubeface-a is wrong: with leica-cubeface-b they meet."),
            "\(words)"
        )
        #expect(try await bench("pano2vr").inspect().rejection == ["face-names-unknown"])
    }

    @Test func `other files are left alone and mentioned`() async throws {
        let bench = try StationFolder()
        try bench.put([1], as: "notes.txt")
        try bench.put([1], as: "thumbnail.jpg")
        try bench.put([1], as: "extra.json")
        let report = try await bench.inspect()
        #expect(report.capture != nil)
        let note = try #require(report.notes.first { $0.code == "file-unused" })
        for name in ["notes.txt", "thumbnail.jpg", "extra.json"] { #expect(note.message.contains(name)) }
    }

    @Test func `faces without colour and with transparency are accepted and noted`() async throws {
        let bench = try StationFolder()
        try bench.put(Pictures.grayJPEG(), as: "back.jpg")
        for face in ["front", "left", "right", "top"] { try bench.remove(face + ".jpg") }
        try bench.put(Pictures.png(colour: 0), as: "front.png")
        try bench.put(Pictures.png(colour: 6), as: "left.png")
        try bench.put(Pictures.png(colour: 3), as: "right.png")
        try bench.put(Pictures.png(colour: 4), as: "top.png")
        let report = try await bench.inspect()
        #expect(report.capture != nil, "\(report.words)")
        #expect(report.notes.first { $0.code == "image-gray" }?.message.contains("front, back, top") == true)
        #expect(report.notes.first { $0.code == "image-transparent" }?.message.contains("left, top") == true)
    }

    @Test(arguments: [
        ("bridge-0001", "20260503T060000Z", Vector3(x: 0, y: 0, z: 2), Double.pi),
        ("church-0001", "20260501T093000Z", Vector3(x: 104, y: 55.5, z: 1.7), Double.pi / 2),
        ("creek-0001", "20260502T081530.250Z", Vector3(x: 220.25, y: -41, z: 3.1), -Double.pi / 2),
        ("goldengate-0001", "20260501T100000Z", Vector3(x: 12.5, y: -3.25, z: 67), Double.pi / 2),
    ])
    func `the real samples are accepted with their poses`(
        name: String,
        time: String,
        translation: Vector3,
        z: Double
    ) async throws {
        let samples = Shared.path("samples")
        guard FileManager.default.fileExists(atPath: samples + "/" + name) else { return }
        let snapshot = try FolderSnapshot.take(inbox: samples, path: name, ignoring: IgnoreRules())
        let report = await StationFolder.inspect(snapshot)
        let capture = try #require(report.capture, "\(report.words)")
        #expect(capture.stationID == name)
        #expect(capture.time?.compact == time)
        #expect(capture.pose.translation == translation)
        #expect(capture.pose.rotation.angle(to: Rotation(EulerAngles(x: 0, y: 0, z: z))) < 1e-12)
    }
}

/// Material beside the package, which not everybody has.
enum Shared {
    static func path(_ name: String) -> String {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return package.appendingPathComponent("../shared/\(name)").standardizedFileURL.path
    }
}
