import Foundation
import GRDB
import Glibc

/// Copies of the ledger as it stood at one moment.
enum LedgerCopy {
    /// Copies `database` to `file`, which appears under its name once it is complete, checked, and on the disk.
    ///
    /// One read transaction of SQLite (`VACUUM INTO`), so that writers go on meanwhile and the copy has nothing of what they write then. Like the
    /// ledger, it is for its user alone. Blocks.
    static func make(of database: DatabaseQueue, at file: String) throws {
        let part = file + ".part"
        // Of an attempt that was cut off; nobody else writes under this name.
        unlink(part)
        let descriptor = open(part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure(file, errno) }
        var isDone = false
        defer {
            close(descriptor)
            if !isDone { unlink(part) }
        }
        handOver(descriptor, toOwnerOf: database.path)
        try expectSpace(for: database, at: part, as: file)
        do {
            try database.writeWithoutTransaction { db in try db.execute(sql: "VACUUM INTO ?", arguments: [part]) }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {
            throw failure(file, ENOSPC)
        }
        try check(part, as: file)
        guard fsync(descriptor) == 0 else { throw failure(file, errno) }
        guard access(file, F_OK) != 0 else { throw failure(file, EEXIST) }
        guard rename(part, file) == 0 else { throw failure(file, errno) }
        isDone = true
        let folder = open((file as NSString).deletingLastPathComponent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw failure(file, errno) }
        defer { close(folder) }
        // EINVAL: a file system that has nothing to synchronise in a folder.
        guard fsync(folder) == 0 || errno == EINVAL else { throw failure(file, errno) }
    }

    /// Reads the copy as SQLite would after a restart.
    private static func check(_ part: String, as file: String) throws {
        var configuration = GRDB.Configuration()
        configuration.readonly = true
        let copy = try DatabaseQueue(path: part, configuration: configuration)
        let problems = try copy.read { db in try String.fetchAll(db, sql: "PRAGMA quick_check(1)") }
        try copy.close()
        guard problems == ["ok"] else {
            throw LedgerError.notCopied(to: file, detail: "the copy is damaged (\(problems.first ?? "no answer"))")
        }
    }

    /// A command of root's leaves nothing behind that the daemon's user could not read or remove.
    private static func handOver(_ descriptor: Int32, toOwnerOf model: String) {
        var owner = stat()
        guard geteuid() == 0, stat(model, &owner) == 0 else { return }
        // Some file systems know no owners.
        _ = fchown(descriptor, owner.st_uid, owner.st_gid)
    }

    /// Makes a folder for the owner of `model` alone, unless it exists.
    static func makeFolder(_ folder: String, like model: String) throws(LedgerError) {
        let isNew = mkdir(folder, 0o700) == 0
        guard isNew || errno == EEXIST else { throw failure(folder, errno) }
        // Never through a link: root would write where whoever made it likes.
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw failure(folder, errno) }
        defer { close(descriptor) }
        if isNew { handOver(descriptor, toOwnerOf: model) }
    }

    private static func expectSpace(for database: DatabaseQueue, at part: String, as file: String) throws {
        let needed = try database.read { db in
            (try Int64.fetchOne(db, sql: "PRAGMA page_size") ?? 0)
                * ((try Int64.fetchOne(db, sql: "PRAGMA page_count") ?? 0)
                    - (try Int64.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0))
        }
        guard let free = OwnFile.freeSpace(at: part) else { throw failure(file, errno) }
        guard free > needed else {
            throw LedgerError.notCopied(
                to: file,
                detail: "\(needed / 1_000_000 + 1) MB are needed there, and fewer are free"
            )
        }
    }

    private static func failure(_ file: String, _ code: Int32) -> LedgerError {
        LedgerError.notCopied(to: file, detail: String(cString: strerror(code)))
    }
}

extension ItemLedger {
    /// Copies the ledger to `file`, while a daemon goes on writing.
    ///
    /// Nothing is there yet; its folder exists.
    package func copy(to file: String) async throws(LedgerError) {
        do {
            // On a thread of its own: it takes as long as the disk does.
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                Thread.detachNewThread { [database] in
                    continuation.resume(with: Result { try LedgerCopy.make(of: database, at: file) })
                }
            }
        } catch {
            throw LedgerError.wrapping(error, path: path)
        }
    }
}
