package import DropFolder
package import Foundation
import Inspection
package import Ledger
package import Station

/// What has a ledger, and writes into it what the parts of the daemon would: short words for what happens to items.
///
/// Each word comes in two forms: with an item's record, and with its path below ``inboxPath``.
package protocol LedgerKeeping: Sendable {
    var ledger: ItemLedger { get }
    /// Absolute; need not exist.
    var inboxPath: String { get }
    /// When the next step happens.
    var now: Date { get }
}

/// A test names an item that the ledger does not have.
package struct NoSuchItem: Error {
    package var path: String
}

/// A test tries to deliver an item that cannot be delivered.
package struct NothingToDeliver: Error {
    package var record: ItemRecord
}

extension LedgerKeeping {
    package func item(_ path: String) -> ItemPath { ItemPath(inbox: inboxPath, path: path) }

    /// - Throws: ``NoSuchItem``.
    package func station(_ path: String) async throws -> ItemRecord {
        guard let record = try await ledger.item(at: item(path)) else { throw NoSuchItem(path: path) }
        return record
    }

    // MARK: What is found

    @discardableResult
    package func record(
        _ path: String,
        _ outcome: Sighting.Outcome,
        notes: [Problem] = [],
        drift: PoseDriftRule = .init(),
        collections: CollectionRule = .init(),
        stamp: String = "stamp"
    ) async throws -> ItemRecord {
        let kind = if case .accepted(let content) = outcome { content.kind } else { ItemKind.station }
        let stamp = Stamp(rawValue: stamp)
        let sighting = Sighting(kind, at: item(path), stamp: stamp, outcome: outcome, notes: notes)
        return try await ledger.record(sighting, poseDrift: drift, collections: collections, at: now)
    }

    @discardableResult
    package func record(
        _ path: String,
        _ capture: Capture,
        drift: PoseDriftRule = .init(),
        collections: CollectionRule = .init(),
        stamp: String = "stamp"
    ) async throws -> ItemRecord {
        try await record(path, .accepted(.station(capture)), drift: drift, collections: collections, stamp: stamp)
    }

    @discardableResult
    package func record(_ path: String, incomplete problems: [Problem]) async throws -> ItemRecord {
        try await record(path, .incomplete(problems), stamp: "part")
    }

    @discardableResult
    package func record(_ path: String, incomplete message: String) async throws -> ItemRecord {
        try await record(path, incomplete: [Problem("part", message)])
    }

    @discardableResult
    package func record(_ path: String, rejected problems: [Problem]) async throws -> ItemRecord {
        try await record(path, .rejected(problems), stamp: "bad")
    }

    @discardableResult
    package func record(_ path: String, rejected message: String) async throws -> ItemRecord {
        try await record(path, rejected: [Problem("bad", message)])
    }

    @discardableResult
    package func recordHindrance(_ hindrance: Hindrance) async throws -> ItemRecord {
        let (item, problem) = (hindrance.item, hindrance.problem)
        return try await ledger.recordHindrance(at: item, stamp: hindrance.stamp, problem: problem, at: now)
    }

    /// The folder or file is gone.
    @discardableResult
    package func recordGone(_ path: String) async throws -> ItemRecord {
        guard let record = try await ledger.recordVanished(item(path), at: now) else { throw NoSuchItem(path: path) }
        return record
    }

    // MARK: What is delivered

    private func digest(of record: ItemRecord) throws -> ContentDigest {
        guard let digest = record.state.digest else { throw NothingToDeliver(record: record) }
        return digest
    }

    @discardableResult
    package func beginUpload(_ record: ItemRecord) async throws -> ItemRecord {
        try await ledger.record(.uploadStarted(try digest(of: record)), for: record.id, at: now)
    }

    @discardableResult
    package func beginUpload(_ path: String) async throws -> ItemRecord { try await beginUpload(station(path)) }

    /// CDF takes the bytes of these files; of all if none are named.
    @discardableResult
    package func send(_ roles: [FileRole]? = nil, of record: ItemRecord) async throws -> ItemRecord {
        guard let content = record.content else { throw NothingToDeliver(record: record) }
        var last = record
        for file in content.files where roles?.contains(file.role) ?? true {
            last = try await ledger.recordSent(
                file.role,
                of: record.id,
                digest: content.digest,
                receipt: .of(file.externalID),
                at: now
            )
        }
        return last
    }

    @discardableResult
    package func send(_ faces: [Face] = Face.allCases, of path: String) async throws -> ItemRecord {
        try await send(faces.map(FileRole.face), of: station(path))
    }

    /// Sends all files.
    @discardableResult
    package func upload(_ record: ItemRecord) async throws -> ItemRecord { try await send(of: beginUpload(record)) }

    /// CDF confirms the files and registers the item.
    @discardableResult
    package func register(_ record: ItemRecord) async throws -> ItemRecord {
        let digest = try digest(of: record)
        try await ledger.recordConfirmed([record.id: digest], at: now)
        return try await ledger.record(.registered(digest), for: record.id, at: now)
    }

    @discardableResult
    package func register(_ path: String) async throws -> ItemRecord { try await register(station(path)) }

    /// All the way, from accepted to registered.
    @discardableResult
    package func deliver(_ record: ItemRecord) async throws -> ItemRecord { try await register(upload(record)) }

    @discardableResult
    package func deliver(_ path: String) async throws -> ItemRecord { try await deliver(station(path)) }

    @discardableResult
    package func fail(_ record: ItemRecord, _ failure: ItemState.Failure) async throws -> ItemRecord {
        try await ledger.record(.gaveUp(try digest(of: record), failure), for: record.id, at: now)
    }

    @discardableResult
    package func giveUp(_ path: String, _ summary: String = "CDF refused it.") async throws -> ItemRecord {
        try await fail(station(path), .init(summary: summary, advice: "Ask."))
    }
}

extension FileReceipt {
    /// CDF's number of a file: the same for the same external id, since files are overwritten.
    package static func of(_ externalID: String) -> FileReceipt {
        FileReceipt(rawValue: externalID.utf8.reduce(7) { ($0 &* 31 &+ Int64($1)) & 0xffff_ffff })
    }
}
