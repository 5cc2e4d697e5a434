package import Foundation
import GRDB
package import Station

// What the page of one item shows beside its record.
extension ItemLedger {
    /// One image of a station.
    package struct VisitRecord: Equatable, Sendable {
        package var item: ItemNumber
        package var path: String
        package var state: ItemState.Name
        package var image: String
        package var time: CaptureTime?
        package var pose: Pose
        /// When it first came to CDF; nil if it is on its way.
        package var firstDeliveredAt: Date?
    }

    /// The images of a station that are in CDF or on their way, the first delivered first: the viewer shows all with that one's pose.
    package func visits(of station: String, limit: Int = 200) async throws(LedgerError) -> [VisitRecord] {
        try await read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT live.item, live.path, live.state, live.externalID, live.value,
                      (SELECT min(deliveredAt) FROM content WHERE externalID = live.externalID) AS first
                    FROM liveContent AS live JOIN item ON item.id = live.item
                    WHERE live.stationID = ?
                    ORDER BY first IS NULL, first, item.digest IS live.digest DESC, live.acceptedAt, live.item LIMIT ?
                    """,
                arguments: [station, limit]
            )
            // An image that is being corrected has two contents.
            var seen: Set<String> = []
            return try rows.compactMap { row in
                guard seen.insert(row["externalID"]).inserted, let state = ItemState.Name(rawValue: row["state"])
                else { return nil }
                let capture = try JSON.decode(Capture.self, row["value"])
                return VisitRecord(
                    item: ItemNumber(rawValue: row["item"]),
                    path: row["path"],
                    state: state,
                    image: row["externalID"],
                    time: capture.time,
                    pose: capture.pose,
                    firstDeliveredAt: (row["first"] as Int64?).map(Date.init(ledger:))
                )
            }
        }
    }

    /// One content that was accepted of an item, and what became of it.
    package struct ContentRecord: Equatable, Sendable {
        package var digest: ContentDigest
        package var externalID: String
        package var acceptedAt: Date
        package var deliveredAt: Date?
        package var supersededAt: Date?
        package var retractedAt: Date?
    }

    /// The contents of an item, the latest first.
    package func contents(of id: ItemNumber, limit: Int = 50) async throws(LedgerError) -> [ContentRecord] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT digest, externalID, acceptedAt, deliveredAt, supersededAt, retractedAt FROM content
                    WHERE item = ? ORDER BY acceptedAt DESC, digest LIMIT ?
                    """,
                arguments: [id.rawValue, limit]
            ).map { row in
                ContentRecord(
                    digest: ContentDigest(rawValue: row["digest"]),
                    externalID: row["externalID"],
                    acceptedAt: Date(ledger: row["acceptedAt"]),
                    deliveredAt: (row["deliveredAt"] as Int64?).map(Date.init(ledger:)),
                    supersededAt: (row["supersededAt"] as Int64?).map(Date.init(ledger:)),
                    retractedAt: (row["retractedAt"] as Int64?).map(Date.init(ledger:))
                )
            }
        }
    }
}
