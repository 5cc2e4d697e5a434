package import Foundation
import GRDB
package import Station

// How a scan becomes stations: its positions are read one after the other, and each goes its own way from then on.
//
//     accepted ──(reading begins)──▶ uploading ──(all are read)──▶ uploaded ──(none is under way)──▶ registered
extension ItemLedger {
    /// Begins to read a scan, or continues after an interruption: in one transaction, the earlier contents of the file are superseded,
    /// and positions that the file no longer has are gone.
    ///
    /// - Parameters:
    ///   - id: The scan.
    ///   - digest: The content that is read.
    ///   - positions: All positions of the file, by their paths, with the stamps that they have in this content.
    ///   - now: The present.
    /// - Returns: The paths of the positions that have been read already; nil if the scan has other content by now, or is gone.
    package func beginReading(
        _ id: ItemNumber,
        digest: ContentDigest,
        positions: [String: Stamp],
        at now: Date
    ) async throws(LedgerError) -> Set<String>? {
        try await write { db in
            guard try Self.isReadable(id, digest, db) else { return nil }
            var done: Set<String> = []
            for var position in try Self.positionRows(of: id, db) {
                if let stamp = positions[position.path] {
                    if try position.sight() == .stamp(stamp) { done.insert(position.path) }
                } else if !position.isGone {
                    position.set(.gone)
                    try position.take(.vanished, at: now, db)
                }
            }
            try Self.supersedeFormerContents(of: id, but: digest, at: now, db)
            var row = try Self.fetch(id, db)
            if row.stateName == .accepted { try row.take(.uploadStarted(digest), at: now, db) }
            return done
        }
    }

    /// Records what inspection found at one position of a scan.
    ///
    /// - Returns: The position's new record; nil if the scan has other content by now, or is gone.
    package func recordPosition(
        _ sighting: Sighting,
        of id: ItemNumber,
        digest: ContentDigest,
        poseDrift: PoseDriftRule = .init(),
        collections: CollectionRule = .init(),
        at now: Date
    ) async throws(LedgerError) -> ItemRecord? {
        try await write { db in
            guard try Self.isReadable(id, digest, db) else { return nil }
            let record = try Self.record(
                sighting,
                of: id.rawValue,
                poseDrift: poseDrift,
                collections: collections,
                at: now,
                db
            )
            // The file belongs where its positions do.
            try db.execute(
                sql: "UPDATE item SET site = ?1 WHERE id = ?2 AND ?1 IS NOT NULL AND site IS NOT ?1",
                arguments: [record.site, id.rawValue]
            )
            try SearchText.addDue(db)
            return record
        }
    }

    /// Records that all positions of a scan have been read: its file is no longer needed.
    ///
    /// - Returns: The scan's new record.
    package func finishReading(
        _ id: ItemNumber,
        digest: ContentDigest,
        at now: Date
    ) async throws(LedgerError) -> ItemRecord {
        try await write { db in
            var row = try Self.fetch(id, db)
            if row.stateName == .uploading, row.digest == digest.rawValue {
                try row.take(.uploadFinished(digest), at: now, db)
            }
            return try row.record(db)
        }
    }

    /// Decides about the scans of which nothing is left to read and no position is under way: registered, or refused or failed where no
    /// position was delivered.
    ///
    /// - Returns: Their new records.
    package func settleScans(at now: Date) async throws(LedgerError) -> [ItemRecord] {
        guard try await hasScansToSettle() else { return [] }
        return try await write { db in
            try ItemRow.fetchAll(db, sql: Self.scansToSettle).map { row in
                var row = row
                guard let digest = try row.itemState().digest else { throw row.unreadable("no digest") }
                try row.take(try Self.outcome(of: row, digest, db), at: now, db)
                try Self.recordDelivery(of: digest, by: row, at: now, db)
                return try row.record(db)
            }
        }
    }

    /// Whether ``settleScans(at:)`` has something to do.
    package func hasScansToSettle() async throws(LedgerError) -> Bool {
        try await read { db in try Row.fetchOne(db, sql: Self.scansToSettle + " LIMIT 1") != nil }
    }

    private static let scansToSettle = """
        SELECT * FROM item WHERE state IN \(ItemState.Name.underWay.sql)
          AND state = \(ItemState.Name.uploaded.sql) AND kind = \(ItemKind.scan.sql)
          AND NOT EXISTS (SELECT 1 FROM item AS position
                          WHERE position.scan = item.id AND position.state IN \(ItemState.Name.underWay.sql))
          AND NOT EXISTS (SELECT 1 FROM item AS position
                          WHERE position.scan = item.id AND position.lastSight = \(LastSight.Name.lookAgain.sql))
        """

    private static func outcome(of scan: ItemRow, _ digest: ContentDigest, _ db: Database) throws -> ItemEvent {
        let positions = try positionRows(of: ItemNumber(rawValue: scan.id ?? 0), db).filter { !$0.isGone }
        let unhelped: [ItemState.Name] = [.rejected, .failed]
        guard !positions.isEmpty, positions.allSatisfy({ $0.stateName.map(unhelped.contains) ?? false }) else {
            return .registered(digest)
        }
        if positions.contains(where: { $0.stateName == .failed }) {
            let words = "None of the \(positions.count) positions could be delivered."
            let advice = "Fix the causes that the positions name, then run `drop360 retry` for the file."
            return .gaveUp(digest, .init(summary: words, advice: advice))
        }
        let problems = try positions.prefix(mostProblems).flatMap { try $0.itemState().problems(at: $0.position) }
        let left = positions.count - mostProblems
        return .refused(
            problems + (left > 0 ? [Problem("positions-refused", "\(left) more positions were refused.")] : [])
        )
    }

    /// Positions whose problems a refused scan repeats.
    private static let mostProblems = 50

    // MARK: What these have in common

    /// Whether positions may be read from the file as it was accepted with this content.
    private static func isReadable(_ id: ItemNumber, _ digest: ContentDigest, _ db: Database) throws -> Bool {
        let row = try fetch(id, db)
        guard row.kind == ItemKind.scan.rawValue, row.digest == digest.rawValue, row.sameAs == nil else { return false }
        return !row.isGone && [.accepted, .uploading, .uploaded, .registered].contains(row.stateName)
    }

    static func positionRows(of scan: ItemNumber, _ db: Database) throws -> [ItemRow] {
        try ItemRow.fetchAll(db, sql: "SELECT * FROM item WHERE scan = ? ORDER BY id", arguments: [scan.rawValue])
    }

    /// The stations of earlier contents are about to be overwritten: the same content would have to be read again.
    private static func supersedeFormerContents(
        of scan: ItemNumber,
        but digest: ContentDigest,
        at now: Date,
        _ db: Database
    ) throws {
        try db.execute(
            sql: """
                UPDATE content SET supersededAt = ?
                WHERE item = ? AND digest <> ? AND deliveredAt IS NOT NULL AND supersededAt IS NULL
                """,
            arguments: [now.ledger, scan.rawValue, digest.rawValue]
        )
    }

    /// Other scans had positions under the id that `digest` of `row` is sent to: what they delivered is no longer all there.
    static func supersedeScans(
        withPositionsLike digest: ContentDigest,
        of row: ItemRow,
        at now: Date,
        _ db: Database
    ) throws {
        try db.execute(
            sql: """
                UPDATE content SET supersededAt = ?1 WHERE deliveredAt IS NOT NULL AND supersededAt IS NULL
                  AND item IN (SELECT item.scan FROM content AS position JOIN item ON item.id = position.item
                               WHERE item.scan IS NOT NULL AND item.scan IS NOT ?4 AND position.externalID =
                                 (SELECT externalID FROM content WHERE item = ?2 AND digest = ?3))
                """,
            arguments: [now.ledger, row.id, digest.rawValue, row.scan]
        )
    }

    /// Records that the file of a scan is gone.
    ///
    /// Positions whose faces are there, or in CDF, go on; the others cannot be read any more.
    ///
    /// - Parameter cause: Why it counts as gone, where it may still be there.
    static func recordVanished(
        scan id: Int64,
        because cause: String?,
        at now: Date,
        _ db: Database
    ) throws -> ItemRecord {
        let scan = ItemNumber(rawValue: id)
        let read = try positionRows(of: scan, db).count { !$0.isGone }
        try withdrawUnread(of: scan, at: now, db)
        var row = try fetch(scan, db)
        if !row.isGone, row.report != nil { row.revision += 1 }
        row.set(.gone)
        var detail = cause
        if row.stateName == .uploading, case .scan(let content)? = try row.record(db).content {
            let loss = "\(read) of \(content.positions) positions were read before"
            detail = cause.map { "\($0); \(loss)" } ?? "\(loss) the file went away"
        }
        try row.take(.vanished, at: now, detail: detail, db)
        return try row.record(db)
    }

    /// Withdraws the positions of a scan that cannot be delivered without its file, since nothing is read from it any more: it is gone, or
    /// something else.
    ///
    /// - Returns: How often the scan's revision was increased in the table.
    @discardableResult
    static func withdrawUnread(of scan: ItemNumber, at now: Date, _ db: Database) throws -> Int {
        var changes = 0
        for var position in try positionRows(of: scan, db) where try !position.isGone && !position.goesOnWithoutFile() {
            let before = position.revision
            position.set(.gone)
            try position.take(.vanished, at: now, db)
            changes += position.revision - before
        }
        return changes
    }

    /// The file of a delivered scan was seen again, with the same content: positions that were not delivered get another chance.
    static func readUndeliveredAgain(of scan: ItemRow, _ db: Database) throws {
        guard scan.kind == ItemKind.scan.rawValue else { return }
        let states = ItemState.Name.needingHelp + [.withdrawn]
        try db.execute(
            sql: "UPDATE item SET lastSight = ?, stamp = NULL WHERE scan = ? AND state IN \(states.sql)",
            arguments: [LastSight.Name.lookAgain.rawValue, scan.id]
        )
    }
}

extension ItemRow {
    /// The name of a position: the last part of its path.
    fileprivate var position: String { location.path.split(separator: "/").last.map(String.init) ?? "" }

    /// Whether a position can be delivered without its scan's file.
    fileprivate func goesOnWithoutFile() throws -> Bool {
        guard let state = stateName else { throw unreadable("unknown state '\(state)'") }
        if ItemState.Name.allSent.contains(state) { return true }
        return [.accepted, .uploading].contains(state) && lastSight != LastSight.Name.lookAgain.rawValue
    }

    /// Has the report of the scan that a position belongs to written again.
    func noteInScan(_ db: Database) throws {
        guard let scan else { return }
        try db.execute(sql: "UPDATE item SET revision = revision + 1 WHERE id = ?", arguments: [scan])
    }
}

extension ItemState {
    /// What is wrong with the position of this name, each problem beginning with it.
    fileprivate func problems(at position: String) -> [Problem] {
        guard case .rejected(let problems) = self else { return [] }
        return problems.map { Problem($0.code, "\(printable(position)): \($0.message)", file: $0.file) }
    }
}
