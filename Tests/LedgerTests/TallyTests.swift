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

    @Test func `what was delivered is counted from an index alone`() async throws {
        let bench = try LedgerBench()
        for (sql, index) in [
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

    @Test func `what is to be sent is added up, and from a sample where there is too much of it`() async throws {
        let bench = try LedgerBench()
        #expect(try await bench.ledger.bytesToSend() == Unsent())
        for number in 1...5 { try await bench.record("\(number)", .sample("\(number)", station: "\(number)")) }
        // It is delivered by the first.
        try await bench.record("copy", .sample("1", station: "1"))
        #expect(try await bench.ledger.bytesToSend() == Unsent(bytes: 30_000))
        let begun = try await bench.beginUpload("2")
        try await bench.send([.front, .back], of: begun.path)
        #expect(try await bench.ledger.bytesToSend() == Unsent(bytes: 28_000))
        // Two of the five that are accepted: all the same size.
        #expect(try await bench.ledger.bytesToSend(sample: 2) == Unsent(bytes: 4000 + 30_000, isEstimate: true))
        try await bench.send(of: "2")
        try await bench.register("2")
        #expect(try await bench.ledger.bytesToSend() == Unsent(bytes: 24_000))
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
