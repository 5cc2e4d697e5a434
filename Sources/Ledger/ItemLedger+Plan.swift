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
        SELECT item.id, item.path, item.state, content.stationID, content.collectionID, content.x, content.y, content.z,
               content.heading, content.time, CASE WHEN ?2 THEN content.value ->> '$.label' END AS label
        FROM item LEFT JOIN content ON content.item = item.id AND content.digest = coalesce(item.digest,
          (SELECT former.digest FROM content AS former
           WHERE former.item = item.id AND former.deliveredAt IS NOT NULL AND former.supersededAt IS NULL
             AND former.retractedAt IS NULL
           ORDER BY former.deliveredAt DESC LIMIT 1))
        WHERE item.site = ?1 AND item.kind = \(ItemKind.station.sql) AND item.state <> \(ItemState.Name.withdrawn.sql)
          AND (?3 IS NULL OR item.id IN (SELECT value FROM json_each(?3)))
        ORDER BY item.id LIMIT ?4
        """

    /// All sites, by their ids.
    ///
    /// - Parameter limit: The most to return.
    package func siteTallies(limit: Int = 1000) async throws(LedgerError) -> [SiteTally] {
        try await read { db in
            var sites: [SiteTally] = []
            let rows = try Row.fetchCursor(db, sql: Self.tallies)
            while let row = try rows.next() {
                guard let state = ItemState.Name(rawValue: row["state"]) else { continue }
                let id: String = row["site"]
                if sites.last?.id != id {
                    guard sites.count < limit else { break }
                    sites.append(SiteTally(id: id, counts: [:]))
                }
                sites[sites.count - 1].add(row, state: state)
            }
            return sites
        }
    }

    static let tallies = """
        SELECT item.site, item.state, count(*) AS items, min(x) AS minX, min(y) AS minY, min(z) AS minZ,
               max(x) AS maxX, max(y) AS maxY, max(z) AS maxZ
        FROM item LEFT JOIN content ON content.item = item.id AND content.digest = item.digest
        WHERE item.site IS NOT NULL AND item.state <> \(ItemState.Name.withdrawn.sql)
        GROUP BY item.site, item.state ORDER BY item.site
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
        }
    }
}

extension SiteTally {
    fileprivate mutating func add(_ row: Row, state: ItemState.Name) {
        counts[state] = row["items"]
        guard let x: Double = row["minX"], let y: Double = row["minY"], let z: Double = row["minZ"],
            let maxX: Double = row["maxX"], let maxY: Double = row["maxY"], let maxZ: Double = row["maxZ"]
        else { return }
        let (low, high) = corners ?? (Vector3(x: x, y: y, z: z), Vector3(x: maxX, y: maxY, z: maxZ))
        corners = (
            Vector3(x: min(low.x, x), y: min(low.y, y), z: min(low.z, z)),
            Vector3(x: max(high.x, maxX), y: max(high.y, maxY), z: max(high.z, maxZ))
        )
    }
}
