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
    static func sameContent(as capture: Capture, for row: StationRow, _ db: Database) throws -> Original? {
        let found = try Row.fetchOne(
            db,
            sql: """
                SELECT station, inbox || '/' || path AS folder, deliveredAt IS NOT NULL AS delivered FROM liveCapture
                WHERE digest = ? AND (station <> ? OR deliveredAt IS NOT NULL)
                  AND (station <> ? OR imageID = ?)
                ORDER BY deliveredAt IS NULL, station <> ?, station LIMIT 1
                """,
            arguments: [capture.digest.rawValue, row.id, row.id, capture.ids.image, row.id]
        )
        return found.map { Original(station: $0["station"], folder: $0["folder"], delivered: $0["delivered"]) }
    }

    /// Why the content may not be delivered under its ids; nil where it may.
    static func refusal(
        of capture: Capture,
        for row: StationRow,
        poseDrift: PoseDriftRule,
        _ db: Database
    ) throws -> Problem? {
        if try sameContent(as: capture, for: row, db) != nil { return nil }
        if let problem = try collision(of: capture, db) { return problem }
        if !row.mayReplace, let problem = try conflict(of: capture, for: row, db) { return problem }
        return poseDrift.accept ? nil : try drift(of: capture, for: row, beyond: poseDrift, db)
    }

    /// Another site or station whose ids come out the same: slashes in names can do that (`a/b` + `c`, `a` + `b/c`), and a node
    /// would then be two things at once.
    private static func collision(of capture: Capture, _ db: Database) throws -> Problem? {
        let folder = try String.fetchOne(
            db,
            sql: """
                SELECT inbox || '/' || path FROM liveCapture
                WHERE (stationID = ?1 AND (content ->> '$.siteID' <> ?3 OR content ->> '$.stationID' <> ?4))
                   OR stationID = ?2 OR collectionID = ?1
                LIMIT 1
                """,
            arguments: [capture.ids.station, capture.ids.collection, capture.siteID, capture.stationID])
        return folder.map {
            Problem(
                "id-collision",
                """
                The ids of this station come out the same as those of another site or station, from \(printable($0)). \
                Give it a site_id and station_id without slashes.
                """)
        }
    }

    private static func conflict(of capture: Capture, for row: StationRow, _ db: Database) throws -> Problem? {
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
        for row: StationRow,
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
        guard metres > rule.metres || degrees > rule.degrees else { return nil }
        let distance = String(format: "%.2f m and %.1f°", metres, degrees)
        return Problem(
            "pose-drift",
            """
            The pose is \(distance) away from the first one of station \(printable(capture.stationID)); the viewer would show \
            this image at the first one's place. If the tripod stood elsewhere, give the folder a station_id of its own; \
            if the pose is wrong, correct the sidecar; if it is meant, set `pose-drift: accept` for this inbox.
            """
        )
    }

    /// Takes the image id away from every other station that holds it, because an operator said so.
    static func supersedeOthers(with capture: Capture, by row: StationRow, at now: Date, _ db: Database) throws {
        let others = try StationRow.fetchAll(
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
        try db.execute(
            sql: """
                UPDATE capture SET supersededAt = ? WHERE imageID = ? AND digest <> ?
                  AND deliveredAt IS NOT NULL AND supersededAt IS NULL
                """,
            arguments: [now.ledger, capture.ids.image, capture.digest.rawValue]
        )
    }
}
