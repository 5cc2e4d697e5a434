import Foundation
import Ledger
import Station
import TestSupport
import Testing

@testable import Reports

/// The words for the crew about a file that CDF gets as a whole.
@Suite(.timeLimit(.minutes(15)))
struct PointCloudReportTests {
    private static let cloud = PointCloud(
        name: "hall.e57",
        size: 12_000_000_000,
        fileDigest: FileDigest(rawValue: ContentDigest(over: ["bytes"]).rawValue),
        digest: ContentDigest(over: ["cloud"]),
        externalID: "site/hall.e57",
        siteID: "site",
        model: .name("Hall")
    )

    private func record(_ path: String, _ outcome: Sighting.Outcome, _ desk: Desk) async throws -> ItemRecord {
        let location = ItemPath(inbox: desk.inbox.path, path: path)
        return try await desk.ledger.record(
            Sighting(.pointCloud, at: location, stamp: Stamp(rawValue: path), outcome: outcome),
            at: desk.clock.date
        )
    }

    /// Accepted, sent, and handed over to revision 8 of model 7.
    private func processing(_ path: String, _ desk: Desk) async throws -> ItemRecord {
        let (digest, now) = (Self.cloud.digest, desk.clock.date)
        let record = try await self.record(path, .accepted(.pointCloud(Self.cloud)), desk)
        _ = try await desk.ledger.record(.uploadStarted(digest), for: record.id, at: now)
        let file = FileReceipt(rawValue: 5)
        _ = try await desk.ledger.recordSent(.pointCloud, of: record.id, digest: digest, receipt: file, at: now)
        try await desk.ledger.recordModel(7, named: "Hall", note: "2 3D models are called 'Hall'.", for: digest)
        return try await desk.ledger.recordHandedOver(
            ModelRevision(model: 7, revision: 8),
            attempt: 1,
            file: file,
            of: record.id,
            digest,
            at: now
        )
    }

    private func line(_ severity: Int, _ text: String, _ desk: Desk) -> ServiceLogLine {
        ServiceLogLine(at: desk.clock.date, severity: severity, text: text)
    }

    private func report(_ desk: Desk, _ record: ItemRecord) async throws -> CrewReport? {
        CrewReport(for: record, original: try await desk.ledger.original(of: record))
    }

    @Test func `a delivered point cloud gets its numbers in CDF and the service's log, beside the file`() async throws {
        let desk = try Desk()
        try desk.inbox.makeFolder("site")
        try desk.inbox.write("x", to: "site/hall.e57")
        let record = try await processing("site/hall.e57", desk)
        #expect(try await report(desk, record) == nil)
        let log = [line(3, "queued", desk), line(5, "3 scans without colour", desk)]
        _ = try await desk.ledger.recordProgress("Done", log: log, of: record.id, Self.cloud.digest, askAgain: nil)
        _ = try await desk.ledger.record(.registered(Self.cloud.digest), for: record.id, at: desk.clock.date)
        let reporter = Reporter(
            ledger: desk.ledger,
            places: [desk.inbox.path: .init(reports: .beside, reportAfter: .seconds(900))],
            stateDirectory: desk.state.path,
            timeSource: desk.timeSource,
            logger: Desk.silent
        )
        try await desk.run(reporter) { _ async throws in
            let names = try desk.inbox.names(in: "site")
            #expect(names == ["hall.e57", "hall.e57.UPLOADED.txt"])
        }
        let text = String(decoding: try desk.inbox.read("site/hall.e57.UPLOADED.txt"), as: UTF8.self)
        let lines = text.split(separator: "\n").map(String.init)
        for expected in [
            "drop360: UPLOADED", "File: site/hall.e57", "File in CDF: site/hall.e57 (number 5)", "3D model: 7",
            "3D revision: 8", "CDF's log:", "2 3D models are called 'Hall'.",
            "  12000000000 bytes, sha256 \(Self.cloud.fileDigest.rawValue)",
        ] {
            #expect(lines.contains(expected), "\(expected)")
        }
        #expect(text.contains("warning: 3 scans without colour"))
        #expect(text.contains("drop360 no longer needs the file."))
        #expect(!text.contains("older"))
    }

    @Test func `a copy is told where the content is`() async throws {
        let desk = try Desk()
        let record = try await processing("hall.e57", desk)
        _ = try await desk.ledger.record(.registered(Self.cloud.digest), for: record.id, at: desk.clock.date)
        var copy = Self.cloud
        copy.externalID = "site/copy.e57"
        let same = try await self.record("copy.e57", .accepted(.pointCloud(copy)), desk)
        let said = try #require(try await report(desk, same))
        #expect(said.word == "UPLOADED")
        #expect(said.text.contains("Its content was delivered before, from \(desk.inbox.path)/hall.e57"))
        #expect(said.text.contains("\nFile in CDF: site/hall.e57 (number 5)\n"))
        #expect(said.text.contains("\n3D revision: 8\n"))
    }

    @Test func `what CDF could not use is said with its own lines`() async throws {
        let desk = try Desk()
        let record = try await processing("hall.e57", desk)
        let failed = try await desk.ledger.recordFailedRevision(
            .init(summary: "CDF could not make revision 8.", advice: "Replace it."),
            status: "Failed",
            log: [line(7, "no points in scan 3", desk)],
            of: record.id,
            Self.cloud.digest,
            at: desk.clock.date
        )
        let said = try #require(try await report(desk, failed))
        #expect(said.word == "WAITING")
        #expect(
            said.text.contains("The file was sent, but CDF could not use it:\n\n* CDF could not make revision 8.\n")
        )
        #expect(said.text.contains("* Replace it.\n"))
        #expect(said.text.contains("error: no points in scan 3\n"))
        #expect(said.text.contains("Give the operator the number above."))
        #expect(!said.text.contains("station"))
    }

    @Test func `refused and waiting files are called files`() async throws {
        let desk = try Desk()
        let refused = try await self.record(
            "a.e57",
            .rejected([Problem("bad", "Page 3 is damaged: copy it again.")]),
            desk
        )
        let said = try #require(try await report(desk, refused))
        #expect(said.word == "REJECTED" && said.text.contains("Nothing of this file was sent."))
        #expect(said.text.contains("\nFile: a.e57\n") && said.text.contains("* Page 3 is damaged"))
        let waiting = try await self.record("b.e57", .incomplete([Problem("part", "It is still growing.")]), desk)
        let other = try #require(try await report(desk, waiting))
        #expect(other.word == "WAITING" && other.text.contains("waits for this point cloud to be complete"))
        for text in [said.text, other.text] { #expect(!text.contains("station") && !text.contains("folder")) }
    }
}
