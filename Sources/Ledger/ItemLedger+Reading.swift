import Foundation
import GRDB
package import Station

extension ItemLedger {
    /// The folders of one inbox that were inspected, with what they looked like then: the stat cache of the watcher.
    ///
    /// - Parameters:
    ///   - inbox: Which.
    ///   - empty: What the folders are collected into, one by one, since they may be a hundred thousand.
    ///   - add: Adds one: its path below the inbox, its stamp, its state.
    package func knownFolders<Known: Sendable>(
        inbox: String,
        into empty: Known,
        _ add: @escaping @Sendable (inout Known, _ path: String, _ stamp: String, ItemState.Name) -> Void
    ) async throws(LedgerError) -> Known {
        try await read { db in
            var known = empty
            let rows = try Row.fetchCursor(
                db,
                sql:
                    "SELECT path, stamp, state FROM station WHERE inbox = ? AND state <> 'withdrawn' AND stamp <> 'gone'",
                arguments: [inbox]
            )
            while let row = try rows.next() {
                guard let state = ItemState.Name(rawValue: row["state"]) else { continue }
                add(&known, row["path"], row["stamp"], state)
            }
            return known
        }
    }

    /// How many stations are in each state; states without any are there with 0.
    package func counts() async throws(LedgerError) -> [ItemState.Name: Int] {
        try await read { db in
            var counts = Dictionary(uniqueKeysWithValues: ItemState.Name.allCases.map { ($0, 0) })
            for row in try Row.fetchAll(db, sql: "SELECT state, count(*) AS n FROM station GROUP BY state") {
                guard let name = ItemState.Name(rawValue: row["state"]) else { continue }
                counts[name] = row["n"]
            }
            return counts
        }
    }

    /// Stations, newest change first.
    ///
    /// - Parameters:
    ///   - state: Only those in this state.
    ///   - limit: At most so many.
    package func stations(in state: ItemState.Name? = nil, limit: Int = .max) async throws(LedgerError)
        -> [ItemRecord]
    {
        try await read { [unreadable] db in
            try ItemRow.fetchAll(
                db,
                sql: "SELECT * FROM station WHERE ?1 IS NULL OR state = ?1 ORDER BY changedAt DESC, id DESC LIMIT ?2",
                arguments: [state?.rawValue, limit]
            ).compactMap { try $0.recordOrReport(db, to: unreadable) }
        }
    }

    package func station(_ id: ItemNumber) async throws(LedgerError) -> ItemRecord {
        try await read { db in try Self.fetch(id, db).record(db) }
    }

    package func station(inbox: String, path: String) async throws(LedgerError) -> ItemRecord? {
        try await read { db in
            try ItemRow.fetchOne(
                db,
                sql: "SELECT * FROM station WHERE inbox = ? AND path = ?",
                arguments: [inbox, path]
            )?.record(db)
        }
    }

    /// The station that an operator means: a ledger number, a folder (absolute, or as `list` shows it) or an external id.
    ///
    /// - Throws: ``LedgerError/unknownStation(_:)``; an id that several stations share is refused with their numbers.
    package func station(named name: String) async throws(LedgerError) -> ItemRecord {
        try await read { db in
            if let number = Int64(name), let row = try ItemRow.fetchOne(db, key: number) {
                return try row.record(db)
            }
            let trimmed = name.count > 1 && name.hasSuffix("/") ? String(name.dropLast()) : name
            let matches = try ItemRow.fetchAll(
                db,
                sql: """
                    SELECT * FROM station WHERE inbox || '/' || path IN (?1, ?1 || '/') OR path IN (?1, ?1 || '/')
                       OR id IN (SELECT station FROM capture WHERE imageID = ?1 OR stationID = ?1)
                    ORDER BY id
                    """,
                arguments: [trimmed]
            )
            guard let first = matches.first else { throw LedgerError.unknownStation(name) }
            guard matches.count == 1 else {
                let numbers = matches.compactMap { $0.id.map(String.init) }.joined(separator: ", ")
                throw LedgerError.notApplicable(
                    "'\(printable(name))' may be any of the stations \(numbers). Name one by its number."
                )
            }
            return try first.record(db)
        }
    }

    package func history(of id: ItemNumber) async throws(LedgerError) -> [HistoryEntry] {
        try await read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM history WHERE station = ? ORDER BY id", arguments: [id.rawValue])
                .map {
                    guard let state = ItemState.Name(rawValue: $0["state"]) else {
                        throw LedgerError.unreadableRow(station: id.rawValue, detail: "state in the history")
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

    /// Where the content that a station follows is delivered from; nil where it is delivered itself.
    ///
    /// Its `capture` is the shared content under the ids by which it stands in CDF, whatever that folder holds by now.
    package func original(of record: ItemRecord) async throws(LedgerError) -> ItemRecord? {
        guard let id = record.sameAs else { return nil }
        return try await read { db in
            let row = try Self.fetch(id, db)
            var original = try row.record(db)
            if let digest = record.state.digest, let shared = try row.capture(digest.rawValue, db) {
                original.capture = shared
            }
            return original
        }
    }

    /// The images of a folder that stand in CDF, the latest first, whatever the folder holds by now.
    package func standingImages(of id: ItemNumber) async throws(LedgerError) -> [String] {
        try await read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT imageID FROM capture WHERE station = ? AND deliveredAt IS NOT NULL AND supersededAt IS NULL
                    ORDER BY deliveredAt DESC
                    """,
                arguments: [id.rawValue]
            )
        }
    }

    /// The reports of refused, waiting and failed stations, which somebody may have removed.
    package func openReports() async throws(LedgerError) -> [OpenReport] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT id, inbox || '/' || path AS folder, report FROM station
                    WHERE state IN ('rejected', 'incomplete', 'failed') AND report IS NOT NULL AND reportedRevision = revision
                    """
            ).map { OpenReport(id: ItemNumber(rawValue: $0["id"]), folder: $0["folder"], path: $0["report"]) }
        }
    }

    /// The folders of rendered faces that a station on its way still needs.
    package func storedPlaces() async throws(LedgerError) -> Set<String> {
        try await read { db in
            try String.fetchSet(
                db,
                sql: """
                    SELECT capture.content ->> '$.faces.front.storedIn' FROM station
                    JOIN capture ON capture.station = station.id AND capture.digest = station.digest
                    WHERE station.state IN ('accepted', 'uploading', 'uploaded', 'failed')
                      AND capture.content ->> '$.faces.front.storedIn' IS NOT NULL
                    """
            )
        }
    }
}
