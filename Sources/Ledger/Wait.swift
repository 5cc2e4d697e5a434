import Foundation
import GRDB
import Station

/// How items wait for a stage: the condition by which an index finds them, and whether they are due.
struct Wait {
    let condition: String
    let arguments: StatementArguments

    /// Inspected and good, and not delivered by another item; worded as in index `itemTurn`.
    static let isToBeBegun = "state = \(ItemState.Name.accepted.sql) AND sameAs IS NULL"

    /// Sending has begun.
    ///
    /// - Parameters:
    ///   - kind: The items' kind.
    ///   - lost: A JSON list of places that cannot be read now.
    static func begun(_ kind: ItemKind, exceptIn lost: String) -> Wait {
        Wait(
            condition:
                "state = \(ItemState.Name.uploading.sql) AND kind = \(kind.sql) AND \(isReachable) AND \(hasFaces)",
            arguments: [lost]
        )
    }

    /// Sending has not begun.
    static func toBeBegun(_ kind: ItemKind, exceptIn lost: String, inbox: String? = nil) -> Wait {
        let condition =
            "\(isToBeBegun) AND kind = \(kind.sql) AND \(isReachable) AND \(hasFaces) AND \(isNotBeingRetracted)"
        guard let inbox else { return Wait(condition: condition, arguments: [lost]) }
        return Wait(condition: condition + " AND inbox = ?", arguments: [lost, inbox])
    }

    /// Positions of the scans of an inbox, few as a rule: found by their own index, not among everything that waits there.
    static func positionsToBeBegun(inbox: String) -> Wait {
        Wait(
            condition: """
                scan IS NOT NULL AND state IN \(ItemState.Name.underWay.sql) AND +state = \(ItemState.Name.accepted.sql)
                AND sameAs IS NULL AND \(hasFaces) AND \(isNotBeingRetracted) AND +inbox = ?
                """,
            arguments: [inbox]
        )
    }

    /// All bytes are in CDF.
    static func uploaded(_ kind: ItemKind) -> Wait {
        Wait(condition: "state = \(ItemState.Name.uploaded.sql) AND kind = \(kind.sql)", arguments: [])
    }

    /// CDF makes a 3D revision from it.
    static let processing = Wait(
        condition: "state = \(ItemState.Name.processing.sql) AND kind = \(ItemKind.pointCloud.sql)",
        arguments: []
    )

    /// Whether the item is in none of the places of a JSON list. (`json_each` has a column `path` of its own.)
    ///
    /// The faces of a scan's position are in the state directory, so it needs no place.
    static let isReachable = """
        (scan IS NOT NULL OR NOT EXISTS (SELECT 1 FROM json_each(?) AS lost
                    WHERE instr(item.inbox || '/' || item.path || '/', lost.value || '/') = 1))
        """

    /// Whether the item does not have to be read from its scan again before it can be sent.
    private static let hasFaces = "(scan IS NULL OR lastSight <> \(LastSight.Name.lookAgain.sql))"

    /// Whether nothing is being deleted in CDF under the ids that the item will have: what comes there waits until that is done.
    private static let isNotBeingRetracted = """
        NOT EXISTS (SELECT 1 FROM content JOIN retraction ON retraction.externalID = content.externalID
                    WHERE content.item = item.id AND content.digest = item.digest AND retraction.failure IS NULL)
        """

    /// Whether the date of an item comes from a clock that has been set back since: its last change lies in the future, or no schedule
    /// postpones that far.
    ///
    /// Such a date is meaningless, and waiting for it might take as long as the clock was wrong.
    private static let isImplausible = "((changedAt > ? AND notBefore >= changedAt) OR notBefore > ?)"

    private static func clock(_ now: Date) -> StatementArguments {
        [now.ledger, (now + ItemLedger.furthest).ledger]
    }

    /// Those that are due.
    func due(at now: Date, order: String, _ limit: Int, _ db: Database) throws -> [ItemRow] {
        try ItemRow.fetchAll(
            db,
            sql: """
                SELECT * FROM item WHERE \(condition) AND (notBefore <= ? OR \(Self.isImplausible))
                ORDER BY \(order) LIMIT ?
                """,
            arguments: arguments + [now.ledger] + Self.clock(now) + [limit]
        )
    }

    /// When the first waiting item is due; the present if its date comes from a wrong clock.
    static func next(of waits: [Wait], at now: Date, _ db: Database) throws -> Date? {
        guard let next = try waits.compactMap({ try $0.first(db: db) }).min() else { return nil }
        guard next > now.ledger else { return Date(ledger: next) }
        let isWrong = try waits.contains { try $0.first(that: isImplausible, clock(now), db: db) != nil }
        return isWrong ? now : Date(ledger: next)
    }

    /// The first date, in the order of index `itemDue`, whose condition is repeated here: mostly its first row is enough.
    private func first(
        that holds: String = "TRUE",
        _ values: StatementArguments = [],
        db: Database
    ) throws -> Int64? {
        try Int64.fetchOne(
            db,
            sql: """
                SELECT notBefore FROM item WHERE state IN \(ItemState.Name.underWay.sql) AND \(condition) AND \(holds)
                ORDER BY notBefore LIMIT 1
                """,
            arguments: arguments + values
        )
    }
}
