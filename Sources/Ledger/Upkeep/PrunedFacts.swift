import GRDB
import Station

/// What `drop360 ledger prune` removes, or would remove: old records that drop360 no longer needs.
package struct PrunedFacts: Equatable, Sendable {
    /// Items that were never delivered and whose folder or file is gone.
    package var items = 0
    /// Contents that others have replaced in CDF, with what was known of their files.
    package var contents = 0
    /// Steps on the way: lines of the history that neither say what stands in CDF nor who asked for it.
    package var steps = 0

    package var isEmpty: Bool { self == PrunedFacts() }

    static func + (left: PrunedFacts, right: PrunedFacts) -> PrunedFacts {
        PrunedFacts(
            items: left.items + right.items,
            contents: left.contents + right.contents,
            steps: left.steps + right.steps
        )
    }
}

extension PrunedFacts {
    /// Items to remove wholly; arguments, here and below: the time, the number that all items are above, and the last one.
    ///
    /// Never those that others refer to, that were ever delivered, or whose report has not been removed yet.
    static let forgottenItems = """
        SELECT item.id FROM item
        WHERE item.id > ?2 AND item.id <= ?3 AND changedAt < ?1 AND lastSight = \(LastSight.Name.gone.sql)
          AND state = \(ItemState.Name.withdrawn.sql) AND retracted IS NULL AND report IS NULL AND reportedRevision = revision
          AND registeredAt IS NULL
          AND NOT EXISTS (SELECT 1 FROM content WHERE content.item = item.id AND deliveredAt IS NOT NULL)
          AND NOT EXISTS (SELECT 1 FROM history WHERE history.item = item.id AND at >= ?1)
          AND NOT EXISTS (SELECT 1 FROM item other WHERE other.sameAs = item.id)
          AND NOT EXISTS (SELECT 1 FROM item part WHERE part.scan = item.id)
        """

    /// Replaced contents: what replaced them stands in CDF, since a content counts as superseded before the first byte of the next one is sent.
    ///
    /// Never one that an item refers to, or one of a station with other visits: which of their poses counts depends on those that were corrected.
    static let replacedContents = """
        SELECT content.item, content.digest FROM content JOIN item ON item.id = content.item
        WHERE content.item > ?2 AND content.item <= ?3 AND supersededAt < ?1 AND item.digest IS NOT content.digest
          AND item.retracted IS NOT content.digest
          AND EXISTS (SELECT 1 FROM content newer WHERE newer.externalID = content.externalID
                      AND newer.deliveredAt IS NOT NULL AND newer.supersededAt IS NULL)
          AND NOT EXISTS (SELECT 1 FROM content visit WHERE visit.stationID = content.stationID
                          AND visit.externalID <> content.externalID)
          AND NOT EXISTS (SELECT 1 FROM item other WHERE other.sameAs = content.item AND other.digest = content.digest)
          AND NOT EXISTS (SELECT 1 FROM retraction WHERE retraction.item = content.item AND retraction.digest = content.digest)
          AND NOT EXISTS (SELECT 1 FROM clearing WHERE clearing.item = content.item AND clearing.digest = content.digest)
        """

    /// The condition for steps of items at rest; the last line of each history stays.
    static let steps = """
        history.at < ?1 AND history.item > ?2 AND history.item <= ?3 AND history.event IN \(passing.sql)
        AND EXISTS (SELECT 1 FROM item WHERE item.id = history.item AND item.changedAt < ?1
                    AND item.state NOT IN \(ItemState.Name.underWay.sql))
        AND history.id < (SELECT max(last.id) FROM history last WHERE last.item = history.item)
        """

    /// Steps between what was found and what came of it.
    static let passing: [HistoryEvent] = [
        .seen, .incomplete, .uploadStarted, .uploaded, .filesMissing, .handedOver, .postponed, .overtaken, .reopened,
        .retried,
    ]

    /// How many items are looked at in one transaction, so that a running daemon waits shortly.
    static let piece = 500
}
