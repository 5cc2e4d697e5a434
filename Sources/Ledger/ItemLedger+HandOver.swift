package import Foundation
import GRDB
package import Station

/// How a point cloud whose file is in CDF becomes a 3D revision: what is about to be created is written down before it is.
extension ItemLedger {
    /// What is known of the content's hand-over.
    package func handOver(of digest: ContentDigest) async throws(LedgerError) -> HandOver {
        try await read { db in try HandOver.fetch(digest.rawValue, db) ?? HandOver() }
    }

    /// When a 3D model of this name was last about to be created; nil if it is known to exist, or nobody tried.
    package func modelIntent(_ name: String) async throws(LedgerError) -> Date? {
        try await read { db in
            try Int64.fetchOne(db, sql: "SELECT at FROM modelIntent WHERE name = ?", arguments: [name])
                .map(Date.init(ledger:))
        }
    }

    /// Records that a 3D model of this name is about to be created.
    package func recordModelIntent(_ name: String, at now: Date) async throws(LedgerError) {
        try await write { db in
            try db.execute(
                sql:
                    "INSERT INTO modelIntent (name, at) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET at = excluded.at",
                arguments: [name, now.ledger]
            )
        }
    }

    /// Records which 3D model gets the content's revision.
    ///
    /// - Parameters:
    ///   - number: CDF's number of the model; nil if the former one is gone, and its revisions with it.
    ///   - name: The name by which it was found or created.
    ///   - note: What is worth knowing about the choice.
    ///   - digest: The content.
    package func recordModel(
        _ number: Int64?,
        named name: String? = nil,
        note: String? = nil,
        for digest: ContentDigest
    ) async throws(LedgerError) {
        try await write { db in
            if let name { try db.execute(sql: "DELETE FROM modelIntent WHERE name = ?", arguments: [name]) }
            try Self.ensureHandOver(digest, db)
            try db.execute(
                sql: """
                    UPDATE handOver SET model = ?1, note = ?2, intendedAt = NULL
                    WHERE digest = ?3 AND model IS NOT ?1 AND revision IS NULL
                    """,
                arguments: [number, note, digest.rawValue]
            )
        }
    }

    /// Records that the content's revision is about to be created, in the transaction that permits it.
    ///
    /// - Returns: False if the item has other content by now, or the revision is known: then nothing may be created.
    package func recordRevisionIntent(
        of id: ItemNumber,
        _ digest: ContentDigest,
        at now: Date
    ) async throws(LedgerError) -> Bool {
        try await write { db in
            let row = try Self.fetch(id, db)
            guard row.stateName == .uploaded, row.digest == digest.rawValue else { return false }
            try db.execute(
                sql: "UPDATE handOver SET intendedAt = ? WHERE digest = ? AND model IS NOT NULL AND revision IS NULL",
                arguments: [now.ledger, digest.rawValue]
            )
            return db.changesCount == 1
        }
    }

    /// CDF certainly did not create the revision that was intended.
    package func recordNotCreated(_ digest: ContentDigest) async throws(LedgerError) {
        try await write { db in
            try db.execute(
                sql: "UPDATE handOver SET intendedAt = NULL WHERE digest = ? AND revision IS NULL",
                arguments: [digest.rawValue]
            )
        }
    }

    /// Records the content's revision, and that the item is handed over to it.
    ///
    /// The revision is kept for the content even if the item has other content by now.
    ///
    /// - Parameters:
    ///   - made: The revision.
    ///   - attempt: Which of the content's revisions it is.
    ///   - file: CDF's number of the file that it is made from.
    ///   - newer: CDF's number of a later revision, made from other content of the same file.
    ///   - id: The item.
    ///   - digest: The content.
    ///   - now: When.
    package func recordHandedOver(
        _ made: ModelRevision,
        attempt: Int,
        file: FileReceipt?,
        newer: Int64? = nil,
        of id: ItemNumber,
        _ digest: ContentDigest,
        at now: Date
    ) async throws(LedgerError) -> ItemRecord {
        try await write { db in
            try Self.ensureHandOver(digest, db)
            try db.execute(
                sql: """
                    UPDATE handOver SET attempt = max(attempt, ?), model = ?, revision = ?, file = coalesce(?, file), newer = ?,
                      intendedAt = NULL
                    WHERE digest = ?
                    """,
                arguments: [attempt, made.model, made.revision, file?.rawValue, newer, digest.rawValue]
            )
            var row = try Self.fetch(id, db)
            try row.takeUnlessOvertaken(.handedOver(digest, made), of: digest, at: now, db)
            return try row.record(db)
        }
    }

    /// Items that CDF works on, which are to be looked at.
    package func dueForFollowing(at now: Date, limit: Int) async throws(LedgerError) -> [ItemRecord] {
        try await read { [unreadable] db in
            try Wait.processing.due(at: now, order: "id", limit, db)
                .compactMap { try $0.recordOrReport(db, to: unreadable) }
        }
    }

    /// When the next item is due for ``dueForFollowing(at:limit:)``; nil if CDF works on none.
    package func nextDueForFollowing(at now: Date) async throws(LedgerError) -> Date? {
        try await read { db in try Wait.next(of: [.processing], at: now, db) }
    }

    /// What CDF is working on.
    package struct Followed: Equatable, Sendable {
        package var count: Int
        /// The one that is asked about next.
        package var first: ItemRecord
    }

    /// Items that CDF works on, and about which it answers; nil if there are none.
    package func followed() async throws(LedgerError) -> Followed? {
        try await read { [unreadable] db in
            let condition = "\(Wait.processing.condition) AND attempts = 0"
            guard
                let row = try ItemRow.fetchOne(
                    db,
                    sql: "SELECT * FROM item WHERE \(condition) ORDER BY notBefore LIMIT 1"
                ),
                let first = try row.recordOrReport(db, to: unreadable)
            else { return nil }
            let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM item WHERE \(condition)") ?? 1
            return Followed(count: count, first: first)
        }
    }

    /// Records what CDF says about its work on an item, and when to ask again.
    ///
    /// An answer ends a row of failed attempts. The state and its date stay.
    ///
    /// - Parameters:
    ///   - status: CDF's word.
    ///   - log: Its latest log lines, oldest first; nil keeps the former ones.
    ///   - id: The item.
    ///   - digest: The content.
    ///   - next: When to ask again; nil if nothing is left to ask.
    package func recordProgress(
        _ status: String,
        log: [ServiceLogLine]?,
        of id: ItemNumber,
        _ digest: ContentDigest,
        askAgain next: Date?
    ) async throws(LedgerError) -> ItemRecord {
        try await write { db in
            try Self.write(status, log, of: digest, db)
            var row = try Self.fetch(id, db)
            if row.stateName == .processing, row.digest == digest.rawValue {
                if let next { row.notBefore = next.ledger }
                row.attempts = 0
                try row.updateWhatDiffers(db)
            }
            return try row.record(db)
        }
    }

    /// Records that CDF failed to make the content's revision, or that it is gone: the item fails, and with it those that wait for the
    /// same content.
    package func recordFailedRevision(
        _ failure: ItemState.Failure,
        status: String,
        log: [ServiceLogLine]?,
        of id: ItemNumber,
        _ digest: ContentDigest,
        at now: Date
    ) async throws(LedgerError) -> ItemRecord {
        try await write { db in
            try Self.write(status, log, of: digest, db)
            try db.execute(
                sql: "UPDATE handOver SET hasFailed = 1 WHERE digest = ? AND revision IS NOT NULL",
                arguments: [digest.rawValue]
            )
            var row = try Self.fetch(id, db)
            try row.takeUnlessOvertaken(.gaveUp(digest, failure), of: digest, at: now, db)
            return try row.record(db)
        }
    }

    private static func write(_ status: String, _ log: [ServiceLogLine]?, of digest: ContentDigest, _ db: Database)
        throws
    {
        try db.execute(
            sql: "UPDATE handOver SET status = ?, log = coalesce(?, log) WHERE digest = ?",
            arguments: [
                printable(status, limit: 60), try log.map { try JSON.encode($0.suffix(ServiceLogLine.kept)) },
                digest.rawValue,
            ]
        )
    }

    private static func ensureHandOver(_ digest: ContentDigest, _ db: Database) throws {
        try db.execute(sql: "INSERT OR IGNORE INTO handOver (digest) VALUES (?)", arguments: [digest.rawValue])
    }
}
