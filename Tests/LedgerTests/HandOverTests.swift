import Foundation
import GRDB
import Ledger
import Station
import TestSupport
import Testing

/// How a content becomes a 3D revision: one of each, whichever items have it.
struct HandOverTests {
    private static let first = ModelRevision(model: 7, revision: 8)
    private static let second = ModelRevision(model: 7, revision: 9)
    private static let refusal = ItemState.Failure(summary: "CDF could not make it.")

    private func cloud(_ content: String = "one", id: String = "hall.e57") -> PointCloud {
        PointCloud(
            name: "hall.e57",
            size: 12_000_000_000,
            fileDigest: FileDigest(rawValue: ContentDigest(over: [content]).rawValue),
            digest: ContentDigest(over: ["cloud", content]),
            externalID: id,
            siteID: "site",
            model: .name("Site")
        )
    }

    @discardableResult
    private func record(_ path: String, _ cloud: PointCloud, _ bench: LedgerBench) async throws -> ItemRecord {
        let sighting = Sighting(
            .pointCloud,
            at: ItemPath(inbox: LedgerBench.inbox, path: path),
            stamp: Stamp(rawValue: cloud.digest.rawValue),
            outcome: .accepted(.pointCloud(cloud))
        )
        return try await bench.ledger.record(sighting, at: bench.now)
    }

    /// Sends the one file of an item, as far as that is still to be done.
    @discardableResult
    private func send(_ record: ItemRecord, _ bench: LedgerBench) async throws -> ItemRecord {
        let digest = try #require(record.state.digest)
        _ = try await bench.ledger.record(.uploadStarted(digest), for: record.id, at: bench.now)
        guard try await bench.ledger.files(of: record.id).contains(where: { $0.state == .pending }) else {
            return try await bench.ledger.record(.uploadFinished(digest), for: record.id, at: bench.now)
        }
        let receipt = FileReceipt(rawValue: 5)
        return try await bench.ledger.recordSent(
            .pointCloud,
            of: record.id,
            digest: digest,
            receipt: receipt,
            at: bench.now
        )
    }

    private func handsOver(_ record: ItemRecord, _ made: ModelRevision, _ bench: LedgerBench) async throws -> ItemRecord
    {
        let digest = try #require(record.state.digest)
        return try await bench.ledger.recordHandedOver(
            made,
            attempt: try await bench.ledger.handOver(of: digest).attempt,
            file: FileReceipt(rawValue: 5),
            of: record.id,
            digest,
            at: bench.now
        )
    }

    private func fail(_ record: ItemRecord, _ bench: LedgerBench) async throws -> ItemRecord {
        let digest = try #require(record.state.digest)
        return try await bench.ledger.recordFailedRevision(
            Self.refusal,
            status: "Failed",
            log: [ServiceLogLine(at: bench.now, severity: 7, text: "no points")],
            of: record.id,
            digest,
            at: bench.now
        )
    }

    /// Accepted, sent, handed over.
    private func processing(_ path: String, _ cloud: PointCloud, _ bench: LedgerBench) async throws -> ItemRecord {
        let record = try await self.record(path, cloud, bench)
        try await send(record, bench)
        return try await handsOver(record, Self.first, bench)
    }

    @Test func `what is about to be created is known after a restart, and ends with the revision`() async throws {
        let bench = try LedgerBench()
        let cloud = cloud()
        let record = try await self.record("hall.e57", cloud, bench)
        try await send(record, bench)
        let before = try await bench.ledger.recordRevisionIntent(of: record.id, cloud.digest, at: bench.now)
        #expect(!before, "no model yet")
        let begun = bench.now
        try await bench.ledger.recordModelIntent("Site", at: begun)
        #expect(try await bench.reopened().modelIntent("Site") == begun)
        try await bench.ledger.recordModel(7, named: "Site", note: "2 models", for: cloud.digest)
        #expect(try await bench.reopened().modelIntent("Site") == nil)
        let intended = bench.now
        #expect(try await bench.ledger.recordRevisionIntent(of: record.id, cloud.digest, at: intended))
        #expect(
            try await bench.reopened().handOver(of: cloud.digest)
                == HandOver(model: 7, note: "2 models", intendedAt: intended)
        )
        let handedOver = try await handsOver(record, Self.first, bench)
        #expect(handedOver.state == .processing(cloud.digest, Self.first))
        #expect(handedOver.handOver?.made == Self.first && handedOver.handOver?.intendedAt == nil)
        #expect(handedOver.handOver?.file == FileReceipt(rawValue: 5))
        let again = try await bench.ledger.recordRevisionIntent(of: record.id, cloud.digest, at: bench.now)
        #expect(!again, "the revision is known")
    }

    @Test func `nothing is created for content that has been replaced`() async throws {
        let bench = try LedgerBench()
        let cloud = cloud()
        let record = try await self.record("hall.e57", cloud, bench)
        try await send(record, bench)
        try await bench.ledger.recordModel(7, for: cloud.digest)
        try await self.record("hall.e57", self.cloud("two"), bench)
        #expect(try await !bench.ledger.recordRevisionIntent(of: record.id, cloud.digest, at: bench.now))
        // One that was created meanwhile is kept for the content.
        let late = try await handsOver(record, Self.first, bench)
        #expect(late.state.name == .accepted)
        #expect(try await bench.ledger.handOver(of: cloud.digest).made == Self.first)
        #expect(try await bench.events("hall.e57").last == "overtaken")
    }

    @Test func `only a retry of a failed revision begins another one`() async throws {
        let bench = try LedgerBench()
        let cloud = cloud()
        let record = try await processing("hall.e57", cloud, bench)
        let failed = try await fail(record, bench)
        #expect(failed.state == .failed(cloud.digest, Self.refusal))
        #expect(failed.handOver?.hasFailed == true && failed.handOver?.log.map(\.text) == ["no points"])
        // Found again without a change.
        let seen = try await self.record("hall.e57", cloud, bench)
        #expect(seen.state == .accepted(cloud.digest))
        #expect(seen.handOver?.attempt == 1 && seen.handOver?.made == Self.first)
        try await send(seen, bench)
        _ = try await fail(try await handsOver(seen, Self.first, bench), bench)

        let retried = try await bench.ledger.retry(record.id, at: bench.now)
        #expect(retried.state == .accepted(cloud.digest))
        #expect(retried.handOver == HandOver(attempt: 2, model: 7))
        try await send(retried, bench)
        let second = try await handsOver(retried, Self.second, bench)
        #expect(second.state == .processing(cloud.digest, Self.second))
    }

    @Test func `a retry of what failed otherwise finds the existing revision`() async throws {
        let bench = try LedgerBench()
        let cloud = cloud()
        let record = try await processing("hall.e57", cloud, bench)
        _ = try await bench.ledger.record(.gaveUp(cloud.digest, Self.refusal), for: record.id, at: bench.now)
        let retried = try await bench.ledger.retry(record.id, at: bench.now)
        #expect(retried.handOver?.attempt == 1 && retried.handOver?.made == Self.first)
    }

    @Test func `who waits for the same content fails with it, sends nothing, and is retried with it`() async throws {
        let bench = try LedgerBench()
        let (one, copy) = (cloud(), cloud(id: "copy.e57"))
        let record = try await processing("hall.e57", one, bench)
        let waiting = try await self.record("copy.e57", copy, bench)
        #expect(waiting.sameAs == record.id)
        _ = try await fail(record, bench)
        let failed = try await bench.ledger.item(waiting.id)
        guard case .failed(one.digest, let failure) = failed.state else {
            Issue.record("\(failed.state)")
            return
        }
        #expect(failure.summary.contains("point cloud \(record.id), hall.e57"))
        #expect(try await bench.ledger.dueForUpload(.pointCloud, at: bench.now, limit: 9) == [])

        for id in [record.id, waiting.id] { _ = try await bench.ledger.retry(id, at: bench.now) }
        #expect(try await bench.ledger.item(waiting.id).sameAs == record.id)
        #expect(try await bench.ledger.dueForUpload(.pointCloud, at: bench.now, limit: 9).map(\.id) == [record.id])
        let retried = try await bench.ledger.item(record.id)
        try await send(retried, bench)
        _ = try await handsOver(retried, Self.second, bench)
        _ = try await bench.ledger.record(.registered(one.digest), for: record.id, at: bench.now)
        #expect(try await bench.ledger.item(waiting.id).state == .registered(one.digest))
        #expect(try await bench.ledger.item(waiting.id).handOver?.made == Self.second)
    }

    @Test func `a file that changes and changes back is sent again and keeps its first revision`() async throws {
        let bench = try LedgerBench()
        let (one, two) = (cloud("one"), cloud("two"))
        let record = try await processing("hall.e57", one, bench)
        _ = try await bench.ledger.record(.registered(one.digest), for: record.id, at: bench.now)
        let other = try await self.record("hall.e57", two, bench)
        #expect(other.handOver == nil)
        try await send(other, bench)
        _ = try await handsOver(other, Self.second, bench)
        _ = try await bench.ledger.record(.registered(two.digest), for: record.id, at: bench.now)

        let back = try await self.record("hall.e57", one, bench)
        #expect(back.state == .accepted(one.digest))
        #expect(back.handOver?.made == Self.first)
        #expect(try await bench.ledger.files(of: record.id).map(\.state) == [.pending])
    }

    @Test func `what CDF says is kept, with its last lines, and ends a row of failed attempts`() async throws {
        let bench = try LedgerBench()
        let record = try await processing("hall.e57", cloud(), bench)
        let digest = try #require(record.state.digest)
        _ = try await bench.ledger.postpone(
            record.id,
            until: bench.now,
            counts: true,
            reason: "no answer",
            at: bench.now
        )
        let lines = (0..<30).map { ServiceLogLine(at: bench.clock.date, severity: 3, text: "step \($0)\u{1B}[31m") }
        let next = bench.now.addingTimeInterval(60)
        let told = try await bench.ledger.recordProgress(
            "Processing\u{7}",
            log: lines,
            of: record.id,
            digest,
            askAgain: next
        )
        #expect(told.state == record.state && told.changedAt == record.changedAt && told.attempts == 0)
        #expect(told.handOver?.log.count == 20 && told.handOver?.log.last?.text.hasPrefix("step 29") == true)
        #expect(told.handOver?.log.contains { $0.text.contains("\u{1B}") } == false)
        #expect(told.handOver?.status?.contains("\u{7}") == false)
        #expect(try await bench.ledger.nextDueForFollowing(at: bench.now) == next)
        #expect(try await bench.ledger.dueForFollowing(at: bench.now, limit: 9) == [])
        #expect(try await bench.ledger.dueForFollowing(at: next, limit: 9).map(\.id) == [record.id])
        // No news of the log leaves it.
        let later = try await bench.ledger.recordProgress("Done", log: nil, of: record.id, digest, askAgain: nil)
        #expect(later.handOver?.log.count == 20 && later.handOver?.status == "Done")
        #expect(try await bench.reopened().item(record.id) == later)
    }

    @Test(arguments: [
        "INSERT INTO handOver (digest) VALUES ('short')",
        "UPDATE handOver SET model = NULL",
        "UPDATE handOver SET intendedAt = 1",
        "UPDATE handOver SET revision = NULL WHERE hasFailed = 1",
        "UPDATE handOver SET attempt = 0",
        "UPDATE handOver SET log = 'no json'",
        "INSERT INTO modelIntent (name, at) VALUES ('', 1)",
    ])
    func `no hand can make a hand-over half-filled`(sql: String) async throws {
        let bench = try LedgerBench()
        let record = try await fail(try await processing("hall.e57", cloud(), bench), bench)
        #expect(throws: DatabaseError.self) { try bench.rawSQL(sql) }
        #expect(try await bench.ledger.item(record.id) == record)
    }

    @Test func `a model that is gone is resolved again, and its intended revision with it`() async throws {
        let bench = try LedgerBench()
        let cloud = cloud()
        let record = try await self.record("hall.e57", cloud, bench)
        try await send(record, bench)
        try await bench.ledger.recordModel(7, named: "Site", for: cloud.digest)
        #expect(try await bench.ledger.recordRevisionIntent(of: record.id, cloud.digest, at: bench.now))
        try await bench.ledger.recordModel(nil, for: cloud.digest)
        #expect(try await bench.ledger.handOver(of: cloud.digest) == HandOver())
        try await bench.ledger.recordModel(9, named: "Site", for: cloud.digest)
        #expect(try await bench.ledger.handOver(of: cloud.digest).model == 9)
        // A known revision's model stays.
        _ = try await handsOver(record, Self.first, bench)
        try await bench.ledger.recordModel(nil, for: cloud.digest)
        #expect(try await bench.ledger.handOver(of: cloud.digest).made == Self.first)
    }
}
