package import Foundation
import GRDB
package import Station

extension ItemLedger {
    /// The files of the content that the item's state refers to, in their fixed order; if another item with the same content
    /// is delivered in its place, that one's.
    package func files(of id: ItemNumber) async throws(LedgerError) -> [FileRecord] {
        try await read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT file.* FROM item JOIN file
                      ON file.item = coalesce(item.sameAs, item.id) AND file.digest = item.digest
                    WHERE item.id = ?
                    """,
                arguments: [id.rawValue]
            )
            return try rows.map(Self.file).sorted { $0.role < $1.role }
        }
    }

    /// Whether any content with this external id has ever been delivered or adopted: what CDF has under the ids of its files is ours.
    package func hasDelivered(_ externalID: String) async throws(LedgerError) -> Bool {
        try await read { db in
            try Bool.fetchOne(
                db,
                sql: "SELECT EXISTS (SELECT 1 FROM content WHERE externalID = ? AND deliveredAt IS NOT NULL)",
                arguments: [externalID]
            ) ?? false
        }
    }

    /// The files of one content, in their fixed order.
    static func files(of item: Int64, digest: String, _ db: Database) throws -> [FileRecord] {
        let statement = try db.cachedStatement(sql: "SELECT * FROM file WHERE item = ? AND digest = ?")
        return try Row.fetchAll(statement, arguments: [item, digest]).map(file).sorted { $0.role < $1.role }
    }

    private static func file(_ row: Row) throws -> FileRecord {
        guard let role = FileRole(rawValue: row["role"]), let state = FileRecord.State(rawValue: row["state"]) else {
            throw LedgerError.unreadableRow(item: row["item"], detail: "role or state of a file")
        }
        return FileRecord(
            role: role,
            externalID: row["externalID"],
            size: row["size"],
            digest: FileDigest(rawValue: row["sha256"]),
            state: state,
            receipt: (row["receipt"] as Int64?).map(FileReceipt.init(rawValue:)),
            sentAt: (row["sentAt"] as Int64?).map(Date.init(ledger:)),
            confirmedAt: (row["confirmedAt"] as Int64?).map(Date.init(ledger:))
        )
    }

    /// Applies what a stage reports about an item.
    ///
    /// An event for content that has meanwhile been replaced changes nothing; the present content is delivered in its own turn.
    package func record(
        _ event: ItemEvent,
        for id: ItemNumber,
        at now: Date
    ) async throws(LedgerError) -> ItemRecord {
        try await write { db in
            var row = try Self.fetch(id, db)
            // Since it was found due, it may have begun to wait for another item with the same content.
            if case .uploadStarted = event, row.sameAs != nil { return try row.record(db) }
            if let digest = event.digest {
                try row.takeUnlessOvertaken(event, of: digest, at: now, db)
            } else {
                try row.take(event, at: now, db)
            }
            switch event {
            case .uploadStarted(let digest): try Self.claimFiles(of: digest, for: row, at: now, db)
            case .registered(let digest): try Self.recordDelivery(of: digest, by: row, at: now, db)
            default: break
            }
            return try row.record(db)
        }
    }

    /// Called before the first byte is sent: from now on files that other contents sent to the same ids count as overwritten.
    ///
    /// In the transaction that permits sending, since a power cut could come between a sent file and its record.
    private static func claimFiles(of digest: ContentDigest, for row: ItemRow, at now: Date, _ db: Database) throws {
        guard row.stateName == .uploading, row.digest == digest.rawValue else { return }
        let pending = FileRecord.State.pending.sql
        try db.execute(
            sql: """
                UPDATE file SET state = \(pending), receipt = NULL, sentAt = NULL, confirmedAt = NULL
                WHERE state <> \(pending) AND NOT (item = ?1 AND digest = ?2)
                  AND externalID IN (SELECT externalID FROM file WHERE item = ?1 AND digest = ?2 AND state = \(pending))
                """,
            arguments: [row.id, digest.rawValue]
        )
        try supersedeOthers(with: digest, of: row, at: now, db)
        // One that failed is settled by what is sent now.
        try db.execute(
            sql: """
                DELETE FROM retraction WHERE failure IS NOT NULL
                  AND externalID = (SELECT externalID FROM content WHERE item = ? AND digest = ?)
                """,
            arguments: [row.id, digest.rawValue]
        )
    }

    private static func supersedeOthers(with digest: ContentDigest, of row: ItemRow, at now: Date, _ db: Database)
        throws
    {
        try db.execute(
            sql: """
                UPDATE content SET supersededAt = ?1 WHERE deliveredAt IS NOT NULL AND supersededAt IS NULL
                  AND externalID = (SELECT externalID FROM content WHERE item = ?2 AND digest = ?3)
                  AND NOT (item = ?2 AND digest = ?3)
                """,
            arguments: [now.ledger, row.id, digest.rawValue]
        )
        if db.changesCount > 0 { try supersedeScans(withPositionsLike: digest, of: row, at: now, db) }
    }

    /// The content is in CDF: it supersedes earlier content of the same external id, and items that wait for it are done.
    static func recordDelivery(of digest: ContentDigest, by row: ItemRow, at now: Date, _ db: Database) throws {
        guard row.stateName == .registered, row.digest == digest.rawValue else { return }
        try supersedeOthers(with: digest, of: row, at: now, db)
        try db.execute(
            sql: "UPDATE content SET deliveredAt = ?, supersededAt = NULL WHERE item = ? AND digest = ?",
            arguments: [now.ledger, row.id, digest.rawValue]
        )
        try reportVisitsAgain(after: digest, of: row, db)
        let followers = try ItemRow.fetchAll(
            db,
            sql: "SELECT * FROM item WHERE \(ItemRow.isFollower)",
            arguments: [row.id, digest.rawValue]
        )
        for var follower in followers {
            try follower.take(
                .recognised(digest),
                at: now,
                detail: "same content as \(row.noun) \(row.id ?? 0), \(row.location.absolute)",
                db
            )
        }
    }

    /// Records that CDF accepted the bytes of one file.
    ///
    /// The last one makes the item `uploaded`, in the same transaction.
    ///
    /// - Returns: The item's new record.
    package func recordSent(
        _ role: FileRole,
        of id: ItemNumber,
        digest: ContentDigest,
        receipt: FileReceipt,
        at now: Date
    ) async throws(LedgerError) -> ItemRecord {
        try await write { db in
            var row = try Self.fetch(id, db)
            try db.execute(
                sql: """
                    UPDATE file SET state = ?, receipt = ?, sentAt = ?, confirmedAt = NULL
                    WHERE item = ? AND digest = ? AND role = ?
                    """,
                arguments: [
                    FileRecord.State.sent.rawValue, receipt.rawValue, now.ledger, id.rawValue, digest.rawValue,
                    role.rawValue,
                ]
            )
            let pending = try Int.fetchOne(
                db,
                sql: "SELECT count(*) FROM file WHERE item = ? AND digest = ? AND state = ?",
                arguments: [id.rawValue, digest.rawValue, FileRecord.State.pending.rawValue]
            )
            if pending == 0, row.stateName == .uploading, row.digest == digest.rawValue {
                try row.take(.uploadFinished(digest), at: now, db)
            }
            return try row.record(db)
        }
    }

    /// Records that CDF reports these items' files as `uploaded`; durable together with what follows from it.
    package func recordConfirmed(
        _ confirmed: [ItemNumber: ContentDigest],
        at now: Date
    ) async throws(LedgerError) {
        try await write { db in
            for (id, digest) in confirmed {
                try db.execute(
                    sql: "UPDATE file SET state = ?, confirmedAt = ? WHERE item = ? AND digest = ? AND state = ?",
                    arguments: [
                        FileRecord.State.confirmed.rawValue, now.ledger, id.rawValue, digest.rawValue,
                        FileRecord.State.sent.rawValue,
                    ]
                )
            }
        }
    }

    /// CDF is missing these files: the item goes back, and only they are sent again.
    package func recordMissing(
        _ roles: Set<FileRole>,
        of id: ItemNumber,
        digest: ContentDigest,
        at now: Date
    ) async throws(LedgerError) -> ItemRecord {
        try await write { db in
            var row = try Self.fetch(id, db)
            for role in roles {
                try db.execute(
                    sql: """
                        UPDATE file SET state = ?, receipt = NULL, sentAt = NULL, confirmedAt = NULL
                        WHERE item = ? AND digest = ? AND role = ?
                        """,
                    arguments: [FileRecord.State.pending.rawValue, id.rawValue, digest.rawValue, role.rawValue]
                )
            }
            guard row.digest == digest.rawValue, row.stateName == .uploaded else { return try row.record(db) }
            let words = roles.map(\.rawValue).sorted().joined(separator: ", ")
            try row.take(.filesMissing(digest), at: now, detail: words, db)
            row.resends += 1
            try row.updateWhatDiffers(db)
            // The folder disappeared while CDF seemed to have all bytes; there is nothing left to send.
            if row.isGone { try row.take(.vanished, at: now, db) }
            return try row.record(db)
        }
    }

    /// Postpones an item, with the reason in its history.
    ///
    /// - Parameters:
    ///   - id: The item.
    ///   - digest: The content concerned; nil for whatever the item has.
    ///   - until: When it is due again.
    ///   - counts: Whether the attempt counts towards the schedule's end.
    ///   - reason: For the history.
    ///   - now: When.
    package func postpone(
        _ id: ItemNumber,
        digest: ContentDigest? = nil,
        until: Date,
        counts: Bool,
        reason: String,
        at now: Date
    ) async throws(LedgerError) -> ItemRecord {
        try await write { db in
            var row = try Self.fetch(id, db)
            // A failure of content that has meanwhile been replaced postpones nothing.
            if let digest, row.digest != digest.rawValue { return try row.record(db) }
            row.notBefore = max(until.ledger, now.ledger)
            if counts { row.attempts += 1 }
            try row.updateWhatDiffers(db)
            if counts { try row.note(.postponed, detail: reason, at: now, db) }
            return try row.record(db)
        }
    }

    static func fetch(_ id: ItemNumber, _ db: Database) throws -> ItemRow {
        guard let row = try ItemRow.fetchOne(db, key: id.rawValue) else {
            throw LedgerError.unknownStation("\(id.rawValue)")
        }
        return row
    }
}

extension ItemEvent {
    /// The content that a delivery's event refers to.
    fileprivate var digest: ContentDigest? {
        switch self {
        case .uploadStarted(let digest), .uploadFinished(let digest), .filesMissing(let digest),
            .registered(let digest), .handedOver(let digest, _), .gaveUp(let digest, _), .poseReplaced(let digest),
            .retracted(let digest):
            digest
        case .foundIncomplete, .refused, .accepted, .recognised, .leftOut, .vanished, .retried, .reopened: nil
        }
    }
}
