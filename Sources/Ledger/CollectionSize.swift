import Foundation
import GRDB
import Station

/// Compares the number of images of a collection with what the viewer loads.
///
/// Images in CDF and on their way there count, positions of scans included; a correction of one that is there does not count again.
enum CollectionSize {
    /// The images of one collection that the viewer loads; nil where it loads all: by configuration, or by the model of this ledger.
    private static func limit(_ rule: CollectionRule, _ db: Database) throws -> Int? {
        guard let limit = rule.limit, try ItemLedger.viewerLoadsAll(db) != true else { return nil }
        return limit
    }

    /// Why the image may not be added to its collection; nil if it may.
    static func refusal(
        of capture: Capture,
        for row: ItemRow,
        _ rule: CollectionRule,
        _ db: Database
    ) throws -> Problem? {
        guard let limit = try limit(rule, db), rule.refuses,
            try others(than: capture, for: row, atLeast: limit, db) >= limit,
            try !isDelivered(capture.ids.image, db)
        else { return nil }
        return Problem(
            "collection-large",
            """
            Site \(printable(capture.siteID)) has \(limit) images, visits counted; the viewer loads no more of one site, and would leave this \
            one out without an error. Give this station, and those that follow, another site_id; \
            if it is intended, ask your operator to allow it (`collections: large-is-fine`).
            """
        )
    }

    /// The note about the collection of an image that is about to be accepted; nil while it is small.
    static func note(of capture: Capture, for row: ItemRow, _ rule: CollectionRule, _ db: Database) throws -> Problem? {
        guard let limit = try limit(rule, db) else { return nil }
        let noted = CollectionRule.noted(below: limit)
        let images = try others(than: capture, for: row, atLeast: noted - 1, db) + 1
        guard images >= noted else { return nil }
        let site = printable(capture.siteID)
        return Problem(
            "collection-large",
            images > limit
                ? "Site \(site) has \(images) images, visits counted; the viewer loads \(limit) of one site and leaves the others out without an error."
                : """
                Site \(site) has \(images) images, visits counted, of the \(limit) that the viewer loads of one site. \
                Plan another site_id for the stations to come.
                """
        )
    }

    /// The images of the collection besides this one; 0 where they are certainly fewer than `least`.
    private static func others(
        than capture: Capture,
        for row: ItemRow,
        atLeast least: Int,
        _ db: Database
    ) throws -> Int {
        // Few sites are large.
        let contents =
            try Int.fetchOne(
                db,
                sql: "SELECT contents FROM collectionTally WHERE collection = ?",
                arguments: [capture.ids.collection]
            ) ?? 0
        guard contents >= least else { return 0 }
        return try Int.fetchOne(
            db,
            sql: """
                SELECT count(DISTINCT externalID) FROM liveContent
                WHERE collectionID = ? AND externalID <> ? AND NOT (item = ? AND deliveredAt IS NULL)
                """,
            arguments: [capture.ids.collection, capture.ids.image, row.id]
        ) ?? 0
    }

    private static func isDelivered(_ image: String, _ db: Database) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: "SELECT EXISTS (SELECT 1 FROM liveContent WHERE externalID = ? AND deliveredAt IS NOT NULL)",
            arguments: [image]
        ) ?? false
    }
}

/// A collection and how many images it has.
package struct CollectionCount: Sendable, Equatable {
    /// The collection's external id.
    package var collection: String
    /// In CDF and on their way there, visits counted.
    package var images: Int

    package init(collection: String, images: Int) {
        self.collection = collection
        self.images = images
    }
}

extension ItemLedger {
    /// The collections of which the viewer may leave images out, or soon will, the largest first; none where it loads every image.
    package func collectionsNearLimit(_ limit: Int = CollectionRule.viewerLimit) async throws(LedgerError)
        -> [CollectionCount]
    {
        guard try await read(Self.viewerLoadsAll) != true else { return [] }
        return try await collections(withAtLeast: CollectionRule.noted(below: limit))
    }

    /// The collections with at least `least` images, the largest first.
    func collections(withAtLeast least: Int, limit: Int = 20) async throws(LedgerError) -> [CollectionCount] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT collectionID, count(DISTINCT externalID) AS images FROM liveContent
                    WHERE collectionID IN (SELECT collection FROM collectionTally WHERE contents >= ?1)
                    GROUP BY collectionID HAVING images >= ?1 ORDER BY images DESC, collectionID LIMIT ?2
                    """,
                arguments: [least, limit]
            ).map { CollectionCount(collection: $0["collectionID"], images: $0["images"]) }
        }
    }
}
