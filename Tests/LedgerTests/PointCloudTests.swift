import Foundation
import Ledger
import Station
import TestSupport
import Testing

/// An item of one file that CDF goes on working at when everything has been sent.
struct PointCloudTests {
    private static let revision = ModelRevision(model: 7, revision: 8)

    private func scan(_ content: String = "one", id: String = "hall.e57") -> PointCloud {
        PointCloud(
            name: "hall.e57",
            size: 12_000_000_000,
            fileDigest: FileDigest(rawValue: ContentDigest(over: [content]).rawValue),
            digest: ContentDigest(over: ["scan", content]),
            externalID: id,
            siteID: "site",
            model: .name("Site")
        )
    }

    @discardableResult
    private func record(_ path: String, _ scan: PointCloud, _ bench: LedgerBench, stamp: String = "s") async throws
        -> ItemRecord
    {
        let sighting = Sighting(
            .pointCloud,
            at: ItemPath(inbox: LedgerBench.inbox, path: path),
            stamp: Stamp(rawValue: stamp),
            outcome: .accepted(.pointCloud(scan))
        )
        return try await bench.ledger.record(sighting, at: bench.now)
    }

    /// Sends the one file of the item.
    private func send(_ record: ItemRecord, _ bench: LedgerBench) async throws -> ItemRecord {
        let digest = try #require(record.state.digest)
        _ = try await bench.ledger.record(.uploadStarted(digest), for: record.id, at: bench.now)
        return try await bench.ledger.recordSent(
            .pointCloud,
            of: record.id,
            digest: digest,
            receipt: .of("hall.e57"),
            at: bench.now
        )
    }

    private func handsOver(_ record: ItemRecord, _ bench: LedgerBench) async throws -> ItemRecord {
        let digest = try #require(record.state.digest)
        try await bench.ledger.recordConfirmed([record.id: digest], at: bench.now)
        return try await bench.ledger.record(.handedOver(digest, Self.revision), for: record.id, at: bench.now)
    }

    @Test func `a scan is sent as one file, handed over and registered, and all of it is read back`() async throws {
        let bench = try LedgerBench()
        let scan = scan()
        let accepted = try await self.record("site/hall.e57", scan, bench)
        #expect(accepted.kind == .pointCloud)
        #expect(accepted.content == .pointCloud(scan))
        #expect(accepted.capture == nil)
        let file = try #require(try await bench.ledger.files(of: accepted.id).first)
        #expect(file.role == .pointCloud && file.externalID == "hall.e57" && file.size == 12_000_000_000)
        #expect(try await send(accepted, bench).state == .uploaded(scan.digest))
        let processing = try await handsOver(accepted, bench)
        #expect(processing.state == .processing(scan.digest, Self.revision))
        #expect(try await bench.reopened().item(accepted.id) == processing)
        #expect(try await bench.ledger.counts()[.processing] == 1)
        #expect(try await bench.ledger.items(in: .processing).map(\.id) == [accepted.id])
        #expect(try await handsOver(accepted, bench) == processing, "told again after a restart")

        let done = try await bench.ledger.record(.registered(scan.digest), for: accepted.id, at: bench.now)
        #expect(done.state == .registered(scan.digest))
        #expect(
            try await bench.ledger.history(of: done.id).map(\.event) == [
                "seen", "accepted", "upload-started", "uploaded", "handed-over", "registered",
            ]
        )
        #expect(try await bench.ledger.history(of: done.id)[4].detail == "revision 8 of 3D model 7")
        // The same file under another name is recognised.
        #expect(try await self.record("copy.e57", scan, bench).sameAs == done.id)
    }

    @Test func `processing in CDF outlasts the file in the inbox, and its failure is kept`() async throws {
        let bench = try LedgerBench()
        let scan = scan()
        let record = try await self.record("hall.e57", scan, bench)
        _ = try await send(record, bench)
        let processing = try await handsOver(record, bench)
        let gone = try #require(try await bench.ledger.recordVanished(record.location, at: bench.now))
        #expect(gone.state == processing.state && gone.isGone)
        let failure = ItemState.Failure(summary: "CDF could not read the file.", advice: "Look at its log.")
        let failed = try await bench.ledger.record(.gaveUp(scan.digest, failure), for: record.id, at: bench.now)
        #expect(failed.state == .failed(scan.digest, failure))
        #expect(try await bench.reopened().item(record.id) == failed)
        // Its bytes are with CDF: tried again, nothing is sent twice, but CDF is asked whether it still has them.
        _ = try await bench.ledger.retry(record.id, at: bench.now)
        #expect(try await bench.ledger.files(of: record.id).map(\.state) == [.sent])
    }

    @Test func `a folder that takes the place of a delivered file leaves it what it is until it is complete`()
        async throws
    {
        let bench = try LedgerBench()
        let scan = scan()
        let record = try await self.record("hall.e57", scan, bench)
        _ = try await send(record, bench)
        let processing = try await handsOver(record, bench)
        let folder = try await bench.ledger.record(
            Sighting(
                at: record.location,
                stamp: Stamp(rawValue: "folder"),
                outcome: .incomplete([Problem("no-pose", "No pose.")])
            ),
            at: bench.now
        )
        #expect(folder.state == processing.state && folder.kind == .pointCloud)
        let done = try await bench.ledger.record(.registered(scan.digest), for: record.id, at: bench.now)
        #expect(done.state == .registered(scan.digest))
    }

    @Test func `a file that changes while CDF works on its former content is another content`() async throws {
        let bench = try LedgerBench()
        let (one, two) = (scan("one"), scan("two"))
        let record = try await self.record("hall.e57", one, bench)
        _ = try await send(record, bench)
        _ = try await handsOver(record, bench)
        let changed = try await self.record("hall.e57", two, bench, stamp: "2")
        #expect(changed.state == .accepted(two.digest))
        // What comes of the former one is news of replaced content.
        let after = try await bench.ledger.record(.registered(one.digest), for: record.id, at: bench.now)
        #expect(after.state == .accepted(two.digest))
        #expect(try await bench.ledger.history(of: record.id).last?.event == "overtaken")
    }

    @Test func `another file for the same id is refused while CDF works on the first`() async throws {
        let bench = try LedgerBench()
        let record = try await self.record("a/hall.e57", scan("one"), bench)
        _ = try await send(record, bench)
        _ = try await handsOver(record, bench)
        let other = try await self.record("b/hall.e57", scan("two"), bench)
        #expect(other.codes == ["conflict"])
        #expect(other.problems.first?.message.contains("a/hall.e57") == true)
    }

    @Test func `stages that deliver stations are never given a point cloud`() async throws {
        let bench = try LedgerBench()
        let record = try await self.record("hall.e57", scan(), bench)
        #expect(try await bench.ledger.dueForUpload(at: bench.now, limit: 9) == [])
        #expect(try await bench.ledger.dueForUpload(.pointCloud, at: bench.now, limit: 9).map(\.id) == [record.id])
        #expect(try await bench.nextDue(at: bench.now) == nil)
        _ = try await send(record, bench)
        #expect(try await bench.ledger.dueForRegistration(at: bench.now, limit: 9) == [])
        #expect(
            try await bench.ledger.dueForRegistration(.pointCloud, at: bench.now, limit: 9).map(\.id) == [record.id]
        )
        #expect(try await bench.nextDue(at: bench.now) == nil)
    }
}
