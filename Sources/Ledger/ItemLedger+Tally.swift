package import Foundation
import GRDB
package import Station

/// How many items there are, and how long the queue has waited.
package struct Tally: Sendable, Equatable {
    /// By kind and state; those without any items are not there.
    package var counts: [ItemKind: [ItemState.Name: Int]] = [:]
    /// When the item that has waited longest came into its state; nil where nothing is under way.
    package var oldestUnderWay: Date?

    /// Items of all kinds; states without any are there with 0.
    package var byState: [ItemState.Name: Int] {
        let none = Dictionary(uniqueKeysWithValues: ItemState.Name.allCases.map { ($0, 0) })
        return counts.values.reduce(into: none) { $0.merge($1, uniquingKeysWith: +) }
    }
}

extension ItemLedger {
    /// How many items there are, whatever their number: the ledger keeps count.
    package func tally() async throws(LedgerError) -> Tally {
        try await read { db in
            var tally = Tally()
            for row in try Row.fetchAll(db, sql: Self.tallyByKind) {
                // An invalid kind or state is reported where its item is read.
                guard let kind = ItemKind(rawValue: row["kind"]), let state = ItemState.Name(rawValue: row["state"])
                else { continue }
                tally.counts[kind, default: [:]][state] = row["n"]
            }
            tally.oldestUnderWay = try Int64.fetchOne(db, sql: Self.oldestUnderWay).map { Date(ledger: $0) }
            return tally
        }
    }

    /// How many items are in each state; states without any are there with 0.
    package func counts() async throws(LedgerError) -> [ItemState.Name: Int] {
        try await tally().byState
    }

    static let tallyByKind = "SELECT kind, state, sum(items) AS n FROM tally WHERE items > 0 GROUP BY kind, state"
    /// SQLite would rather read all that wait, by the index that it knows best.
    static let oldestUnderWay = """
        SELECT changedAt FROM item INDEXED BY itemWaiting WHERE state IN \(ItemState.Name.underWay.sql)
        ORDER BY changedAt LIMIT 1
        """
}
