package import Foundation
import GRDB
import Station

/// What operators ask: which image a name means, what would go with it, and that it be taken out of CDF.
extension ItemLedger {
    /// What would go if the image were retracted that an operator names: a ledger number, a folder or an external id.
    ///
    /// - Parameters:
    ///   - name: As given.
    ///   - place: The absolute path, if `name` is an existing folder or file; else `name`.
    /// - Throws: ``LedgerError/notApplicable(_:)`` if there is nothing that can be retracted, with words.
    package func planRetraction(of name: String, at place: String) async throws(LedgerError) -> RetractionPlan {
        // The id of an image comes first: an item may have left some behind.
        if let plan = try await read({ db in try Self.plan(image: name, db) }) { return plan }
        let record = try await item(named: place)
        return try await read { db in
            let image = try Self.image(of: record, db)
            guard let plan = try Self.plan(image: image, db) else { throw LedgerError.unknownStation(name) }
            return plan
        }
    }

    /// Has the image deleted in CDF, and with it its files, if wanted, and places that nothing points at then.
    ///
    /// The daemon does it, also after a restart; asked again, it continues.
    ///
    /// - Parameters:
    ///   - plan: What goes, as it was shown.
    ///   - withFiles: Whether the image's files go, too.
    ///   - requester: Who asked; nil for a command on this machine.
    ///   - now: When.
    /// - Throws: ``LedgerError/notApplicable(_:)`` while something is on its way to the same ids, or the files are just being deleted in
    ///   the inbox.
    package func requestRetraction(
        of plan: RetractionPlan,
        withFiles: Bool,
        by requester: String? = nil,
        at now: Date
    ) async throws(LedgerError) -> Retraction {
        let request = OperatorRequest(by: requester, at: now)
        let (image, id) = (plan.externalID, plan.item.id)
        return try await write { db in
            guard let fresh = try Self.plan(image: image, db), fresh.hasSomethingToDo(withFiles: withFiles) else {
                throw LedgerError.notApplicable("Image \(printable(image)) has been taken out of CDF already.")
            }
            try Self.expectNothingOnItsWay(to: image, db)
            try Self.endDeletions(of: fresh.item.id, at: now, db)
            try db.execute(
                sql: """
                    INSERT INTO retraction (externalID, item, digest, withFiles, requestedAt, notBefore, imageGoneAt)
                    VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6)
                    ON CONFLICT (externalID) DO UPDATE SET withFiles = max(withFiles, excluded.withFiles), attempts = 0,
                      notBefore = excluded.notBefore, failure = NULL
                    """,
                arguments: [
                    image, fresh.item.id.rawValue, fresh.capture.digest.rawValue, withFiles, now.ledger,
                    fresh.doneAt?.ledger,
                ]
            )
            let detail = "image \(image)" + (withFiles ? " and its files" : "")
            try Self.fetch(fresh.item.id, db)
                .note(.retractionRequested, detail: request.words(detail), at: now, db)
            guard let retraction = try Retraction.fetch(image, db) else {
                throw LedgerError.unreadableRow(item: id.rawValue, detail: "no retraction")
            }
            return retraction
        }
    }

    /// How far the retraction of an image is; nil if none is under way.
    package func retraction(of image: String) async throws(LedgerError) -> Retraction? {
        try await read { db in try Retraction.fetch(image, db) }
    }

    /// What is being taken out of CDF of an item's images, and what could not be; the oldest first.
    package func retractions(of id: ItemNumber) async throws(LedgerError) -> [Retraction] {
        try await read { db in try Retraction.fetchAll("retraction.item = ?", [id.rawValue], db) }
    }

    // MARK: Steps

    /// The image that an item stands for.
    private static func image(of record: ItemRecord, _ db: Database) throws -> String {
        let name = "\(record.kind.title) \(record.id) (\(printable(record.path)))"
        switch record.kind {
        case .pointCloud:
            throw LedgerError.notApplicable(
                "\(name) cannot be retracted: drop360 does not delete 3D revisions. Delete the revision in CDF, in the 3D model's settings."
            )
        case .scan:
            throw LedgerError.notApplicable(
                "\(name) has no image of its own. Give one of its positions; `drop360 explain \(record.id)` lists them."
            )
        case .station: break
        }
        if record.isRetracted, let image = record.capture?.ids.image { return image }
        if let digest = record.state.digest {
            let owner = record.sameAs ?? record.id
            let image = try String.fetchOne(
                db,
                sql: """
                    SELECT externalID FROM content AS own WHERE item = ? AND digest = ? AND EXISTS
                      (SELECT 1 FROM content WHERE content.externalID = own.externalID AND deliveredAt IS NOT NULL
                         AND retractedAt IS NULL)
                    """,
                arguments: [owner.rawValue, digest.rawValue]
            )
            if let image { return image }
        }
        let standing = try String.fetchAll(
            db,
            sql: """
                SELECT externalID FROM content WHERE item = ? AND kind = \(ItemKind.station.sql) AND deliveredAt IS NOT NULL
                  AND retractedAt IS NULL GROUP BY externalID ORDER BY max(deliveredAt) DESC
                """,
            arguments: [record.id.rawValue]
        )
        guard let image = standing.first else {
            throw LedgerError.notApplicable("Nothing of \(name) is in CDF; there is nothing to retract.")
        }
        guard standing.count == 1 else {
            let list = standing.map { printable($0) }.joined(separator: ", ")
            throw LedgerError.notApplicable("\(name) has several images in CDF: \(list). Give the id of one.")
        }
        return image
    }

    /// The plan for an image; nil if the ledger has never delivered one of this id.
    private static func plan(image: String, _ db: Database) throws -> RetractionPlan? {
        guard
            let found = try Row.fetchOne(
                db,
                sql: """
                    SELECT item, digest, retractedAt, value FROM content
                    WHERE externalID = ? AND kind = \(ItemKind.station.sql) AND deliveredAt IS NOT NULL
                    ORDER BY retractedAt IS NOT NULL, supersededAt IS NOT NULL, deliveredAt DESC, retractedAt DESC LIMIT 1
                    """,
                arguments: [image]
            )
        else { return nil }
        let capture = try JSON.decode(Capture.self, found["value"])
        let (id, digest): (Int64, String) = (found["item"], found["digest"])
        func others(_ column: String, _ value: String) throws -> Int {
            try Int.fetchOne(
                db,
                sql: "SELECT count(DISTINCT externalID) FROM liveContent WHERE \(column) = ? AND externalID <> ?",
                arguments: [value, image]
            ) ?? 0
        }
        let row = try fetch(ItemNumber(rawValue: id), db)
        let clearing = try Clearing.fetch(id, digest: digest, db)
        return RetractionPlan(
            item: try row.record(db),
            capture: capture,
            isPresent: try holders(of: image, db).contains { $0.id == id },
            sharers: try String.fetchAll(
                db,
                sql: "SELECT inbox || '/' || path FROM item WHERE sameAs = ? AND digest = ? ORDER BY id",
                arguments: [id, digest]
            ),
            othersAtStation: try others("stationID", capture.ids.station),
            othersInCollection: try others("collectionID", capture.ids.collection),
            hasFiles: try Bool.fetchOne(
                db,
                sql:
                    "SELECT EXISTS (SELECT 1 FROM file WHERE item = ? AND digest = ? AND state <> \(FileRecord.State.pending.sql))",
                arguments: [id, digest]
            ) ?? false,
            underWay: try Retraction.fetch(image, db),
            clearing: clearing.flatMap { $0.state == .done && row.isGone ? $0 : nil },
            doneAt: (found["retractedAt"] as Int64?).map(Date.init(ledger:))
        )
    }

    /// The items whose state refers to a content with this id, and that are registered or failed with it.
    static func holders(of image: String, _ db: Database) throws -> [ItemRow] {
        let states: [ItemState.Name] = [.registered, .failed]
        return try ItemRow.fetchAll(
            db,
            sql: """
                SELECT item.* FROM content JOIN item ON (item.id = content.item OR item.sameAs = content.item)
                  AND item.digest = content.digest
                WHERE content.externalID = ? AND item.state IN \(states.sql) GROUP BY item.id
                """,
            arguments: [image]
        )
    }

    private static func expectNothingOnItsWay(to image: String, _ db: Database) throws {
        let item = try Row.fetchOne(
            db,
            sql: """
                SELECT item.id, item.state, item.path FROM content
                JOIN item ON item.id = content.item AND item.digest = content.digest
                WHERE content.externalID = ?1 AND item.state IN \(ItemState.Name.underWay.sql)
                  AND NOT EXISTS (SELECT 1 FROM retraction WHERE externalID = ?1 AND failure IS NULL) LIMIT 1
                """,
            arguments: [image]
        )
        guard let item else { return }
        throw LedgerError.notApplicable(
            """
            Station \(item["id"] as Int64) (\(printable(item["path"]))) is \(item["state"] as String): its delivery to image \
            \(printable(image)) is not finished. Wait until it is, then retract it; or take its folder out of the inbox.
            """
        )
    }
}
