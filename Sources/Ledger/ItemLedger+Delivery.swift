package import Foundation
import GRDB
package import Station

extension ItemLedger {
    /// The six faces of the content that the station's state speaks of, in their fixed order; where another station's same content
    /// is delivered in its stead, that one's.
    package func faces(of id: ItemNumber) async throws(LedgerError) -> [FaceRecord] {
        try await read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT face.* FROM station JOIN face
                      ON face.station = coalesce(station.sameAs, station.id) AND face.digest = station.digest
                    WHERE station.id = ?
                    """,
                arguments: [id.rawValue]
            )
            return try rows.map(Self.face).sorted { $0.face < $1.face }
        }
    }

    private static func face(_ row: Row) throws -> FaceRecord {
        guard let face = Face(rawValue: row["face"]), let state = FaceRecord.State(rawValue: row["state"]) else {
            throw LedgerError.unreadableRow(station: row["station"], detail: "face or state of a face")
        }
        return FaceRecord(
            face: face,
            fileID: row["fileID"],
            size: row["size"],
            digest: FileDigest(rawValue: row["sha256"]),
            state: state,
            receipt: (row["receipt"] as Int64?).map(FileReceipt.init(rawValue:))
        )
    }

    /// Moves a station on by what a stage reports of it.
    ///
    /// News of a content that the folder has meanwhile replaced changes nothing; the present content is delivered in its own turn.
    package func record(
        _ event: ItemEvent,
        for id: ItemNumber,
        at now: Date
    ) async throws(LedgerError) -> ItemRecord {
        try await write { db in
            var row = try Self.fetch(id, db)
            // Since it was found due, it may have come to wait for another folder's same content.
            if case .uploadStarted = event, row.sameAs != nil { return try row.record(db) }
            do {
                try row.take(event, at: now, db)
            } catch let error as IllegalTransition where event.digest != nil && row.digest != event.digest?.rawValue {
                try row.note("overtaken", detail: "\(error.event.historyName) of replaced content", at: now, db)
            }
            switch event {
            case .uploadStarted(let digest): try Self.claimFiles(of: digest, for: row, at: now, db)
            case .registered(let digest): try Self.settle(digest, of: row, at: now, db)
            default: break
            }
            return try row.record(db)
        }
    }

    /// Before the first byte goes out: from now on nobody may rely on what other contents had sent to the same file ids.
    ///
    /// In the transaction that allows the sending, since a power cut could come between a sent face and the note of it.
    private static func claimFiles(of digest: ContentDigest, for row: ItemRow, at now: Date, _ db: Database) throws {
        guard row.state == "uploading", row.digest == digest.rawValue else { return }
        try db.execute(
            sql: """
                UPDATE face SET state = 'pending', receipt = NULL, sentAt = NULL, confirmedAt = NULL
                WHERE state <> 'pending' AND NOT (station = ?1 AND digest = ?2)
                  AND fileID IN (SELECT fileID FROM face WHERE station = ?1 AND digest = ?2 AND state = 'pending')
                """,
            arguments: [row.id, digest.rawValue]
        )
        try supersedeOthers(with: digest, of: row, at: now, db)
    }

    private static func supersedeOthers(with digest: ContentDigest, of row: ItemRow, at now: Date, _ db: Database)
        throws
    {
        try db.execute(
            sql: """
                UPDATE capture SET supersededAt = ?1 WHERE deliveredAt IS NOT NULL AND supersededAt IS NULL
                  AND imageID = (SELECT imageID FROM capture WHERE station = ?2 AND digest = ?3)
                  AND NOT (station = ?2 AND digest = ?3)
                """,
            arguments: [now.ledger, row.id, digest.rawValue]
        )
    }

    /// The content stands in CDF: it takes the place of what stood under the same image id, and those that wait for it are done.
    private static func settle(_ digest: ContentDigest, of row: ItemRow, at now: Date, _ db: Database) throws {
        guard row.state == "registered", row.digest == digest.rawValue else { return }
        try supersedeOthers(with: digest, of: row, at: now, db)
        try db.execute(
            sql: "UPDATE capture SET deliveredAt = ?, supersededAt = NULL WHERE station = ? AND digest = ?",
            arguments: [now.ledger, row.id, digest.rawValue]
        )
        let followers = try ItemRow.fetchAll(
            db,
            sql: "SELECT * FROM station WHERE sameAs = ? AND digest = ? AND state = 'accepted'",
            arguments: [row.id, digest.rawValue]
        )
        for var follower in followers {
            try follower.take(
                .recognised(digest),
                at: now,
                detail: "same content as station \(row.id ?? 0), \(row.inbox)/\(row.path)",
                db
            )
        }
    }

    /// Writes down that CDF took the bytes of one face.
    ///
    /// The sixth one makes the station `uploaded`, in the same transaction.
    ///
    /// - Returns: The station as it now stands.
    package func recordSent(
        _ face: Face,
        of id: ItemNumber,
        digest: ContentDigest,
        receipt: FileReceipt,
        at now: Date
    ) async throws(LedgerError) -> ItemRecord {
        try await write { db in
            var row = try Self.fetch(id, db)
            try db.execute(
                sql: """
                    UPDATE face SET state = 'sent', receipt = ?, sentAt = ?, confirmedAt = NULL
                    WHERE station = ? AND digest = ? AND face = ?
                    """,
                arguments: [receipt.rawValue, now.ledger, id.rawValue, digest.rawValue, face.rawValue]
            )
            let pending = try Int.fetchOne(
                db,
                sql: "SELECT count(*) FROM face WHERE station = ? AND digest = ? AND state = 'pending'",
                arguments: [id.rawValue, digest.rawValue]
            )
            if pending == 0, row.state == "uploading", row.digest == digest.rawValue {
                try row.take(.uploadFinished(digest), at: now, db)
            }
            return try row.record(db)
        }
    }

    /// Writes down that CDF says `uploaded` of these faces; durable together with what follows from it.
    package func recordConfirmed(
        _ confirmed: [ItemNumber: ContentDigest],
        at now: Date
    ) async throws(LedgerError) {
        try await write { db in
            for (id, digest) in confirmed {
                try db.execute(
                    sql:
                        "UPDATE face SET state = 'confirmed', confirmedAt = ? WHERE station = ? AND digest = ? AND state = 'sent'",
                    arguments: [now.ledger, id.rawValue, digest.rawValue]
                )
            }
        }
    }

    /// CDF has not got these files: the station goes back, and only they are sent again.
    package func recordMissing(
        _ faces: Set<Face>,
        of id: ItemNumber,
        digest: ContentDigest,
        at now: Date
    ) async throws(LedgerError) -> ItemRecord {
        try await write { db in
            var row = try Self.fetch(id, db)
            for face in faces {
                try db.execute(
                    sql: """
                        UPDATE face SET state = 'pending', receipt = NULL, sentAt = NULL, confirmedAt = NULL
                        WHERE station = ? AND digest = ? AND face = ?
                        """,
                    arguments: [id.rawValue, digest.rawValue, face.rawValue]
                )
            }
            guard row.digest == digest.rawValue, row.state == "uploaded" else { return try row.record(db) }
            let words = faces.map(\.rawValue).sorted().joined(separator: ", ")
            try row.take(.filesMissing(digest), at: now, detail: words, db)
            row.resends += 1
            try row.updateWhatDiffers(db)
            // The folder went while CDF was thought to have all bytes; there is nothing left to send them from.
            if row.stamp == Self.gone { try row.take(.vanished, at: now, db) }
            return try row.record(db)
        }
    }

    /// Puts a station off, with the reason in its history.
    ///
    /// - Parameters:
    ///   - id: Which.
    ///   - digest: The content it is about; nil: whatever it holds.
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
            // News of content that the folder has meanwhile replaced puts nothing off.
            if let digest, row.digest != digest.rawValue { return try row.record(db) }
            row.notBefore = max(until.ledger, now.ledger)
            if counts { row.attempts += 1 }
            try row.updateWhatDiffers(db)
            if counts { try row.note("postponed", detail: reason, at: now, db) }
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
    /// The content that news of a delivery speaks of.
    fileprivate var digest: ContentDigest? {
        switch self {
        case .uploadStarted(let digest), .uploadFinished(let digest), .filesMissing(let digest),
            .registered(let digest),
            .gaveUp(let digest, _):
            digest
        case .foundIncomplete, .refused, .accepted, .recognised, .vanished, .retried, .reopened: nil
        }
    }
}
