import Foundation
import GRDB
import Station

extension ItemLedger {
    /// One page of the items that `filter` lets through, the highest number first.
    ///
    /// Costs the same however many items there are, but where several filters are each met by many items and together by few.
    ///
    /// - Parameters:
    ///   - filter: Which items.
    ///   - position: Which page.
    ///   - limit: The most items of a page.
    package func page(
        _ filter: ItemFilter = .init(),
        _ position: PagePosition = .newest,
        limit: Int = 100
    ) async throws(LedgerError) -> ItemPage {
        try await read { [unreadable] db in
            let search = try ItemSearch(filter, db)
            // One more shows whether there is another page.
            var found = try search.numbers(position, limit: limit + 1, db)
            let hasMore = found.count > limit
            if hasMore { found.removeLast() }
            if case .before = position { found.reverse() }
            let rows = try ItemRow.fetchAll(db, sql: Self.rows, arguments: [try JSON.encode(found)])
            var page = ItemPage(items: try rows.compactMap { try $0.listed(db, reportingTo: unreadable) })
            let (first, last) = (found.first.map(ItemNumber.init), found.last.map(ItemNumber.init))
            switch position {
            case .newest: page.older = hasMore ? last.map(PagePosition.after) : nil
            case .after(let number):
                page.older = hasMore ? last.map(PagePosition.after) : nil
                page.newer = .before(first ?? ItemNumber(rawValue: number.rawValue - 1))
            case .before(let number):
                page.newer = hasMore ? first.map(PagePosition.before) : nil
                page.older = .after(last ?? ItemNumber(rawValue: number.rawValue + 1))
            }
            return page
        }
    }

    /// The newest items that `filter` lets through, the highest number first, as far as their own rows say: without contents and what follows
    /// from those.
    package func newestRows(
        _ filter: ItemFilter,
        limit: Int
    ) async throws(LedgerError) -> (items: [ItemRecord], hasMore: Bool) {
        try await read { [unreadable] db in
            let found = try ItemSearch(filter, db).numbers(.newest, limit: limit + 1, db)
            let rows = try ItemRow.fetchAll(
                db,
                sql: Self.rows,
                arguments: [try JSON.encode(Array(found.prefix(limit)))]
            )
            let items = try rows.compactMap { row in try row.reporting(to: unreadable) { try row.record(.init()) } }
            return (items, found.count > limit)
        }
    }

    private static let rows = "SELECT * FROM item WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id DESC"

    /// The numbers of the items that `filter` lets through, the one that changed last first.
    ///
    /// All at one moment, so that what is then read in pieces has nothing twice.
    ///
    /// - Parameters:
    ///   - filter: Which items.
    ///   - limit: The most numbers to return.
    package func numbersByChange(_ filter: ItemFilter, limit: Int = .max) async throws(LedgerError) -> [ItemNumber] {
        try await read { db in
            if filter.isOnlySince {
                return try Int64.fetchAll(
                    db,
                    sql: "SELECT id FROM item WHERE changedAt >= ? ORDER BY changedAt DESC, id DESC LIMIT ?",
                    arguments: [filter.since?.ledger ?? .min, limit]
                ).map(ItemNumber.init)
            }
            let found = try ItemSearch(filter, db).numbers(.newest, limit: .max, db)
            return try Int64.fetchAll(
                db,
                sql: """
                    SELECT id FROM item WHERE id IN (SELECT value FROM json_each(?))
                    ORDER BY changedAt DESC, id DESC LIMIT ?
                    """,
                arguments: [try JSON.encode(found), limit]
            ).map(ItemNumber.init)
        }
    }

    /// Some items, in the order of `numbers`; those that are unreadable are reported and left out.
    package func items(_ numbers: [ItemNumber]) async throws(LedgerError) -> [ItemRecord] {
        try await read { [unreadable] db in
            try numbers.compactMap { number in
                try ItemRow.fetchOne(db, key: number.rawValue)?.recordOrReport(db, to: unreadable)
            }
        }
    }

    /// The ids of the sites that items belong to, in order.
    package func sites(limit: Int = 1000) async throws(LedgerError) -> [String] {
        try await read { db in try Self.distinct("site", limit: limit, db) }
    }

    /// The inboxes that items were found in, in order; also those that are no longer configured.
    package func inboxes(limit: Int = 1000) async throws(LedgerError) -> [String] {
        try await read { db in try Self.distinct("inbox", limit: limit, db) }
    }

    /// From one value to the next by the column's index, instead of through all rows.
    static func distinct(_ column: String, limit: Int, _ db: Database) throws -> [String] {
        try String.fetchAll(
            db,
            sql: """
                SELECT value FROM (
                  WITH RECURSIVE step(value) AS (
                    SELECT min(\(column)) FROM item WHERE \(column) IS NOT NULL
                    UNION ALL
                    SELECT (SELECT min(\(column)) FROM item WHERE \(column) > step.value) FROM step
                    WHERE step.value IS NOT NULL
                  )
                  SELECT value FROM step WHERE value IS NOT NULL LIMIT ?
                )
                """,
            arguments: [limit]
        )
    }
}

extension ItemRow {
    /// The item as lists show it; an invalid row is reported and left out.
    func listed(_ db: Database, reportingTo report: @Sendable (LedgerError) -> Void) throws -> ListedItem? {
        guard let record = try recordOrReport(db, to: report) else { return nil }
        let files = try Row.fetchOne(
            db,
            sql: "SELECT count(*), count(sentAt) FROM file WHERE item = ? AND digest = ?",
            arguments: [id, digest]
        )
        return ListedItem(
            record: record,
            files: files?[0] ?? 0,
            sentFiles: files?[1] ?? 0,
            positions: record.kind == .scan ? try ItemLedger.positionCounts(of: record.id, db) : [:]
        )
    }
}
