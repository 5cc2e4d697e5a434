import GRDB

/// What holds of every ledger beyond what its tables demand of each row; `drop360 ledger verify` looks for the contrary.
enum LedgerRules {
    /// Queries that must find nothing; the first column names an item or an id, as text.
    ///
    /// Each is true of adopted contents too, which have the ids that another tool gave them.
    static let forbidden: [(sentence: String, sql: String)] = [
        (
            "is registered, but nothing says that its content was delivered",
            """
            SELECT path FROM item WHERE state = 'registered' AND NOT EXISTS (
              SELECT 1 FROM content WHERE content.item = coalesce(sameAs, item.id) AND content.digest = item.digest
                AND (deliveredAt IS NOT NULL OR sameAs IS NOT NULL))
            """
        ),
        (
            "two contents count as standing in CDF under this id",
            "SELECT externalID FROM liveContent WHERE deliveredAt IS NOT NULL GROUP BY externalID HAVING count(*) > 1"
        ),
        (
            "two folders are on their way to this id",
            """
            SELECT externalID FROM liveContent WHERE deliveredAt IS NULL GROUP BY externalID
            HAVING count(DISTINCT digest) > 1 OR sum(state <> 'failed') > 1
            """
        ),
        (
            "its content is on its way twice",
            """
            SELECT min(path) FROM liveContent WHERE deliveredAt IS NULL AND state <> 'failed'
            GROUP BY digest HAVING count(*) > 1
            """
        ),
        (
            "its delivery has begun, while other content still counts as delivered under its id",
            """
            SELECT mine.path FROM liveContent mine JOIN liveContent other ON other.externalID = mine.externalID
            WHERE mine.deliveredAt IS NULL AND mine.state IN ('uploading', 'uploaded') AND other.deliveredAt IS NOT NULL
            """
        ),
        (
            "counts as delivered, but one of its files does not count as sent",
            """
            SELECT path FROM liveContent JOIN file USING (item, digest)
            WHERE deliveredAt IS NOT NULL AND file.state = 'pending'
            """
        ),
        (
            "two contents count as sent to this file",
            "SELECT externalID FROM file WHERE state <> 'pending' GROUP BY externalID HAVING count(*) > 1"
        ),
        (
            "what its row says of its content is not what the content says",
            """
            SELECT externalID FROM content WHERE value ->> '$.digest' <> digest OR value ->> '$.ids.image' <> externalID
              OR value ->> '$.ids.station' <> stationID OR value ->> '$.ids.collection' <> collectionID
            """
        ),
        (
            "waits for a folder that itself waits for another",
            """
            SELECT a.path FROM item a JOIN item b ON b.id = a.sameAs
            WHERE b.sameAs IS NOT NULL AND a.state = 'accepted'
            """
        ),
        (
            "has no history, or one that ends in another state",
            """
            SELECT path FROM item WHERE state IS NOT
              (SELECT state FROM history WHERE history.item = item.id ORDER BY history.id DESC LIMIT 1)
            """
        ),
        (
            "the ledger miscounts these items",
            """
            SELECT site || ' ' || kind || ' ' || state FROM (
              SELECT site, kind, state, items FROM tally WHERE items <> 0
              UNION ALL SELECT coalesce(site, ''), kind, state, count(*) FROM item GROUP BY 1, 2, 3)
            GROUP BY site, kind, state HAVING count(*) <> 2 OR min(items) <> max(items)
            """
        ),
        (
            "the ledger miscounts the contents of this collection",
            """
            SELECT collection FROM (
              SELECT collection, contents FROM collectionTally WHERE contents <> 0
              UNION ALL SELECT collectionID, count(*) FROM content WHERE collectionID IS NOT NULL GROUP BY 1)
            GROUP BY collection HAVING count(*) <> 2 OR min(contents) <> max(contents)
            """
        ),
        (
            "a site's bounds are not those of its stations",
            """
            SELECT site FROM (
              SELECT site, minX, maxX, minY, maxY FROM siteExtent WHERE isStale = 0
              UNION ALL SELECT site, min(x), max(x), min(y), max(y)
                FROM item JOIN content ON content.item = item.id AND content.digest = item.digest
                WHERE x IS NOT NULL AND site NOT IN (SELECT site FROM siteExtent WHERE isStale = 1) GROUP BY 1)
            GROUP BY site HAVING count(*) <> 2 OR min(minX) <> max(minX) OR min(maxX) <> max(maxX)
              OR min(minY) <> max(minY) OR min(maxY) <> max(maxY)
            """
        ),
    ]
}
