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
            var stations = try Self.counts(db, Self.tallyOfStates)
            for kind in ItemKind.allCases where kind != .station {
                let own = try Self.counts(db, Self.tallyOfKind, [kind.rawValue])
                for (state, count) in own { stations[state, default: 0] -= count }
                tally.counts[kind] = own.isEmpty ? nil : own
            }
            stations = stations.filter { $0.value > 0 }
            tally.counts[.station] = stations.isEmpty ? nil : stations
            tally.oldestUnderWay = try Int64.fetchOne(db, sql: Self.oldestUnderWay).map { Date(ledger: $0) }
            return tally
        }
    }

    private static func counts(
        _ db: Database,
        _ sql: String,
        _ arguments: StatementArguments = []
    ) throws -> [ItemState.Name: Int] {
        try Row.fetchAll(db, sql: sql, arguments: arguments).reduce(into: [:]) { counts, row in
            // An invalid state is reported where its item is read.
            if let state = ItemState.Name(rawValue: row["state"]) { counts[state] = row["n"] }
        }
    }

    static let tallyOfStates = "SELECT state, count(*) AS n FROM item GROUP BY state"
    /// Of the kinds that are few: index `itemState` has no kinds, so that lists can go through it by number.
    static let tallyOfKind = "SELECT state, count(*) AS n FROM item INDEXED BY itemKind WHERE kind = ? GROUP BY state"
    /// SQLite would rather read all that wait, by the index that it knows best.
    static let oldestUnderWay = """
        SELECT changedAt FROM item INDEXED BY itemWaiting WHERE state IN \(ItemState.Name.underWay.sql)
        ORDER BY changedAt LIMIT 1
        """
}
