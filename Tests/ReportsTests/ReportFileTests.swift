import DropFolder
import Foundation
import Glibc
import Ledger
import Station
import TestSupport
import Testing

@testable import Reports

/// Reports in a folder that others write in, too.
struct ReportFileTests {
    private let box: TemporaryFolder
    private let rejected: CrewReport
    private let uploaded: CrewReport

    init() async throws {
        box = try TemporaryFolder()
        try box.makeFolder("site/a")
        let desk = try Desk()
        rejected = try #require(CrewReport(for: try await desk.record("a", rejected: "bad"), original: nil))
        let done = try await desk.deliver(desk.record("a", .accepted(.sample())))
        uploaded = try #require(CrewReport(for: done, original: nil))
    }

    private func file(_ station: String = "a", parent: String = "site") -> ReportFile {
        ReportFile(root: box.path, parent: parent, station: station)
    }

    private func failure(_ body: () throws -> Void) -> ReportFile.Failure? {
        do {
            try body()
            return nil
        } catch { return error as? ReportFile.Failure }
    }

    @Test func `a report stands beside the folder, whole, and nothing else does`() throws {
        let path = try file().put(rejected)
        #expect(path == box.path("site/a.REJECTED.txt"))
        #expect(try box.names(in: "site") == ["a", "a.REJECTED.txt"])
        #expect(try box.names(in: "site/a") == [])
        #expect(try box.read("site/a.REJECTED.txt") == Data(rejected.text.utf8))
        let mode = try FileManager.default.attributesOfItem(atPath: box.path("site/a.REJECTED.txt"))[.posixPermissions]
        #expect((mode as? Int).map { $0 & 0o444 } == 0o444)
    }

    @Test func `a station directly in the inbox has its report there`() throws {
        #expect(try file("a", parent: "").put(rejected) == box.path("a.REJECTED.txt"))
        #expect(try box.names() == ["a.REJECTED.txt", "site"])
    }

    @Test func `the next state's report takes the place of the last one's`() throws {
        _ = try file().put(rejected)
        #expect(try file().put(uploaded) == box.path("site/a.UPLOADED.txt"))
        #expect(try box.names(in: "site") == ["a", "a.UPLOADED.txt"])
        _ = try file().put(rejected)
        #expect(try box.names(in: "site") == ["a", "a.REJECTED.txt"])
    }

    @Test func `new words in the same state replace the old ones`() throws {
        var longer = rejected
        longer.text += "* One more.\n"
        _ = try file().put(longer)
        _ = try file().put(rejected)
        #expect(try box.read("site/a.REJECTED.txt") == Data(rejected.text.utf8))
    }

    @Test func `with nothing to say, all reports of the station go, and only they`() throws {
        for name in ["a", "a.b", "b"] { _ = try file(name).put(rejected) }
        try box.write("drop360: of an earlier state", to: "site/a.WAITING.txt")
        #expect(try file().put(nil) == nil)
        #expect(try box.names(in: "site") == ["a", "a.b.REJECTED.txt", "b.REJECTED.txt"])
        #expect(try file().put(nil) == nil)
    }

    // MARK: What is not ours

    @Test(arguments: ["notes of the crew", "", "drop36", "DROP360: REJECTED"])
    func `a crew's file of that name is neither written over nor removed`(text: String) throws {
        try box.write(text, to: "site/a.REJECTED.txt")
        try box.write(text, to: "site/a.WAITING.txt")
        #expect(failure { _ = try file().put(rejected) }?.isTaken == true)
        _ = try file().put(uploaded)
        _ = try file().put(nil)
        #expect(try box.names(in: "site") == ["a", "a.REJECTED.txt", "a.WAITING.txt"])
        #expect(try box.read("site/a.REJECTED.txt") == Data(text.utf8))
        #expect(try box.read("site/a.WAITING.txt") == Data(text.utf8))
    }

    @Test func `where the new report has no room, the old one goes all the same`() throws {
        _ = try file().put(uploaded)
        try box.write("notes of the crew", to: "site/a.REJECTED.txt")
        #expect(failure { _ = try file().put(rejected) } != nil)
        #expect(try box.names(in: "site") == ["a", "a.REJECTED.txt"])
    }

    @Test func `a link in a report's place is not followed, written or removed`() throws {
        try box.write("drop360: precious", to: "precious")
        for word in CrewReport.words {
            try FileManager.default.createSymbolicLink(
                atPath: box.path("site/a.\(word).txt"),
                withDestinationPath: box.path("precious")
            )
        }
        #expect(failure { _ = try file().put(rejected) }?.isTaken == true)
        #expect(try file().put(nil) == nil)
        #expect(try box.read("precious") == Data("drop360: precious".utf8))
        #expect(try box.names(in: "site").count == CrewReport.words.count + 1)
    }

    @Test func `a link that leads nowhere is not written through`() throws {
        try FileManager.default.createSymbolicLink(
            atPath: box.path("site/a.REJECTED.txt"),
            withDestinationPath: box.path("born")
        )
        #expect(failure { _ = try file().put(rejected) }?.isTaken == true)
        #expect(!box.contains("born"))
    }

    @Test(.timeLimit(.minutes(15))) func `a pipe or a folder in a report's place hangs nobody`() throws {
        #expect(mkfifo(box.path("site/a.REJECTED.txt"), 0o600) == 0)
        try box.makeFolder("site/a.WAITING.txt/deep")
        #expect(failure { _ = try file().put(rejected) }?.isTaken == true)
        #expect(try file().put(nil) == nil)
        #expect(try box.names(in: "site") == ["a", "a.REJECTED.txt", "a.WAITING.txt"])
    }

    @Test func `a link in the way to the folder is not followed`() throws {
        let elsewhere = try TemporaryFolder()
        try FileManager.default.createSymbolicLink(
            atPath: box.path("link"),
            withDestinationPath: elsewhere.path
        )
        #expect(throws: (any Error).self) { try file("a", parent: "link").put(rejected) }
        #expect(throws: (any Error).self) { try file("a", parent: "site/../..").put(rejected) }
        #expect(try elsewhere.names() == [])
    }

    // MARK: Where it cannot be done

    @Test func `with the folder above gone there is nothing to remove, and no place to write`() throws {
        #expect(try file("a", parent: "gone").put(nil) == nil)
        #expect(throws: DropFolderError.missing(path: box.path + "/gone")) {
            try file("a", parent: "gone").put(rejected)
        }
    }

    /// Not even root may make files in sysfs, which makes it a read-only drop folder.
    @Test func `a folder that takes no files is read-only to us`() throws {
        let place = ReportFile(root: "/sys", parent: "kernel", station: "a")
        #expect(failure { _ = try place.put(rejected) }?.isReadOnly == true)
        #expect(try place.put(nil) == nil)
    }

    @Test(arguments: [EROFS, EACCES, EPERM])
    func `what means read-only`(code: Int32) {
        #expect(ReportFile.Failure(code: code).isReadOnly)
        #expect(!ReportFile.Failure(code: code).isTaken)
    }

    @Test(arguments: [ENOSPC, EIO, EDQUOT, ENOENT, EEXIST])
    func `what does not mean read-only`(code: Int32) {
        #expect(!ReportFile.Failure(code: code).isReadOnly)
        #expect(ReportFile.Failure(code: code).description.contains(String(cString: strerror(code))))
    }

    @Test(arguments: ["x", "ø", "👷🏽‍♀️"])
    func `a folder's name that leaves no room is shortened, each in its own way`(letter: String) throws {
        let name = String(repeating: letter, count: 254 / letter.utf8.count)
        let (one, two) = (name + "1", name + "2")
        #expect(one.utf8.count > 238)
        let paths = [try file(one).put(rejected), try file(two).put(rejected)]
        #expect(Set(paths).count == 2)
        let names = try box.names(in: "site").filter { $0 != "a" }
        #expect(names.count == 2)
        for name in names {
            #expect(name.utf8.count <= 255)
            #expect(name.hasSuffix(".REJECTED.txt"))
        }
        _ = try file(one).put(uploaded)
        _ = try file(one).put(nil)
        #expect(try box.names(in: "site").count == 2)
    }
}
