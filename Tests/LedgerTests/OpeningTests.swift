import Foundation
import GRDB
import Glibc
@testable import Ledger
import Station
import Synchronization
import TestSupport
import Testing

/// Making, finding, refusing and locking the file.
struct OpeningTests {
    private func opening(_ folder: TemporaryFolder, exclusively: Bool = true) -> LedgerError? {
        do throws(LedgerError) {
            try ItemLedger(directory: folder.path, exclusively: exclusively).close()
            return nil
        } catch { return error }
    }

    @Test func `an empty folder gets a ledger, with the folders above it`() async throws {
        let folder = try TemporaryFolder()
        let ledger = try ItemLedger(directory: folder.path("var/lib/drop360"), exclusively: true)
        #expect(folder.contains("var/lib/drop360/ledger.sqlite"))
        #expect(try await ledger.items() == [])
        #expect(
            try await ledger.counts() == Dictionary(uniqueKeysWithValues: ItemState.Name.allCases.map { ($0, 0) })
        )
        #expect(try await ledger.nextDueForUpload(at: Date()) == nil)
        #expect(try await ledger.integrityProblems() == [])
    }

    @Test func `the file is written with a write-ahead log and full synchronisation`() async throws {
        let bench = try LedgerBench()
        #expect(try bench.rawRows("PRAGMA journal_mode") == ["wal"])
        #expect(try await bench.ledger.read { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 2)
        #expect(try await bench.ledger.read { try Int.fetchOne($0, sql: "PRAGMA foreign_keys") } == 1)
    }

    @Test(arguments: [nil, 0o644, 0o666, 0o640] as [mode_t?])
    func `the ledger's files are for drop360's user alone, also where they were not`(before: mode_t?) async throws {
        let folder = try TemporaryFolder()
        let names = ["ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"]
        if let before {
            let older = try ItemLedger(directory: folder.path, exclusively: true)
            for name in names { chmod(folder.path(name), before) }
            try older.close()
        }
        let ledger = try ItemLedger(directory: folder.path, exclusively: true)
        _ = try await ledger.record(
            Sighting(at: ItemPath(inbox: "/in", path: "s"), stamp: Stamp(rawValue: "s"), outcome: .incomplete([])),
            at: Date(timeIntervalSince1970: 0)
        )
        for name in names {
            var status = stat()
            #expect(stat(folder.path(name), &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600, "\(name)")
        }
        try ledger.close()
    }

    @Test func `opening again finds everything and migrates nothing`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample())
        let before = try await bench.ledger.items()
        let migrations = try bench.rawRows("SELECT identifier FROM grdb_migrations")
        #expect(migrations.count == 1)
        for _ in 0..<3 {
            let again = try bench.reopened()
            #expect(try await again.items() == before)
            try again.close()
        }
        #expect(try bench.rawRows("SELECT identifier FROM grdb_migrations") == migrations)
    }

    @Test func `a file of a newer drop360 is left alone`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample())
        try bench.rawSQL("INSERT INTO grdb_migrations (identifier) VALUES ('99 from the future')")
        let before = try bench.rawRows("SELECT name || coalesce(sql, '') FROM sqlite_schema ORDER BY name")
        #expect(opening(bench.folder, exclusively: false) == .tooNew(path: bench.ledger.path))
        #expect(try bench.rawRows("SELECT name || coalesce(sql, '') FROM sqlite_schema ORDER BY name") == before)
        #expect(LedgerError.tooNew(path: "/x").description.contains("newer drop360"))
    }

    @Test(arguments: ["this is no database, whatever it is called", String(repeating: "\u{0}SQLite", count: 4000)])
    func `a file that is not a ledger is refused with a message, and not overwritten`(text: String) throws {
        let folder = try TemporaryFolder()
        try folder.write(text, to: "ledger.sqlite")
        guard case .damaged(let path, _)? = opening(folder) else {
            Issue.record("opened, or refused for another reason: \(String(describing: opening(folder)))")
            return
        }
        #expect(path == folder.path("ledger.sqlite"))
        #expect(try folder.read("ledger.sqlite") == Data(text.utf8))
        let error = try #require(opening(folder))
        #expect(error.summary.contains("is damaged"))
        #expect(error.advice?.contains("Move ledger.sqlite away") == true)
        #expect(error.remedy == .pauseStage)
    }

    @Test func `damage inside the file is found by the check`() async throws {
        let folder = try TemporaryFolder()
        do {
            let ledger = try ItemLedger(directory: folder.path, exclusively: true)
            for index in 0..<40 {
                let sighting = Sighting(
                    at: ItemPath(inbox: "/in", path: "s\(index)"),
                    stamp: Stamp(rawValue: "s"),
                    outcome: .accepted(.sample("\(index)", station: "s\(index)"))
                )
                _ = try await ledger.record(sighting, at: Date(timeIntervalSince1970: 0))
            }
            try ledger.close()
        }
        var bytes = [UInt8](try folder.read("ledger.sqlite"))
        // The last pages hold rows; the first ones the schema.
        for index in (bytes.count - 3 * 4096)..<bytes.count { bytes[index] = 0xA5 }
        try folder.write(bytes, to: "ledger.sqlite")
        do throws(LedgerError) {
            let damaged = try ItemLedger(directory: folder.path, exclusively: false)
            #expect(try await damaged.integrityProblems().isEmpty == false)
        } catch {
            // SQLite may also refuse the check itself.
            guard case .damaged = error else { throw error }
        }
    }

    @Test func `a folder in the file's place is refused`() throws {
        let folder = try TemporaryFolder()
        try folder.makeFolder("ledger.sqlite")
        guard case .notOpened? = opening(folder) else {
            Issue.record("\(String(describing: opening(folder)))")
            return
        }
    }

    @Test func `a state directory that cannot be created is refused`() throws {
        let folder = try TemporaryFolder()
        try folder.write("", to: "file")
        #expect(throws: LedgerError.self) { try ItemLedger(directory: folder.path("file/state"), exclusively: true) }
    }

    @Test func `commands do not create a ledger`() throws {
        let folder = try TemporaryFolder()
        guard case .notOpened? = opening(folder, exclusively: false) else {
            Issue.record("\(String(describing: opening(folder, exclusively: false)))")
            return
        }
        #expect(try folder.names() == [])
    }

    // MARK: The lock

    @Test func `a second daemon is refused, and says which process holds the ledger`() async throws {
        let bench = try LedgerBench()
        let pid = ProcessInfo.processInfo.processIdentifier
        guard case .inUse(let path, let holder)? = opening(bench.folder) else {
            Issue.record("opened, or refused for another reason")
            return
        }
        #expect(path == bench.folder.path("ledger.lock"))
        #expect(holder.process == pid)
        #expect(holder.name?.isEmpty == false)
        // A command may look beside it, and the first goes on.
        let command = try bench.reopened()
        try await bench.record("a", .sample())
        #expect(try await command.items().count == 1)
    }

    @Test func `the holder of the lock is the one that the kernel names, not the one in the file`() async throws {
        let folder = try TemporaryFolder()
        try ItemLedger(directory: folder.path, exclusively: true).close()
        try folder.write("1\n", to: "ledger.lock")
        let other = try ChildProcess(
            "/usr/bin/flock",
            ["--no-fork", folder.path("ledger.lock"), "sleep", "600"],
            environment: [:],
            in: folder.path,
            log: folder.path("other")
        )
        defer { other.send(SIGKILL) }
        let error = try await eventually("the lock is taken") { opening(folder) }
        guard case .inUse(_, let holder) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(holder.process == other.pid)
        #expect(!holder.isDrop360)
        #expect(error.summary.contains("process \(other.pid)") && error.summary.contains("which is not drop360"))
        #expect(error.advice?.contains("chmod 700 \(folder.path)") == true)
    }

    @Test func `a lock's holder is found by device and number, and waiters are not holders`() {
        let table = """
            1: FLOCK  ADVISORY  WRITE 71 fe:00:131090 0 EOF
            1: -> FLOCK  ADVISORY  WRITE 72 fe:00:131091 0 EOF
            2: POSIX  ADVISORY  WRITE 73 fe:00:131091 0 EOF
            3: FLOCK  ADVISORY  READ  74 08:01:131091 0 EOF
            4: FLOCK  ADVISORY  WRITE 75 fe:00:131091 0 EOF
            """
        #expect(LockHolder.holder(of: 131_090, on: 0xFE00, in: table) == 71)
        #expect(LockHolder.holder(of: 131_091, on: 0xFE00, in: table) == 75)
        #expect(LockHolder.holder(of: 131_091, on: 0x0801, in: table) == 74)
        // Another device than `fstat` tells, as on btrfs: only where it is unmistakable.
        #expect(LockHolder.holder(of: 131_090, on: 0x29, in: table) == 71)
        #expect(LockHolder.holder(of: 131_091, on: 0x29, in: table) == nil)
        #expect(LockHolder.holder(of: 7, on: 0xFE00, in: "") == nil)
        #expect("\(LockHolder())" == "a process that cannot be seen from here")
        #expect(LedgerError.inUse(path: "/s/l", by: LockHolder()).summary.contains("Another drop360"))
    }

    @Test(arguments: [nil, 0o777, 0o770, 0o755] as [mode_t?])
    func `nobody else can take the lock or put another one in its place`(before: mode_t?) throws {
        let folder = try TemporaryFolder()
        if let before {
            try folder.makeFolder("state")
            try folder.write("", to: "state/ledger.lock")
            chmod(folder.path("state"), before)
            chmod(folder.path("state/ledger.lock"), 0o664)
        }
        let ledger = try ItemLedger(directory: folder.path("state"), exclusively: true)
        var status = stat()
        #expect(stat(folder.path("state"), &status) == 0)
        #expect(status.st_mode & 0o777 == before.map { $0 & 0o755 } ?? 0o700)
        #expect(stat(folder.path("state/ledger.lock"), &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        try ledger.close()
    }

    @Test func `the lock ends with its owner, even if its file stays`() throws {
        let folder = try TemporaryFolder()
        #expect(ItemLedger.isInUse(directory: folder.path) == false)
        do {
            let first = try ItemLedger(directory: folder.path, exclusively: true)
            #expect(ItemLedger.isInUse(directory: folder.path) == true)
            #expect(opening(folder) != nil)
            try first.close()
        }
        #expect(folder.contains("ledger.lock"))
        #expect(ItemLedger.isInUse(directory: folder.path) == false)
        #expect(opening(folder) == nil)
    }

    @Test func `a command waits for a daemon that is migrating the ledger, and for no other`() async throws {
        let folder = try TemporaryFolder()
        let queue = try DatabaseQueue(path: folder.path("ledger.sqlite"))
        try await queue.write { try $0.execute(sql: "CREATE TABLE before (what TEXT)") }
        let refusal = try #require(opening(folder, exclusively: false))
        #expect("\(refusal)".contains("written by an older drop360"))
        let lock = try LedgerLock(path: folder.path("ledger.lock"))
        async let refused = onThread { opening(folder, exclusively: false) }
        try Schema.migrator.migrate(queue)
        #expect(await refused == nil)
        try queue.close()
        _ = consume lock
    }

    /// Opening blocks.
    private func onThread<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: work()) }
        }
    }

    @Test func `commands take no lock`() async throws {
        let folder = try TemporaryFolder()
        try ItemLedger(directory: folder.path, exclusively: true).close()
        let command = try ItemLedger(directory: folder.path, exclusively: false)
        #expect(ItemLedger.isInUse(directory: folder.path) == false)
        #expect(opening(folder) == nil)
        #expect(try await command.items() == [])
    }

    @Test func `a lock that is a symbolic link is not followed`() throws {
        let folder = try TemporaryFolder()
        try folder.write("precious", to: "elsewhere")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("ledger.lock"),
            withDestinationPath: folder.path("elsewhere")
        )
        #expect(opening(folder) != nil)
        #expect(try folder.read("elsewhere") == Data("precious".utf8))
    }

    @Test func `checking whether a daemon runs keeps none from starting`() throws {
        let folder = try TemporaryFolder()
        try ItemLedger(directory: folder.path, exclusively: true).close()
        let over = Mutex(false)
        let path = folder.path
        let asker = Thread {
            while !over.withLock({ $0 }) { _ = ItemLedger.isInUse(directory: path) }
        }
        asker.start()
        defer { over.withLock { $0 = true } }
        for _ in 0..<100 { #expect(opening(folder) == nil) }
    }
}
