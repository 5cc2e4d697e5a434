import Foundation
import GRDB
import Station

/// A row of table `station`: the ledger's spelling of a ``ItemRecord``.
///
/// Rows stay inside this module. The rest of drop360 sees records, whose state can't be half filled in.
struct ItemRow: Codable, FetchableRecord, MutablePersistableRecord {
    static let databaseTableName = "station"

    var id: Int64?
    var inbox: String
    var path: String
    var stamp: String
    var state: String
    var digest: String?
    var problems: String?
    var notes: String
    var failure: String?
    var sameAs: Int64?
    var mayReplace: Bool
    var attempts: Int
    var resends: Int
    var notBefore: Int64
    var firstSeen: Int64
    var changedAt: Int64
    var registeredAt: Int64?
    var revision: Int
    var reportedRevision: Int
    var report: String?
    /// Whether other content of the image stood in CDF when this one was accepted.
    var corrects: Bool

    /// Writes the columns that differ from what the table holds: the indexes of the others stay as they are, and so do their pages.
    func updateWhatDiffers(_ db: Database) throws {
        guard let stored = try ItemRow.fetchOne(db, key: id) else { throw unreadable("no such row") }
        _ = try updateChanges(db, from: stored)
    }

    mutating func didInsert(_ inserted: InsertionSuccess) { id = inserted.rowID }

    /// The state that the columns spell.
    func stationState() throws -> ItemState {
        guard let name = ItemState.Name(rawValue: state) else { throw unreadable("unknown state '\(state)'") }
        func ownDigest() throws -> ContentDigest {
            guard let digest else { throw unreadable("no digest in state \(state)") }
            return ContentDigest(rawValue: digest)
        }
        return switch name {
        case .incomplete: .incomplete(try problems.map { try JSON.decode([Problem].self, $0) } ?? [])
        case .accepted: .accepted(try ownDigest())
        case .uploading: .uploading(try ownDigest())
        case .uploaded: .uploaded(try ownDigest())
        case .registered: .registered(try ownDigest())
        case .rejected: .rejected(try problems.map { try JSON.decode([Problem].self, $0) } ?? [])
        case .failed:
            .failed(
                try ownDigest(),
                try failure.map { try JSON.decode(ItemState.Failure.self, $0) }
                    ?? { throw unreadable("no failure") }()
            )
        case .withdrawn: .withdrawn
        }
    }

    mutating func setState(_ new: ItemState) throws {
        state = new.name.rawValue
        digest = new.digest?.rawValue
        problems = nil
        failure = nil
        switch new {
        case .incomplete(let list), .rejected(let list): problems = try JSON.encode(list)
        case .failed(_, let why): failure = try JSON.encode(why)
        case .accepted, .uploading, .uploaded, .registered, .withdrawn: break
        }
        if new.name != .accepted && new.name != .registered { sameAs = nil }
    }

    func unreadable(_ detail: String) -> LedgerError { .unreadableRow(station: id ?? 0, detail: detail) }
}

/// The JSON inside columns: sorted keys, so that equal values are equal text.
enum JSON {
    static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func decode<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}

extension Date {
    init(ledger milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }
    var ledger: Int64 { Int64((timeIntervalSince1970 * 1000).rounded()) }
}

extension ItemRow {
    /// The record this row spells; a row that makes no sense is reported and passed over, so that it stops nobody else.
    func recordOrReport(_ db: Database, to report: @Sendable (LedgerError) -> Void) throws -> ItemRecord? {
        do {
            return try record(db)
        } catch let error as LedgerError {
            report(error)
        } catch let error as DecodingError {
            report(unreadable("\(error)"))
        }
        return nil
    }

    /// The record this row spells, with the capture that its state speaks of, or the last one delivered.
    func record(_ db: Database) throws -> ItemRecord {
        guard let id else { throw unreadable("no number") }
        let shown = if let digest { try capture(digest, db) } else { try lastDelivered(db) }
        return ItemRecord(
            id: ItemNumber(rawValue: id),
            inbox: inbox,
            path: path,
            stamp: stamp,
            state: try stationState(),
            capture: shown,
            notes: try JSON.decode([Problem].self, notes),
            sameAs: sameAs.map(ItemNumber.init(rawValue:)),
            attempts: attempts,
            resends: resends,
            notBefore: Date(ledger: notBefore),
            firstSeen: Date(ledger: firstSeen),
            changedAt: Date(ledger: changedAt),
            registeredAt: registeredAt.map(Date.init(ledger:)),
            revision: revision,
            report: report
        )
    }

    /// One content that this folder was accepted with.
    func capture(_ digest: String, _ db: Database) throws -> Capture? {
        try String.fetchOne(
            db,
            sql: "SELECT content FROM capture WHERE station = ? AND digest = ?",
            arguments: [id, digest]
        )
        .map { try JSON.decode(Capture.self, $0) }
    }

    private func lastDelivered(_ db: Database) throws -> Capture? {
        try String.fetchOne(
            db,
            sql: """
                SELECT content FROM capture WHERE station = ? AND deliveredAt IS NOT NULL ORDER BY deliveredAt DESC LIMIT 1
                """,
            arguments: [id]
        ).map { try JSON.decode(Capture.self, $0) }
    }
}
