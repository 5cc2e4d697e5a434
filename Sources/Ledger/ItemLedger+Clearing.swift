package import Foundation
import GRDB
import Station

/// Delivered items whose files leave the inbox (`after`).
extension ItemLedger {
    /// The time that daemons have witnessed with this ledger, in milliseconds, and when that was last recorded.
    package func witnessedTime() async throws(LedgerError) -> (witnessed: Int64, at: Date)? {
        try await read { db in try Self.witnessedTime(db) }
    }

    static func witnessedTime(_ db: Database) throws -> (witnessed: Int64, at: Date)? {
        guard
            let text = try String.fetchOne(db, sql: "SELECT value FROM daemon WHERE key = 'witnessed'"),
            case let parts = text.split(separator: " ").compactMap({ Int64($0) }), parts.count == 2
        else { return nil }
        return (parts[0], Date(ledger: parts[1]))
    }

    package func recordWitnessedTime(_ witnessed: Int64, at now: Date) async throws(LedgerError) {
        try await setDaemonValue("\(witnessed) \(now.ledger)", for: "witnessed")
    }

    /// Has the time of delivered items of an inbox begin that are to be deleted after a while, unless it has begun.
    package func startClearing(inbox: String, witnessed: Int64) async throws(LedgerError) {
        try await write { db in
            try db.execute(
                sql: """
                    INSERT INTO clearing (item, digest, state, since)
                    SELECT item.id, item.digest, 'waiting', ?2 FROM item
                    WHERE item.inbox = ?1 AND \(Self.standing) AND NOT EXISTS (
                      SELECT 1 FROM clearing
                      WHERE clearing.item = item.id AND clearing.digest = item.digest AND clearing.state <> 'done')
                    ON CONFLICT (item) DO UPDATE SET digest = excluded.digest, state = 'waiting', since = excluded.since,
                      plan = NULL, doneAt = NULL, remaining = NULL, trouble = NULL, notBefore = 0
                    """,
                arguments: [inbox, witnessed]
            )
        }
    }

    /// Items whose clearing was begun, and may be continued.
    package func begunClearings(at now: Date, limit: Int) async throws(LedgerError) -> [ItemRecord] {
        try await read { [unreadable] db in
            try ItemRow.fetchAll(
                db,
                sql: """
                    SELECT item.* FROM clearing JOIN item ON item.id = clearing.item
                    WHERE clearing.state = 'begun' AND (clearing.notBefore <= ? OR clearing.notBefore > ?)
                    ORDER BY clearing.item LIMIT ?
                    """,
                arguments: [now.ledger, (now + Self.furthest).ledger, limit]
            ).compactMap { try $0.recordOrReport(db, to: unreadable) }
        }
    }

    /// Delivered items of an inbox that may be cleared now: nothing of them, and no other visit of their station, is under way.
    ///
    /// - Parameters:
    ///   - registeredBefore: When they must have been registered, where they need to wait.
    ///   - sinceBefore: The witnessed time at which their waiting must have begun; nil where they need not wait.
    package func dueForClearing(
        inbox: String,
        registeredBefore: Date,
        sinceBefore: Int64?,
        at now: Date,
        limit: Int
    ) async throws(LedgerError) -> [ItemRecord] {
        try await read { [unreadable] db in
            try ItemRow.fetchAll(
                db,
                sql: """
                    SELECT item.* FROM item
                    LEFT JOIN clearing ON clearing.item = item.id AND clearing.digest = item.digest AND clearing.state <> 'done'
                    WHERE item.inbox = ?1 AND \(Self.standing)
                      AND (?3 IS NULL OR (clearing.since <= ?3 AND item.registeredAt <= ?2))
                      AND (coalesce(clearing.notBefore, 0) <= ?4 OR clearing.notBefore > ?6)
                      AND coalesce(clearing.state, 'waiting') = 'waiting' AND \(Self.isSettled)
                    ORDER BY item.registeredAt, item.id LIMIT ?5
                    """,
                arguments: [
                    inbox, registeredBefore.ledger, sinceBefore, now.ledger, limit, (now + Self.furthest).ledger,
                ]
            ).compactMap { try $0.recordOrReport(db, to: unreadable) }
        }
    }

    /// Whether what was begun may be continued: the content still stands in CDF, and nothing of the item or its station is under way.
    ///
    /// Its folder may be gone already. A move is finished also where an operator takes the image out of CDF: nothing is lost by it, and half of it
    /// would be no use. If it may, what held it up before is forgotten.
    package func resumeClearing(of record: ItemRecord, _ plan: ClearingPlan) async throws(LedgerError) -> Bool {
        guard let digest = record.clearedDigest else { return false }
        let holds = plan.way == .delete ? ClearingHold.allCases : ClearingHold.ofDeliveries
        let isStanding = plan.way == .delete ? Self.delivered : "(item.retracted = ?2 OR \(Self.delivered))"
        return try await write { db in
            try db.execute(
                sql: """
                    UPDATE clearing SET trouble = NULL WHERE item = ?1 AND digest = ?2 AND state = 'begun'
                      AND EXISTS (SELECT 1 FROM item WHERE id = ?1 AND (digest = ?2 OR item.retracted = ?2)
                                    AND \(isStanding) AND \(Self.none(of: holds)))
                    """,
                arguments: [record.id.rawValue, digest.rawValue]
            )
            return db.changesCount == 1
        }
    }

    /// What has been recorded about the clearing of an item's present content, or of that which was taken out of CDF; nil for nothing.
    package func clearing(of record: ItemRecord) async throws(LedgerError) -> Clearing? {
        guard let digest = record.clearedDigest else { return nil }
        return try await read { db in try Clearing.fetch(record.id.rawValue, digest: digest.rawValue, db) }
    }

    /// Records what is about to be done.
    ///
    /// - Returns: False if the item is no longer as it was, so that nothing may be done.
    package func beginClearing(
        of record: ItemRecord,
        _ plan: ClearingPlan,
        at now: Date
    ) async throws(LedgerError) -> Bool {
        guard let digest = record.state.digest else { return false }
        let (id, sight) = (record.id, record.lastSight)
        return try await write { db in
            let row = try Self.fetch(id, db)
            let isSettled = try Bool.fetchOne(
                db,
                sql: "SELECT \(Self.isSettled) FROM item WHERE id = ? AND \(Self.standing)",
                arguments: [id.rawValue]
            )
            guard row.digest == digest.rawValue, try row.sight() == sight, isSettled == true else { return false }
            try db.execute(
                sql: """
                    INSERT INTO clearing (item, digest, state, since, plan) VALUES (?1, ?2, 'begun', 0, ?3)
                    ON CONFLICT (item) DO UPDATE SET digest = excluded.digest, state = 'begun', plan = excluded.plan,
                      doneAt = NULL, remaining = NULL, trouble = NULL
                    """,
                arguments: [id.rawValue, digest.rawValue, try JSON.encode(plan)]
            )
            try row.note(.clearingBegun, detail: plan.words, at: now, db)
            return true
        }
    }

    /// The files have left the inbox.
    ///
    /// - Parameters:
    ///   - id: The item.
    ///   - remaining: Names that are left in the folder.
    ///   - emptied: The folders above in which nothing is left.
    ///   - now: When.
    package func recordCleared(
        _ id: ItemNumber,
        remaining: Int,
        emptied: [EmptiedFolder] = [],
        at now: Date
    ) async throws(LedgerError) -> ItemRecord {
        try await write { db in
            var row = try Self.fetch(id, db)
            try db.execute(
                sql:
                    "UPDATE clearing SET state = 'done', doneAt = ?, remaining = ?, trouble = NULL WHERE item = ? AND state = 'begun'",
                arguments: [now.ledger, remaining, id.rawValue]
            )
            guard db.changesCount == 1 else { return try row.record(db) }
            for folder in emptied { try folder.save(at: now, db) }
            row.set(.gone)
            row.revision += 1
            try row.updateWhatDiffers(db)
            try row.note(
                .cleared,
                detail: remaining == 0 ? nil : "\(remaining) other names stay in the folder",
                at: now,
                db
            )
            return try row.record(db)
        }
    }

    /// It cannot be done now: it is tried again later, as far as it got.
    package func postponeClearing(
        of record: ItemRecord,
        _ trouble: String,
        until date: Date,
        witnessed: Int64
    ) async throws(LedgerError) {
        guard let digest = record.clearedDigest else { return }
        try await write { db in
            try db.execute(
                sql: """
                    INSERT INTO clearing (item, digest, state, since, trouble, notBefore) VALUES (?1, ?2, 'waiting', ?5, ?3, ?4)
                    ON CONFLICT (item) DO UPDATE SET trouble = excluded.trouble, notBefore = excluded.notBefore,
                      digest = excluded.digest,
                      since = iif(\(Self.isOfPresent), since, excluded.since),
                      plan = iif(\(Self.isOfPresent) AND state = 'begun', plan, NULL),
                      state = iif(\(Self.isOfPresent) AND state = 'begun', 'begun', 'waiting'),
                      doneAt = NULL, remaining = NULL
                    """,
                arguments: [record.id.rawValue, digest.rawValue, trouble, date.ledger, witnessed]
            )
        }
    }

    /// What was begun is not done: the files are no longer those that were delivered, or somebody else has taken them.
    package func cancelClearing(of id: ItemNumber, _ reason: String, at now: Date) async throws(LedgerError) {
        try await write { db in
            try db.execute(sql: "DELETE FROM clearing WHERE item = ? AND state = 'begun'", arguments: [id.rawValue])
            guard db.changesCount == 1 else { return }
            try Self.fetch(id, db).note(.clearingEnded, detail: reason, at: now, db)
        }
    }

    /// Whether what is recorded is about the content that the item has now, and not what became of an earlier one.
    private static let isOfPresent = "clearing.digest = excluded.digest AND clearing.state <> 'done'"

    /// What the item was registered with still stands in CDF: nothing else was sent to its ids since, from wherever, and nobody took it out.
    static let delivered = """
        item.state = 'registered' AND item.scan IS NULL
        AND EXISTS (SELECT 1 FROM content AS c
                    WHERE c.item = coalesce(item.sameAs, item.id) AND c.digest = item.digest
                      AND \(StandingContent.condition("c")))
        """

    /// In CDF, and in the inbox as it was inspected.
    private static let standing = "\(delivered) AND item.lastSight = 'stamped'"

    /// Nothing of it, of its positions or of its station is under way or needs somebody.
    private static let isSettled = none(of: ClearingHold.allCases)

    private static func none(of holds: [ClearingHold]) -> String {
        holds.map { "NOT \($0.condition)" }.joined(separator: " AND ")
    }

    // MARK: Retractions

    /// Lets no image be taken out of CDF of which the files are just being deleted; a deletion that got stuck ends.
    ///
    /// - Parameter id: The item that delivered the image.
    static func endDeletions(of id: ItemNumber, at now: Date, _ db: Database) throws {
        let begun = try Row.fetchAll(
            db,
            sql: """
                SELECT clearing.item, clearing.plan, clearing.trouble FROM clearing JOIN item ON item.id = clearing.item
                WHERE clearing.state = 'begun' AND (item.id = ?1 OR item.sameAs = ?1)
                """,
            arguments: [id.rawValue]
        )
        for row in begun where try JSON.decode(ClearingPlan.self, row["plan"]).way == .delete {
            let item = try fetch(ItemNumber(rawValue: row["item"]), db)
            guard row["trouble"] != nil else {
                throw LedgerError.notApplicable(
                    """
                    drop360 is deleting the files of \(item.noun) \(item.id ?? 0) (\(printable(item.path))) in the inbox (`delete-after`). \
                    Retract it when that is done: what goes is then shown as it is.
                    """
                )
            }
            try db.execute(sql: "DELETE FROM clearing WHERE item = ?", arguments: [item.id])
            try item.note(.clearingEnded, detail: "an operator wants its image out of CDF", at: now, db)
        }
    }
}

extension ItemRecord {
    /// The content whose files are cleared: the present one, or that which an operator took out of CDF.
    fileprivate var clearedDigest: ContentDigest? {
        state.digest ?? (isRetracted ? content?.digest : nil)
    }
}

extension ClearingPlan {
    /// For the history.
    fileprivate var words: String {
        switch way {
        case .move(let top): "moving to " + top
        case .delete: "deleting"
        }
    }
}
