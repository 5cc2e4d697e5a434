import DropFolder
import Foundation
import Glibc
import Station
import TestSupport
import Testing

@testable import Inspection

/// Stations that came in two folders, and names that programs have bent.
struct NeighbourTests {
    private func inspect(_ bench: StationFolder, _ path: String) async throws -> InspectionReport {
        await StationFolder.inspect(
            try FolderSnapshot.take(inbox: bench.inbox.path, path: path, ignoring: IgnoreRules())
        )
    }

    @Test(arguments: ["images", "faces", "export/cube", "a/b/c"])
    func `faces below the pose are reported once: move them up`(folder: String) async throws {
        let bench = try StationFolder(.init(sidecar: .none), station: "site/st-1/" + folder)
        try bench.inbox.write(StationMaker.sidecar(), to: "site/st-1/pose.json")
        let whole = try await inspect(bench, "site/st-1")
        #expect(whole.waiting == ["face-missing"])
        #expect(
            whole.words.contains(
                "The faces are in the folder \(folder), but the pose is not: move them up, next to pose.json."
            )
        )
        #expect(try await inspect(bench, "site/st-1/" + folder).verdict == .partOf("site/st-1"))
    }

    @Test func `a pose below the faces is reported once: move it up`() async throws {
        let bench = try StationFolder(.init(sidecar: .none), station: "site/st-1")
        try bench.inbox.makeFolder("site/st-1/meta")
        try bench.inbox.write(StationMaker.sidecar(), to: "site/st-1/meta/pose.json")
        let whole = try await inspect(bench, "site/st-1")
        #expect(whole.waiting == ["sidecar-missing"])
        #expect(
            whole.words.contains("The pose is in the folder meta, but the faces are not: move it up, next to them.")
        )
        #expect(try await inspect(bench, "site/st-1/meta").verdict == .partOf("site/st-1"))
    }

    @Test func `two folders of faces below one pose each need a pose`() async throws {
        let bench = try StationFolder(.init(sidecar: .none), station: "st/may")
        try StationMaker().write(to: bench.inbox.path, named: "st/june", .init(seed: 1, sidecar: .none))
        try bench.inbox.write(StationMaker.sidecar(), to: "st/pose.json")
        let whole = try await inspect(bench, "st")
        #expect(whole.waiting == ["face-missing"])
        #expect(whole.words.contains("june and may"))
        #expect(whole.words.contains("a separate pose.json into each"))
        #expect(try await inspect(bench, "st/may").verdict == .partOf("st"))
    }

    @Test func `visits below a station are stations of their own`() async throws {
        let bench = try StationFolder(station: "site/st-1")
        try StationMaker().write(to: bench.inbox.path, named: "site/st-1/visit", .init(seed: 1, stationID: "v"))
        try StationMaker().write(to: bench.inbox.path, named: "site/st-1/bare", .init(seed: 2, sidecar: .none))
        #expect(try await inspect(bench, "site/st-1").capture != nil)
        #expect(try await inspect(bench, "site/st-1/visit").capture != nil)
        #expect(try await inspect(bench, "site/st-1/bare").waiting == ["sidecar-missing"])
    }

    @Test func `a row of a pose list makes faces below a pose a station`() async throws {
        let bench = try StationFolder(.init(sidecar: .none), station: "site/images")
        try bench.inbox.write(StationMaker.sidecar(), to: "site/pose.json")
        try bench.inbox.write(
            "station,x,y,z,heading,pitch,roll\nimages,1,2,3,0,0,0\n",
            to: "site/poses.csv"
        )
        let report = try await inspect(bench, "site/images")
        #expect(report.verdict != .partOf("site"), "\(report.words)")
    }

    @Test(arguments: ["poses.csv", "pano-poses.csv"])
    func `a pose list that is a link is reported as one`(name: String) async throws {
        let bench = try StationFolder(.init(sidecar: .none), station: "site/st-1")
        #expect(symlink("/elsewhere/list.csv", bench.inbox.path("site/" + name)) == 0)
        let report = try await bench.inspect()
        #expect(report.waiting == ["sidecar-missing"])
        #expect(report.words.contains("the pose list site/\(name) is a symbolic link, which drop360 does not open"))
    }

    // MARK: Names

    @Test func `files with paths for names are refused, with advice`() async throws {
        let bench = try StationFolder(.init(skipping: Set(Face.allCases)))
        for face in Face.allCases { try bench.put(try Pictures.jpeg(), as: "faces\\\(face.rawValue).jpg") }
        let report = try await bench.inspect()
        #expect(report.rejection?.contains("name-backslash") == true)
        #expect(report.words.contains("rename them to the part after the last backslash"))
    }

    @Test func `a folder's name with backslashes is refused if it is used as an id`() async throws {
        let bare = try StationFolder(.init(sidecar: .text(Self.anonymous)), station: "site\\st-1")
        #expect(try await bare.inspect().rejection == ["name-backslash"])
        let named = try StationFolder(.init(stationID: "st-1"), station: "site\\st-1")
        #expect(try await named.inspect().capture != nil)
    }

    private static let anonymous = """
        {"translation": {"x": 1, "y": 2, "z": 3}, "rotation": {"heading": 0, "pitch": 0, "roll": 0},
         "timeTaken": "2026-05-01T10:00:00Z"}
        """

    @Test(arguments: [
        ("Tank\u{F022}7", "Tank:7"), ("a\u{F025}", "a?"), ("end\u{F028}", "end "), ("end\u{F029}", "end."),
        ("a\u{F021}b\u{F027}c", "a*b|c"), ("12\u{F03A}30", "12:30"), ("x\u{F001}y", "xy"),
    ])
    func `a Mac's substitute characters are mentioned with what they stand for`(name: String, meant: String)
        async throws
    {
        let bench = try StationFolder(.init(stationID: "st-1"), station: "site/" + name)
        let report = try await bench.inspect()
        #expect(report.capture != nil)
        let note = try #require(report.notes.first { $0.code == "name-mangled" })
        #expect(note.message.contains("means \(meant)."))
        #expect(MangledName("plain \u{E001} ü") == nil)
    }
}
