import DropFolder
import Foundation
import TestSupport
import Testing

struct FolderSnapshotTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.makeFolder("site/north")
    }

    private func fill(_ names: [String]) throws {
        for name in names { try folder.write("x", to: "site/north/" + name) }
    }

    private func snapshot(_ path: String = "site/north") throws -> FolderSnapshot {
        try FolderSnapshot.take(inbox: folder.path, path: path, ignoring: IgnoreRules())
    }

    @Test func `a snapshot lists what counts, sorted, each with its role`() throws {
        try fill([
            "top.jpg", "back.png", "pose.json", "notes.txt", ".DS_Store", "front.jpg.part", "a.tif",
            "north.UPLOADED.txt",
        ])
        try folder.makeFolder("site/north/raw")
        let snapshot = try snapshot()
        #expect(
            snapshot.entries.map(\.name) == [
                "a.tif", "back.png", "front.jpg.part", "notes.txt", "pose.json", "raw", "top.jpg",
            ]
        )
        #expect(snapshot.names(.image) == ["back.png", "top.jpg"])
        #expect(snapshot.names(.temporary) == ["front.jpg.part"])
        #expect(snapshot.names(.other) == ["notes.txt"])
        #expect(snapshot.subfolders.map(\.name) == ["raw"])
        #expect(snapshot.absolutePath == folder.path("site/north"))
        #expect(try self.snapshot("").absolutePath == folder.path)
    }

    @Test func `a folder that is gone is reported as missing`() throws {
        #expect(throws: DropFolderError.missing(path: folder.path("gone"))) { try snapshot("gone") }
        #expect(throws: DropFolderError.missing(path: folder.path("gone") + "/x")) {
            try FolderSnapshot.take(inbox: folder.path("gone") + "/x", path: "", ignoring: IgnoreRules())
        }
    }

    @Test(
        arguments: [
            (["pose.json", "station.json", "a.json"], "pose.json"), (["station.json", "a.json"], "station.json"),
            (["Pose.JSON", "station.json"], "Pose.JSON"), (["POSE.json", "pose.json"], "pose.json"),
            (["a.json"], "a.json"),
            (["a.json", "b.json"], nil), (["pose.txt", "front.jpg"], nil), ([], nil),
        ] as [([String], String?)]
    )
    func `the sidecar is pose.json, else station.json, else the only one`(names: [String], sidecar: String?) throws {
        try fill(names)
        #expect(try snapshot().sidecarName == sidecar)
    }

    @Test(arguments: [
        ["front.jpg"], ["scan_012_LEFT.PNG"], ["top.tif"], ["pose.json"], ["Station.json"], ["any.json", "image.jpg"],
        ["any.json", "image.webp"], ["x_f.jpg", "x_b.jpg", "x_l.jpg"],
    ])
    func `a face or a sidecar makes a station`(names: [String]) throws {
        try fill(names)
        #expect(try snapshot().isStation)
    }

    @Test(arguments: [
        [], ["any.json"], ["notes.txt"], ["plan_b.jpg"], ["overview.jpg", "sketch.png"], ["a.json", "b.json"],
        ["front.jpg.part"],
        ["._front.jpg"], ["front.txt"], ["scan.e57", "poses.csv"],
    ])
    func `anything else does not`(names: [String]) throws {
        try fill(names)
        #expect(try !snapshot().isStation)
    }

    @Test func `the inbox itself is never a station`() throws {
        try folder.write("x", to: "front.jpg")
        try folder.write("{}", to: "pose.json")
        #expect(try !snapshot("").isStation)
    }

    @Test func `a symlink or a folder in place of a face is listed`() throws {
        try folder.write("secret", to: "secret")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("site/north/front.jpg"),
            withDestinationPath: folder.path("secret")
        )
        let entry = try #require(try snapshot().entries.first)
        #expect(entry.stamp.kind == .symlink)
        #expect(entry.role == .image)
        #expect(try snapshot().isStation)
    }

    @Test func `the stamp changes with every face, sidecar and temporary, and with nothing else`() throws {
        try fill(["front.jpg", "pose.json"])
        let first = try snapshot().stamp
        try fill(["notes.txt", ".DS_Store"])
        try folder.makeFolder("site/north/raw")
        #expect(try snapshot().stamp == first)

        try fill(["left.jpg"])
        let withLeft = try snapshot().stamp
        #expect(withLeft != first)
        try fill(["right.jpg.part"])
        #expect(try snapshot().stamp != withLeft)
        try folder.remove("site/north/right.jpg.part")
        #expect(try snapshot().stamp == withLeft)
        try folder.move("site/north/left.jpg", to: "site/north/right.jpg")
        #expect(try snapshot().stamp != withLeft)
    }

    @Test(arguments: ["front.jpg", "pose.json"])
    func `the stamp changes when a folder in place of a file is removed`(name: String) throws {
        try fill(["left.jpg"])
        let without = try snapshot().stamp
        try folder.makeFolder("site/north/" + name)
        #expect(try snapshot().stamp != without)
        try folder.remove("site/north/" + name)
        #expect(try snapshot().stamp == without)
    }

    @Test func `the stamp changes when a file is rewritten in place with the same size and an old date`() throws {
        try fill(["front.jpg"])
        let path = folder.path("site/north/front.jpg")
        let old = Date(timeIntervalSince1970: 1_000_000_000)
        try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: path)
        let (first, entry) = (try snapshot().stamp, try #require(try snapshot().entries.first))
        // Times of files may be as coarse as the kernel's tick: written again until the tick has passed.
        var rounds = 0
        repeat {
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            try handle.write(contentsOf: Data("y".utf8))
            try handle.close()
            try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: path)
            rounds += 1
        } while try snapshot().stamp == first && rounds < 100_000
        let now = try #require(try snapshot().entries.first)
        #expect(try snapshot().stamp != first)
        #expect(now.stamp.size == entry.stamp.size)
        #expect(now.stamp.modified == entry.stamp.modified)
        #expect(!now.stamp.sameContent(as: entry.stamp))
    }
}
