import DropFolder
import E57
import E57Writing
import Foundation
import Glibc
import Station
import TestSupport
import Testing

@testable import Inspection

@Suite("An E57 file is checked completely before anything else happens to it")
struct FileInspectionTests {
    private var bench: FileBench
    /// The bytes of a file that is accepted; drawn once for all tests.
    private let good: [UInt8]

    init() throws {
        bench = try FileBench()
        good = try Self.whole.get()
    }

    private static let whole = Result { try FileBench.file(padding: 1_100_000) }

    @Test func `a whole file is accepted, under its site and its own name`() throws {
        let report = try bench.report(on: good)
        let cloud = try #require(bench.cloud(report))
        #expect(try report.kind == .pointCloud && report.stamp == bench.snapshot().stamp)
        #expect(cloud.name == "hall.e57" && cloud.size == Int64(good.count))
        #expect(cloud.externalID == "plant/hall.e57" && cloud.siteID == "plant" && cloud.model == .number(7))
        #expect(cloud.fileDigest.rawValue.count == 64 && cloud.digest.rawValue != cloud.fileDigest.rawValue)
    }

    @Test mutating func `the site is the sidecar's, else the configured one, else the folder's name`() throws {
        bench.rules.inspection.externalIDPrefix = "p:"
        try bench.write(good)
        #expect(try bench.cloud(bench.report())?.externalID == "p:plant/hall.e57")
        bench.rules.inspection.site = Site(id: "north")
        #expect(try bench.cloud(bench.report())?.externalID == "p:north/hall.e57")
        try bench.inbox.write("{\"SiteID\": \"south\"}", to: "plant/hall.e57.json")
        #expect(try bench.cloud(bench.report())?.externalID == "p:south/hall.e57")
        let refused = try bench.report(on: Array(good.prefix(5000)))
        #expect(bench.cloud(refused) == nil && refused.site == "south")
    }

    @Test func `the same content under another name, or in another folder, is the same`() throws {
        try bench.write(good)
        try bench.inbox.makeFolder("other")
        try bench.write(good, to: "other/roof.e57")
        let (one, two) = (try bench.cloud(bench.report()), try bench.cloud(bench.report("other/roof.e57")))
        #expect(one?.digest == two?.digest && one?.externalID != two?.externalID)
        #expect(two?.externalID == "other/roof.e57")
    }

    @Test mutating func `only a file whose panoramas are delivered says that its points are not`() throws {
        bench.rules.extraction = .here
        let accepted = try bench.report(on: good)
        #expect(bench.scan(accepted)?.positions == 1 && accepted.notes.contains { $0.code == "points-not-sent" })
        let empty = try DrawnE57(images: [], scans: [.init(guid: "{s1}", name: "Setup 1")]).bytes().bytes
        let refused = try bench.report(on: empty)
        #expect(bench.codes(refused) == ["no-panorama"])
        #expect(!refused.notes.contains { $0.code == "points-not-sent" }, "\(refused.notes)")
    }

    @Test(arguments: [0, 500, 1_030_000]) func `one wrong bit is found, and its page named`(offset: Int) throws {
        var bytes = good
        // Past the header, whose own numbers are judged first.
        let at = max(60, offset)
        bytes[at] ^= 4
        let report = try bench.report(on: bytes)
        let problems = bench.problems(report)
        #expect(problems.map(\.code) == ["e57-damaged"])
        #expect(problems.first?.message.contains("page \(at / 1024) of \(bytes.count / 1024)") == true)
        #expect(problems.first?.file == "hall.e57")
        #expect(!report.mayBeUnfinished)
    }

    @Test func `a copy that still runs waits, and other lengths are refused`() throws {
        let cut = try bench.report(on: Array(good.dropLast(1024)))
        #expect(bench.codes(cut) == ["e57-truncated"] && cut.mayBeUnfinished)
        #expect(try bench.codes(bench.report(on: Array(good.prefix(20)))) == ["e57-truncated"])
        let long = try bench.report(on: good + [0])
        #expect(bench.codes(long) == ["e57-length"] && !long.mayBeUnfinished)
    }

    @Test func `space that was allocated and not filled may still be`() throws {
        var hole = good
        hole.replaceSubrange(500 * 1024..<600 * 1024, with: [UInt8](repeating: 0, count: 100 * 1024))
        let report = try bench.report(on: hole)
        #expect(bench.codes(report) == ["e57-damaged"] && report.mayBeUnfinished)
        let empty = try bench.report(on: [UInt8](repeating: 0, count: 4096))
        #expect(bench.codes(empty) == ["e57-damaged"] && empty.mayBeUnfinished)
        let nothing = try bench.report(on: [])
        #expect(bench.codes(nothing) == ["e57-truncated"] && nothing.mayBeUnfinished)
    }

    @Test(arguments: [
        ("PK\u{3}\u{4}" + String(repeating: "x", count: 60), "ZIP archive"), ("%PDF-1.4 and so on", "a PDF document"),
        ("x,y,z\n1,2,3\n", "E57"),
    ])
    func `something else with the name of an E57 file is refused, with what it is`(text: String, words: String) throws {
        let report = try bench.report(on: Array(text.utf8))
        let problems = bench.problems(report)
        #expect(problems.map(\.code) == ["e57-format"])
        #expect(problems.first?.message.contains(words) == true, "\(problems)")
    }

    @Test(arguments: 16..<48) func `a header with any impossible number is refused without a trap`(at: Int) throws {
        for value: UInt8 in [0xff, 0x80, 0x7f] {
            var bytes = good
            bytes[at] = value
            #expect(try !bench.codes(bench.report(on: bytes)).isEmpty)
        }
    }

    @Test func `a link anywhere below the inbox is not followed, and neither a FIFO nor a folder is opened`() throws {
        let elsewhere = try TemporaryFolder()
        try elsewhere.write(good, to: "scan.e57")
        #expect(symlink(elsewhere.path, bench.inbox.path("site")) == 0)
        #expect(symlink(elsewhere.path("scan.e57"), bench.inbox.path("link.e57")) == 0)
        #expect(mkfifo(bench.inbox.path("pipe.e57"), 0o600) == 0)
        try bench.inbox.makeFolder("folder.e57")
        for (path, words) in [
            ("site/scan.e57", "site is a symbolic link"), ("link.e57", "This is a symbolic link"),
            ("pipe.e57", "This is a named pipe"), ("folder.e57", "This is a folder"),
        ] {
            let item = ItemPath(inbox: bench.inbox.path, path: path)
            let report = FileInspection.report(on: item, rules: bench.rules)
            #expect(bench.codes(report) == ["not-a-file"] && report.size == nil)
            let problems = bench.problems(report)
            #expect(problems.first?.message.contains(words) == true, "\(problems)")
        }
    }

    @Test mutating func `a sidecar that the configuration ignores is nothing that changed`() throws {
        try bench.write(good)
        try bench.inbox.write("{\"SiteID\": \"south\"}", to: "plant/hall.e57.json")
        bench.rules.inspection.ignore = IgnoreRules(patterns: ["*.json"])
        let item = ItemPath(inbox: bench.inbox.path, path: FileBench.item)
        #expect(bench.cloud(FileInspection.report(on: item, rules: bench.rules))?.externalID == "plant/hall.e57")
        bench.rules.inspection.ignore = IgnoreRules()
        #expect(bench.cloud(FileInspection.report(on: item, rules: bench.rules))?.externalID == "south/hall.e57")
    }

    @Test func `a file that is written, replaced or cut while it is read has changed, whatever it looks like`() throws {
        let path = bench.inbox.path(FileBench.item)
        for change in 0..<3 {
            try bench.write(good)
            let report = FileInspection(try bench.snapshot(), rules: bench.rules).report { done, _ in
                guard done == 1 << 20 else { return }
                switch change {
                case 0:
                    // One bit of what is still to come.
                    let file = open(path, O_WRONLY | O_CLOEXEC)
                    #expect(pwrite(file, [1], 1, 1_060_000) == 1)
                    close(file)
                case 1:
                    #expect(throws: Never.self) {
                        try Data(good).write(to: URL(fileURLWithPath: path), options: .atomic)
                    }
                default: #expect(truncate(path, 1 << 20) == 0)
                }
            }
            #expect(report?.verdict == .changed, "\(change)")
        }
    }

    @Test func `another file or sidecar than the one that was found has changed`() throws {
        try bench.write(good)
        let found = try bench.snapshot()
        try bench.inbox.write("{}", to: "plant/hall.e57.json")
        #expect(FileInspection(found, rules: bench.rules).report()?.verdict == .changed)
        let withSidecar = try bench.snapshot()
        #expect(bench.cloud(try bench.report()) != nil)
        try bench.inbox.write("{ }", to: "plant/hall.e57.json")
        #expect(FileInspection(withSidecar, rules: bench.rules).report()?.verdict == .changed)
        try bench.inbox.remove(FileBench.item)
        #expect(FileInspection(withSidecar, rules: bench.rules).report()?.verdict == .changed)
    }

    @Test func `a check that is stopped ends at the next piece and says nothing`() throws {
        try bench.write(good)
        let stop = StopSignal()
        var pieces = 0
        let report = FileInspection(try bench.snapshot(), rules: bench.rules).report(stop: stop) { _, _ in
            pieces += 1
            stop.set()
        }
        #expect(report == nil)
        #expect(pieces == 1)
    }

    @Test func `a file directly in the inbox belongs to the site of the inbox's name`() throws {
        try bench.write(good, to: "hall.e57")
        let name = try #require(bench.inbox.path.split(separator: "/").last)
        #expect(try bench.cloud(bench.report("hall.e57"))?.externalID == "\(name)/hall.e57")
    }

    @Test(arguments: ["hall\u{202e}75e.e57", "hall\n.e57"]) func `a name that hides what it says is refused`(
        name: String
    ) throws {
        try bench.write(good, to: "plant/" + name)
        #expect(try bench.codes(bench.report("plant/" + name)) == ["id-invalid"])
    }

    @Test func `a long name keeps its id within CDF's limit, and its own end for CDF`() throws {
        let name = String(repeating: "ö", count: 120) + ".e57"
        try bench.write(good, to: "plant/" + name)
        let cloud = try #require(bench.cloud(try bench.report("plant/" + name)))
        #expect(cloud.externalID.utf8.count <= 255 && cloud.name == name)
    }
}
