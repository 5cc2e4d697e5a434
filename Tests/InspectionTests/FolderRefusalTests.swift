import DropFolder
import Foundation
import Glibc
import Inspection
import Station
import TestSupport
import Testing

struct FolderRefusalTests {
    @Test func `missing faces are named and waited for`() async throws {
        let report = try await StationFolder(.init(skipping: [.top, .bottom])).inspect()
        #expect(report.waiting == ["face-missing"])
        #expect(report.words.contains("top and bottom"))
        #expect(report.pose != nil)
        #expect(report.ids?.image == "site-a/station/20260501T100000Z")
    }

    @Test func `a sidecar without faces and faces without sidecar are waited for`() async throws {
        let noFaces = try await StationFolder(.init(skipping: Set(Face.allCases))).inspect()
        #expect(noFaces.waiting == ["face-missing"])
        #expect(noFaces.words.contains("None of the six faces"))
        let noPose = try await StationFolder(.init(sidecar: .none)).inspect()
        #expect(noPose.waiting == ["sidecar-missing"])
        #expect(noPose.ids == nil)
    }

    @Test func `several candidates for the sidecar are reported as a question`() async throws {
        let bench = try StationFolder(.init(sidecarName: "a.json"))
        try bench.put(Array("{}".utf8), as: "b.json")
        let report = try await bench.inspect()
        #expect(report.waiting == ["sidecar-missing"])
        #expect(report.words.contains("a.json and b.json: which one is the pose? Name it pose.json."))
    }

    @Test func `two spellings of the sidecar's name are refused`() async throws {
        let bench = try StationFolder()
        try bench.put(Array("{}".utf8), as: "Pose.JSON")
        #expect(try await bench.inspect().rejection == ["sidecar-ambiguous"])
    }

    @Test func `two files for one face are refused`() async throws {
        let bench = try StationFolder()
        try bench.put(try Pictures.jpeg(), as: "scan_left.JPG")
        try bench.put(Pictures.png(), as: "top.png")
        let report = try await bench.inspect()
        #expect(report.rejection == ["face-ambiguous", "face-ambiguous"])
        #expect(report.words.contains("left.jpg and scan_left.JPG"))
    }

    @Test func `numbered names are never guessed`() async throws {
        let bench = try StationFolder(.init(skipping: Set(Face.allCases)))
        for number in 0..<6 { try bench.put(try Pictures.jpeg(), as: "pano_skybox\(number).jpg") }
        let report = try await bench.inspect()
        #expect(report.rejection == ["face-names-unknown"])
        #expect(report.words.contains("`faces`"))
    }

    @Test func `one panorama instead of six faces is recognised`() async throws {
        let bench = try StationFolder(.init(skipping: Set(Face.allCases)))
        try bench.put(try Pictures.jpeg(width: 2048, height: 1024), as: "pano.jpg")
        let report = try await bench.inspect()
        #expect(report.rejection == ["equirectangular"])
        #expect(report.words.contains("2048 × 1024"))
        let png = try StationFolder(.init(skipping: Set(Face.allCases)))
        try png.put(Pictures.png(width: 1024, height: 512), as: "pano.png")
        #expect(try await png.inspect().rejection == ["equirectangular"])
    }

    @Test(arguments: ["webp", "tif", "heic"])
    func `faces in other formats are refused, with the format to convert to`(ending: String) async throws {
        let bench = try StationFolder(.init(skipping: [.front]))
        try bench.put(Array("whatever".utf8), as: "front." + ending)
        let report = try await bench.inspect()
        #expect(report.rejection == ["image-format"])
        #expect(report.words.contains("." + ending))
        #expect(report.words.contains("JPEG or PNG"))
    }

    @Test func `six pictures of another format under any names are refused, with the format to convert to`()
        async throws
    {
        let bench = try StationFolder(.init(skipping: Set(Face.allCases)))
        for letter in ["f", "b", "l", "r", "u", "d"] { try bench.put([1], as: letter + ".webp") }
        #expect(try await bench.inspect().rejection == ["image-format"])
    }

    /// What may stand in a file's place.
    enum Impostor: CaseIterable, Sendable {
        case symlink, danglingSymlink, fifo, socket, folder

        func make(at path: String, beside target: String) throws {
            switch self {
            case .symlink: try #require(Glibc.symlink(target, path) == 0)
            case .danglingSymlink: try #require(Glibc.symlink("/nowhere/at/all", path) == 0)
            case .fifo: try #require(mkfifo(path, 0o644) == 0)
            case .folder: try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            case .socket:
                let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
                try #require(descriptor >= 0)
                defer { close(descriptor) }
                var address = sockaddr_un()
                address.sun_family = sa_family_t(AF_UNIX)
                let bytes = Array(path.utf8)
                withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
                let result = withUnsafePointer(to: &address) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                    }
                }
                try #require(result == 0)
            }
        }
    }

    @Test(.timeLimit(.minutes(15)), arguments: Impostor.allCases, ["left.jpg", "pose.json"])
    func `anything but a regular file is refused, and neither opened nor waited for`(
        impostor: Impostor,
        name: String
    ) async throws {
        let bench = try StationFolder()
        try bench.inbox.move("site-a/station/\(name)", to: "elsewhere")
        try impostor.make(at: bench.path(name), beside: bench.inbox.path("elsewhere"))
        let report = try await bench.inspect()
        #expect(report.rejection == ["not-a-file"])
        #expect(report.words.contains(name))
    }

    @Test(.timeLimit(.minutes(15))) func `a pipe that replaces a file after the listing blocks nobody`()
        async throws
    {
        let bench = try StationFolder()
        let snapshot = try bench.snapshot()
        for name in ["left.jpg", "pose.json"] {
            try bench.remove(name)
            try #require(mkfifo(bench.path(name), 0o644) == 0)
        }
        #expect(await StationFolder.inspect(snapshot).verdict == .changed)
    }

    @Test func `names that are not UTF-8 or contain control characters are refused`() async throws {
        let bench = try StationFolder(.init(skipping: [.front]))
        let name = (Array(bench.path("").utf8) + [0x66, 0xE9, 0x2E, 0x6A, 0x70, 0x67, 0]).map { CChar(bitPattern: $0) }
        let descriptor = open(name, O_CREAT | O_WRONLY, 0o644)
        try #require(descriptor >= 0)
        close(descriptor)
        try bench.put(try Pictures.jpeg(), as: "\u{1B}[31m_front.jpg")
        let report = try await bench.inspect()
        #expect(report.rejection == ["name-not-utf8", "name-unprintable"])
        #expect(!report.words.contains("\u{1B}"))
        if case .rejected(let problems) = report.verdict {
            #expect(problems.allSatisfy { !($0.file ?? "").contains("\u{1B}") })
        }
    }

    @Test func `all problems are reported, not only the first`() async throws {
        let bench = try StationFolder(
            .init(sidecar: .text(#"{"translation": [1, 2, "3"], "timeTaken": "yesterday"}"#), skipping: [.top])
        )
        try bench.put([], as: "left.jpg")
        try bench.put(try Pictures.jpeg(width: 600, height: 512), as: "right.jpg")
        #expect(
            try await bench.inspect().rejection == [
                "rotation-missing", "number-in-text", "time-invalid", "face-missing", "image-empty", "not-square",
            ]
        )
    }
}
