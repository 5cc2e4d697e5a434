package import Foundation
import GRDB
package import Station

/// Requests by operators. Commands call these from another process; the daemon notices through SQLite's `data_version`.
extension ItemLedger {
    /// Retries a failed item (if CDF could not make its 3D revision, CDF is asked for another), makes a postponed one due now, or has a refused one inspected again.
    ///
    /// - Parameters:
    ///   - id: Which one.
    ///   - requester: Who asked, for the history: "user anna"; nil for a command on this machine.
    ///   - now: When.
    package func retry(
        _ id: ItemNumber,
        by requester: String? = nil,
        at now: Date
    ) async throws(LedgerError) -> ItemRecord {
        let request = OperatorRequest(by: requester, at: now)
        return try await write { db in try Self.retry(id, request, db) }
    }

    /// Retries several items in one transaction, in this order; one that cannot be retried does not keep the others from it.
    ///
    /// - Returns: The new records, and why others cannot be retried.
    package func retry(
        _ ids: [ItemNumber],
        by requester: String? = nil,
        at now: Date
    ) async throws(LedgerError) -> (retried: [ItemRecord], leftOut: [LedgerError]) {
        let request = OperatorRequest(by: requester, at: now)
        return try await write { db in
            var (retried, leftOut): ([ItemRecord], [LedgerError]) = ([], [])
            for id in ids {
                do {
                    try db.inSavepoint {
                        retried.append(try Self.retry(id, request, db))
                        return .commit
                    }
                } catch let error as LedgerError {
                    guard case .notApplicable = error else { throw error }
                    leftOut.append(error)
                }
            }
            return (retried, leftOut)
        }
    }

    private static func retry(_ id: ItemNumber, _ request: OperatorRequest, _ db: Database) throws -> ItemRecord {
        var row = try Self.fetch(id, db)
        if row.scan != nil { return try Self.retryPosition(row, request, db) }
        if row.kind == ItemKind.scan.rawValue { return try Self.retryScan(row, request, db) }
        switch try row.itemState() {
        case .failed(let digest, _):
            try row.take(.retried(digest), for: request, db)
            try Self.prepareDelivery(of: digest, for: &row, at: request.now, db)
        case .accepted, .uploading, .uploaded, .processing:
            row.attempts = 0
            row.notBefore = request.now.ledger
            try row.updateWhatDiffers(db)
            try row.note(.retried, detail: request.words("due now"), at: request.now, db)
        case .withdrawn where row.retracted != nil && !row.isGone:
            try Self.allowAgain(&row, db)
            try row.take(.reopened, at: request.now, detail: "\(request.name) wants it delivered again", db)
            row.set(.lookAgain)
            try row.updateWhatDiffers(db)
        case .withdrawn:
            let place = row.itemKind.place
            throw LedgerError.notApplicable(
                """
                \(row.itemKind.title) \(id) (\(printable(row.path))) is withdrawn because its \(place) is gone. \
                Copy the \(place) into the inbox again.
                """
            )
        case .incomplete, .rejected:
            try Self.allowAgain(&row, db)
            try row.take(.reopened, for: request, db)
            row.set(.lookAgain)
            try row.updateWhatDiffers(db)
        case .registered:
            let place = row.itemKind.place
            throw LedgerError.notApplicable(
                "\(row.itemKind.title) \(id) is registered; there is nothing to retry. To have its \(place) inspected again, change it."
            )
        }
        return try row.record(db)
    }

    /// For an item whose delivery failed: if another one delivers the same content by now, this one waits for it.
    ///
    /// A point cloud's file in CDF is checked again, and a failed revision is followed by another.
    private static func prepareDelivery(
        of digest: ContentDigest,
        for row: inout ItemRow,
        at now: Date,
        _ db: Database
    ) throws {
        guard let content = try row.content(digest.rawValue, db) else { return }
        if content.kind == .pointCloud {
            try HandOver.beginAgain(digest.rawValue, db)
            try db.execute(
                sql: "UPDATE file SET state = ?, confirmedAt = NULL WHERE item = ? AND digest = ? AND state = ?",
                arguments: [
                    FileRecord.State.sent.rawValue, row.id, digest.rawValue, FileRecord.State.confirmed.rawValue,
                ]
            )
        }
        guard let original = try Identity.sameContent(as: content, for: row, db), original.item != row.id else {
            return
        }
        row.sameAs = original.item
        try row.updateWhatDiffers(db)
        guard original.delivered else { return }
        let words = "same content as \(row.noun) \(original.item), \(original.folder)"
        try row.take(.recognised(digest), at: now, detail: words, db)
    }

    /// Lets an item replace the one that has its external id, and has it inspected again.
    ///
    /// - Parameter requester: Who asked; nil for a command on this machine.
    package func allowReplacing(
        _ id: ItemNumber,
        by requester: String? = nil,
        at now: Date
    ) async throws(LedgerError) -> ItemRecord {
        let request = OperatorRequest(by: requester, at: now)
        return try await write { db in
            var row = try Self.fetch(id, db)
            if row.scan != nil || row.kind == ItemKind.scan.rawValue {
                return try Self.allowReplacing(row, request, db)
            }
            guard try row.isInConflict() else {
                throw LedgerError.notApplicable(
                    "\(row.itemKind.title) \(id) (\(printable(row.path))) is \(row.state) and has no conflict; there is nothing to replace."
                )
            }
            row.mayReplace = true
            try row.take(.reopened, at: now, detail: "\(request.name) confirmed the replacement", db)
            row.set(.lookAgain)
            try row.updateWhatDiffers(db)
            return try row.record(db)
        }
    }

    /// Since when an operator has paused sending; nil if it is not paused.
    package func pausedSince() async throws(LedgerError) -> Date? {
        try await read { db in
            try String.fetchOne(db, sql: "SELECT value FROM daemon WHERE key = 'paused'").flatMap(Int64.init)
                .map(Date.init(ledger:))
        }
    }

    /// Pauses sending, also across restarts, until ``resume()``.
    ///
    /// - Returns: Whether it was not paused before.
    package func pause(at now: Date) async throws(LedgerError) -> Bool {
        try await write { db in
            try db.execute(
                sql: "INSERT OR IGNORE INTO daemon (key, value) VALUES ('paused', ?)",
                arguments: [String(now.ledger)]
            )
            return db.changesCount > 0
        }
    }

    /// - Returns: Whether it was paused before.
    package func resume() async throws(LedgerError) -> Bool {
        try await write { db in
            try db.execute(sql: "DELETE FROM daemon WHERE key = 'paused'")
            return db.changesCount > 0
        }
    }

    /// Items that are to be inspected again although they have not changed; positions of scans are read again instead.
    package func itemsToLookAt() async throws(LedgerError) -> [ItemPath] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT inbox, path FROM item WHERE lastSight = \(LastSight.Name.lookAgain.sql) AND scan IS NULL"
            )
            .map { ItemPath(inbox: $0["inbox"], path: $0["path"]) }
        }
    }

    /// Items whose report does not yet show their present state.
    ///
    /// - Parameter incompleteSince: Incomplete ones only if they have been so since before this instant.
    package func unreported(incompleteSince: Date, limit: Int) async throws(LedgerError) -> [ItemRecord] {
        try await read { [unreadable] db in
            try ItemRow.fetchAll(
                db,
                sql: """
                    SELECT * FROM item
                    WHERE reportedRevision < revision AND scan IS NULL
                      AND (state NOT IN \(ItemState.Name.underWay.sql) OR report IS NOT NULL)
                      AND (state <> \(ItemState.Name.incomplete.sql) OR report IS NOT NULL OR changedAt <= ?)
                    ORDER BY id LIMIT ?
                    """,
                arguments: [incompleteSince.ledger, limit]
            ).compactMap { try $0.recordOrReport(db, to: unreadable) }
        }
    }

    /// Records that the report at `path` (nil: none) now shows the item as of `revision`.
    ///
    /// - Parameter elsewhere: The folder it was written to because it could not be written where it belongs.
    package func recordReported(
        _ id: ItemNumber,
        revision: Int,
        report: String?,
        elsewhere: String? = nil
    ) async throws(LedgerError) {
        try await write { db in
            try db.execute(
                sql:
                    "UPDATE item SET reportedRevision = min(revision, max(reportedRevision, ?)), report = ?, reportFolder = ? WHERE id = ?",
                arguments: [revision, report, elsewhere, id.rawValue]
            )
        }
    }

    /// Has a missing report written again.
    package func reportIsMissing(_ id: ItemNumber, at path: String) async throws(LedgerError) {
        try await write { db in
            try db.execute(
                sql:
                    "UPDATE item SET reportedRevision = revision - 1 WHERE id = ? AND report = ? AND reportedRevision = revision",
                arguments: [id.rawValue, path]
            )
        }
    }

    /// Has the reports of an inbox that are in `folder` written again: the place where they belong may be writable now.
    package func reportAgain(inbox: String, standingIn folder: String) async throws(LedgerError) {
        try await write { db in
            let isAny = try Bool.fetchOne(
                db,
                sql: "SELECT EXISTS (SELECT 1 FROM item WHERE inbox = ? AND reportFolder = ?)",
                arguments: [inbox, folder]
            )
            guard isAny == true else { return }
            try db.execute(
                sql: "UPDATE item SET reportedRevision = 0 WHERE inbox = ? AND reportFolder = ?",
                arguments: [inbox, folder]
            )
        }
    }

    /// How many reports of each inbox are in which other folder, because they could not be written where they belong.
    package func reportsElsewhere() async throws(LedgerError) -> [(inbox: String, folder: String, count: Int)] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT inbox, reportFolder, count(*) AS reports FROM item WHERE reportFolder IS NOT NULL
                    GROUP BY inbox, reportFolder ORDER BY inbox, reportFolder
                    """
            ).map { ($0["inbox"], $0["reportFolder"], $0["reports"]) }
        }
    }

    /// Publishes a value of the daemon for commands in other processes; nil removes it.
    package func setDaemonValue(_ value: String?, for key: String) async throws(LedgerError) {
        try await setDaemonValues([key: value])
    }

    /// Publishes all values or none, so that no reader sees half of them; nil removes one.
    package func setDaemonValues(_ values: [String: String?]) async throws(LedgerError) {
        guard !values.isEmpty else { return }
        try await write { db in
            for (key, value) in values {
                if let value {
                    try db.execute(
                        sql:
                            "INSERT INTO daemon (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                        arguments: [key, value]
                    )
                } else {
                    try db.execute(sql: "DELETE FROM daemon WHERE key = ?", arguments: [key])
                }
            }
        }
    }

    package func daemonValues() async throws(LedgerError) -> [String: String] {
        try await read { db in
            var values: [String: String] = [:]
            for row in try Row.fetchAll(db, sql: "SELECT key, value FROM daemon") { values[row["key"]] = row["value"] }
            return values
        }
    }
}
