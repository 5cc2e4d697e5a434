import Foundation
import Glibc
import Station
import TestSupport
import Testing

/// A dropped E57 file whose panoramas drop360 delivers itself (`e57.extract: here`).
@Suite(.serialized, .timeLimit(.minutes(15)))
struct ScanJourneyTests {
    private static let positions = ["s1", "s2", "s3"]
    private static let here = "e57: {extract: here}"
    /// The least room that may be configured: for the faces of one position with ``manyComments`` at a time.
    private static let hereOneByOne = "e57: {extract: here, scratch: 64MiB}"
    /// 4 MiB for each picture.
    private static let manyComments = 64

    /// The states of the positions, and of the file under `""`.
    private func states(_ site: Site, _ file: String) async throws -> [String: String] {
        let all = try await site.states().filter { $0.key.hasPrefix(file) }
        return Dictionary(
            uniqueKeysWithValues: all.map { (String($0.dropFirst(file.count).split(separator: "/").first ?? ""), $1) }
        )
    }

    private static let delivered = [
        "": "registered", "s1": "registered", "s2": "registered", "s3": "registered",
    ]

    @Test func `every position of a file stands in CDF, and its report lists them`() async throws {
        let site = try await Site(inbox: Self.here)
        try site.dropScan("site-a/hall.e57", Self.positions)
        try await site.deliverAll()
        #expect(try await states(site, "site-a/hall.e57") == Self.delivered)
        try await site.sandbox.contents().expectWhole(images: 3, stations: 3)
        let report = try await site.report("site-a/hall.e57", "UPLOADED")
        for name in Self.positions { #expect(report.contains("* \(name): delivered, image site-a/\(name)/20260501T")) }
        #expect(report.contains("The point cloud was not sent"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: site.state + "/converted") == [])
        let scan = try await site.explain(site.inbox + "/site-a/hall.e57")
        #expect(scan["scan"]["positions"].list.count == 3)
        let position = try await site.explain(site.inbox + "/site-a/hall.e57/s2")
        #expect(position["scan"]["scan"].int == scan["summary"]["station"].int)

        // The same file again, and under another name: nothing is sent.
        let last = try await site.sandbox.requests().last?.number ?? 0
        try site.dropScan("copy/hall.e57", Self.positions)
        try site.folder.write(#"{"site_id": "site-a"}"#, to: "inbox/copy/hall.e57.json")
        try await site.deliverAll()
        #expect(try await site.sandbox.requests(since: last).filter(\.writes).isEmpty)
    }

    @Test(arguments: ["reading position 2 of 3", "all positions of the scan have been read"])
    func `killed while it reads, each position is registered exactly once`(moment: String) async throws {
        let site = try await Site(inbox: Self.here)
        // Nothing gets through before the kill, so that the daemon has not ended by then, however late the line is read.
        try await site.sandbox.fail(#"{"match": {"path": "/files"}, "then": {"kind": "stall"}}"#)
        try site.dropScan("site-a/hall.e57", Self.positions)
        let daemon = try site.startDaemon("--until-idle")
        _ = try await eventually("\(moment): \(daemon.errors)") { daemon.errors.contains(moment) ? true : nil }
        daemon.send(SIGKILL)
        #expect(try await daemon.ended() == .signal(SIGKILL))
        try await site.sandbox.behave()
        try await site.deliverAll()
        #expect(try await states(site, "site-a/hall.e57") == Self.delivered)
        try await site.sandbox.contents().expectWhole(images: 3, stations: 3)
    }

    @Test func `with room for one position the file still comes to its end`() async throws {
        let site = try await Site(inbox: Self.hereOneByOne)
        try site.dropScan("site-a/hall.e57", Self.positions, comments: Self.manyComments)
        let finished = try await site.deliver()
        #expect(finished.exit == .code(0), "\(finished.errors.suffix(4000))")
        #expect(finished.errors.contains("waiting until positions are sent"))
        #expect(try await states(site, "site-a/hall.e57") == Self.delivered)
        try await site.sandbox.contents().expectWhole(images: 3, stations: 3)
    }

    @Test func `a file that is taken away in the middle is said, and what was read is delivered`() async throws {
        let site = try await Site(inbox: Self.hereOneByOne)
        try await site.sandbox.fail(#"{"match": {"path": "/files"}, "then": {"kind": "stall"}}"#)
        try site.dropScan("site-a/hall.e57", Self.positions, comments: Self.manyComments)
        let daemon = try site.startDaemon()
        _ = try await eventually("the first position is read: \(daemon.errors)") {
            daemon.errors.contains("waiting until positions are sent") ? true : nil
        }
        try site.folder.remove("inbox/site-a/hall.e57")
        try await site.become("withdrawn", "site-a/hall.e57")
        let report = try await site.report("site-a/hall.e57", "WAITING")
        #expect(report.contains("1 of 3 positions were read before the file went away"), "\(report)")
        daemon.send(SIGKILL)
        #expect(try await daemon.ended() == .signal(SIGKILL))
        try await site.sandbox.behave()
        try await site.deliverAll()
        #expect(try await states(site, "site-a/hall.e57") == ["": "withdrawn", "s1": "registered"])
        try await site.sandbox.contents().expectWhole(images: 1, stations: 1)
        // It comes back: the others are read.
        try site.dropScan("site-a/hall.e57", Self.positions, comments: Self.manyComments)
        try await site.deliverAll()
        #expect(try await states(site, "site-a/hall.e57") == Self.delivered)
        try await site.sandbox.contents().expectWhole(images: 3, stations: 3)
    }

    @Test func `one damaged position stops no other, and is in the name of the report`() async throws {
        let site = try await Site(inbox: Self.here)
        try site.dropScan("site-a/hall.e57", Self.positions, damaged: "s2")
        #expect(try await site.deliver().exit == .code(1))
        var expected = Self.delivered
        expected["s2"] = "rejected"
        #expect(try await states(site, "site-a/hall.e57") == expected)
        try await site.sandbox.contents().expectWhole(images: 2, stations: 2)
        let report = try await site.report("site-a/hall.e57", "REJECTED")
        #expect(report.contains("Delivered: 2 of 3 positions; 1 could not be."))
    }
}
