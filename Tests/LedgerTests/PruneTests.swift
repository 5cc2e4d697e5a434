import Foundation
@testable import Ledger
import Station
import TestSupport
import Testing

/// What is forgotten after years, and what never is.
struct PruneTests {
    private func report(_ bench: LedgerBench) async throws {
        for record in try await bench.ledger.unreported(incompleteSince: bench.now, limit: 1000) {
            try await bench.ledger.recordReported(record.id, revision: record.revision, report: nil)
        }
    }

    @Test func `what was never delivered and is gone is forgotten, also by the search`() async throws {
        let bench = try LedgerBench()
        try await bench.record("never", rejected: "no pose")
        try await bench.recordGone("never")
        try await bench.record("here", rejected: "no pose")
        try await report(bench)
        let dry = try await bench.ledger.prune(before: bench.now, dryRun: true)
        #expect(dry == PrunedFacts(items: 1, contents: 0, steps: 2))
        #expect(try await bench.ledger.items().count == 2)
        #expect(try await bench.ledger.prune(before: bench.now, dryRun: false) == dry)
        #expect(try await bench.ledger.items().map(\.path) == ["here"])
        #expect(try await bench.ledger.page(ItemFilter(text: "never")).items.isEmpty)
        // It comes back as something new.
        #expect(try await bench.record("never", .sample("c")).state.name == .accepted)
        #expect(try await bench.ledger.verification().problems == [])
    }

    @Test func `what was delivered is recognised after years, whether its folder is gone or not`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample("c", station: "s"))
        try await bench.deliver("a")
        try await bench.recordGone("a")
        try await report(bench)
        _ = try await bench.ledger.prune(before: bench.now, dryRun: false)
        let again = try await bench.record("b", .sample("c", station: "s"))
        #expect(again.state.name == .registered)
        let other = try await bench.record("d", .sample("other", station: "s"))
        #expect(other.codes == ["conflict"])
        #expect(try await bench.ledger.files(of: bench.station("a").id).count == 6)
    }

    @Test func `of a corrected station the replaced content goes, and the present one stays`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample("first", station: "s"))
        try await bench.deliver("a")
        try await bench.record("a", .sample("second", station: "s"))
        try await bench.deliver("a")
        try await report(bench)
        let cutoff = bench.now
        #expect(try await bench.ledger.prune(before: cutoff, dryRun: true).contents == 1)
        _ = try await bench.ledger.prune(before: cutoff, dryRun: false)
        #expect(try bench.rawRows("SELECT count(*) FROM content") == ["1"])
        #expect(try bench.rawRows("SELECT count(*) FROM file") == ["6"])
        #expect(try await bench.ledger.verification().problems == [])
        // The first content again is one more correction.
        #expect(try await bench.record("a", .sample("first", station: "s")).state.name == .accepted)
    }

    @Test func `steps go; what came of them, and who asked for it, stays`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample("c"))
        try await bench.deliver("a")
        try await report(bench)
        _ = try await bench.ledger.prune(before: bench.now, dryRun: false)
        #expect(try await bench.events("a") == ["accepted", "registered"])
        #expect(try await bench.ledger.prunedBefore() != nil)
    }

    @Test func `what is younger, under way, or not reported yet is left alone`() async throws {
        let bench = try LedgerBench()
        let early = bench.now
        try await bench.record("waits", .sample("w"))
        try await bench.record("gone", rejected: "no pose")
        try await bench.recordGone("gone")
        #expect(try await bench.ledger.prune(before: early, dryRun: false).isEmpty)
        // The report of `gone` still lies in the inbox.
        #expect(try await bench.ledger.prune(before: bench.now, dryRun: false).items == 0)
        #expect(try await bench.events("waits") == ["seen", "accepted"])
    }

    @Test func `the rest of the history cannot be deleted`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample("c"))
        try await bench.deliver("a")
        _ = try await bench.ledger.prune(before: Date(timeIntervalSince1970: 0), dryRun: false)
        #expect(throws: (any Error).self) { try bench.rawSQL("DELETE FROM history") }
    }
}
