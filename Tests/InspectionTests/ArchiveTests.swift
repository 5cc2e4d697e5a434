import DropFolder
import Foundation
import Inspection
import Station
import TestSupport
import Testing

@Suite("An archive of E57 files goes to CDF, any other is refused as before")
struct ArchiveTests {
    private let bench: FileBench

    init() throws { bench = try FileBench() }

    private func report(_ zip: DrawnZip) throws -> FileReport { try report(zip.bytes()) }

    private func report(_ bytes: [UInt8]) throws -> FileReport {
        try bench.write(bytes, to: "plant/scans.zip")
        return try bench.report("plant/scans.zip")
    }

    @Test func `nothing but E57 files, also in folders and beside a Mac's junk, is a point cloud`() throws {
        var large = DrawnZip("a.e57", "b.e57")
        large.isLarge = true
        var noted = DrawnZip("a.e57")
        noted.comment = "of May PK\u{5}\u{6}"
        var streamed = DrawnZip("a.e57", "b.e57").deflated()
        streamed.hasDescriptors = true
        for zip in [
            DrawnZip("hall.e57"), DrawnZip("site/", "site/A.E57", "__MACOSX/._A.E57", ".DS_Store"), large, noted,
            large.deflated(), streamed,
        ] {
            let cloud = bench.cloud(try report(zip))
            #expect(cloud?.externalID == "plant/scans.zip" && cloud?.name == "scans.zip")
        }
    }

    @Test func `any other is refused with the words for archives, unless it was unpacked beside itself`() throws {
        let hindrance = Hindrance(
            kind: .archive,
            inbox: bench.inbox.path,
            path: "plant/scans.zip",
            names: ["scans.zip"]
        )
        for bytes in [
            DrawnZip("st-1/front.jpg", "st-1/pose.json").bytes(), DrawnZip("hall.e57", "readme.txt").bytes(),
            DrawnZip().bytes(), Array("not a zip".utf8), DrawnZip("st-1/front.jpg").bytes().dropLast(30).map(\.self),
        ] {
            let report = try report(bytes)
            #expect(report.verdict == .rejected([hindrance.problem]) && !report.mayBeUnfinished)
        }
        try bench.inbox.makeFolder("plant/scans")
        #expect(try report(DrawnZip("st-1/front.jpg")).verdict == .leftAlone)
        #expect(bench.cloud(try report(DrawnZip("hall.e57"))) != nil)
    }

    @Test func `an archive of E57 files is to be unpacked where drop360 reads them itself`() throws {
        var bench = bench
        bench.rules.extraction = .here
        try bench.write(DrawnZip("hall.e57").bytes(), to: "plant/scans.zip")
        let problems = bench.problems(try bench.report("plant/scans.zip"))
        #expect(problems.map(\.code) == ["archive"] && problems.first?.message.contains("Unpack it") == true)
    }

    @Test func `what CDF could not unpack is refused`() throws {
        var (locked, odd, empty) = (DrawnZip("a.e57"), DrawnZip("a.e57"), DrawnZip("a.e57"))
        locked.members[0].flags = 1
        odd.members[0].method = 14
        empty.members[0].bytes = []
        for (zip, words) in [
            (locked, "encrypted"), (odd, "method (14)"), (empty, "is empty"),
            (DrawnZip("a.e57", "A.E57"), "2 files named"), (DrawnZip("../a.e57"), "outside"),
            (DrawnZip("a/../../b.e57"), "outside"), (DrawnZip("/a.e57"), "outside"), (DrawnZip("C:\\a.e57"), "outside"),
            (DrawnZip("..\\a.e57"), "outside"),
        ] {
            let problems = bench.problems(try report(zip))
            #expect(problems.map(\.code) == ["archive"] && problems.first?.message.contains(words) == true)
        }
    }

    @Test func `a copy that was cut, or has a hole, may still become whole`() throws {
        let whole = try DrawnZip("a.e57", "b.e57", bytes: FileBench.file(padding: 5000)).bytes()
        let cut = try report(Array(whole.dropLast(100)))
        #expect(bench.codes(cut) == ["e57-truncated"] && cut.mayBeUnfinished)
        var hole = whole
        hole.replaceSubrange(5000..<6000, with: [UInt8](repeating: 0, count: 1000))
        let report = try report(hole)
        #expect(bench.codes(report) == ["e57-damaged"] && report.mayBeUnfinished)
    }

    @Test func `an E57 file with the name of an archive is refused with words`() throws {
        let problems = bench.problems(try report(try FileBench.file()))
        #expect(problems.map(\.code) == ["e57-format"] && problems.first?.message.contains(".e57") == true)
    }

    @Test(arguments: [false, true])
    func `one wrong bit in a member is found before anything is sent, wherever it is`(isDeflated: Bool) throws {
        let zip = try DrawnZip("a.e57", "b.e57", bytes: FileBench.file(padding: 1 << 20))
        let bytes = (isDeflated ? zip.deflated() : zip).bytes()
        let whole = try report(bytes)
        #expect(bench.cloud(whole) != nil)
        // Not the directory and the members' own headers, whose damage has other words.
        let content = 40..<(bytes.count - 200)
        for bit in stride(from: content.lowerBound * 8, to: content.upperBound * 8, by: content.count * 8 / 23) {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            let found = bench.problems(try report(damaged))
            #expect(found.map(\.code) == ["e57-damaged"], "bit \(bit)")
            #expect(found.first?.message.contains("in the archive is damaged") == true, "\(found)")
        }
    }

    @Test
    func `the directory's checksum and size have to be those of the content, and so have the members' own headers`()
        throws
    {
        var zips: [DrawnZip] = []
        for change in [
            { $0.checksum = 1 }, { $0.size = 5000 }, { $0.size = 4 << 20 }, { $0.ownName = "b.e57" },
            { $0.ownMethod = 8 },
        ] as [(inout DrawnZip.Member) -> Void] {
            for isDeflated in [false, true] {
                var zip = DrawnZip("a.e57")
                if isDeflated { zip = zip.deflated() }
                change(&zip.members[0])
                // A deflated member does say that it is.
                if !isDeflated || zip.members[0].ownMethod == nil { zips.append(zip) }
            }
        }
        for zip in zips { #expect(bench.codes(try report(zip)) == ["e57-damaged"], "\(zip.members[0].size ?? 0)") }
        // Bytes after the end of the deflated stream would be another story for another program.
        var longer = DrawnZip("a.e57").deflated()
        longer.members[0].packed? += [1, 2, 3]
        #expect(bench.codes(try report(longer)) == ["e57-damaged"])
    }

    @Test func `what is no E57 file inside is refused by its own name`() throws {
        for zip in [
            DrawnZip("hall.e57", bytes: Array("points".utf8)), DrawnZip("hall.e57", bytes: Array("x".utf8)).deflated(),
        ] {
            let problems = bench.problems(try report(zip))
            #expect(problems.map(\.code) == ["e57-format"])
            #expect(problems.first?.message.hasPrefix("hall.e57 in the archive: This is not an E57 file") == true)
        }
        let cut = try DrawnZip("hall.e57", bytes: Array(FileBench.file().dropLast(1024)))
        #expect(bench.codes(try report(cut)) == ["e57-truncated"])
    }

    @Test func `an archive that would fill a disk is refused before anything is unpacked`() throws {
        var zip = DrawnZip("a.e57").deflated()
        zip.isLarge = true
        for size in [2 << 30, 1 << 50, Int.max] {
            zip.members[0].size = size
            let problems = bench.problems(try report(zip))
            #expect(problems.map(\.code) == ["archive"] && problems.first?.message.contains("fill a disk") == true)
        }
        // One that grows beyond what it says ends where it does.
        let zeros = DrawnZip("a.e57", bytes: [UInt8](repeating: 0, count: 32 << 20)).deflated()
        var liar = zeros
        liar.members[0].size = 1000
        #expect(bench.codes(try report(liar)) == ["e57-damaged"])
        // Two members that share their bytes, as in archives that unpack to petabytes.
        var shared = DrawnZip("a.e57", "b.e57")
        shared.members[1].isAtFirst = true
        #expect(bench.codes(try report(shared)) == ["e57-damaged"])
    }

    @Test(arguments: UInt64(0)..<60) func `numbers that lie are refused without a trap`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var zip = DrawnZip("a.e57", "b.e57")
        if seed % 3 == 0 { zip = zip.deflated() }
        zip.isLarge = seed % 2 == 0
        if seed % 7 == 0 { zip.count = 60_000 }
        var bytes = zip.bytes()
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let at = Int.random(in: 0..<bytes.count, using: &random)
            bytes[at] =
                [0, 0x7f, 0x80, 0xff, UInt8.random(in: 0...255, using: &random)].randomElement(using: &random) ?? 0
        }
        // Whatever comes of it: no trap, and a verdict.
        _ = try report(bytes).verdict
    }
}
