import Foundation
import GRDB
import Station

/// Decides how an accepted content relates to those that are in CDF already or on their way there.
enum Identity {
    /// Another place where the same content is.
    struct Original {
        var item: Int64
        var folder: String
        var delivered: Bool
    }

    /// The item with the same content: delivered ones before those on their way, the row itself before others.
    static func sameContent(as content: ItemContent, for row: ItemRow, _ db: Database) throws -> Original? {
        let found = try Row.fetchOne(
            db,
            sql: """
                SELECT item, inbox || '/' || path AS folder, deliveredAt IS NOT NULL AS delivered FROM liveContent
                WHERE digest = ? AND (item <> ? OR deliveredAt IS NOT NULL)
                  AND (deliveredAt IS NOT NULL OR state <> \(ItemState.Name.failed.sql))
                ORDER BY deliveredAt IS NULL, item <> ?, item LIMIT 1
                """,
            arguments: [content.digest.rawValue, row.id, row.id]
        )
        return found.map { Original(item: $0["item"], folder: $0["folder"], delivered: $0["delivered"]) }
    }

    /// Why the content may not be delivered under its ids; nil if it may.
    static func refusal(
        of content: ItemContent,
        for row: ItemRow,
        poseDrift: PoseDriftRule,
        collections: CollectionRule,
        _ db: Database
    ) throws -> Problem? {
        if try sameContent(as: content, for: row, db) != nil { return nil }
        if try isOnItsWay(content, for: row, db) { return nil }
        if let problem = try objection(to: content, for: row, db) { return problem }
        if let capture = content.capture,
            let problem = try CollectionSize.refusal(of: capture, for: row, collections, db)
        {
            return problem
        }
        // A correction is always taken, also that of a pose: it must not depend on the other visits.
        guard let capture = content.capture, !poseDrift.accept, try !isCorrection(capture, of: row, db) else {
            return nil
        }
        return try drift(of: capture, for: row, beyond: poseDrift, db)
    }

    /// Whether this very content was accepted under these ids before: that decision, even an operator's, still applies.
    private static func isOnItsWay(_ content: ItemContent, for row: ItemRow, _ db: Database) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (SELECT 1 FROM liveContent
                               WHERE item = ? AND digest = ? AND externalID = ? AND deliveredAt IS NULL)
                """,
            arguments: [row.id, content.digest.rawValue, content.externalID]
        ) ?? false
    }

    /// Why the content may not be written under its ids, whatever its pose.
    static func objection(to content: ItemContent, for row: ItemRow, _ db: Database) throws -> Problem? {
        if let capture = content.capture, let problem = try collision(of: capture, for: row, db) { return problem }
        return row.mayReplace ? nil : try conflict(of: content, for: row, db)
    }

    /// Another site or station with the same resulting ids: slashes in names can cause that (`a/b` + `c`, `a` + `b/c`), and one
    /// node would then represent two things.
    private static func collision(of capture: Capture, for row: ItemRow, _ db: Database) throws -> Problem? {
        let folder = try String.fetchOne(
            db,
            sql: """
                SELECT inbox || '/' || path FROM liveContent
                WHERE ((stationID = ?1 AND (value ->> '$.siteID' <> ?3 OR value ->> '$.stationID' <> ?4))
                       OR stationID = ?2 OR collectionID = ?1 OR externalID IN (?1, ?2)
                       OR stationID = ?6 OR collectionID = ?6)
                  AND NOT (item = ?5 AND deliveredAt IS NULL)
                LIMIT 1
                """,
            arguments: [
                capture.ids.station, capture.ids.collection, capture.siteID, capture.stationID, row.id,
                capture.ids.image,
            ]
        )
        return folder.map {
            Problem(
                "id-collision",
                """
                The ids of this station are the same as those of another site or station, from \(printable($0)). \
                Give it a site_id and station_id without slashes.
                """
            )
        }
    }

    private static func conflict(of content: ItemContent, for row: ItemRow, _ db: Database) throws -> Problem? {
        guard
            let other = try Row.fetchOne(
                db,
                sql: """
                    SELECT inbox || '/' || path AS folder, deliveredAt IS NOT NULL AS delivered FROM liveContent
                    WHERE externalID = ? AND item <> ? AND digest <> ? ORDER BY item LIMIT 1
                    """,
                arguments: [content.externalID, row.id, content.digest.rawValue]
            )
        else { return nil }
        let folder: String = other["folder"]
        let verb = other["delivered"] as Bool ? "already delivered" : "already accepted"
        guard let capture = content.capture else {
            return Problem(
                "conflict",
                """
                Another point cloud of this name was \(verb) from \(printable(folder)). If this file is another one, give it a name of \
                its own; if it is meant to replace the other, ask the operator to run `drop360 replace` on this file.
                """
            )
        }
        if row.scan != nil {
            return Problem(
                "conflict",
                """
                Station \(printable(capture.stationID)) at this time was \(verb) from \(printable(folder)) with other content. \
                Two files of one site must not use one name for two positions: give one of them other names in the scanner's program, or another \
                site_id in the file's .json; \
                if it is meant to replace the other, ask the operator to run `drop360 replace` on this file.
                """
            )
        }
        return Problem(
            "conflict",
            """
            Station \(printable(capture.stationID)) at this time was \(verb) from \(printable(folder)) with other content. \
            If this folder is another station, give it its own station_id or timeTaken; \
            if it is meant to replace the other, ask the operator to run `drop360 replace` on this folder.
            """
        )
    }

    /// Whether the content takes the place of an image that has been delivered: one with the same id, or of the same folder, station
    /// and time (without a time, the id depends on the content).
    private static func isCorrection(_ capture: Capture, of row: ItemRow, _ db: Database) throws -> Bool {
        let delivered = try Row.fetchAll(
            db,
            sql: """
                SELECT externalID, value FROM content
                WHERE stationID = ? AND deliveredAt IS NOT NULL AND retractedAt IS NULL AND (item = ? OR externalID = ?)
                """,
            arguments: [capture.ids.station, row.id, capture.ids.image]
        )
        return try delivered.contains { content in
            if content["externalID"] == capture.ids.image { return true }
            return try JSON.decode(Capture.self, content["value"]).time == capture.time
        }
    }

    private static func drift(
        of capture: Capture,
        for row: ItemRow,
        beyond rule: PoseDriftRule,
        _ db: Database
    ) throws -> Problem? {
        // The station's first content that this one does not overwrite; where a pose was corrected, the latest correction counts.
        guard
            let value = try String.fetchOne(
                db,
                sql: """
                    SELECT value, EXISTS (SELECT 1 FROM content AS old WHERE \(hasOtherPose)) AS isCorrected
                    FROM liveContent AS own WHERE stationID = ? AND externalID <> ?
                      AND NOT (item = ? AND deliveredAt IS NULL)
                    ORDER BY isCorrected DESC, iif(isCorrected, -acceptedAt, acceptedAt), item LIMIT 1
                    """,
                arguments: [capture.ids.station, capture.ids.image, row.id]
            )
        else { return nil }
        let first = try JSON.decode(Capture.self, value)
        let (metres, degrees) = capture.pose.drift(from: first.pose)
        // 1.05 − 1 is a little more than 0.05 in binary.
        guard metres > rule.metres + 1e-9 || degrees > rule.degrees + 1e-9 else { return nil }
        let distance = String(format: "%.2f m and %.1f°", metres, degrees)
        let remedy =
            row.scan == nil
            ? "If the tripod stood elsewhere, give the folder a station_id of its own; if the pose is wrong, correct it;"
            : "If another file of this site uses the same name for another position, give one of them other names in the scanner's program, or "
                + "another site_id in the file's .json; if the pose is wrong, export the file again;"
        return Problem(
            "pose-drift",
            """
            The pose is \(distance) away from the first one of station \(printable(capture.stationID)); the viewer would show \
            this image at the first one's place. \(remedy) if it is intended, ask your operator to accept it.
            """
        )
    }

    /// Stops every other item that is on its way to the same external id, because an operator asked for it.
    ///
    /// What was delivered under it stays in CDF until the first byte is sent, and in the ledger until then.
    static func stopOthers(with content: ItemContent, by row: ItemRow, at now: Date, _ db: Database) throws {
        let others = try ItemRow.fetchAll(
            db,
            sql: """
                SELECT DISTINCT item.* FROM item JOIN liveContent ON liveContent.item = item.id
                WHERE liveContent.externalID = ? AND item.id <> ? AND liveContent.digest <> ?
                """,
            arguments: [content.externalID, row.id, content.digest.rawValue]
        )
        for var other in others {
            let words = "replaced by \(row.location.absolute)"
            if let state = other.stateName, ItemState.Name.claiming.contains(state) {
                try other.take(
                    .refused([
                        Problem(
                            "replaced",
                            "An operator replaced this \(other.noun) by \(printable(row.location.absolute))."
                        )
                    ]),
                    at: now,
                    detail: words,
                    db
                )
            } else {
                try other.note(.replaced, detail: words, at: now, db)
            }
        }
    }
}
