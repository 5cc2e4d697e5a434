import Crypto
import DropFolder
import E57
import E57Writing
import Foundation
import Inspection
import Station
import TestSupport
import Testing

/// Real pictures, written as E57 in both forms; and a file that libE57 wrote.
@Suite(.timeLimit(.minutes(15)))
struct PositionSampleTests {
    private static let names = ["bridge-0001", "church-0001", "creek-0001", "goldengate-0001"]

    /// The sample as it is accepted as a folder, and its files; nil where the samples are not there.
    private func sample(_ name: String) async throws -> (capture: Capture, files: [Face: [UInt8]])? {
        let samples = Shared.path("samples")
        guard FileManager.default.fileExists(atPath: samples + "/" + name) else { return nil }
        let snapshot = try FolderSnapshot.take(inbox: samples, path: name, ignoring: IgnoreRules())
        let report = await StationFolder.inspect(snapshot)
        let capture = try #require(report.capture, "\(report.words)")
        let files = try capture.faces.mapValues { image in
            [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(samples)/\(name)/\(image.fileName)")))
        }
        return (capture, files)
    }

    @Test(arguments: names) func `a sample as six pinhole images has the same faces and pose`(name: String) async throws
    {
        guard let (original, files) = try await sample(name) else { return }
        let edge = try #require(original.faces[.front]).edge
        let pose = original.pose
        let images = DrawnE57.Image.cube(files, edge: edge, pose.rotation, pose.translation, name: name)
        let bench = try PositionBench(images: images)
        let report = try await bench.inspect(1, StationFolder.rules)
        let capture = try #require(report.capture, "\(report.words)")
        for face in Face.allCases {
            let image = try #require(capture.faces[face])
            #expect(image.digest == original.faces[face]?.digest)
            #expect(FileDigest(SHA256.hash(data: try bench.bytes(image))) == image.digest)
        }
        let (angle, distance) = (
            capture.pose.rotation.angle(to: pose.rotation), capture.pose.translation.distance(to: pose.translation)
        )
        print("SAMPLE pinhole | \(name) | \(angle) rad | \(distance) m")
        #expect(angle < 1e-9 && distance < 1e-9)
    }

    @Test(arguments: names) func `a sample as a spherical image has the same pose, and nearly the same pixels`(
        name: String
    ) async throws {
        guard let (original, files) = try await sample(name) else { return }
        let faces = try files.mapValues { try Picture.decode($0, atLeast: 512) }
        let sphere = try Picture.sphere(of: faces, width: 2048).jpeg()
        // The sphere's own frame looks along +x: the cube's front is there.
        let rotation = original.pose.rotation * LocalFrame.xForward.fromCube.transposed
        let pose = E57Pose(rotation: rotation, translation: original.pose.translation)
        let bench = try PositionBench(images: [.sphere(sphere, width: 2048, pose, name: name)])
        let report = try await bench.inspect(1, StationFolder.rules)
        let capture = try #require(report.capture, "\(report.words)")
        let (angle, distance) = (
            capture.pose.rotation.angle(to: original.pose.rotation),
            capture.pose.translation.distance(to: original.pose.translation)
        )
        #expect(angle < 1e-9 && distance < 1e-9)
        for face in Face.allCases {
            let picture = try Picture.decode(try bench.bytes(try #require(capture.faces[face])))
            let difference = picture.difference(from: try #require(faces[face]))
            print("SAMPLE sphere | \(name) | \(face) | \(difference) of 255 | \(angle) rad | \(distance) m")
            #expect(picture.width == 512 && difference < 8)
        }
    }

    /// Written by pye57/write.py.
    private static let fromLibE57 = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .appendingPathComponent("pye57/libe57.e57")

    private static let digests: [Face: String] = [
        .back: "fe216903287c057731ad03138795f5cc9b1c7b3e09b72d8c6e13594f64369bdc",
        .bottom: "4ea5910d0bcb869d42b4c1b7c92f23738418985f2270c44f2d4f15a2ba55caf1",
        .front: "f0500b0c82e3dadad17db3893b4e15ee4c59b077ecf72ae9240c6572db61e432",
        .left: "91a58eacf98a4f2706fd9a21038e45dbb1f9b5ff4cb7b8ff7043ba975297f991",
        .right: "33a301a2d43519f4caf4d1f34384815c280c303672791395c2bdbf2d41daec2d",
        .top: "ce5709f9101fd76a71255dc2b1e74a168ef018921168fbb84a3084ee0cc740e7",
    ]

    @Test func `what libE57 wrote is read as it was meant`() async throws {
        let bench = try PositionBench(bytes: [UInt8](try Data(contentsOf: Self.fromLibE57)))
        let listing = try await bench.listing()
        #expect(listing.problems.isEmpty && listing.notes.isEmpty)
        #expect(listing.positions.map(\.name) == ["Setup 1", "Setup 2"])
        #expect(listing.positions.allSatisfy { $0.time == CaptureTime(milliseconds: 1_777_629_600_000) })
        let cube = try await bench.inspect(listing.positions[0].number)
        let capture = try #require(cube.capture, "\(cube.words)")
        #expect(capture.faces.mapValues(\.digest.rawValue) == Self.digests)
        let meant = Rotation(quaternionW: 0.9569402, x: 0.0868241, y: -0.0449435, z: 0.2725893)
        #expect(capture.pose.rotation.angle(to: meant) < 1e-9)
        #expect(capture.pose.translation.distance(to: Vector3(x: 12.5, y: -3.25, z: 1.75)) < 1e-9)
        let sphere = try await bench.inspect(listing.positions[1].number)
        let other = try #require(sphere.capture, "\(sphere.words)")
        let turned = Rotation(quaternionW: 0.8775826, x: 0, y: 0, z: 0.4794255) * LocalFrame.xForward.fromCube
        #expect(other.pose.rotation.angle(to: turned) < 1e-9)
        // The panorama was made of the same six pictures.
        for face in Face.allCases {
            let rendered = try Picture.decode(try bench.bytes(try #require(other.faces[face])))
            let taken = try Picture.decode(try bench.bytes(try #require(capture.faces[face])))
            #expect(rendered.difference(from: taken) < 16)
        }
        #expect(sphere.notes.map(\.code).contains("clock-unreferenced"))
    }
}
