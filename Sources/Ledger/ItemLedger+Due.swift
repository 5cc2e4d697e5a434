package import Foundation
import GRDB
package import Station

/// What is due for a stage, and when something of its own is next due.
extension ItemLedger {
    /// Items of a kind whose files are to be sent: those that failed least often; among them those begun first, then new contents before
    /// corrections, then one of each inbox in turn, in the order they were seen.
    ///
    /// Uses an index, however many wait.
    ///
    /// - Parameters:
    ///   - kind: The items' kind.
    ///   - now: The present.
    ///   - limit: The most items to return.
    ///   - lost: Inboxes and folders, absolute, that cannot be read now; their items wait.
    package func dueForUpload(
        _ kind: ItemKind = .station,
        at now: Date,
        limit: Int,
        exceptIn lost: Set<String> = []
    ) async throws(LedgerError) -> [ItemRecord] {
        let places = try Self.list(lost)
        return try await read { [unreadable] db in
            var candidates = try Wait.begun(kind, exceptIn: places).due(at: now, order: "attempts, id", limit, db)
            let inboxes = try String.fetchAll(
                db,
                sql: "SELECT DISTINCT inbox FROM item WHERE \(Wait.isToBeBegun) AND kind = \(kind.sql) ORDER BY inbox"
            )
            for inbox in inboxes where !lost.contains(inbox) {
                candidates += try Wait.toBeBegun(kind, exceptIn: places, inbox: inbox)
                    .due(at: now, order: "attempts, corrects, id", limit, db)
            }
            for inbox in inboxes where kind == .station && lost.contains(inbox) {
                candidates += try Wait.positionsToBeBegun(inbox: inbox)
                    .due(at: now, order: "attempts, corrects, id", limit, db)
            }
            return try Self.inTurns(candidates).prefix(limit).compactMap { try $0.recordOrReport(db, to: unreadable) }
        }
    }

    /// When the next item of a kind is due for ``dueForUpload(_:at:limit:exceptIn:)``; nil if none waits.
    ///
    /// - Parameters:
    ///   - kind: The items' kind.
    ///   - now: The present.
    ///   - lost: Inboxes and folders that cannot be read now: files still to be sent from there are not due.
    package func nextDueForUpload(
        _ kind: ItemKind = .station,
        at now: Date,
        exceptIn lost: Set<String> = []
    ) async throws(LedgerError) -> Date? {
        let places = try Self.list(lost)
        let waits = [Wait.begun(kind, exceptIn: places), .toBeBegun(kind, exceptIn: places)]
        return try await read { db in try Wait.next(of: waits, at: now, db) }
    }

    /// Items of a kind whose files are to be confirmed and registered.
    package func dueForRegistration(
        _ kind: ItemKind = .station,
        at now: Date,
        limit: Int
    ) async throws(LedgerError) -> [ItemRecord] {
        try await read { [unreadable] db in
            try Wait.uploaded(kind).due(at: now, order: "id", limit, db)
                .compactMap { try $0.recordOrReport(db, to: unreadable) }
        }
    }

    /// When the next item of a kind is due for ``dueForRegistration(_:at:limit:)``; nil if none waits.
    package func nextDueForRegistration(_ kind: ItemKind = .station, at now: Date) async throws(LedgerError) -> Date? {
        try await read { db in try Wait.next(of: [.uploaded(kind)], at: now, db) }
    }

    /// Sorts by turn.
    private static func inTurns(_ rows: [ItemRow]) -> [ItemRow] {
        struct Queue: Hashable {
            var inbox: String
            var attempts: Int
            var corrects: Bool
        }
        func isBegun(_ row: ItemRow) -> Bool { row.stateName == .uploading }
        var turns: [Int64: Int] = [:]
        for queue in Dictionary(
            grouping: rows,
            by: { Queue(inbox: $0.inbox, attempts: $0.attempts, corrects: $0.corrects) }
        ).values {
            let sorted = queue.sorted { (isBegun($0) ? 0 : 1, $0.id ?? 0) < (isBegun($1) ? 0 : 1, $1.id ?? 0) }
            for (turn, row) in sorted.enumerated() { turns[row.id ?? 0] = turn }
        }
        func key(_ row: ItemRow) -> (Int, Int, Int, Int, Int64) {
            let id = row.id ?? 0
            return (row.attempts, isBegun(row) ? 0 : 1, row.corrects ? 1 : 0, turns[id] ?? 0, id)
        }
        return rows.sorted { key($0) < key($1) }
    }

    static func list(_ places: Set<String>) throws(LedgerError) -> String {
        do { return try JSON.encode(places.sorted()) } catch { throw .notApplicable("\(error)") }
    }

    /// Further ahead than any schedule postpones an item, in seconds: only a clock that was set back since leaves such dates, and they are due.
    package static let furthest: TimeInterval = 25 * 3600

    /// The clock was set back by this many seconds: moves due dates so that nothing waits longer because of it.
    ///
    /// (If it jumped forward, items are due sooner, which does no harm.)
    package func clockWasPutBack(by seconds: TimeInterval) async throws(LedgerError) {
        try await write { db in
            try db.execute(
                sql: """
                    UPDATE item SET notBefore = max(0, notBefore - ?)
                    WHERE state IN \(ItemState.Name.underWay.sql)
                    """,
                arguments: [Int64(seconds * 1000)]
            )
        }
    }
}
