import Foundation
import GRDB
import Station

/// Decides what an accepted content is to those that stand in CDF already or are on their way there.
enum Identity {
    /// Another place where the same content is.
    struct Original {
        var station: Int64
        var folder: String
        var delivered: Bool
    }

    /// The station that holds the same content: delivered ones before those on their way, the row itself before others.
    static func sameContent(as capture: Capture, for row: ItemRow, _ db: Database) throws -> Original? {
        let found = try Row.fetchOne(
            db,
            sql: """
                SELECT station, inbox || '/' || path AS folder, deliveredAt IS NOT NULL AS delivered FROM liveCapture
                WHERE digest = ? AND (station <> ? OR deliveredAt IS NOT NULL)
                  AND (deliveredAt IS NOT NULL OR state <> 'failed')
                ORDER BY deliveredAt IS NULL, station <> ?, station LIMIT 1
                """,
            arguments: [capture.digest.rawValue, row.id, row.id]
        )
        return found.map { Original(station: $0["station"], folder: $0["folder"], delivered: $0["delivered"]) }
    }

    /// Why the content may not be delivered under its ids; nil where it may.
    static func refusal(
        of capture: Capture,
        for row: ItemRow,
        poseDrift: PoseDriftRule,
        _ db: Database
    ) throws -> Problem? {
        if try sameContent(as: capture, for: row, db) != nil { return nil }
        if try isOnItsWay(capture, for: row, db) { return nil }
        if let problem = try objection(to: capture, for: row, db) { return problem }
        return poseDrift.accept ? nil : try drift(of: capture, for: row, beyond: poseDrift, db)
    }

    /// Whether this very content was accepted under these ids before: what was decided then, by an operator even, holds.
    private static func isOnItsWay(_ capture: Capture, for row: ItemRow, _ db: Database) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (SELECT 1 FROM liveCapture
                               WHERE station = ? AND digest = ? AND imageID = ? AND deliveredAt IS NULL)
                """,
            arguments: [row.id, capture.digest.rawValue, capture.ids.image]
        ) ?? false
    }

    /// Why the content may not be written under its ids, whatever its pose.
    static func objection(to capture: Capture, for row: ItemRow, _ db: Database) throws -> Problem? {
        if let problem = try collision(of: capture, for: row, db) { return problem }
        return row.mayReplace ? nil : try conflict(of: capture, for: row, db)
    }

    /// Another site or station whose ids come out the same: slashes in names can do that (`a/b` + `c`, `a` + `b/c`), and a node
    /// would then be two things at once.
    private static func collision(of capture: Capture, for row: ItemRow, _ db: Database) throws -> Problem? {
        let folder = try String.fetchOne(
            db,
            sql: """
                SELECT inbox || '/' || path FROM liveCapture
                WHERE ((stationID = ?1 AND (content ->> '$.siteID' <> ?3 OR content ->> '$.stationID' <> ?4))
                       OR stationID = ?2 OR collectionID = ?1 OR imageID IN (?1, ?2)
                       OR stationID = ?6 OR collectionID = ?6)
                  AND NOT (station = ?5 AND deliveredAt IS NULL)
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
                The ids of this station come out the same as those of another site or station, from \(printable($0)). \
                Give it a site_id and station_id without slashes.
                """
            )
        }
    }

    private static func conflict(of capture: Capture, for row: ItemRow, _ db: Database) throws -> Problem? {
        guard
            let other = try Row.fetchOne(
                db,
                sql: """
                    SELECT inbox || '/' || path AS folder, deliveredAt IS NOT NULL AS delivered FROM liveCapture
                    WHERE imageID = ? AND station <> ? AND digest <> ? ORDER BY station LIMIT 1
                    """,
                arguments: [capture.ids.image, row.id, capture.digest.rawValue]
            )
        else { return nil }
        let folder: String = other["folder"]
        let verb = other["delivered"] as Bool ? "already delivered" : "already accepted"
        return Problem(
            "conflict",
            """
            Station \(printable(capture.stationID)) at this time was \(verb) from \(printable(folder)) with other content. \
            If this folder is another station, give it its own station_id or timeTaken; \
            if it is meant to take the place of the other, ask the operator to run `drop360 replace` on this folder.
            """
        )
    }

    private static func drift(
        of capture: Capture,
        for row: ItemRow,
        beyond rule: PoseDriftRule,
        _ db: Database
    ) throws -> Problem? {
        // The first one of the station that this content does not overwrite.
        guard
            let content = try String.fetchOne(
                db,
                sql: """
                    SELECT content FROM liveCapture WHERE stationID = ? AND imageID <> ?
                      AND NOT (station = ? AND deliveredAt IS NULL)
                    ORDER BY acceptedAt, station LIMIT 1
                    """,
                arguments: [capture.ids.station, capture.ids.image, row.id]
            )
        else { return nil }
        let first = try JSON.decode(Capture.self, content)
        let (metres, degrees) = capture.pose.drift(from: first.pose)
        // 1.05 − 1 is a little more than 0.05 in binary.
        guard metres > rule.metres + 1e-9 || degrees > rule.degrees + 1e-9 else { return nil }
        let distance = String(format: "%.2f m and %.1f°", metres, degrees)
        return Problem(
            "pose-drift",
            """
            The pose is \(distance) away from the first one of station \(printable(capture.stationID)); the viewer would show \
            this image at the first one's place. If the tripod stood elsewhere, give the folder a station_id of its own; \
            if the pose is wrong, correct it; if it is meant, tell your operator, who can have it accepted.
            """
        )
    }

    /// Stops every other station that is on its way to the same image id, because an operator said so.
    ///
    /// What was delivered under it stands until the first byte goes out, and the ledger says so until then.
    static func stopOthers(with capture: Capture, by row: ItemRow, at now: Date, _ db: Database) throws {
        let others = try ItemRow.fetchAll(
            db,
            sql: """
                SELECT DISTINCT station.* FROM station JOIN liveCapture ON liveCapture.station = station.id
                WHERE liveCapture.imageID = ? AND station.id <> ? AND liveCapture.digest <> ?
                """,
            arguments: [capture.ids.image, row.id, capture.digest.rawValue]
        )
        for var other in others {
            let words = "replaced by \(row.inbox)/\(row.path)"
            if ["accepted", "uploading", "uploaded", "failed"].contains(other.state) {
                try other.take(
                    .refused([
                        Problem(
                            "replaced",
                            "An operator had this station replaced by \(printable(row.inbox + "/" + row.path))."
                        )
                    ]),
                    at: now,
                    detail: words,
                    db
                )
            } else {
                try other.note("replaced", detail: words, at: now, db)
            }
        }
    }
}
