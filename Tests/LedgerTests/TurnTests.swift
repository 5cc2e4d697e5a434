import Foundation
import Ledger
import Station
import TestSupport
import Testing

/// Whose turn it is to be sent, and when.
struct TurnTests {
    private func order(_ bench: LedgerBench, limit: Int = 99) async throws -> [String] {
        try await bench.ledger.dueForUpload(at: bench.now, limit: limit).map(\.path)
    }

    @Test func `new captures come before corrections`() async throws {
        let bench = try LedgerBench()
        try await bench.record("old", .sample("old", station: "old"))
        try await bench.deliver("old")
        try await bench.record("old", .sample("old, corrected", station: "old"), stamp: "second")
        try await bench.record("new", .sample("new", station: "new"))
        #expect(try await order(bench) == ["new", "old"])
        // Once begun, it is brought to its end.
        try await bench.beginUpload("old")
        #expect(try await order(bench) == ["old", "new"])
    }

    @Test func `inboxes take turns, however much waits in one of them`() async throws {
        let bench = try LedgerBench()
        for number in 1...9 { try await bench.record("a\(number)", .sample("a\(number)", station: "a\(number)")) }
        for number in 1...2 {
            let capture = Capture.sample("b\(number)", station: "b\(number)")
            let sighting = Sighting(
                at: ItemPath(inbox: "/srv/other", path: "b\(number)"),
                stamp: Stamp(rawValue: "s"),
                outcome: .accepted(.station(capture))
            )
            _ = try await bench.ledger.record(sighting, at: bench.now)
        }
        #expect(try await order(bench, limit: 6) == ["a1", "b1", "a2", "b2", "a3", "a4"])
        try await bench.beginUpload("a1")
        #expect(try await order(bench, limit: 4) == ["a1", "b1", "a2", "b2"])
    }

    @Test func `a pause holds for everyone who opens the ledger, until it is ended`() async throws {
        let bench = try LedgerBench()
        #expect(try await bench.ledger.pausedSince() == nil)
        let since = bench.now
        #expect(try await bench.ledger.pause(at: since))
        #expect(try await !bench.ledger.pause(at: bench.now), "it was paused already")
        let other = try bench.reopened()
        #expect(try await other.pausedSince() == since)
        #expect(try await other.resume())
        #expect(try await !other.resume())
        #expect(try await bench.ledger.pausedSince() == nil)
        try other.close()
    }

    @Test func `a station postponed by a clock that has since been set back does not wait for that date`() async throws
    {
        let bench = try LedgerBench()
        let id = try await bench.record("a", .sample("a", station: "a")).id
        let now = bench.now
        func putOff(_ seconds: TimeInterval) async throws {
            _ = try await bench.ledger.postpone(id, until: now + seconds, counts: true, reason: "trouble", at: now)
        }
        try await putOff(86_400)
        #expect(try await order(bench) == [], "a day is what the schedule may say")
        try await putOff(86_400 + 7200)
        #expect(try await order(bench) == ["a"], "no schedule says so")
        try await putOff(600)
        #expect(try await order(bench) == [])
        try await bench.ledger.clockWasPutBack(by: 3600)
        #expect(try await order(bench) == ["a"])
    }
}
