import Foundation
import Ledger
import Station
import TestSupport
import Testing

/// A file whose positions become stations: its own states, and what becomes of it.
struct ScanTests {
    @Test func `a scan is read position by position, and is registered with the last of them`() async throws {
        let scan = try ScanBench()
        let accepted = try await scan.record()
        #expect(accepted.kind == .scan && accepted.state.name == .accepted)
        #expect(accepted.content == .scan(ScanBench.scan()))
        #expect(try await scan.ledger.files(of: accepted.id) == [])
        #expect(try await scan.beginUpload() == [])
        #expect(try await scan.item().state.name == .uploading)
        let first = try #require(try await scan.reads("s1"))
        #expect(first.kind == .station && first.scan == accepted.id && first.state.name == .accepted)
        #expect(first.path == "site/hall.e57/s1/")
        try await scan.reads("s2")
        try await scan.reads("s3")
        #expect(try await scan.ledger.settleScans(at: scan.bench.now) == [], "it is still being read")
        #expect(try await scan.finishes().state.name == .uploaded)
        try await scan.deliver("s1", "s2")
        #expect(try await scan.ledger.settleScans(at: scan.bench.now) == [], "a position is on its way")
        try await scan.deliver("s3")
        #expect(try await scan.ledger.hasScansToSettle())
        let settled = try await scan.ledger.settleScans(at: scan.bench.now)
        #expect(settled.map(\.state.name) == [.registered])
        #expect(try await !scan.ledger.hasScansToSettle())
        #expect(
            try await scan.bench.events(scan.path) == ["seen", "accepted", "upload-started", "uploaded", "registered"]
        )
        #expect(try await scan.bench.reopened().item(accepted.id) == settled.first)
    }

    @Test func `where every position was refused the scan is, and says what is wrong with each`() async throws {
        let scan = try ScanBench()
        try await scan.record()
        _ = try await scan.beginUpload()
        for name in ["s1", "s2", "s3"] { try await scan.reads(name, .rejected([Problem("no-pose", "No pose.")])) }
        try await scan.finishes()
        let refused = try #require(try await scan.ledger.settleScans(at: scan.bench.now).first)
        #expect(refused.state.name == .rejected)
        #expect(refused.problems.map(\.message) == ["s1: No pose.", "s2: No pose.", "s3: No pose."])
    }

    @Test func `one refused position among good ones leaves the scan what it is`() async throws {
        let scan = try ScanBench()
        try await scan.record()
        _ = try await scan.beginUpload()
        try await scan.reads("s1", .rejected([Problem("no-pose", "No pose.")]))
        try await scan.reads("s2")
        try await scan.reads("s3")
        try await scan.finishes()
        try await scan.deliver("s2", "s3")
        #expect(try await scan.ledger.settleScans(at: scan.bench.now).map(\.state.name) == [.registered])
        #expect(try await scan.ledger.positionCounts(of: scan.item().id) == [.rejected: 1, .registered: 2])
        #expect(try await scan.ledger.positions(of: scan.item().id, limit: 1).map(\.state.name) == [.rejected])
    }

    @Test func `where positions failed and none was delivered, the scan has failed and may be retried`() async throws {
        let scan = try ScanBench()
        try await scan.record()
        try await scan.readsAll(["s1", "s2"])
        try await scan.bench.giveUp("\(scan.path)/s1/")
        try await scan.bench.giveUp("\(scan.path)/s2/")
        let failed = try #require(try await scan.ledger.settleScans(at: scan.bench.now).first)
        #expect(failed.state.name == .failed)
        #expect(try await scan.ledger.retry(failed.id, at: scan.bench.now).state.name == .accepted)
        #expect(try await scan.states() == ["s1": .accepted, "s2": .accepted])
        #expect(try await scan.beginUpload(["s1", "s2"]) == [], "their faces were removed: they are read again")
    }

    @Test func `refused positions beyond fifty are counted`() async throws {
        let scan = try ScanBench()
        try await scan.record(positions: 60)
        let names = (1...60).map { "s\($0)" }
        _ = try await scan.beginUpload(names)
        for name in names { try await scan.reads(name, .rejected([Problem("no-pose", "No pose.")])) }
        try await scan.finishes()
        let refused = try #require(try await scan.ledger.settleScans(at: scan.bench.now).first)
        #expect(refused.problems.count == 51)
        #expect(refused.problems.last?.message == "10 more positions were refused.")
    }

    @Test func `the same file under another name is recognised, while it is read and afterwards`() async throws {
        let scan = try ScanBench()
        let (copy, late) = (try scan.beside("copy.e57"), try scan.beside("late.e57"))
        let original = try await scan.record()
        #expect(try await copy.record().sameAs == original.id)
        #expect(try await scan.ledger.dueForReading(at: scan.bench.now, limit: 9).map(\.id) == [original.id])
        #expect(try await copy.beginUpload() == nil, "nothing is read from it")
        try await scan.readsAll(["s1"])
        try await scan.deliver("s1")
        _ = try await scan.ledger.settleScans(at: scan.bench.now)
        #expect(try await copy.item().state.name == .registered)
        let recognised = try await late.record()
        #expect(recognised.state.name == .registered && recognised.sameAs == original.id)
    }

    @Test func `a corrected file corrects its positions, and those that it no longer has are gone`() async throws {
        let scan = try ScanBench()
        try await scan.record()
        try await scan.readsAll()
        try await scan.deliver("s1", "s2", "s3")
        _ = try await scan.ledger.settleScans(at: scan.bench.now)
        let images = try await scan.position("s1").capture?.ids
        #expect(try await scan.record("two", positions: 2).state.name == .accepted)
        #expect(try await scan.beginUpload(["s1", "s2"]) == [])
        let former = try await scan.position("s3")
        #expect(former.isGone && former.state.name == .registered)
        #expect(try await scan.ledger.positionCounts(of: scan.item().id) == [.registered: 2], "as many as the file has")
        try await scan.reads("s1")
        let corrected = try await scan.position("s1")
        #expect(corrected.state.name == .accepted && corrected.capture?.ids == images, "the same ids")
        try await scan.reads("s2")
        try await scan.finishes()
        try await scan.deliver("s1", "s2")
        #expect(try await scan.ledger.settleScans(at: scan.bench.now).map(\.state.name) == [.registered])
        // The former content is not what stands in CDF any more: it is read again, not recognised.
        #expect(try await scan.record("one").state.name == .accepted)
        #expect(try await scan.beginUpload() == [])
    }

    @Test func `images of positions that a corrected file no longer has are known, until they are taken out`()
        async throws
    {
        let scan = try ScanBench()
        let now = scan.bench.now
        try await scan.record()
        try await scan.readsAll()
        try await scan.deliver("s1", "s2", "s3")
        _ = try await scan.ledger.settleScans(at: now)
        #expect(try await scan.item().leftBehind == [])
        let former = try #require(try await scan.position("s3").capture?.ids.image)
        let second = try #require(try await scan.position("s2").capture?.ids.image)

        // s2 is called hall-2 now, with the same panorama and pose; s3 is gone.
        try await scan.record("two", positions: 2)
        _ = try await scan.beginUpload(["s1", "hall-2"])
        #expect(try await scan.item().leftBehind == [second, former], "nobody has the image of s2 yet")
        try await scan.reads("s1")
        let renamed = try #require(try await scan.position("s2").content)
        let record = try #require(try await scan.reads("hall-2", .accepted(renamed)))
        #expect(record.state.name == .registered && record.sameAs != nil)
        #expect(try await scan.item().leftBehind == [former])
        #expect(try await scan.position("s2").leftBehind == [], "the image is hall-2's")
        #expect(try await scan.position("s3").leftBehind == [former])
        #expect(try await scan.position("s1").leftBehind == [])
        let words = try #require(try await scan.item().leftBehindNote?.message)
        #expect(words.contains("no longer has") && words.contains("`drop360 retract \(former)`"))

        let plan = try await scan.ledger.planRetraction(of: former, at: former)
        _ = try await scan.ledger.requestRetraction(of: plan, withFiles: false, at: now)
        _ = try await scan.ledger.recordImageGone(former, at: now)
        #expect(try await scan.item().leftBehind == [])
        #expect(try await scan.position("s3").leftBehind == [])
        #expect(try await scan.position("s3").retractedWords?.contains("retry") == false, "nothing could be read again")
    }

    @Test func `what put a scan off may be over after a start, elsewhere it waits on`() async throws {
        let scan = try ScanBench()
        let id = try await scan.record().id
        _ = try await scan.beginUpload()
        func isDue() async throws -> Bool {
            try await !scan.ledger.dueForReading(at: scan.bench.now, limit: 9).isEmpty
        }
        func postpone() async throws {
            let now = scan.bench.now
            let later = now.addingTimeInterval(3600)
            _ = try await scan.ledger.postpone(id, until: later, counts: true, reason: "off", at: now)
        }
        try await postpone()
        try await scan.ledger.makeScansDue(in: ["/srv/other"], at: scan.bench.now)
        #expect(try await !isDue())
        try await scan.ledger.makeScansDue(in: [LedgerBench.inbox], at: scan.bench.now)
        #expect(try await isDue())

        // The same where one of its positions is to be read again.
        try await scan.readsAll()
        try await scan.deliver("s1", "s3")
        try await scan.bench.giveUp("\(scan.path)/s2/")
        _ = try await scan.ledger.settleScans(at: scan.bench.now)
        _ = try await scan.ledger.retry(scan.position("s2").id, at: scan.bench.now)
        try await postpone()
        #expect(try await !isDue())
        try await scan.ledger.makeScansDue(in: [LedgerBench.inbox], at: scan.bench.now)
        #expect(try await isDue())
    }

    @Test func `a file that is left alone now is not said to be gone`() async throws {
        let scan = try ScanBench()
        try await scan.record()
        _ = try await scan.beginUpload()
        try await scan.reads("s1")
        let left = try await scan.ledger.recordVanished(scan.location, leavesFilesAlone: true, at: scan.bench.now)
        #expect(left?.state == .withdrawn)
        let line = try #require(try await scan.ledger.history(of: scan.item().id).last)
        #expect(line.isLeftAlone && line.detail?.contains("1 of 3 positions were read before") == true)
        #expect(line.detail?.contains("went away") == false)
        #expect(try await scan.states()["s1"] == .accepted, "what was read is delivered")
    }

    @Test func `a position read from former content is not recorded`() async throws {
        let scan = try ScanBench()
        let former = try #require(try await scan.record().state.digest)
        _ = try await scan.beginUpload()
        try await scan.record("two")
        #expect(try await scan.reads("s1", of: former) == nil)
        #expect(try await scan.states() == [:])
    }

    @Test func `every change of a position makes the scan's report due, and no position has a report`() async throws {
        let scan = try ScanBench()
        try await scan.record()
        _ = try await scan.beginUpload()
        try await scan.reads("s1", .rejected([Problem("no-pose", "No pose.")]))
        try await scan.reads("s2")
        try await scan.finishes()
        try await scan.deliver("s2")
        let settled = try #require(try await scan.ledger.settleScans(at: scan.bench.now).first)
        let due = try await scan.ledger.unreported(incompleteSince: scan.bench.now, limit: 9)
        #expect(due.map(\.id) == [settled.id])
        try await scan.ledger.recordReported(settled.id, revision: settled.revision, report: "/r")
        #expect(try await scan.ledger.unreported(incompleteSince: scan.bench.now, limit: 9) == [])
        _ = try await scan.ledger.retry(scan.position("s1").id, at: scan.bench.now)
        #expect(try await scan.ledger.unreported(incompleteSince: scan.bench.now, limit: 9).map(\.id) == [settled.id])
    }

    @Test func `the watcher is told of the file alone`() async throws {
        let scan = try ScanBench()
        try await scan.record()
        try await scan.readsAll()
        #expect(try await scan.bench.knownItems().keys.sorted() == [scan.path])
        let refused = try await scan.position("s2")
        _ = try await scan.ledger.readAgain(refused.id, at: scan.bench.now)
        #expect(try await scan.ledger.itemsToLookAt() == [])
    }
}
