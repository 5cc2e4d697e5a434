import Foundation
import GRDB
@testable import Ledger
import Station
import Synchronization
import TestSupport
import Testing

/// How SQLite finds the rows: by an index, however many items there are.
struct PlanTests {
    /// Everything that is asked again and again while a daemon runs.
    private static let questions: [(String, @Sendable (ItemLedger, Date) async throws -> Void)] = [
        ("what to send", { ledger, now in _ = try await ledger.dueForUpload(at: now, limit: 9, exceptIn: ["/lost"]) }),
        ("when to send", { ledger, now in _ = try await ledger.nextDueForUpload(at: now, exceptIn: ["/lost"]) }),
        ("what to register", { ledger, now in _ = try await ledger.dueForRegistration(at: now, limit: 9) }),
        ("when to register", { ledger, now in _ = try await ledger.nextDueForRegistration(at: now) }),
        (
            "what to hand over",
            { ledger, now in _ = try await ledger.dueForRegistration(.pointCloud, at: now, limit: 9) }
        ),
        ("what to follow", { ledger, now in _ = try await ledger.dueForFollowing(at: now, limit: 9) }),
        ("when to follow", { ledger, now in _ = try await ledger.nextDueForFollowing(at: now) }),
        ("what to retract", { ledger, now in _ = try await ledger.dueForRetraction(at: now, limit: 9) }),
        ("when to retract", { ledger, now in _ = try await ledger.nextDueForRetraction(at: now) }),
        ("what was begun to be cleared", { ledger, now in _ = try await ledger.begunClearings(at: now, limit: 9) }),
        (
            "what to clear",
            { ledger, now in
                _ = try await ledger.dueForClearing(
                    inbox: LedgerBench.inbox,
                    registeredBefore: now,
                    sinceBefore: 0,
                    at: now,
                    limit: 9
                )
            }
        ),
        ("troubles", { ledger, _ in _ = try await ledger.troubles(after: 0) }),
        ("an empty place", { ledger, _ in _ = try await ledger.needsPlace("site") }),
        ("a hand-over", { ledger, _ in _ = try await ledger.handOver(of: ContentDigest(over: ["one"])) }),
        ("a model", { ledger, _ in _ = try await ledger.modelIntent("Site") }),
        ("what to report", { ledger, now in _ = try await ledger.unreported(incompleteSince: now, limit: 9) }),
        ("what to look at", { ledger, _ in _ = try await ledger.itemsToLookAt() }),
        ("open reports", { ledger, _ in _ = try await ledger.openReports() }),
        ("rendered faces", { ledger, _ in _ = try await ledger.storedPlaces() }),
        ("what to read", { ledger, now in _ = try await ledger.dueForReading(at: now, limit: 9, exceptIn: ["/lost"]) }),
        ("when to read", { ledger, now in _ = try await ledger.nextDueForReading(at: now, exceptIn: ["/lost"]) }),
        ("scans to settle", { ledger, now in _ = try await ledger.settleScans(at: now) }),
        ("faces of positions", { ledger, _ in _ = try await ledger.facesOfPositions() }),
        ("positions", { ledger, _ in _ = try await ledger.positions(of: ItemNumber(rawValue: 1), limit: 9) }),
        ("reports elsewhere", { ledger, _ in _ = try await ledger.reportsElsewhere() }),
        ("large collections", { ledger, _ in _ = try await ledger.collections(withAtLeast: 1) }),
        ("a put back clock", { ledger, _ in try await ledger.clockWasPutBack(by: 1) }),
        ("a page", { ledger, _ in _ = try await ledger.page() }),
        ("a page of one state", { ledger, _ in _ = try await ledger.page(.init(state: .failed)) }),
        (
            "a page of one site",
            { ledger, _ in _ = try await ledger.page(.init(site: "a"), .after(.init(rawValue: 7))) }
        ),
        (
            "a page of one inbox",
            { ledger, _ in _ = try await ledger.page(.init(inbox: "a"), .before(.init(rawValue: 7))) }
        ),
        ("a page of one kind", { ledger, _ in _ = try await ledger.page(.init(kind: .scan)) }),
        ("what changed lately", { ledger, now in _ = try await ledger.page(.init(since: now)) }),
        ("a page of several filters", { ledger, _ in _ = try await ledger.page(.init(state: .failed, site: "a")) }),
        ("a search", { ledger, _ in _ = try await ledger.page(.init(text: "hall")) }),
        ("a search in one state", { ledger, _ in _ = try await ledger.page(.init(state: .failed, text: "hall")) }),
        ("all sites", { ledger, _ in _ = try await ledger.sites() }),
        ("a site's stations", { ledger, _ in _ = try await ledger.plannedStations(of: "a", labelled: true) }),
        ("all inboxes", { ledger, _ in _ = try await ledger.inboxes() }),
        ("all sites with counts", { ledger, _ in _ = try await ledger.siteTallies() }),
        ("counts", { ledger, _ in _ = try await ledger.tally() }),
        ("the latest changes", { ledger, _ in _ = try await ledger.items(limit: 9) }),
        ("the latest failures", { ledger, _ in _ = try await ledger.items(in: .failed, limit: 9) }),
        ("the latest numbers", { ledger, _ in _ = try await ledger.numbersByChange(.init(), limit: 9) }),
        ("a station by its name", { ledger, _ in _ = try? await ledger.item(named: "/srv/inbox/hall") }),
        ("a piece of the audit list", { ledger, _ in _ = try await ledger.audit(after: nil) }),
        ("what is to be sent", { ledger, _ in _ = try await ledger.bytesToSend() }),
        ("what is being sent", { ledger, _ in _ = try await ledger.transfers(limit: 9) }),
        ("the last delivery", { ledger, _ in _ = try await ledger.lastDelivery() }),
        ("a day's deliveries", { ledger, now in _ = try await ledger.deliveries(since: now) }),
        ("collections near the limit", { ledger, _ in _ = try await ledger.collectionsNearLimit() }),
        ("visits of a station", { ledger, _ in _ = try await ledger.visits(of: "a/b") }),
        ("an item", { ledger, _ in _ = try await ledger.item(at: ItemPath(inbox: LedgerBench.inbox, path: "a")) }),
    ]

    /// The statements that `work` runs.
    private func statements(_ ledger: ItemLedger, _ work: () async throws -> Void) async throws -> [String] {
        let seen = Mutex<[String]>([])
        try await ledger.database.write { db in
            db.trace { event in if case .statement(let statement) = event { seen.withLock { $0.append(statement.sql) } }
            }
        }
        try await work()
        try await ledger.database.write { db in db.trace(options: []) }
        return seen.withLock { $0 }.filter { statement in
            // What triggers do is told as a comment.
            !statement.hasPrefix("--") && ["SELECT", "UPDATE", "DELETE"].contains { statement.hasPrefix($0) }
        }
    }

    private func plan(_ ledger: ItemLedger, of sql: String) async throws -> [String] {
        try await ledger.database.read { db in
            // What is bound does not matter to the plan.
            let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN " + sql)
            statement.setUncheckedArguments([])
            return try Row.fetchAll(statement).map { $0["detail"] }
        }
    }

    /// Whether a step of a plan goes through a whole table; a partial index holds only what waits.
    private func readsAllRows(_ step: String) -> Bool {
        let words = step.split(separator: " ")
        let tables = [
            "item", "content", "file", "history", "uploadSession", "filePart", "liveContent", "handOver", "modelIntent",
        ]
        let partial = [
            "itemSameAs", "itemLookAgain", "itemTurn", "itemDue", "itemWaiting", "itemToReport", "itemReportFolder",
            "itemScan",
            "itemScanUnderWay",
        ]
        guard words.count > 1, words[0] == "SCAN", tables.contains(String(words[1])) else { return false }
        return !words.contains { partial.contains(String($0)) }
    }

    @Test func `frequent queries use an index`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample())
        let scan = try ScanBench(bench)
        try await scan.record()
        try await scan.readsAll()
        for (question, ask) in Self.questions {
            let statements = try await statements(bench.ledger) { try await ask(bench.ledger, bench.clock.date) }
            #expect(!statements.isEmpty, "\(question)")
            for sql in statements {
                for step in try await plan(bench.ledger, of: sql) {
                    #expect(!readsAllRows(step), "\(question): \(step) in \(sql)")
                }
            }
        }
    }

    @Test func `a new content is compared with the existing ones by an index`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample())
        try await bench.deliver("a")
        let statements = try await statements(bench.ledger) {
            try await bench.record("b", .sample("two", station: "s2"))
            try await bench.deliver("b")
            try await bench.record("a", .sample("corrected"))
            try await bench.deliver("a")
            try await bench.record("c", .sample("two", station: "s3"))
            try await bench.recordGone("c")
        }
        #expect(statements.count > 20)
        for sql in statements {
            for step in try await plan(bench.ledger, of: sql) { #expect(!readsAllRows(step), "\(step) in \(sql)") }
        }
    }

    @Test(arguments: [
        (
            "itemTurn",
            """
            SELECT id FROM item WHERE \(Wait.isToBeBegun) AND kind = 'station' AND inbox = '/in'
            ORDER BY attempts, corrects, id
            """
        ),
        ("itemTurn", "SELECT DISTINCT inbox FROM item WHERE \(Wait.isToBeBegun) AND kind = 'station' ORDER BY inbox"),
        (
            "itemDue",
            """
            SELECT id FROM item WHERE state IN \(ItemState.Name.underWay.sql) AND state = 'accepted' AND kind = 'station'
            ORDER BY notBefore
            """
        ),
        (
            "itemToReport",
            """
            SELECT id FROM item WHERE reportedRevision < revision AND scan IS NULL
              AND (state NOT IN \(ItemState.Name.underWay.sql) OR report IS NOT NULL) ORDER BY id
            """
        ),
        (
            "itemScan",
            "SELECT id FROM item AS position WHERE position.scan = 1 AND position.state IN \(ItemState.Name.underWay.sql)"
        ),
        ("itemLookAgain", "SELECT inbox FROM item WHERE lastSight = \(LastSight.Name.lookAgain.sql)"),
    ])
    func `the names of the types are those of the partial indexes`(index: String, sql: String) async throws {
        let bench = try LedgerBench()
        let steps = try await plan(bench.ledger, of: sql)
        #expect(
            steps.contains { $0.contains("INDEX \(index)") } && !steps.contains { $0.contains("TEMP B-TREE") },
            "\(steps)"
        )
    }
}
