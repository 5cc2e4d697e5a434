import Foundation
import GRDB
import Station

/// What adopted images, stations and collections are called in CDF, where that is not what drop360 would have called them.
///
/// Whatever is accepted gets these ids before its identity is decided: so a revisit joins the station that stands, and a correction
/// overwrites the image that stands.
enum StandingIDs {
    static func applied(to content: ItemContent, _ db: Database) throws -> ItemContent {
        guard case .station(var capture) = content else { return content }
        let template = capture.ids
        if let image = try find("image", template.image, db) {
            capture.ids.image = image["standing"]
            capture.ids.files = try JSON.decode([Face: String].self, image["files"])
        }
        if let station = try find("station", template.station, db) { capture.ids.station = station["standing"] }
        if let collection = try find("collection", template.collection, db) {
            capture.ids.collection = collection["standing"]
        }
        return .station(capture)
    }

    static func applied(to place: StatedPlace, _ db: Database) throws -> StatedPlace {
        var place = place
        if let station = try find("station", place.station, db) { place.station = station["standing"] }
        if let collection = try find("collection", place.collection, db) { place.collection = collection["standing"] }
        return place
    }

    /// Remembers that what would have the ids `template` has those of `standing`.
    ///
    /// - Returns: Words for an operator if it has others already, and nothing is remembered; nil if all is well.
    static func remember(_ standing: ExternalIDs, for template: ExternalIDs, _ db: Database) throws -> String? {
        for (kind, known, own) in [
            ("collection", template.collection, standing.collection), ("station", template.station, standing.station),
            ("image", template.image, standing.image),
        ] {
            let other =
                try find(kind, known, db).map { $0["standing"] as String }
                ?? (try isDelivered(kind, as: known, db) ? known : nil)
            guard let other, other != own else { continue }
            return
                "The \(kind) of this folder is '\(printable(other))' in CDF, as far as the ledger knows, and not '\(printable(own))'."
        }
        let files = Dictionary(uniqueKeysWithValues: Face.allCases.map { ($0, standing.file($0)) })
        try remember("collection", template.collection, standing.collection, nil, db)
        try remember("station", template.station, standing.station, nil, db)
        try remember("image", template.image, standing.image, try JSON.encode(files), db)
        return nil
    }

    private static func find(_ kind: String, _ template: String, _ db: Database) throws -> Row? {
        try Row.fetchOne(
            db,
            sql: "SELECT standing, files FROM standingID WHERE kind = ? AND template = ?",
            arguments: [kind, template]
        )
    }

    /// Whether something stands in CDF, or is being sent there, under the id that drop360 gives it.
    private static func isDelivered(_ kind: String, as id: String, _ db: Database) throws -> Bool {
        let column = kind == "image" ? "externalID" : kind + "ID"
        return try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (SELECT 1 FROM liveContent WHERE \(column) = ?
                  AND (deliveredAt IS NOT NULL OR state IN \([ItemState.Name.uploading, .uploaded].sql)))
                """,
            arguments: [id]
        ) ?? false
    }

    private static func remember(
        _ kind: String,
        _ template: String,
        _ standing: String,
        _ files: String?,
        _ db: Database
    ) throws {
        try db.execute(
            sql: """
                INSERT INTO standingID (kind, template, standing, files) VALUES (?, ?, ?, ?)
                ON CONFLICT (kind, template) DO UPDATE SET files = excluded.files
                """,
            arguments: [kind, template, standing, files]
        )
    }

    /// Has those that wait with the ids `template`, of which nothing is sent yet, accepted again under the ones of `standing`.
    static func readWaitingAgain(
        _ template: ExternalIDs,
        _ standing: ExternalIDs,
        except row: ItemRow,
        at now: Date,
        _ db: Database
    ) throws {
        let rows = try ItemRow.fetchAll(
            db,
            sql: """
                SELECT item.* FROM item JOIN content ON content.item = item.id AND content.digest = item.digest
                WHERE item.state IN \([ItemState.Name.accepted, .failed].sql) AND item.id <> ? AND item.scan IS NULL
                  AND ((content.collectionID = ? AND content.collectionID <> ?) OR (content.stationID = ? AND content.stationID <> ?))
                """,
            arguments: [row.id, template.collection, standing.collection, template.station, standing.station]
        )
        for var other in rows {
            try other.take(.foundIncomplete([]), at: now, as: .reopened, detail: "its ids in CDF are others", db)
            other.set(.lookAgain)
            try other.updateWhatDiffers(db)
        }
    }
}
