package import Foundation
import GRDB
package import Station

/// How images are taken out of CDF: what is due, and what has been done.
extension ItemLedger {
    /// The items with images that are to be deleted now.
    package func dueForRetraction(at now: Date, limit: Int) async throws(LedgerError) -> [ItemRecord] {
        try await read { [unreadable] db in
            try ItemRow.fetchAll(
                db,
                sql: """
                    SELECT * FROM item WHERE id IN (SELECT item FROM retraction WHERE \(Self.isDue))
                    ORDER BY id LIMIT ?
                    """,
                arguments: Self.clock(now) + [limit]
            ).compactMap { try $0.recordOrReport(db, to: unreadable) }
        }
    }

    /// When ``dueForRetraction(at:limit:)`` next has something; nil if no retraction is under way.
    package func nextDueForRetraction(at now: Date) async throws(LedgerError) -> Date? {
        try await read { db in
            let isDue = "SELECT EXISTS (SELECT 1 FROM retraction WHERE \(Self.isDue))"
            if try Bool.fetchOne(db, sql: isDue, arguments: Self.clock(now)) == true { return now }
            return try Int64.fetchOne(db, sql: "SELECT min(notBefore) FROM retraction WHERE failure IS NULL")
                .map(Date.init(ledger:))
        }
    }

    /// The retractions of images of an item that are due.
    package func retractions(of id: ItemNumber, at now: Date) async throws(LedgerError) -> [Retraction] {
        try await read { db in
            try Retraction.fetchAll("retraction.item = ? AND \(Self.isDue)", [id.rawValue] + Self.clock(now), db)
        }
    }

    /// A date so far ahead comes from a clock that has been set back since.
    private static let isDue = "failure IS NULL AND (notBefore <= ? OR notBefore > ?)"

    private static func clock(_ now: Date) -> StatementArguments { [now.ledger, (now + furthest).ledger] }

    /// Whether an image of the ledger, in CDF or on its way there, needs this collection or station.
    package func needsPlace(_ externalID: String) async throws(LedgerError) -> Bool {
        try await read { db in
            try Bool.fetchOne(
                db,
                sql: "SELECT EXISTS (SELECT 1 FROM liveContent WHERE stationID = ?1 OR collectionID = ?1)",
                arguments: [externalID]
            ) ?? false
        }
    }

    /// What follows from the deletion of an image.
    package struct ImageGone: Equatable, Sendable {
        /// The new records of the items that had its content.
        package var concerned: [ItemRecord] = []
        /// Items that were refused because something else had their ids: they are to be inspected again.
        package var freed: [ItemRecord] = []
    }

    /// Records that the image itself is deleted: the items that have its content are withdrawn, and those that were refused
    /// because of it are inspected again.
    package func recordImageGone(_ image: String, at now: Date) async throws(LedgerError) -> ImageGone {
        try await write { db in
            guard let retraction = try Retraction.fetch(image, db), !retraction.isImageGone else { return ImageGone() }
            let detail = "image \(image)"
            var concerned = try Self.holders(of: image, db)
            for index in concerned.indices {
                guard let digest = try concerned[index].itemState().digest else { continue }
                try concerned[index].take(.retracted(digest), at: now, detail: detail, db)
            }
            if !concerned.contains(where: { $0.id == retraction.item.rawValue }) {
                // An image that the item left behind, or that other content was to replace: its report speaks of it.
                var row = try Self.fetch(retraction.item, db)
                row.revision += 1
                try row.updateWhatDiffers(db)
                try row.note(.retracted, detail: detail, at: now, db)
                try row.noteInScan(db)
                concerned.append(row)
            }
            try db.execute(
                sql: """
                    UPDATE content SET retractedAt = ? WHERE externalID = ? AND deliveredAt IS NOT NULL AND retractedAt IS NULL
                    """,
                arguments: [now.ledger, image]
            )
            try db.execute(
                sql: "UPDATE retraction SET imageGoneAt = ? WHERE externalID = ?",
                arguments: [now.ledger, image]
            )
            let freed = try Self.lookAgain(atRivalsOf: retraction.capture.ids, at: now, db)
            return ImageGone(concerned: try concerned.map { try $0.record(db) }, freed: freed)
        }
    }

    /// Records that everything is deleted that was to be.
    ///
    /// - Parameters:
    ///   - retraction: What was asked for.
    ///   - words: What went with the image, and what stays, for the history.
    ///   - collections: Deleted collections that had, or were to have, 3D models.
    ///   - now: When.
    /// - Returns: The new record of the item that delivered the image.
    package func recordRetracted(
        _ retraction: Retraction,
        words: String,
        modelsOf collections: [WantedModel.Key] = [],
        at now: Date
    ) async throws(LedgerError) -> ItemRecord {
        try await write { db in
            let row = try Self.fetch(retraction.item, db)
            for key in collections {
                // One that may have been created without our knowledge stays known as that.
                try db.execute(
                    sql: """
                        DELETE FROM collectionModel WHERE space = ? AND collection = ?
                          AND (settledAt IS NOT NULL OR number IS NOT NULL OR intendedAt IS NULL)
                        """,
                    arguments: [key.space, key.collection]
                )
            }
            if retraction.withFiles {
                let pending = FileRecord.State.pending.sql
                try db.execute(
                    sql: """
                        UPDATE file SET state = \(pending), receipt = NULL, sentAt = NULL, confirmedAt = NULL
                        WHERE state <> \(pending) AND externalID IN
                          (SELECT file.externalID FROM file JOIN content ON content.item = file.item AND content.digest = file.digest
                           WHERE content.externalID = ?)
                        """,
                    arguments: [retraction.externalID]
                )
            }
            try db.execute(sql: "DELETE FROM retraction WHERE externalID = ?", arguments: [retraction.externalID])
            try row.note(.retractionFinished, detail: words, at: now, db)
            return try row.record(db)
        }
    }

    /// Postpones a retraction.
    ///
    /// - Parameter counts: Whether the attempt counts towards the schedule's end.
    package func postponeRetraction(
        of image: String,
        until: Date,
        counts: Bool,
        at now: Date
    ) async throws(LedgerError) {
        try await write { db in
            try db.execute(
                sql: "UPDATE retraction SET notBefore = ?, attempts = attempts + ? WHERE externalID = ?",
                arguments: [max(until.ledger, now.ledger), counts ? 1 : 0, image]
            )
        }
    }

    /// Records that a retraction is given up until an operator asks for it again.
    ///
    /// - Returns: The new record of the item that delivered the image.
    package func recordFailedRetraction(
        _ retraction: Retraction,
        _ failure: ItemState.Failure,
        at now: Date
    ) async throws(LedgerError) -> ItemRecord {
        try await write { db in
            let row = try Self.fetch(retraction.item, db)
            try db.execute(
                sql: "UPDATE retraction SET failure = ? WHERE externalID = ?",
                arguments: [try JSON.encode(failure), retraction.externalID]
            )
            try row.note(.retractionFailed, detail: failure.summary, at: now, db)
            return try row.record(db)
        }
    }

    // MARK: What was retracted

    /// Whether an operator took this very content out of CDF, from this item or another, and has not had it retried since.
    static func isRetracted(_ content: ItemContent, _ row: ItemRow, _ db: Database) throws -> Bool {
        guard content.kind == .station else { return false }
        if row.retracted == content.digest.rawValue { return true }
        // A copy of the folder, or the folder itself under another name. Where content has been accepted before, it is a change.
        return try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (SELECT 1 FROM item WHERE retracted = ?1)
                  AND NOT EXISTS (SELECT 1 FROM content WHERE item = ?2)
                """,
            arguments: [content.digest.rawValue, row.id]
        ) ?? false
    }

    /// An operator wants what was retracted to be sent after all: nothing leaves it out any more.
    static func allowAgain(_ row: inout ItemRow, _ db: Database) throws {
        guard let digest = row.retracted else { return }
        row.retracted = nil
        try db.execute(sql: "UPDATE item SET retracted = NULL WHERE retracted = ?", arguments: [digest])
    }
}
