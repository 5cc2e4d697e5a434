import Foundation
import Glibc
import Station
import TestSupport
import Testing

/// What may happen to an E57 file, its inbox and the configuration while drop360 delivers its panoramas (`e57.extract: here`).
@Suite(.serialized, .timeLimit(.minutes(15)))
struct ScanTroubleJourneyTests {
    private static let file = "site-a/hall.e57"
    private static let positions = ["s1", "s2", "s3"]
    private static let delivered = Dictionary(
        uniqueKeysWithValues: [(file, "registered")] + positions.map { ("\(file)/\($0)/", "registered") }
    )
    /// With pictures of ``dropSlowly(in:)`` there is room for one position at a time.
    private static let here = "e57: {extract: here, scratch: 64MiB}"

    /// A daemon that has read the first of three positions, and cannot go on before it is sent.
    private func inMidScan(_ site: Site) async throws -> ChildProcess {
        try await site.sandbox.fail(#"{"match": {"path": "/files"}, "then": {"kind": "stall"}}"#)
        try site.dropScan(Self.file, Self.positions, comments: 64)
        let daemon = try site.startDaemon()
        try await daemon.says("waiting until positions are sent")
        return daemon
    }

    /// Waits until all is delivered, each position once.
    private func expectDelivery(by daemon: ChildProcess, _ site: Site) async throws {
        _ = try await eventually("all is registered: \(daemon.errors.suffix(4000))", every: .milliseconds(100)) {
            try await site.states() == Self.delivered ? true : nil
        }
        try await site.sandbox.contents().expectWhole(images: 3, stations: 3)
        try await site.stop(daemon)
    }

    @Test func `a reload in the middle of a scan loses and doubles nothing`() async throws {
        let site = try await Site(inbox: Self.here)
        let daemon = try await inMidScan(site)
        try site.configure(inbox: "e57: {extract: here, scratch: 65MiB}")
        daemon.send(SIGHUP)
        try await daemon.says("configuration reloaded")
        try await site.sandbox.behave()
        try await expectDelivery(by: daemon, site)
    }

    @Test func `where a reload takes E57 files out of use, the scan waits, and is read on when they are back`()
        async throws
    {
        let site = try await Site(inbox: Self.here)
        let daemon = try await inMidScan(site)
        try site.configure(inbox: "e57: {extract: off}")
        daemon.send(SIGHUP)
        try await site.become("withdrawn", Self.file)
        let report = try await site.report(Self.file, "WAITING")
        #expect(report.contains("left alone in its inbox now (`e57.extract: off`); 1 of 3 positions were read before"))
        let words = try await site.run("explain", site.inbox + "/" + Self.file, "--config", site.configuration)
        #expect(words.output.contains("drop360 has left the file alone since"), "\(words.output)")
        #expect(!words.output.contains("is gone"))
        try await site.sandbox.behave()
        // What was read is delivered.
        try await site.become("registered", "\(Self.file)/s1/")
        try site.configure(inbox: Self.here)
        daemon.send(SIGHUP)
        try await expectDelivery(by: daemon, site)
    }

    @Test
    func `an inbox that is lost in the middle of a scan gives up nothing, and the scan is read on when it is back`()
        async throws
    {
        let site = try await Site(inbox: Self.here + ", detection: poll")
        let daemon = try await inMidScan(site)
        try site.folder.move("inbox", to: "away")
        _ = try await eventually("the inbox is lost: \(daemon.errors.suffix(2000))", every: .milliseconds(100)) {
            try await site.status()["inboxes"].list.first?["available"].bool == false ? true : nil
        }
        try await site.sandbox.behave()
        try await site.become("registered", "\(Self.file)/s1/")
        #expect(try await site.states() == [Self.file: "uploading", "\(Self.file)/s1/": "registered"])
        try site.folder.move("away", to: "inbox")
        try await expectDelivery(by: daemon, site)
    }

    @Test func `a retry of the file reads again what CDF had refused`() async throws {
        let site = try await Site(inbox: "e57: {extract: here}")
        try await site.sandbox.fail(
            #"{"match": {"method": "POST", "path": "/files"}, "then": {"kind": "status", "status": 400}}"#
        )
        try site.dropScan(Self.file, Self.positions)
        #expect(try await site.deliver().exit == .code(1))
        #expect(try await site.states().values.allSatisfy { $0 == "failed" })
        try await site.sandbox.behave()
        let retry = try await site.run("retry", site.inbox + "/" + Self.file, "--config", site.configuration)
        #expect(retry.exit == .code(0), "\(retry.errors)")
        try await site.deliverAll()
        #expect(try await site.states() == Self.delivered)
        try await site.sandbox.contents().expectWhole(images: 3, stations: 3)
    }

    @Test func `positions that a corrected file no longer has are named with the command that takes them out`()
        async throws
    {
        let site = try await Site(inbox: "e57: {extract: here}")
        try site.dropScan(Self.file, Self.positions)
        try await site.deliverAll()
        // s2 is another panorama of another name, s3 is missing.
        try site.dropScan(Self.file, ["s1", "s2b"], seed: 2)
        try await site.deliverAll()
        try await site.sandbox.contents().expectWhole(images: 4, stations: 4)
        // The pictures of both files were taken at one time.
        let images = ["s2", "s3"].map { "site-a/\($0)/20260501T100000Z" }
        let report = try await site.report(Self.file, "UPLOADED")
        let story = try await site.run("explain", site.inbox + "/" + Self.file, "--config", site.configuration)
        for image in images {
            #expect(report.contains("* \(image): `drop360 retract \(image)`"))
            #expect(story.output.contains("drop360 retract \(image)"), "\(story.output)")
        }
        #expect(try await site.list()[Self.file]?["leftBehind"].list.compactMap(\.text) == images)
        for image in images {
            let retract = try await site.run("retract", image, "--files", "--yes", "--config", site.configuration)
            #expect(retract.exit == .code(0), "\(retract.errors)")
        }
        try await site.deliverAll()
        try await site.sandbox.contents().expectWhole(images: 2, stations: 2)
        #expect(try await site.list()[Self.file]?["leftBehind"].list.isEmpty == true)
        let after = try await site.report(Self.file, "UPLOADED")
        #expect(!after.contains("Still in the viewer"))
    }

}

extension ChildProcess {
    /// Waits until the daemon has logged this.
    fileprivate func says(_ words: String) async throws {
        _ = try await eventually("'\(words)': \(errors.suffix(3000))") { errors.contains(words) ? true : nil }
    }
}
