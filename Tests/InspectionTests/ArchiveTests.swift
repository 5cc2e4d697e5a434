import DropFolder
import E57Writing
import Foundation
import Inspection
import Station
import TestSupport
import Testing

/// A zip archive with stored members, as simple programs write it.
struct DrawnZip {
    struct Member {
        var name: String
        var bytes: [UInt8]
        var flags = 0
        var method = 0
    }

    var members: [Member]
    /// The directory's numbers are in 64 bits, and those in 32 say so.
    var isLarge = false
    /// What the directory says instead of the true number of members.
    var count: Int?
    var comment = ""

    init(_ names: String..., bytes: [UInt8] = Array("points".utf8)) {
        members = names.map { Member(name: $0, bytes: bytes) }
    }

    private func le(_ number: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    func bytes() -> [UInt8] {
        var (file, directory): ([UInt8], [UInt8]) = ([], [])
        for member in members {
            let offset = file.count
            let name = Array(member.name.utf8)
            let head = le(20, 2) + le(member.flags, 2) + le(member.method, 2) + le(0, 4) + le(0, 4)
            let sizes = le(member.bytes.count, 4) + le(member.bytes.count, 4)
            file += le(0x0403_4b50, 4) + head + sizes + le(name.count, 2) + le(0, 2) + name + member.bytes
            let extra =
                isLarge
                ? le(1, 2) + le(24, 2) + le(member.bytes.count, 8) + le(member.bytes.count, 8) + le(offset, 8) : []
            directory += le(0x0201_4b50, 4) + le(20, 2) + head
            directory += (isLarge ? le(0xffff_ffff, 4) + le(0xffff_ffff, 4) : sizes) + le(name.count, 2)
            directory += le(extra.count, 2) + le(0, 2) + le(0, 8)
            directory += le(isLarge ? 0xffff_ffff : offset, 4) + name + extra
        }
        let start = file.count
        let number = count ?? members.count
        file += directory
        if isLarge {
            let record = file.count
            file += le(0x0606_4b50, 4) + le(44, 8) + le(45, 2) + le(45, 2) + le(0, 8) + le(number, 8) + le(number, 8)
            file += le(directory.count, 8) + le(start, 8)
            file += le(0x0706_4b50, 4) + le(0, 4) + le(record, 8) + le(1, 4)
        }
        file += le(0x0605_4b50, 4) + le(0, 4)
        file += isLarge ? le(0xffff, 2) + le(0xffff, 2) : le(number, 2) + le(number, 2)
        file += isLarge ? le(0xffff_ffff, 4) + le(0xffff_ffff, 4) : le(directory.count, 4) + le(start, 4)
        return file + le(comment.utf8.count, 2) + Array(comment.utf8)
    }
}

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
        for zip in [
            DrawnZip("hall.e57"), DrawnZip("site/", "site/A.E57", "__MACOSX/._A.E57", ".DS_Store"), large, noted,
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
        for (zip, words) in [(locked, "encrypted"), (odd, "method (14)"), (empty, "is empty")] {
            let problems = bench.problems(try report(zip))
            #expect(problems.map(\.code) == ["archive"] && problems.first?.message.contains(words) == true)
        }
    }

    @Test func `a copy that was cut, or has a hole, may still become whole`() throws {
        let whole = DrawnZip("a.e57", "b.e57", bytes: [UInt8](repeating: 7, count: 5000)).bytes()
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

    @Test(arguments: UInt64(0)..<60) func `numbers that lie are refused without a trap`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var zip = DrawnZip("a.e57", "b.e57")
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
