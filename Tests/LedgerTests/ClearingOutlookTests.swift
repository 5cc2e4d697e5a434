import Foundation
import Ledger
import Station
import TestSupport
import Testing

/// What the ledger says of the files of delivered items: where they go, when, and why not yet.
struct ClearingOutlookTests {
    private static let day: TimeInterval = 86400
    private let one = Capture.sample("one")
    private let later = Capture.sample("later", time: Capture.eleven)

    private func bench(_ way: ClearingOutlook.Way?) async throws -> LedgerBench {
        let bench = try LedgerBench()
        try await bench.ledger.recordClearingRules(way.map { [LedgerBench.inbox: $0] } ?? [:])
        try await bench.record("a/b", one)
        try await bench.deliver("a/b")
        return bench
    }

    private func outlook(_ bench: LedgerBench, _ path: String = "a/b") async throws -> ClearingOutlook? {
        try await bench.ledger.clearingOutlook(of: bench.station(path), at: bench.clock.date)
    }

    private func plan(_ way: ClearingPlan.Way) -> ClearingPlan {
        ClearingPlan(
            way: way,
            folder: "a",
            entries: [.init(name: "b", inode: 1, size: 0, digest: nil)],
            removesFolder: false
        )
    }

    @Test func `without a rule, and before it is delivered, there is none`() async throws {
        #expect(try await outlook(bench(nil)) == nil)
        let bench = try await bench(.move(to: "/done"))
        try await bench.record("c", later)
        #expect(try await outlook(bench, "c") == nil)
    }

    @Test func `what is to be moved has a destination, and a reason while it stays`() async throws {
        let bench = try await bench(.move(to: "/done"))
        #expect(try await outlook(bench) == ClearingOutlook(step: .waiting, destination: "/done/a/b"))
        let trouble = "There is something of this name already."
        let next = bench.clock.date + 900
        try await bench.ledger.postponeClearing(of: bench.station("a/b"), trouble, until: next, witnessed: 0)
        let kept = try #require(try await outlook(bench))
        #expect(kept.keptBack == trouble)
        #expect(kept.nextTry == next)
    }

    @Test func `what waits to be deleted has a date, by the clock and by the time that daemons have seen`() async throws
    {
        let bench = try await bench(.delete(after: 30 * Self.day))
        let delivered = try #require(try await bench.station("a/b").registeredAt)
        #expect(try await outlook(bench)?.dueAt == delivered + 30 * Self.day)
        #expect(try await outlook(bench)?.isDeletion == true)
        // Seen since a day after the delivery, and for two days: 28 are left.
        try await bench.ledger.startClearing(inbox: LedgerBench.inbox, witnessed: 1000)
        let seen = delivered + 3 * Self.day
        try await bench.ledger.recordWitnessedTime(1000 + Int64(2 * Self.day * 1000), at: seen)
        #expect(try await outlook(bench)?.dueAt == seen + 28 * Self.day)
    }

    @Test func `another visit, a copy on its way and a wish to retract keep it back`() async throws {
        let bench = try await bench(.move(to: "/done"))
        try await bench.record("visit", later)
        #expect(try await outlook(bench)?.keptBack == "Another visit of its station is on its way to CDF.")
        try await bench.deliver("visit")
        #expect(try await outlook(bench)?.keptBack == nil)

        let wish = try await bench.ledger.planRetraction(of: "a/b", at: "a/b")
        let retraction = try await bench.ledger.requestRetraction(of: wish, withFiles: false, at: bench.now)
        #expect(try await outlook(bench)?.keptBack == "Its image is being taken out of CDF.")
        _ = try await bench.ledger.recordFailedRetraction(retraction, .init(summary: "no"), at: bench.now)
        #expect(try await outlook(bench)?.keptBack?.contains("which failed") == true)
        #expect(try await bench.dueForClearing() == ["visit"])
    }

    @Test func `a failed retraction of an image that was left behind keeps nothing back`() async throws {
        let bench = try await bench(.move(to: "/done"))
        try await bench.record("a/b", .sample("moved", station: "s9"))
        try await bench.deliver("a/b")
        let wish = try await bench.ledger.planRetraction(of: one.ids.image, at: one.ids.image)
        let retraction = try await bench.ledger.requestRetraction(of: wish, withFiles: false, at: bench.now)
        #expect(try await bench.dueForClearing() == [])
        _ = try await bench.ledger.recordFailedRetraction(retraction, .init(summary: "no"), at: bench.now)
        #expect(try await outlook(bench)?.keptBack == nil)
        #expect(try await bench.dueForClearing() == ["a/b"])
    }

    @Test func `once it is done, it says when and where to, whatever the configuration says now`() async throws {
        let bench = try await bench(.move(to: "/done"))
        let record = try await bench.station("a/b")
        #expect(try await bench.ledger.beginClearing(of: record, plan(.move(to: "/done")), at: bench.now))
        #expect(try await outlook(bench) == ClearingOutlook(step: .begun, destination: "/done/a/b"))
        try await bench.ledger.recordClearingRules([:])
        let at = bench.now
        _ = try await bench.ledger.recordCleared(record.id, remaining: 0, at: at)
        #expect(try await outlook(bench) == ClearingOutlook(step: .done(at: at), destination: "/done/a/b"))
    }
}

extension LedgerBench {
    /// The paths of what may be moved now.
    fileprivate func dueForClearing() async throws -> [String] {
        try await ledger.dueForClearing(
            inbox: Self.inbox,
            registeredBefore: clock.date,
            sinceBefore: nil,
            at: clock.date,
            limit: 9
        ).map(\.path)
    }
}
