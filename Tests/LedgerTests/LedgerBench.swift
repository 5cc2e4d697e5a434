import Foundation
import GRDB
import Ledger
import Station
import TestSupport
import Testing

/// A ledger in a folder of its own.
///
/// Every step takes place one second after the one before.
struct LedgerBench: LedgerKeeping {
    static let inbox = "/srv/inbox"

    let folder: TemporaryFolder
    let clock = ManualClock()
    let ledger: ItemLedger

    var inboxPath: String { Self.inbox }

    init() throws {
        folder = try TemporaryFolder()
        ledger = try ItemLedger(directory: folder.path, exclusively: true)
    }

    /// The next moment.
    var now: Date {
        clock.advance(by: .seconds(1))
        return clock.date
    }

    /// The same file through another connection, as commands and a restarted daemon see it.
    func reopened() throws -> ItemLedger { try ItemLedger(directory: folder.path, exclusively: false) }

    /// SQL as an operator with `sqlite3` would write it, foreign keys on.
    func rawSQL(_ sql: String) throws {
        let queue = try DatabaseQueue(path: ledger.path)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }

    /// The first column of what a query finds, as text.
    func rawRows(_ sql: String) throws -> [String] {
        let queue = try DatabaseQueue(path: ledger.path)
        let rows = try queue.read { try String.fetchAll($0, sql: sql) }
        try queue.close()
        return rows
    }

    /// The stamps of an inbox's items, by path; `-` for those to be looked at in any case.
    func knownItems(inbox: String = Self.inbox) async throws -> [String: String] {
        try await ledger.knownItems(inbox: inbox, into: [:]) { known, path, _, stamp, _ in
            known[path] = stamp?.rawValue ?? "-"
        }
    }

    /// When any stage has something to do next.
    func nextDue(at now: Date, exceptIn lost: Set<String> = []) async throws -> Date? {
        let (sending, registering) = (
            try await ledger.nextDueForUpload(at: now, exceptIn: lost), try await ledger.nextDueForRegistration(at: now)
        )
        return [sending, registering].compactMap(\.self).min()
    }

    func events(_ path: String) async throws -> [String] {
        try await ledger.history(of: try await station(path).id).map(\.event)
    }

    func fileStates(_ path: String) async throws -> [FileRecord.State] {
        try await ledger.files(of: try await station(path).id).map(\.state)
    }
}

extension ItemRecord {
    /// The codes of what is wrong with it.
    var codes: [String] { problems.map(\.code) }
}
