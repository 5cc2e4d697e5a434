import Foundation
import GRDB
import Station

// What the plans of sites show. A station that is refused today may stand in CDF from before: it is shown at that place.
extension ItemLedger {
    /// The stations of a site, without those that were withdrawn, in the order of their numbers.
    ///
    /// - Parameters:
    ///   - site: The site's id.
    ///   - numbers: Only these of them; nil for all.
    ///   - labelled: Whether their labels are wanted, which is slower by the length of their contents.
    ///   - limit: The most to return.
    /// - Returns: nil if no item belongs to such a site.
    package func plannedStations(
        of site: String,
        only numbers: [Int64]? = nil,
        labelled: Bool,
        limit: Int = .max
    ) async throws(LedgerError) -> [PlannedItem]? {
        try await read { db in
            let exists = try Bool.fetchOne(db, sql: "SELECT 1 FROM item WHERE site = ? LIMIT 1", arguments: [site])
            guard exists != nil else { return nil }
            let rows = try Row.fetchCursor(
                db,
                sql: Self.planned,
                arguments: [site, labelled, try numbers.map { try JSON.encode($0) }, limit]
            )
            var items: [PlannedItem] = []
            while let row = try rows.next() {
                // Of a state from a later version nothing is drawn.
                guard let item = PlannedItem(row) else { continue }
                items.append(item)
            }
            return items
        }
    }

    static let planned = """
        SELECT item.id, item.path, item.state, item.stated, content.stationID, content.collectionID, content.x, content.y, content.z,
               content.heading, content.time, CASE WHEN ?2 THEN content.value ->> '$.label' END AS label
        FROM item LEFT JOIN content ON content.item = item.id AND content.digest = coalesce(item.digest,
          (SELECT former.digest FROM content AS former
           WHERE former.item = item.id AND \(StandingContent.condition("former"))
           ORDER BY former.deliveredAt DESC LIMIT 1))
        WHERE item.site = ?1 AND item.kind = \(ItemKind.station.sql) AND item.state <> \(ItemState.Name.withdrawn.sql)
          AND (?3 IS NULL OR item.id IN (SELECT value FROM json_each(?3)))
        ORDER BY item.id LIMIT ?4
        """

    /// All sites with something in them, by their ids.
    ///
    /// - Parameter limit: The most to return.
    package func siteTallies(limit: Int = 1000) async throws(LedgerError) -> [SiteTally] {
        let stale = try await read { db in
            try String.fetchAll(db, sql: "SELECT site FROM siteExtent WHERE isStale = 1")
        }
        for site in stale { try await write { db in try Self.measure(site, db) } }
        return try await read { db in
            var sites: [SiteTally] = []
            let rows = try Row.fetchCursor(db, sql: Self.tallies)
            while let row = try rows.next() {
                guard let state = ItemState.Name(rawValue: row["state"]) else { continue }
                let id: String = row["site"]
                if sites.last?.id != id {
                    guard sites.count < limit else { break }
                    sites.append(SiteTally(id: id, counts: [:], bounds: SiteBounds(row)))
                }
                sites[sites.count - 1].counts[state] = row["items"]
            }
            return sites
        }
    }

    /// Finds a site's bounds among all of its stations.
    private static func measure(_ site: String, _ db: Database) throws {
        try db.execute(sql: "DELETE FROM siteExtent WHERE site = ?", arguments: [site])
        try db.execute(
            sql: """
                INSERT INTO siteExtent (site, minX, maxX, minY, maxY)
                SELECT item.site, min(x), max(x), min(y), max(y)
                FROM item JOIN content ON content.item = item.id AND content.digest = item.digest
                WHERE item.site = ? AND x IS NOT NULL GROUP BY item.site
                """,
            arguments: [site]
        )
    }

    static let tallies = """
        SELECT site, state, sum(items) AS items, minX, maxX, minY, maxY
        FROM tally LEFT JOIN siteExtent USING (site)
        WHERE site <> '' AND items > 0 AND state <> \(ItemState.Name.withdrawn.sql)
        GROUP BY site, state ORDER BY site
        """
}

extension PlannedItem {
    fileprivate init?(_ row: Row) {
        guard let state = ItemState.Name(rawValue: row["state"]) else { return nil }
        self.init(id: ItemNumber(rawValue: row["id"]), path: row["path"], state: state)
        place = row["stationID"]
        collection = row["collectionID"]
        label = row["label"]
        heading = row["heading"]
        time = (row["time"] as Int64?).map { Date(ledger: $0) }
        if let x: Double = row["x"], let y: Double = row["y"], let z: Double = row["z"] {
            position = Vector3(x: x, y: y, z: z)
        } else if let text: String = row["stated"] {
            // Only a hand in the file can have written something else: then the station has no place.
            guard let stated = try? JSON.decode(StatedPlace.self, text) else { return }
            isStated = true
            (place, collection, label) = (stated.station, stated.collection, stated.label)
            (position, heading) = (stated.translation, stated.heading)
        }
    }
}

extension SiteBounds {
    fileprivate init?(_ row: Row) {
        guard let minX: Double = row["minX"], let maxX: Double = row["maxX"], let minY: Double = row["minY"],
            let maxY: Double = row["maxY"]
        else { return nil }
        self.init(minX: minX, maxX: maxX, minY: minY, maxY: maxY)
    }
}
