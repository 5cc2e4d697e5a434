import Foundation
import Ledger
import Station
import TestSupport
import Testing

/// Scans that are read in several goes: after a kill, without their file, or because somebody asks.
struct ScanInterruptionTests {
    @Test func `what was read before a kill is not read again`() async throws {
        let scan = try ScanBench()
        try await scan.record()
        _ = try await scan.beginUpload()
        try await scan.reads("s1")
        try await scan.reads("s2", .rejected([Problem("no-pose", "No pose.")]))
        // A new process.
        #expect(try await scan.beginUpload() == ["s1", "s2"])
        #expect(try await scan.ledger.dueForReading(at: scan.bench.now, limit: 9).map(\.path) == [scan.path])
        try await scan.reads("s3")
        #expect(try await scan.beginUpload() == ["s1", "s2", "s3"])
        try await scan.finishes()
        #expect(try await scan.ledger.dueForReading(at: scan.bench.now, limit: 9) == [])
        #expect(try await scan.ledger.nextDueForReading(at: scan.bench.now) == nil)
    }

    @Test func `a file that goes away in the middle is withdrawn, and what was read from it goes on`() async throws {
        let scan = try ScanBench()
        try await scan.record(positions: 40)
        _ = try await scan.beginUpload(["s1", "s2", "s3", "s4"])
        try await scan.reads("s1")
        try await scan.deliver("s1")
        try await scan.reads("s2")
        try await scan.reads("s3", .rejected([Problem("no-pose", "No pose.")]))
        let gone = try #require(try await scan.ledger.recordVanished(scan.location, at: scan.bench.now))
        #expect(gone.state == .withdrawn && gone.isGone)
        #expect(
            try await scan.ledger.history(of: gone.id).last?.detail
                == "3 of 40 positions were read before the file went away"
        )
        #expect(try await scan.states() == ["s1": .registered, "s2": .accepted, "s3": .withdrawn])
        try await scan.deliver("s2")
        #expect(try await scan.reads("s4", of: ScanBench.scan(positions: 40).digest) == nil)
        // Back again: only what is missing is read.
        #expect(try await scan.record(positions: 40).state.name == .accepted)
        #expect(try await scan.beginUpload(["s1", "s2", "s3", "s4"]) == ["s1", "s2"])
    }

    @Test func `a file that goes away after it was read is no loss`() async throws {
        let scan = try ScanBench()
        try await scan.record()
        try await scan.readsAll()
        let gone = try #require(try await scan.ledger.recordVanished(scan.location, at: scan.bench.now))
        #expect(gone.state.name == .uploaded && gone.isGone)
        try await scan.deliver("s1", "s2", "s3")
        #expect(try await scan.ledger.settleScans(at: scan.bench.now).map(\.state.name) == [.registered])
    }

    @Test func `a position whose faces are lost is read again, and is not sent before`() async throws {
        let scan = try ScanBench()
        try await scan.record()
        try await scan.readsAll()
        let lost = try await scan.position("s2")
        #expect(try await scan.ledger.readAgain(lost.id, at: scan.bench.now).lastSight == .lookAgain)
        let due = try await scan.ledger.dueForUpload(at: scan.bench.now, limit: 9)
        #expect(due.map(\.path) == ["site/hall.e57/s1/", "site/hall.e57/s3/"])
        #expect(try await scan.ledger.dueForReading(at: scan.bench.now, limit: 9).map(\.path) == [scan.path])
        #expect(try await scan.ledger.nextDueForReading(at: scan.bench.now) != nil)
        #expect(try await scan.beginUpload() == ["s1", "s3"])
        try await scan.reads("s2")
        #expect(try await scan.ledger.dueForReading(at: scan.bench.now, limit: 9) == [])
        try await scan.deliver("s1", "s2", "s3")
        #expect(try await scan.ledger.settleScans(at: scan.bench.now).map(\.state.name) == [.registered])
    }

    @Test func `faces that are lost with the file are a position that cannot be delivered`() async throws {
        let scan = try ScanBench()
        try await scan.record()
        try await scan.readsAll()
        _ = try await scan.ledger.recordVanished(scan.location, at: scan.bench.now)
        let lost = try await scan.position("s2")
        #expect(try await scan.ledger.readAgain(lost.id, at: scan.bench.now).state == .withdrawn)
    }

    @Test func `positions are sent while their inbox is away, and the file is not read`() async throws {
        let scan = try ScanBench()
        try await scan.record()
        _ = try await scan.beginUpload()
        try await scan.reads("s1")
        let now = scan.bench.now
        for lost in [LedgerBench.inbox, LedgerBench.inbox + "/site"] {
            #expect(try await scan.ledger.dueForReading(at: now, limit: 9, exceptIn: [lost]) == [])
            #expect(try await scan.ledger.nextDueForReading(at: now, exceptIn: [lost]) == nil)
            let due = try await scan.ledger.dueForUpload(at: now, limit: 9, exceptIn: [lost])
            #expect(due.map(\.path) == ["site/hall.e57/s1/"])
            #expect(try await scan.ledger.nextDueForUpload(at: now, exceptIn: [lost]) != nil)
        }
    }

    @Test func `only faces that are still to be sent take room and are kept`() async throws {
        let scan = try ScanBench()
        try await scan.record()
        try await scan.readsAll()
        #expect(try await scan.ledger.facesOfPositions() == (18_000, 6000))
        try await scan.deliver("s1")
        try await scan.bench.giveUp("\(scan.path)/s2/")
        #expect(try await scan.ledger.facesOfPositions() == (6000, 6000))
        #expect(try await scan.ledger.storedPlaces() == ["faces of \(scan.path)/s3"])
        #expect(try await scan.ledger.isPlaceNeeded("faces of \(scan.path)/s3", by: scan.position("s3").location))
        #expect(try await !scan.ledger.isPlaceNeeded("faces of \(scan.path)/s2", by: scan.position("s2").location))
        // A folder's own stations take none.
        try await scan.bench.record("a", .sample(station: "other"))
        #expect(try await scan.ledger.facesOfPositions() == (6000, 6000))
    }

    @Test func `retry of a position has it read again, also where the whole scan was refused`() async throws {
        let scan = try ScanBench()
        try await scan.record()
        _ = try await scan.beginUpload(["s1", "s2"])
        for name in ["s1", "s2"] { try await scan.reads(name, .rejected([Problem("seams", "Swapped.")])) }
        try await scan.finishes()
        _ = try await scan.ledger.settleScans(at: scan.bench.now)
        _ = try await scan.ledger.retry(scan.position("s1").id, at: scan.bench.now)
        #expect(try await scan.ledger.itemsToLookAt() == [scan.location], "the file is checked again")
        #expect(try await scan.record().state.name == .accepted)
        #expect(try await scan.beginUpload(["s1", "s2"]) == ["s2"])
    }

    @Test func `retry of a scan is for all of its positions that need help`() async throws {
        let scan = try ScanBench()
        try await scan.record()
        _ = try await scan.beginUpload()
        try await scan.reads("s1")
        try await scan.reads("s2", .rejected([Problem("seams", "Swapped.")]))
        try await scan.reads("s3")
        try await scan.finishes()
        try await scan.deliver("s1")
        try await scan.bench.giveUp("\(scan.path)/s3/")
        _ = try await scan.ledger.settleScans(at: scan.bench.now)
        let retried = try await scan.ledger.retry(scan.item().id, at: scan.bench.now)
        #expect(retried.state.name == .registered, "what was delivered stays")
        #expect(try await scan.states() == ["s1": .registered, "s2": .incomplete, "s3": .accepted])
        #expect(try await scan.beginUpload() == ["s1"])
        try await scan.reads("s2")
        try await scan.reads("s3")
        try await scan.finishes()
        try await scan.deliver("s2", "s3")
        await #expect(throws: LedgerError.self, "nothing is left to retry") {
            try await scan.ledger.retry(scan.item().id, at: scan.bench.now)
        }
    }

    /// A delivered file, and another one with other pictures at the same positions, which is refused.
    private static func rivals() async throws -> (first: ScanBench, other: ScanBench) {
        let first = try ScanBench()
        let other = try first.beside("other.e57")
        try await first.record()
        try await first.readsAll()
        try await first.deliver("s1", "s2", "s3")
        _ = try await first.ledger.settleScans(at: first.bench.now)
        try await other.record("two")
        try await other.readsAll()
        #expect(try await other.ledger.settleScans(at: first.bench.now).map(\.state.name) == [.rejected])
        return (first, other)
    }

    @Test func `replace of a file replaces every position in conflict`() async throws {
        let (first, other) = try await Self.rivals()
        let words = try #require(try await other.position("s1").problems.first?.message)
        #expect(words.contains("hall.e57/s1") && words.contains("drop360 replace"))
        _ = try await other.ledger.allowReplacing(other.item().id, at: first.bench.now)
        #expect(try await other.record("two").state.name == .accepted)
        try await other.readsAll()
        #expect(try await other.states() == ["s1": .accepted, "s2": .accepted, "s3": .accepted])
        try await other.deliver("s1", "s2", "s3")
        #expect(try await other.ledger.settleScans(at: first.bench.now).map(\.state.name) == [.registered])
        // What the first file delivered no longer stands: a copy of it is no longer recognised.
        #expect(try await first.beside("copy.e57").record().state.name == .accepted)
    }

    @Test func `a position whose rival is taken out of CDF is read again, and the others are not`() async throws {
        let (first, other) = try await Self.rivals()

        let image = try #require(try await first.position("s1").capture).ids.image
        let plan = try await first.ledger.planRetraction(of: image, at: image)
        let retraction = try await first.ledger.requestRetraction(of: plan, withFiles: false, at: first.bench.now)
        let gone = try await first.ledger.recordImageGone(image, at: first.bench.now)
        #expect(gone.freed.map(\.path) == ["other.e57"])
        _ = try await first.ledger.recordRetracted(retraction, words: "", at: first.bench.now)
        #expect(try await other.states() == ["s1": .incomplete, "s2": .rejected, "s3": .rejected])
        #expect(try await other.record("two").state.name == .accepted)
        try await other.readsAll()
        #expect(try await other.states() == ["s1": .accepted, "s2": .rejected, "s3": .rejected])
    }

    @Test func `what cannot be retried without the file says so`() async throws {
        let scan = try ScanBench()
        try await scan.record()
        _ = try await scan.beginUpload()
        try await scan.reads("s1", .rejected([Problem("seams", "Swapped.")]))
        _ = try await scan.ledger.recordVanished(scan.location, at: scan.bench.now)
        for id in [try await scan.position("s1").id, try await scan.item().id] {
            await #expect {
                try await scan.ledger.retry(id, at: scan.bench.now)
            } throws: { "\($0)".contains("Copy the file into the inbox again") }
        }
    }

    @Test func `a delivered file that is copied again gives what was not delivered another chance`() async throws {
        let scan = try ScanBench()
        try await scan.record()
        _ = try await scan.beginUpload()
        try await scan.reads("s1")
        try await scan.reads("s2", .rejected([Problem("conflict", "Another one.")]))
        try await scan.reads("s3")
        try await scan.finishes()
        try await scan.deliver("s1")
        try await scan.bench.giveUp("\(scan.path)/s3/")
        _ = try await scan.ledger.settleScans(at: scan.bench.now)
        // Taken away, as the report allows, and copied again, as it asks for.
        _ = try await scan.ledger.recordVanished(scan.location, at: scan.bench.now)
        #expect(try await scan.states() == ["s1": .registered, "s2": .withdrawn, "s3": .withdrawn])
        #expect(try await scan.ledger.dueForReading(at: scan.bench.now, limit: 9) == [])
        #expect(try await scan.record(stamp: "copied").state.name == .registered)
        #expect(try await scan.ledger.dueForReading(at: scan.bench.now, limit: 9).map(\.path) == [scan.path])
        #expect(try await scan.beginUpload() == ["s1"])
        try await scan.reads("s2")
        try await scan.reads("s3")
        try await scan.deliver("s2", "s3")
        #expect(try await scan.ledger.dueForReading(at: scan.bench.now, limit: 9) == [])
        // The same without having been away; nothing is left to read.
        try await scan.record(stamp: "touched")
        #expect(try await scan.ledger.dueForReading(at: scan.bench.now, limit: 9) == [])
    }

    @Test func `a file that becomes a copy of another leaves nothing to read, whatever is retried`() async throws {
        let scan = try ScanBench()
        let other = try scan.beside("other.e57")
        try await other.record("two")
        try await other.readsAll(["t1"])
        try await other.deliver("t1")
        _ = try await other.ledger.settleScans(at: scan.bench.now)
        try await scan.record()
        _ = try await scan.beginUpload(["s1", "s2"])
        try await scan.reads("s1", .rejected([Problem("seams", "Swapped.")]))
        try await scan.reads("s2")
        try await scan.finishes()
        let revision = try await scan.item().revision
        #expect(try await scan.record("two").sameAs == other.item().id)
        #expect(try await scan.item().revision > revision)
        #expect(try await scan.states() == ["s1": .withdrawn, "s2": .accepted], "what has its faces goes on")
        try await scan.bench.giveUp("\(scan.path)/s2/")
        for id in [try await scan.position("s2").id, try await scan.item().id] {
            await #expect(throws: LedgerError.self) { try await scan.ledger.retry(id, at: scan.bench.now) }
        }
        #expect(try await scan.ledger.dueForReading(at: scan.bench.now, limit: 9) == [])
        #expect(try await scan.ledger.nextDueForReading(at: scan.bench.now) == nil)
    }

    @Test func `a scan that becomes something else leaves no position that waits for its file`() async throws {
        let scan = try ScanBench()
        try await scan.record()
        try await scan.readsAll()
        try await scan.deliver("s1")
        _ = try await scan.ledger.readAgain(scan.position("s2").id, at: scan.bench.now)
        let cloud = Sighting(
            .pointCloud,
            at: scan.location,
            stamp: Stamp(rawValue: "cloud"),
            outcome: .rejected([Problem("damaged", "Damaged.")])
        )
        _ = try await scan.ledger.record(cloud, at: scan.bench.now)
        #expect(try await scan.item().kind == .pointCloud)
        #expect(try await scan.states() == ["s1": .registered, "s2": .withdrawn, "s3": .accepted])
        let lost = try await scan.ledger.readAgain(scan.position("s3").id, at: scan.bench.now)
        #expect(lost.state == .withdrawn)
        // A scan again: all that is missing is read.
        try await scan.record(stamp: "scan")
        #expect(try await scan.beginUpload() == ["s1"])
    }
}
