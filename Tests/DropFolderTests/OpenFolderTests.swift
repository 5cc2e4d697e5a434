import DropFolder
import Foundation
import Glibc
import TestSupport
import Testing

struct OpenFolderTests {
    private let folder: TemporaryFolder
    private let inbox: String

    init() throws {
        folder = try TemporaryFolder()
        inbox = try folder.makeFolder("inbox")
        try folder.makeFolder("inbox/site/north")
        try folder.makeFolder("outside/north")
        try folder.write("secret", to: "outside/north/front.jpg")
        try folder.write("picture", to: "inbox/site/north/front.jpg")
    }

    private func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: folder.path(name), withDestinationPath: target)
    }

    /// The names that can be seen at `path` below the inbox.
    private func names(at path: String) throws(DropFolderError) -> [String] {
        try OpenFolder.at(root: inbox, relativePath: path).entries(ignoring: IgnoreRules()).map(\.name)
    }

    @Test func `a folder is opened component by component`() throws {
        #expect(try names(at: "site/north") == ["front.jpg"])
        #expect(try names(at: "/site//north/") == ["front.jpg"])
        #expect(try names(at: "") == ["site"])
        #expect(try OpenFolder.at(root: inbox, relativePath: "site/north").path == inbox + "/site/north")
    }

    @Test func `a folder replaced by a link is not followed, wherever it is in the path`() throws {
        try link("inbox/linked", to: folder.path("outside"))
        try link("inbox/site/linked", to: "../../outside/north")
        for path in ["linked", "linked/north", "site/linked"] {
            #expect(throws: DropFolderError.self, "\(path)") { try names(at: path) }
        }
        try folder.remove("inbox/site/north")
        try link("inbox/site/north", to: folder.path("outside/north"))
        #expect(throws: DropFolderError.self) { try names(at: "site/north") }
        try folder.move("inbox/site", to: "inbox/old")
        try link("inbox/site", to: folder.path("outside"))
        #expect(throws: DropFolderError.self) { try names(at: "site/north") }
    }

    @Test func `an open folder stays the same, whatever replaces it`() throws {
        let held = try OpenFolder.at(root: inbox, relativePath: "site/north")
        try folder.move("inbox/site", to: "inbox/old")
        try link("inbox/site", to: folder.path("outside"))
        let file = try RegularFile("front.jpg", in: held)
        #expect(try file.read(at: 0, count: 100) == Array("picture".utf8))
    }

    @Test(arguments: ["..", "site/..", "site/../../outside", ".", "./site", "site/.", "site/north/../north"])
    func `dots in a path are refused`(path: String) {
        #expect(throws: DropFolderError.self) { try names(at: path) }
    }

    @Test func `the root that an operator named may be a link`() throws {
        try link("root", to: inbox)
        let root = try OpenFolder(root: folder.path("root"))
        #expect(try root.stamp().kind == .folder)
        #expect(try root.stamp(of: "site").kind == .folder)
    }

    @Test func `a file is not a folder`() {
        #expect(throws: DropFolderError.missing(path: inbox + "/site/north/front.jpg")) {
            try names(at: "site/north/front.jpg")
        }
    }

    @Test func `a link is described, never followed`() throws {
        try link("inbox/site/north/left.jpg", to: folder.path("outside/north/front.jpg"))
        let held = try OpenFolder.at(root: inbox, relativePath: "site/north")
        #expect(try held.stamp(of: "left.jpg").kind == .symlink)
        #expect(try held.stamp(of: "front.jpg").size == 7)
    }

    @Test func `a name that is a path is not followed`() throws {
        try link("inbox/site/north/linked", to: folder.path("outside/north"))
        let held = try OpenFolder.at(root: inbox, relativePath: "site/north")
        for name in ["linked/front.jpg", "../north/front.jpg", folder.path("outside/north/front.jpg"), "..", ".", ""] {
            #expect(Self.refusal { () throws(DropFolderError) in _ = try held.stamp(of: name) } != nil, "\(name)")
            #expect(Self.refusal { () throws(DropFolderError) in _ = try held.folder(name) } != nil, "\(name)")
            #expect(
                Self.refusal { () throws(DropFolderError) in _ = try RegularFile(name, in: held) } != nil,
                "\(name)"
            )
        }
    }

    static func refusal(_ body: () throws(DropFolderError) -> Void) -> DropFolderError? {
        do throws(DropFolderError) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    @Test func `a name that is not UTF-8 is flagged and not entered`() throws {
        let base = Array((inbox + "/site/st").utf8)
        let name = (base + [0xE9, 0xFF, 0]).map(CChar.init(bitPattern:))
        try #require(mkdir(name, 0o755) == 0)
        let snapshot = try FolderSnapshot.take(inbox: inbox, path: "site", ignoring: IgnoreRules())
        let flagged = try #require(snapshot.entries.first { !$0.nameIsUTF8 })
        #expect(flagged.stamp.kind == .folder)
        #expect(flagged.name.hasPrefix("st"))
        #expect(snapshot.subfolders.map(\.name) == ["north"])
    }

    @Test func `listing twice gives the same result, and closes what it opens`() throws {
        let held = try OpenFolder(root: inbox)
        let before = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
        for _ in 0..<2000 { #expect(try held.entries(ignoring: IgnoreRules()).count == 1) }
        for _ in 0..<2000 { _ = try? held.folder("absent") }  // only the descriptors count here
        // Other tests run meanwhile; a leak would show as thousands.
        let after = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
        #expect(after - before < 1000)
    }

    @Test func `a file dated far in the future or past is listed like any other`() throws {
        let path = folder.path("inbox/site/north/front.jpg")
        for seconds in [Int.max / 2, 9_300_000_000, 15_000_000_000, -9_300_000_000, Int.min / 2] {
            let times = [timespec(tv_sec: seconds, tv_nsec: 0), timespec(tv_sec: seconds, tv_nsec: 999_999_999)]
            try #require(utimensat(AT_FDCWD, path, times, 0) == 0)
            #expect(try names(at: "site/north") == ["front.jpg"])
        }
    }
}
