package import Foundation
import GRDB
package import Station

/// What the ledger knows about the positions of scans, and which scans have positions to be read.
extension ItemLedger {
    /// Scans with positions to be read: those whose reading has begun first, then those accepted, then those of which single positions are to
    /// be read again.
    ///
    /// - Parameters:
    ///   - now: The present.
    ///   - limit: The most scans of each sort to return.
    ///   - lost: Inboxes and folders, absolute, that cannot be read now.
    package func dueForReading(
        at now: Date,
        limit: Int,
        exceptIn lost: Set<String> = []
    ) async throws(LedgerError) -> [ItemRecord] {
        let places = try Self.list(lost)
        let wholly = try await dueForUpload(.scan, at: now, limit: limit, exceptIn: lost)
        return try await read { [unreadable] db in
            try wholly
                + Wait.positionsToBeReadAgain(exceptIn: places).due(at: now, order: "id", limit, db)
                .compactMap { try $0.recordOrReport(db, to: unreadable) }
        }
    }

    /// When the next scan is due for ``dueForReading(at:limit:exceptIn:)``, or is to be settled; nil if none is.
    package func nextDueForReading(
        at now: Date,
        exceptIn lost: Set<String> = []
    ) async throws(LedgerError) -> Date? {
        if try await hasScansToSettle() { return now }
        let places = try Self.list(lost)
        let next = try await nextDueForUpload(.scan, at: now, exceptIn: lost)
        let again = try await read { db in try Wait.positionsToBeReadAgain(exceptIn: places).nextDate(at: now, db) }
        return [next, again].compactMap(\.self).min()
    }

    /// Makes scans due now that were put off.
    ///
    /// - Parameters:
    ///   - inboxes: Scans elsewhere wait on.
    ///   - now: The present.
    package func makeScansDue(in inboxes: [String], at now: Date) async throws(LedgerError) {
        let again = """
            id IN (SELECT scan FROM item WHERE lastSight = \(LastSight.Name.lookAgain.sql) AND scan IS NOT NULL)
            """
        let begun: [ItemState.Name] = [.accepted, .uploading]
        try await write { db in
            for those in ["kind = \(ItemKind.scan.sql) AND state IN \(begun.sql)", again] {
                try db.execute(
                    sql: """
                        UPDATE item SET notBefore = ?1 WHERE \(those) AND notBefore > ?1
                          AND inbox IN (SELECT value FROM json_each(?2))
                        """,
                    arguments: [now.ledger, try JSON.encode(inboxes)]
                )
            }
        }
    }

    /// The positions of a scan in the order in which they were first read, those that need help before the others, and those that the file no
    /// longer has behind them.
    ///
    /// - Parameter limit: The most positions to return.
    package func positions(of scan: ItemNumber, limit: Int) async throws(LedgerError) -> [ItemRecord] {
        try await read { [unreadable] db in
            try ItemRow.fetchAll(
                db,
                sql: """
                    SELECT * FROM item WHERE scan = ?
                    ORDER BY state NOT IN \(ItemState.Name.needingHelp.sql), lastSight = \(LastSight.Name.gone.sql), id LIMIT ?
                    """,
                arguments: [scan.rawValue, limit]
            ).compactMap { try $0.recordOrReport(db, to: unreadable) }
        }
    }

    /// How many positions of a scan are in each state; states without any are not there.
    ///
    /// Positions that a corrected file no longer has do not count, though their images may still be in CDF.
    package func positionCounts(of scan: ItemNumber) async throws(LedgerError) -> [ItemState.Name: Int] {
        try await read { db in try Self.positionCounts(of: scan, db) }
    }

    static func positionCounts(of scan: ItemNumber, _ db: Database) throws -> [ItemState.Name: Int] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT state, count(*) AS n FROM item
                WHERE scan = ?1 AND (lastSight <> \(LastSight.Name.gone.sql)
                                     OR EXISTS (SELECT 1 FROM item WHERE id = ?1 AND lastSight = \(LastSight.Name.gone.sql)))
                GROUP BY state
                """,
            arguments: [scan.rawValue]
        )
        return rows.reduce(into: [:]) { counts, row in
            guard let name = ItemState.Name(rawValue: row["state"]) else { return }
            counts[name] = row["n"]
        }
    }

    /// The size of the faces of positions that are on their way, in bytes, and of the largest position of any scan on its way.
    ///
    /// What is registered or failed needs none: they are removed, since they can be read again.
    package func facesOfPositions() async throws(LedgerError) -> (all: Int64, largest: Int64) {
        try await read { db in
            let sizes = try Int64.fetchAll(
                db,
                sql: """
                    SELECT sum(file.size) FROM item JOIN file ON file.item = item.id AND file.digest = item.digest
                    WHERE item.scan IS NOT NULL AND item.state IN \(ItemState.Name.underWay.sql)
                      AND \(Self.keepsFaces)
                    GROUP BY item.id
                    """
            )
            return (sizes.reduce(0, +), sizes.max() ?? 0)
        }
    }

    /// Whether the faces of an item in the state directory are still needed: not those of positions that failed or wait for another item with
    /// the same content, which are read again if need be.
    static let keepsFaces = """
        (item.scan IS NULL OR (item.state <> \(ItemState.Name.failed.sql) AND item.sameAs IS NULL
                               AND item.lastSight <> \(LastSight.Name.lookAgain.sql)))
        """

    /// Whether the position at a path, whose faces are or were in this folder, still needs them.
    package func isPlaceNeeded(_ place: String, by position: ItemPath) async throws(LedgerError) -> Bool {
        try await read { db in
            try String.fetchAll(
                db,
                sql: Self.neededPlaces + " AND item.inbox = ? AND item.path = ?",
                arguments: [position.inbox, position.path]
            ).contains(place)
        }
    }
}

extension Wait {
    /// Scans that have been read, with positions that are to be read again.
    fileprivate static func positionsToBeReadAgain(exceptIn lost: String) -> Wait {
        let again = """
            id IN (SELECT position.scan FROM item AS position
                   WHERE position.lastSight = \(LastSight.Name.lookAgain.sql) AND position.scan IS NOT NULL)
            """
        let states: [ItemState.Name] = [.uploaded, .registered]
        return Wait(
            condition: """
                \(again) AND kind = \(ItemKind.scan.sql) AND sameAs IS NULL AND state IN \(states.sql)
                AND lastSight = \(LastSight.Name.stamped.sql) AND \(isReachable)
                """,
            arguments: [lost]
        )
    }

    /// The date of the first that is due, whatever its state; the present if a date comes from a wrong clock.
    fileprivate func nextDate(at now: Date, _ db: Database) throws -> Date? {
        if try !due(at: now, order: "id", 1, db).isEmpty { return now }
        return try Int64.fetchOne(
            db,
            sql: "SELECT notBefore FROM item WHERE \(condition) ORDER BY notBefore LIMIT 1",
            arguments: arguments
        ).map(Date.init(ledger:))
    }
}
