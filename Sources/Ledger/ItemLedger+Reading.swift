import Foundation
import GRDB
package import Station

extension ItemLedger {
    /// The items of one inbox that were inspected, with their stamps of that time: the stat cache of the watcher.
    ///
    /// Without the positions of scans, which are nowhere on the disk.
    ///
    /// - Parameters:
    ///   - inbox: The inbox.
    ///   - empty: What the items are collected into, one by one, since they may be a hundred thousand.
    ///   - add: Adds one: its path below the inbox, its stamp (nil if it is to be inspected in any case), its state.
    package func knownItems<Known: Sendable>(
        inbox: String,
        into empty: Known,
        _ add: @escaping @Sendable (inout Known, _ path: String, ItemKind, _ stamp: Stamp?, ItemState.Name) -> Void
    ) async throws(LedgerError) -> Known {
        try await read { db in
            var known = empty
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT path, kind, stamp, state FROM item
                    WHERE inbox = ? AND (state <> ? OR retracted IS NOT NULL) AND lastSight <> ? AND scan IS NULL
                    """,
                arguments: [inbox, ItemState.Name.withdrawn.rawValue, LastSight.Name.gone.rawValue]
            )
            while let row = try rows.next() {
                guard let state = ItemState.Name(rawValue: row["state"]), let kind = ItemKind(rawValue: row["kind"])
                else { continue }
                add(&known, row["path"], kind, (row["stamp"] as String?).map(Stamp.init(rawValue:)), state)
            }
            return known
        }
    }

    /// Items, newest change first.
    ///
    /// - Parameters:
    ///   - state: Only those in this state.
    ///   - limit: The most items to return.
    package func items(in state: ItemState.Name? = nil, limit: Int = .max) async throws(LedgerError)
        -> [ItemRecord]
    {
        let sql =
            if state == nil {
                // Bounded in any case, so that SQLite goes by the index.
                "SELECT * FROM item WHERE changedAt >= \(Int64.min) ORDER BY changedAt DESC, id DESC LIMIT ?2"
            } else {
                "SELECT * FROM item INDEXED BY itemState WHERE state = ?1 ORDER BY changedAt DESC, id DESC LIMIT ?2"
            }
        return try await read { [unreadable] db in
            try ItemRow.fetchAll(db, sql: sql, arguments: [state?.rawValue, limit])
                .compactMap { try $0.recordOrReport(db, to: unreadable) }
        }
    }

    package func item(_ id: ItemNumber) async throws(LedgerError) -> ItemRecord {
        try await read { db in try Self.fetch(id, db).record(db) }
    }

    package func item(at location: ItemPath) async throws(LedgerError) -> ItemRecord? {
        try await read { db in try ItemRow.fetch(location, db)?.record(db) }
    }

    /// The item that an operator means: a ledger number, a folder (absolute, or as `list` shows it) or an external id.
    ///
    /// - Throws: ``LedgerError/unknownStation(_:)``; an id that several items share is refused with their numbers.
    package func item(named name: String) async throws(LedgerError) -> ItemRecord {
        try await read { db in
            if let number = Int64(name), let row = try ItemRow.fetchOne(db, key: number) {
                return try row.record(db)
            }
            let trimmed = name.count > 1 && name.hasSuffix("/") ? String(name.dropLast()) : name
            let matches = try ItemRow.fetchAll(
                db,
                sql: """
                    SELECT * FROM item WHERE id IN (
                      SELECT item.id FROM json_each(?1) AS inboxes CROSS JOIN item ON item.inbox = inboxes.value
                        AND item.path IN (?2, ?2 || '/', substr(?2, length(inboxes.value) + 2), substr(?2, length(inboxes.value) + 2) || '/')
                      WHERE item.path IN (?2, ?2 || '/') OR item.inbox || '/' || item.path IN (?2, ?2 || '/')
                      UNION SELECT item FROM content WHERE externalID = ?2
                      UNION SELECT item FROM content WHERE stationID = ?2)
                    ORDER BY id
                    """,
                arguments: [try JSON.encode(try Self.distinct("inbox", limit: .max, db)), trimmed]
            )
            guard let first = matches.first else { throw LedgerError.unknownStation(name) }
            guard matches.count == 1 else {
                let numbers = matches.compactMap { $0.id.map(String.init) }.joined(separator: ", ")
                throw LedgerError.notApplicable(
                    "'\(printable(name))' matches the stations \(numbers). Give the number of one."
                )
            }
            return try first.record(db)
        }
    }

    package func history(of id: ItemNumber) async throws(LedgerError) -> [HistoryEntry] {
        try await read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM history WHERE item = ? ORDER BY id", arguments: [id.rawValue])
                .map {
                    guard let state = ItemState.Name(rawValue: $0["state"]) else {
                        throw LedgerError.unreadableRow(item: id.rawValue, detail: "state in the history")
                    }
                    return HistoryEntry(
                        at: Date(ledger: $0["at"]),
                        event: $0["event"],
                        state: state,
                        detail: $0["detail"]
                    )
                }
        }
    }

    /// The item that delivers the content of one that follows it; nil if that one is delivered itself.
    ///
    /// Its `content` is the shared one under its ids in CDF, whatever that folder contains by now.
    package func original(of record: ItemRecord) async throws(LedgerError) -> ItemRecord? {
        guard let id = record.sameAs else { return nil }
        return try await read { db in
            let row = try Self.fetch(id, db)
            var original = try row.record(db)
            if let digest = record.state.digest, let shared = try row.content(digest.rawValue, db) {
                original.content = shared
            }
            return original
        }
    }

    /// The images of a folder that are in CDF, the latest first, whatever the folder contains by now.
    package func standingImages(of id: ItemNumber) async throws(LedgerError) -> [String] {
        try await read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT externalID FROM content
                    WHERE item = ? AND kind = ? AND \(StandingContent.condition())
                    ORDER BY deliveredAt DESC
                    """,
                arguments: [id.rawValue, ItemKind.station.rawValue]
            )
        }
    }

    /// The reports that ask for something: of refused, waiting and failed items, and of delivered files with positions that are not.
    package func openReports() async throws(LedgerError) -> [OpenReport] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT id, inbox || '/' || path AS folder, report FROM item
                    WHERE state IN \(ItemState.Name.needingHelp.sql) AND report IS NOT NULL AND reportedRevision = revision
                    UNION ALL
                    SELECT id, inbox || '/' || path AS folder, report FROM item
                    WHERE kind = 'scan' AND state = 'registered' AND report IS NOT NULL AND reportedRevision = revision
                      AND report NOT LIKE '%.UPLOADED.txt'
                    """
            ).map { OpenReport(id: ItemNumber(rawValue: $0["id"]), folder: $0["folder"], path: $0["report"]) }
        }
    }

    /// The folders of rendered faces that a station on its way still needs.
    package func storedPlaces() async throws(LedgerError) -> Set<String> {
        try await read { db in
            try String.fetchSet(db, sql: Self.neededPlaces)
        }
    }

    static let neededPlaces = """
        SELECT content.value ->> '$.faces.front.storedIn' FROM item
        JOIN content ON content.item = item.id AND content.digest = item.digest
        WHERE item.state IN \(ItemState.Name.claiming.sql) AND \(keepsFaces)
          AND content.value ->> '$.faces.front.storedIn' IS NOT NULL
        """
}
