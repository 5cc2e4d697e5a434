import Foundation
import GRDB
import Glibc
import Station
import Synchronization

/// Every fact about every item, in one SQLite file.
///
/// The only queue between the stages, and the only memory across a power cut.
///
/// WAL with `synchronous=FULL`: when a method that writes returns, what it wrote survives a power cut. Writes are shielded from
/// the cancellation of the calling task, since GRDB would otherwise drop the outcome of work that CDF has already seen.
/// (The type is called `ItemLedger`, since a type must not have its module's name.)
package final class ItemLedger: Sendable {
    let database: DatabaseQueue
    private let commits: GroupCommit
    package let path: String
    private let lock: LockBox?
    let unreadable: @Sendable (LedgerError) -> Void

    /// A lock's owner that can be shared: the lock is released with the last reference.
    private final class LockBox: Sendable {
        let lock: LedgerLock
        init(_ lock: consuming LedgerLock) { self.lock = lock }
    }

    /// Opens the ledger in `directory`, creating it and bringing its schema up to date, after a backup.
    ///
    /// - Parameters:
    ///   - directory: The state directory; created if it is missing.
    ///   - exclusively: True for the daemon, which keeps a second daemon away. Commands pass false.
    ///   - meters: What it counts by.
    ///   - unreadable: Called with each invalid row that is skipped.
    package convenience init(
        directory: String,
        exclusively: Bool,
        meters: LedgerMeters = .init(),
        unreadable: @escaping @Sendable (LedgerError) -> Void = { _ in }
    ) throws(LedgerError) {
        try self.init(
            directory: directory,
            exclusively: exclusively,
            migrator: Schema.migrator,
            meters: meters,
            unreadable: unreadable
        )
    }

    init(
        directory: String,
        exclusively: Bool,
        migrator: DatabaseMigrator,
        meters: LedgerMeters = .init(),
        unreadable: @escaping @Sendable (LedgerError) -> Void = { _ in }
    ) throws(LedgerError) {
        self.unreadable = unreadable
        let path = directory + "/ledger.sqlite"
        self.path = path
        if exclusively {
            try OwnFile.prepare(directory: directory, of: path)
            lock = LockBox(try LedgerLock(path: directory + "/ledger.lock"))
            try OwnFile.prepare(path: path)
        } else {
            try LedgerAccess.expect(path, in: directory)
            lock = nil
        }
        do {
            var configuration = GRDB.Configuration()
            configuration.busyMode = .timeout(10)
            configuration.prepareDatabase { db in
                try db.execute(
                    sql:
                        "PRAGMA page_size = 1024; PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON"
                )
            }
            database = try DatabaseQueue(path: path, configuration: configuration)
            commits = GroupCommit(database, meters: meters)
            if try database.read(migrator.hasBeenSuperseded) { throw LedgerError.tooNew(path: path) }
            if exclusively {
                try Self.backUp(database, before: migrator, in: directory)
                try migrator.migrate(database)
            } else {
                try Self.expectMigrated(database, by: migrator, in: directory)
            }
        } catch {
            throw LedgerError.wrapping(error, path: path)
        }
    }

    /// Opens a ledger's file as it is, wherever it lies, to be read only.
    init(reading path: String, migrator: DatabaseMigrator) throws(LedgerError) {
        self.path = path
        unreadable = { _ in }
        lock = nil
        do {
            var configuration = GRDB.Configuration()
            configuration.readonly = true
            database = try DatabaseQueue(path: path, configuration: configuration)
            commits = GroupCommit(database)
            if try database.read(migrator.hasBeenSuperseded) { throw LedgerError.tooNew(path: path) }
            guard try database.read(migrator.hasCompletedMigrations) else {
                throw LedgerError.notOpened(path: path, detail: "it is of an older drop360, or no ledger")
            }
        } catch {
            throw LedgerError.wrapping(error, path: path)
        }
    }

    /// Refuses a ledger of an older version, which only the daemon updates.
    ///
    /// Waits for a daemon that has just started and may be updating it. Blocks.
    private static func expectMigrated(
        _ database: DatabaseQueue,
        by migrator: DatabaseMigrator,
        in directory: String
    ) throws {
        var tries = 100
        while try !database.read(migrator.hasCompletedMigrations) {
            guard isInUse(directory: directory) == true else {
                // It may have finished in between.
                if try database.read(migrator.hasCompletedMigrations) { return }
                throw LedgerError.notOpened(
                    path: database.path,
                    detail: "it was written by an older drop360, and no daemon of this version has run yet"
                )
            }
            guard tries > 0 else {
                throw LedgerError.notOpened(
                    path: database.path,
                    detail:
                        "the daemon has another version, or is still updating it. Try again in a minute"
                )
            }
            tries -= 1
            usleep(100_000)
        }
    }

    /// Closes the file, after everything under way has ended.
    package func close() throws(LedgerError) {
        do { try database.close() } catch { throw LedgerError.wrapping(error, path: path) }
    }

    /// All or nothing, and durable on return, also when the calling task is cancelled meanwhile.
    func write<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws(LedgerError) -> T {
        do {
            return try await commits.write(body)
        } catch {
            throw LedgerError.wrapping(error, path: path)
        }
    }

    func read<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws(LedgerError) -> T {
        do {
            return try await Task { [database] in try await database.read(body) }.value
        } catch {
            throw LedgerError.wrapping(error, path: path)
        }
    }

    /// A number that changes whenever another process has written: how a command's `retry` is noticed.
    package func versionSeenByOthers() async throws(LedgerError) -> Int {
        try await read { db in try Int.fetchOne(db, sql: "PRAGMA data_version") ?? 0 }
    }

    /// The version of the SQLite library in use.
    package func sqliteVersion() async throws(LedgerError) -> String {
        try await read { db in try String.fetchOne(db, sql: "SELECT sqlite_version()") ?? "unknown" }
    }

    /// SQLite's own check of the file; empty if all is well.
    package func integrityProblems() async throws(LedgerError) -> [String] {
        try await read { db in
            try String.fetchAll(db, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
        }
    }
}

extension ItemLedger {
    /// Whether a daemon is using the ledger in `directory` now; nil if we are not allowed to know.
    package static func isInUse(directory: String) -> Bool? { LedgerLock.isHeld(path: directory + "/ledger.lock") }
}
