import Foundation
import GRDB
import Station

extension ItemLedger {
    /// The items that were refused or failed after a row of the history, and are so still.
    ///
    /// One that was refused for the same reasons before, and has been nothing better since, is not among them.
    ///
    /// - Parameters:
    ///   - row: The last row that has been looked at.
    ///   - span: How many rows to look at.
    package func troubles(after row: Int64, span: Int64 = 2000) async throws(LedgerError) -> TroublePage {
        try await read { db in
            let last = try Int64.fetchOne(db, sql: "SELECT max(id) FROM history") ?? 0
            let end = min(last, row + span)
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT item.id, item.inbox || '/' || item.path AS folder, item.problems, item.failure
                    FROM history AS h JOIN item ON item.id = h.item
                    WHERE h.id > ?1 AND h.id <= ?2 AND h.event IN \(Self.troubling.sql) AND item.state = h.state
                      AND NOT EXISTS (
                        SELECT 1 FROM history AS p
                        WHERE p.item = h.item AND p.id < h.id AND p.event = h.event AND p.detail IS h.detail
                          AND NOT EXISTS (
                            SELECT 1 FROM history AS q
                            WHERE q.item = h.item AND q.id > p.id AND q.id < h.id AND q.state IN \(Self.better.sql)))
                    ORDER BY h.id
                    """,
                arguments: [row, end]
            )
            return TroublePage(troubles: try rows.map(Self.trouble), readUpTo: max(row, end), hasMore: end < last)
        }
    }

    /// Those of the items that are still refused or failed.
    ///
    /// - Returns: Their numbers, and the first of them as they are now.
    package func stillTroubled(
        _ items: [ItemNumber],
        first limit: Int
    ) async throws(LedgerError) -> (numbers: [ItemNumber], first: [StationTrouble]) {
        let numbers = "[" + items.map { "\($0)" }.joined(separator: ",") + "]"
        return try await read { db in
            let open = try Int64.fetchAll(
                db,
                sql: """
                    SELECT id FROM item WHERE id IN (SELECT value FROM json_each(?)) AND state IN \(Self.troubling.sql)
                    ORDER BY id
                    """,
                arguments: [numbers]
            )
            let rows = try open.prefix(limit).compactMap {
                try Row.fetchOne(
                    db,
                    sql: "SELECT id, inbox || '/' || path AS folder, problems, failure FROM item WHERE id = ?",
                    arguments: [$0]
                )
            }
            return (open.map(ItemNumber.init(rawValue:)), try rows.map(Self.trouble))
        }
    }

    /// States in which an item needs attention; their events in the history have the same names.
    private static let troubling: [ItemState.Name] = [.rejected, .failed]
    /// States that end a trouble: the same one after them is told again.
    private static let better: [ItemState.Name] = ItemState.Name.underWay + [.registered, .withdrawn]

    private static func trouble(_ row: Row) throws -> StationTrouble {
        StationTrouble(
            item: ItemNumber(rawValue: row["id"]),
            folder: row["folder"],
            problems: try (row["problems"] as String?).map { try JSON.decode([Problem].self, $0) } ?? [],
            failure: try (row["failure"] as String?).map { try JSON.decode(ItemState.Failure.self, $0) }
        )
    }
}
