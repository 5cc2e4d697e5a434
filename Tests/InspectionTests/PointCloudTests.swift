import DropFolder
import Foundation
import Glibc
import Station
import TestSupport
import Testing

@testable import Inspection

/// An E57 file as the standard lays it out, with a checksum worked out bit by bit.
private struct DrawnE57 {
    var content: [UInt8]
    var xmlLength = 900

    /// `xml` stands on the last pages, after `content` bytes of binary.
    func bytes() -> [UInt8] {
        var logical = [UInt8](repeating: 0, count: 48) + content
        let xmlAt = logical.count
        logical += [UInt8](repeating: UInt8(ascii: "x"), count: xmlLength)
        logical += [UInt8](repeating: 0, count: (1020 - logical.count % 1020) % 1020)
        let physical = logical.count / 1020 * 1024
        logical.replaceSubrange(
            0..<48,
            with: Array("ASTM-E57".utf8) + le(1, 4) + le(0, 4) + le(physical, 8)
                + le(xmlAt / 1020 * 1024 + xmlAt % 1020, 8)
                + le(xmlLength, 8) + le(1024, 8)
        )
        return stride(from: 0, to: logical.count, by: 1020).flatMap { at in
            let page = logical[at..<at + 1020]
            return page + le(Int(slowCRC(page)), 4).reversed()
        }
    }

    func le(_ number: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
}

private func slowCRC(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var crc: UInt32 = 0xffff_ffff
    for byte in bytes {
        crc ^= UInt32(byte)
        for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82f6_3b78 : crc >> 1 }
    }
    return ~crc
}

@Suite("An E57 file is checked completely before anything else happens to it")
struct PointCloudTests {
    private func report(_ bytes: [UInt8]) throws -> PointCloudCheck.Report {
        let folder = try TemporaryFolder()
        let path = folder.path + "/Überblick.e57"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return try #require(PointCloudCheck(item(path)).report())
    }

    private func item(_ path: String) -> ItemPath {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        return ItemPath(inbox: String(path[..<slash]), path: String(path[slash...].dropFirst()))
    }

    private let good = DrawnE57(content: (0..<1_100_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) })
        .bytes()

    @Test func `a whole file passes`() throws {
        let report = try report(good)
        #expect(report.problems.isEmpty)
        #expect(report.size == Int64(good.count))
    }

    @Test(arguments: [0, 500, 1_030_000]) func `one wrong bit is found, and its page named`(offset: Int) throws {
        var bytes = good
        // Past the header, whose own numbers are judged first.
        let at = max(60, offset)
        bytes[at] ^= 4
        let report = try report(bytes)
        #expect(report.problems.map(\.code) == ["e57-damaged"])
        #expect(report.problems.first?.message.contains("page \(at / 1024) of \(bytes.count / 1024)") == true)
        #expect(!report.mayComplete)
    }

    @Test func `a copy that still runs waits, and other lengths are refused`() throws {
        let cut = try report(Array(good.dropLast(1024)))
        #expect(cut.problems.map(\.code) == ["e57-truncated"])
        #expect(cut.mayComplete)
        #expect(try report(Array(good.prefix(20))).problems.map(\.code) == ["e57-truncated"])
        #expect(try report(good + [0]).problems.map(\.code) == ["e57-length"])
    }

    @Test func `a file that is not an E57 file is refused, with the reason`() throws {
        // Its copy has just begun.
        #expect(try report([]).problems.map(\.code) == ["e57-truncated"])
        #expect(try report(Array("LASF".utf8) + good).problems.map(\.code) == ["e57-format"])
        var future = good
        future[8] = 2
        #expect(try report(future).problems.first?.message.contains("version 2.0") == true)
    }

    @Test(arguments: 16..<48) func `a header with any impossible number is refused without a trap`(at: Int) throws {
        for value: UInt8 in [0xff, 0x80, 0x7f] {
            var bytes = good
            bytes[at] = value
            let report = try report(bytes)
            #expect(!report.problems.isEmpty)
        }
    }

    @Test func `lengths that overflow are refused without a trap`() throws {
        var bytes = good
        bytes.replaceSubrange(32..<40, with: [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f])
        #expect(try report(bytes).problems.map(\.code) == ["e57-damaged"])
        bytes.replaceSubrange(24..<32, with: [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f])
        #expect(try report(bytes).problems.map(\.code) == ["e57-damaged"])
    }

    @Test func `a link in place of the file is not followed`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/scan.e57"
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/etc/passwd")
        #expect(PointCloudCheck(item(path)).report()?.problems.map(\.code) == ["not-a-file"])
    }

    @Test func `a link anywhere below the inbox is not followed, and neither a FIFO nor a folder is opened`() throws {
        let (inbox, elsewhere) = (try TemporaryFolder(), try TemporaryFolder())
        try Data(good).write(to: URL(fileURLWithPath: elsewhere.path("scan.e57")))
        #expect(symlink(elsewhere.path, inbox.path("site")) == 0)
        #expect(mkfifo(inbox.path("pipe.e57"), 0o600) == 0)
        try inbox.makeFolder("folder.e57")
        for (path, code) in [
            ("site/scan.e57", "source-unavailable"), ("pipe.e57", "not-a-file"), ("folder.e57", "not-a-file"),
        ] {
            let report = PointCloudCheck(ItemPath(inbox: inbox.path, path: path)).report()
            #expect(report?.problems.map(\.code) == [code])
            #expect(report?.size == nil)
        }
    }

    @Test func `a file that is written, replaced or cut while it is read has changed, whatever it looks like`() throws {
        let inbox = try TemporaryFolder()
        let (path, item) = (inbox.path("scan.e57"), ItemPath(inbox: inbox.path, path: "scan.e57"))
        for change in 0..<3 {
            try Data(good).write(to: URL(fileURLWithPath: path))
            let report = PointCloudCheck(item).report { done, _ in
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
            #expect(report?.problems.map(\.code) == ["still-writing"], "\(change)")
            #expect(report?.mayComplete == true)
        }
    }

    @Test func `another file than the one that was found has changed`() throws {
        let inbox = try TemporaryFolder()
        try Data(good).write(to: URL(fileURLWithPath: inbox.path("scan.e57")))
        let snapshot = try FileSnapshot.take(ItemPath(inbox: inbox.path, path: "scan.e57"))
        #expect(PointCloudCheck(snapshot).report()?.problems == [])
        try Data(good).write(to: URL(fileURLWithPath: inbox.path("scan.e57")), options: .atomic)
        #expect(PointCloudCheck(snapshot).report()?.problems.map(\.code) == ["still-writing"])
    }

    @Test func `a check that is stopped ends at the next piece and says nothing`() throws {
        let inbox = try TemporaryFolder()
        try Data(good).write(to: URL(fileURLWithPath: inbox.path("scan.e57")))
        let stop = StopSignal()
        var pieces = 0
        let report = PointCloudCheck(ItemPath(inbox: inbox.path, path: "scan.e57")).report(stop: stop) { _, _ in
            pieces += 1
            stop.set()
        }
        #expect(report == nil)
        #expect(pieces == 1)
    }
}
