import Foundation
import GRDB
import Station

// Items that were refused because of an image, and what becomes of them once it is taken out of CDF.
extension ItemLedger {
    /// Has those inspected again that were refused because of an image with these ids, or of its place.
    ///
    /// Of those that only its collection had no room for, no more than a few: one place becomes free. Whether another one still stands in
    /// their way, inspection finds out.
    ///
    /// - Returns: The items whose folders or files are to be listed again. Positions are read again without that.
    static func lookAgain(atRivalsOf ids: ExternalIDs, at now: Date, _ db: Database) throws -> [ItemRecord] {
        let rivals = try ItemRow.fetchAll(
            db,
            sql: """
                WITH rival AS (
                  SELECT item.id, max(value IN (?1, ?2)) AS isNear FROM item, json_each(contested)
                  WHERE contested IS NOT NULL AND lastSight <> \(LastSight.Name.gone.sql) AND value IN (?1, ?2, ?3)
                  GROUP BY item.id)
                SELECT * FROM item WHERE id IN (SELECT id FROM rival WHERE isNear)
                  OR id IN (SELECT id FROM rival WHERE NOT isNear ORDER BY id LIMIT 20)
                ORDER BY id
                """,
            arguments: [ids.image, ids.station, ids.collection]
        )
        var listed: [Int64: ItemRecord] = [:]
        for var rival in rivals {
            var row = rival
            if rival.scan == nil {
                row.set(.lookAgain)
                try row.updateWhatDiffers(db)
            } else {
                guard let scan = try readAgain(&rival, without: ids.image, at: now, db) else { continue }
                row = scan
            }
            listed[row.id ?? 0] = try row.record(db)
        }
        return listed.values.sorted { $0.id < $1.id }
    }

    /// - Returns: The scan, if its file is to be listed again; nil if that is not needed, or of no use.
    private static func readAgain(
        _ position: inout ItemRow,
        without image: String,
        at now: Date,
        _ db: Database
    ) throws -> ItemRow? {
        var scan = try scanRow(of: position, db)
        guard scan.isReadForPositions else { return nil }
        let request = OperatorRequest(by: nil, at: now)
        try position.take(.reopened, at: now, detail: "image \(image) has been taken out of CDF", db)
        position.set(.lookAgain)
        try position.updateWhatDiffers(db)
        try reopen(&scan, request, db)
        return try scan.sight() == .lookAgain ? scan : nil
    }
}
