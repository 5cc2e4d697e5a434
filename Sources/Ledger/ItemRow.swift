import Foundation
import GRDB
import Station

/// A row of table `item`: the ledger's form of an ``ItemRecord``.
///
/// Rows stay inside this module. The rest of drop360 sees records, whose state can't be half filled in.
struct ItemRow: Codable, FetchableRecord, MutablePersistableRecord {
    static let databaseTableName = "item"

    var id: Int64?
    var kind: String
    var inbox: String
    var path: String
    /// The id of the site that the item belongs to.
    var site: String?
    /// Where it says that it stands, a ``StatedPlace``; NULL once a content is accepted, which has its own place.
    var stated: String?
    /// The scan that this station was read from.
    var scan: Int64?
    private(set) var lastSight: String
    private(set) var stamp: String?
    var state: String
    var digest: String?
    var problems: String?
    var notes: String
    /// What was found of a station that is not accepted.
    var glimpse: String?
    var failure: String?
    var modelRevision: String?
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
    /// Whether other content of the image was in CDF when this one was accepted.
    var corrects: Bool
    /// The digest of the content that an operator took out of CDF; kept while nothing else has been accepted here.
    var retracted: String?
    /// The ids of content that was refused because of what else has them (JSON); see ``refuse(_:_:at:_:)``.
    var contested: String?

    /// Writes the columns that differ from what the table holds: the indexes of the others stay as they are, and so do their pages.
    func updateWhatDiffers(_ db: Database) throws {
        guard let stored = try ItemRow.fetchOne(db, key: id) else { throw unreadable("no such row") }
        _ = try updateChanges(db, from: stored)
    }

    mutating func didInsert(_ inserted: InsertionSuccess) { id = inserted.rowID }

    var location: ItemPath { ItemPath(inbox: inbox, path: path) }

    /// A row for an item about which nothing is known yet.
    init(_ location: ItemPath, kind: ItemKind, sight: LastSight, at now: Date) {
        self.kind = kind.rawValue
        inbox = location.inbox
        path = location.path
        lastSight = sight.name.rawValue
        stamp = sight.stamp?.rawValue
        state = ItemState.Name.incomplete.rawValue
        problems = "[]"
        notes = "[]"
        mayReplace = false
        attempts = 0
        resends = 0
        notBefore = now.ledger
        firstSeen = now.ledger
        changedAt = now.ledger
        revision = 1
        reportedRevision = 0
        corrects = false
    }

    /// The row of the item at `location`; nil if there never was one.
    static func fetch(_ location: ItemPath, _ db: Database) throws -> ItemRow? {
        try ItemRow.fetchOne(
            db,
            sql: "SELECT * FROM item WHERE inbox = ? AND path = ?",
            arguments: [location.inbox, location.path]
        )
    }

    func sight() throws -> LastSight {
        guard let sight = LastSight(name: lastSight, stamp: stamp) else {
            throw unreadable("last sight '\(lastSight)'")
        }
        return sight
    }

    mutating func set(_ sight: LastSight) {
        lastSight = sight.name.rawValue
        stamp = sight.stamp?.rawValue
    }

    /// What the item is, for messages.
    var noun: String { itemKind.noun }

    /// Only a hand in the file can have written another kind.
    var itemKind: ItemKind { ItemKind(rawValue: kind) ?? .station }

    var isGone: Bool { lastSight == LastSight.gone.name.rawValue }

    /// The state's name; nil for one that drop360 does not know.
    var stateName: ItemState.Name? { ItemState.Name(rawValue: state) }

    /// The state that the columns encode.
    func itemState() throws -> ItemState {
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
        case .processing:
            .processing(
                try ownDigest(),
                try modelRevision.map { try JSON.decode(ModelRevision.self, $0) }
                    ?? { throw unreadable("no 3D revision") }()
            )
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
        modelRevision = nil
        switch new {
        case .incomplete(let list), .rejected(let list): problems = try JSON.encode(list)
        case .failed(_, let why): failure = try JSON.encode(why)
        case .processing(_, let made): modelRevision = try JSON.encode(made)
        case .accepted, .uploading, .uploaded, .registered, .withdrawn: break
        }
        if new.name != .accepted && new.name != .registered { sameAs = nil }
        if new.digest != nil { retracted = nil }
        contested = nil
        if new.digest != nil || new.name == .withdrawn { (glimpse, stated) = (nil, nil) }
    }

    func unreadable(_ detail: String) -> LedgerError { .unreadableRow(item: id ?? 0, detail: detail) }
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
    /// The record that this row encodes; an invalid row is reported and skipped, so that it does not stop the others.
    func recordOrReport(_ db: Database, to report: @Sendable (LedgerError) -> Void) throws -> ItemRecord? {
        try reporting(to: report) { try record(db) }
    }

    /// What `body` makes of this row; nil for an invalid one, which is reported.
    func reporting<Value>(to report: @Sendable (LedgerError) -> Void, _ body: () throws -> Value) throws -> Value? {
        do {
            return try body()
        } catch let error as LedgerError {
            report(error)
        } catch let error as DecodingError {
            report(unreadable("\(error)"))
        }
        return nil
    }

    /// What an item's record says besides its row.
    struct Relations {
        /// The content that the state refers to, or the last one delivered.
        var content: ItemContent?
        var isRewritten = false
        var leftBehind: [String] = []
        var visitsElsewhere: [VisitElsewhere] = []
        var handOver: HandOver?
    }

    /// The record that this row encodes, with the content that its state refers to, or the last one delivered.
    func record(_ db: Database) throws -> ItemRecord { try record(relations(db)) }

    private func relations(_ db: Database) throws -> Relations {
        let shown = if let known = digest ?? retracted { try content(known, db) } else { try lastDelivered(db) }
        let current = digest == nil ? nil : shown
        return Relations(
            content: shown,
            isRewritten: try isRewritten(db),
            leftBehind: try leftBehind(besides: isLeftBehind(db) ? nil : current?.externalID, db),
            visitsElsewhere: try current?.capture.map { try visitsElsewhere(than: $0, db) } ?? [],
            handOver: itemKind == .pointCloud ? try digest.flatMap { try HandOver.fetch($0, db) } : nil
        )
    }

    func record(_ relations: Relations) throws -> ItemRecord {
        guard let id else { throw unreadable("no number") }
        guard let kind = ItemKind(rawValue: kind) else { throw unreadable("unknown kind '\(kind)'") }
        return ItemRecord(
            id: ItemNumber(rawValue: id),
            kind: kind,
            location: location,
            site: site,
            scan: scan.map(ItemNumber.init(rawValue:)),
            lastSight: try sight(),
            state: try itemState(),
            content: relations.content,
            isRetracted: retracted != nil && state == ItemState.Name.withdrawn.rawValue,
            isRewritten: relations.isRewritten,
            leftBehind: relations.leftBehind,
            visitsElsewhere: relations.visitsElsewhere,
            handOver: relations.handOver,
            notes: try JSON.decode([Problem].self, notes),
            glimpse: try glimpse.map { try JSON.decode(Glimpse.self, $0) },
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

    /// One content that this item was accepted with.
    func content(_ digest: String, _ db: Database) throws -> ItemContent? {
        try Row.fetchOne(
            db,
            sql: "SELECT kind, value FROM content WHERE item = ? AND digest = ?",
            arguments: [id, digest]
        )
        .map(content)
    }

    /// Whether the content on its way is in CDF already: its image alone is written again.
    private func isRewritten(_ db: Database) throws -> Bool {
        guard state == ItemState.Name.uploaded.rawValue, let digest else { return false }
        return try Bool.fetchOne(
            db,
            sql: "SELECT \(StandingContent.condition()) FROM content WHERE item = ? AND digest = ?",
            arguments: [id, digest]
        ) ?? false
    }

    private func lastDelivered(_ db: Database) throws -> ItemContent? {
        try Row.fetchOne(
            db,
            sql: """
                SELECT kind, value FROM content WHERE item = ? AND deliveredAt IS NOT NULL AND retractedAt IS NULL
                ORDER BY deliveredAt DESC LIMIT 1
                """,
            arguments: [id]
        ).map(content)
    }

    func content(_ row: Row) throws -> ItemContent {
        switch ItemKind(rawValue: row["kind"]) {
        case .station: .station(try JSON.decode(Capture.self, row["value"]))
        case .pointCloud: .pointCloud(try JSON.decode(PointCloud.self, row["value"]))
        case .scan: .scan(try JSON.decode(Scan.self, row["value"]))
        case nil: throw unreadable("unknown kind of content")
        }
    }
}

extension ItemContent {
    /// What column `value` holds.
    func encoded() throws -> String {
        switch self {
        case .station(let capture): try JSON.encode(capture)
        case .pointCloud(let cloud): try JSON.encode(cloud)
        case .scan(let scan): try JSON.encode(scan)
        }
    }

    /// The site that the content belongs to; nil for a scan, whose positions have it.
    var siteID: String? {
        switch self {
        case .station(let capture): capture.siteID
        case .pointCloud(let cloud): cloud.siteID
        case .scan: nil
        }
    }
}
