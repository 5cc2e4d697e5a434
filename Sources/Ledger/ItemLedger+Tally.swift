package import Foundation
import GRDB
package import Station

/// How many items there are, and how long the queue has waited.
package struct Tally: Sendable, Equatable {
    /// By kind and state; those without any items are not there.
    package var counts: [ItemKind: [ItemState.Name: Int]] = [:]
    /// When the item that has waited longest came into its state; nil where nothing is under way.
    package var oldestUnderWay: Date?
}

extension ItemLedger {
    /// Counts the items, from indexes alone: nobody waits for it, however many there are.
    package func tally() async throws(LedgerError) -> Tally {
        try await read { db in
            var tally = Tally()
            for row in try Row.fetchAll(db, sql: Self.tallyOfStates) {
                // Counted where it is read, by `counts()` and the like; an invalid row is reported there.
                guard let kind = ItemKind(rawValue: row["kind"]), let state = ItemState.Name(rawValue: row["state"])
                else { continue }
                tally.counts[kind, default: [:]][state] = row["n"]
            }
            tally.oldestUnderWay = try Int64.fetchOne(db, sql: Self.oldestUnderWay).map { Date(ledger: $0) }
            return tally
        }
    }

    static let tallyOfStates = "SELECT state, kind, count(*) AS n FROM item GROUP BY state, kind"
    /// SQLite would rather read all that wait, by the index that it knows best.
    static let oldestUnderWay = """
        SELECT changedAt FROM item INDEXED BY itemWaiting WHERE state IN \(ItemState.Name.underWay.sql)
        ORDER BY changedAt LIMIT 1
        """
}
