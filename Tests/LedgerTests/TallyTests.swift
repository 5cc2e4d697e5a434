import GRDB
import Station
import TestSupport
import Testing

@testable import Ledger

/// What metrics and pages count.
struct TallyTests {
    @Test func `items are counted by kind and state`() async throws {
        let bench = try LedgerBench()
        #expect(try await bench.ledger.tally() == Tally())
        try await bench.record("a", rejected: "bad")
        try await bench.record("b", rejected: "bad")
        try await bench.record("c", incomplete: "part")
        try await bench.record("d", .accepted(.sample()))
        #expect(try await bench.ledger.tally().counts == [.station: [.rejected: 2, .incomplete: 1, .accepted: 1]])
        try await ScanBench(bench).record()
        let counts = try await bench.ledger.tally().counts
        #expect(counts == [.station: [.rejected: 2, .incomplete: 1, .accepted: 1], .scan: [.accepted: 1]])
    }

    @Test func `the tally reads indexes alone, however many items there are`() async throws {
        let bench = try LedgerBench()
        for (sql, index) in [
            (ItemLedger.tallyOfStates, "COVERING INDEX itemState"), (ItemLedger.tallyOfKind, "INDEX itemKind"),
            (ItemLedger.oldestUnderWay, "INDEX itemWaiting"),
            (ItemLedger.latestDelivery, "COVERING INDEX itemDelivered"),
            (ItemLedger.deliveriesByHour, "COVERING INDEX itemDelivered"),
        ] {
            let plan = try await bench.ledger.database.read { db in
                let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN " + sql)
                // What is bound does not matter to the plan.
                statement.setUncheckedArguments([])
                return try Row.fetchAll(statement).map { $0["detail"] as String }
            }
            #expect(plan.first?.contains(index) == true, "\(plan)")
        }
    }

    @Test func `the one that waits longest counts from its last step, and only while it is on its way`() async throws {
        let bench = try LedgerBench()
        try await bench.record("refused", rejected: "bad")
        let first = try await bench.record("first", .accepted(.sample(station: "first")))
        let second = try await bench.record("second", .accepted(.sample(station: "second")))
        #expect(try await bench.ledger.tally().oldestUnderWay == first.changedAt)
        try await bench.beginUpload("first")
        #expect(try await bench.ledger.tally().oldestUnderWay == second.changedAt)
        try await bench.recordGone("second")
        try await bench.recordGone("first")
        #expect(try await bench.ledger.tally().oldestUnderWay == nil)
    }
}
