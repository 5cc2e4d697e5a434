package import Foundation
import GRDB
import Station

/// What is due, and when the next is.
extension ItemLedger {
    /// Stations whose faces are to be sent: those that failed least, of them those begun first, then new captures before corrections, then
    /// one of each inbox in turn, in the order they were seen.
    ///
    /// By an index, however many wait.
    ///
    /// - Parameters:
    ///   - now: The present.
    ///   - limit: At most so many.
    ///   - lost: Inboxes and folders, absolute, that cannot be read now; their stations wait.
    package func dueForUpload(at now: Date, limit: Int, exceptIn lost: Set<String> = []) async throws(LedgerError)
        -> [ItemRecord]
    {
        let places = try Self.list(lost)
        return try await read { [unreadable] db in
            var candidates = try Self.due(
                "state = 'uploading' AND \(Self.isReachable)",
                [places],
                at: now,
                order: "attempts, id",
                limit,
                db
            )
            let inboxes = try String.fetchAll(
                db,
                sql: "SELECT DISTINCT inbox FROM station WHERE state = 'accepted' AND sameAs IS NULL ORDER BY inbox"
            )
            for inbox in inboxes where !lost.contains(inbox) {
                candidates += try Self.due(
                    "state = 'accepted' AND sameAs IS NULL AND inbox = ? AND \(Self.isReachable)",
                    [inbox, places],
                    at: now,
                    order: "attempts, corrects, id",
                    limit,
                    db
                )
            }
            return try Self.inTurns(candidates).prefix(limit).compactMap { try $0.recordOrReport(db, to: unreadable) }
        }
    }

    /// Sorts by whose turn it is.
    private static func inTurns(_ rows: [ItemRow]) -> [ItemRow] {
        struct Queue: Hashable {
            var inbox: String
            var attempts: Int
            var corrects: Bool
        }
        func isBegun(_ row: ItemRow) -> Bool { row.state == "uploading" }
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

    /// Whether the station's folder lies in none of the places of a JSON list. (`json_each` has a column `path` of its own.)
    private static let isReachable = """
        NOT EXISTS (SELECT 1 FROM json_each(?) AS lost
                    WHERE instr(station.inbox || '/' || station.path || '/', lost.value || '/') = 1)
        """

    private static func list(_ places: Set<String>) throws(LedgerError) -> String {
        do { return try JSON.encode(places.sorted()) } catch { throw .notApplicable("\(error)") }
    }

    /// Stations whose files are to be confirmed and registered.
    package func dueForRegistration(at now: Date, limit: Int) async throws(LedgerError) -> [ItemRecord] {
        try await read { [unreadable] db in
            try Self.due("state = 'uploaded'", [], at: now, order: "id", limit, db)
                .compactMap { try $0.recordOrReport(db, to: unreadable) }
        }
    }

    private static func due(
        _ condition: String,
        _ values: [String],
        at now: Date,
        order: String,
        _ limit: Int,
        _ db: Database
    ) throws -> [ItemRow] {
        try ItemRow.fetchAll(
            db,
            sql:
                "SELECT * FROM station WHERE \(condition) AND (notBefore <= ? OR \(isUnbelievable)) ORDER BY \(order) LIMIT ?",
            arguments: StatementArguments(values) + [now.ledger, now.ledger, (now + furthest).ledger, limit]
        )
    }

    /// Whether the date of a station was set by a clock that has been set back since: its last change lies ahead, or no schedule puts off
    /// that far.
    ///
    /// Such a date says nothing, and to wait for it might take as long as the clock was wrong.
    private static let isUnbelievable = "((changedAt > ? AND notBefore >= changedAt) OR notBefore > ?)"

    /// When the next undelivered station becomes due; nil where all are delivered, refused or given up.
    ///
    /// - Parameters:
    ///   - now: The present.
    ///   - lost: Inboxes that cannot be read now: what has still to be sent from there is not due.
    package func nextDue(at now: Date, exceptIn lost: Set<String> = []) async throws(LedgerError) -> Date? {
        let places = try Self.list(lost)
        return try await read { db in
            func first(_ condition: String, _ values: [any DatabaseValueConvertible]) throws -> Int64? {
                // In the order of the index: mostly the first row will do.
                try Int64.fetchOne(
                    db,
                    sql: "SELECT notBefore FROM station WHERE \(condition) ORDER BY notBefore LIMIT 1",
                    arguments: StatementArguments(values)
                )
            }
            let onItsWay = ["state = 'accepted' AND sameAs IS NULL", "state = 'uploading'"].map {
                "\($0) AND \(Self.isReachable)"
            }
            let next = try ([first("state = 'uploaded'", [])] + onItsWay.map { try first($0, [places]) }).compactMap(
                \.self
            ).min()
            guard let next, next > now.ledger else { return next.map(Date.init(ledger:)) }
            let clock: [any DatabaseValueConvertible] = [now.ledger, (now + Self.furthest).ledger]
            let wrong =
                try first("state = 'uploaded' AND \(Self.isUnbelievable)", clock) != nil
                || onItsWay.contains { try first("\($0) AND \(Self.isUnbelievable)", [places] + clock) != nil }
            return wrong ? now : Date(ledger: next)
        }
    }

    /// Further ahead than any schedule puts a station off, in seconds: only a clock that was put back since makes such dates, and they are due.
    package static let furthest: TimeInterval = 25 * 3600

    /// The clock was put back by so many seconds: what waits, waits no longer for it.
    ///
    /// (Where it was put forward, what waits is due sooner, which does no harm.)
    package func clockWasPutBack(by seconds: TimeInterval) async throws(LedgerError) {
        try await write { db in
            try db.execute(
                sql: """
                    UPDATE station SET notBefore = max(0, notBefore - ?)
                    WHERE state IN ('accepted', 'uploading', 'uploaded')
                    """,
                arguments: [Int64(seconds * 1000)]
            )
        }
    }
}
