import Foundation
import GRDB
import Glibc
@testable import Ledger
import Station
import TestSupport
import Testing

/// Verifying, copying and compacting the file.
struct UpkeepTests {
    private func bench(stations: Int = 3) async throws -> LedgerBench {
        let bench = try LedgerBench()
        for number in 0..<stations {
            try await bench.record("s\(number)", .sample("c\(number)", station: "s\(number)"))
            try await bench.deliver("s\(number)")
        }
        return bench
    }

    private func spoil(_ path: String, _ sql: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { db in try db.execute(sql: sql) }
        try queue.close()
    }

    // MARK: verify

    @Test func `a ledger in order is said to be in order`() async throws {
        let bench = try await bench()
        let found = try await bench.ledger.verification()
        #expect(found.problems == [])
        #expect(found.items == 3)
        #expect(found.bytes > 10_000)
    }

    @Test(arguments: [
        (
            "UPDATE content SET deliveredAt = NULL",
            "'s0': is registered, but nothing says that its content was delivered."
        ),
        (
            "UPDATE file SET state = 'pending', receipt = NULL, sentAt = NULL, confirmedAt = NULL",
            "'s1': counts as delivered, but one of its files does not count as sent."
        ),
        ("UPDATE item SET notes = '7' WHERE path = 's2'", "item 3 is invalid"),
        ("UPDATE content SET value = '{}'", "item 1 is invalid"),
        (
            "PRAGMA foreign_keys = OFF; DELETE FROM content WHERE item = 2",
            "refers to one of 'content' that does not exist"
        ),
        (
            "DROP TRIGGER historyStays; DELETE FROM history WHERE item = 1",
            "'s0': has no history, or one that ends in another state."
        ),
    ])
    func `what a hand in the file has spoilt is found`(sabotage: String, sentence: String) async throws {
        let bench = try await bench()
        try spoil(bench.ledger.path, sabotage)
        let problems = try await bench.ledger.verification().problems
        #expect(problems.contains { $0.contains(sentence) }, "\(problems)")
    }

    @Test func `a damaged page is found, and no more is said`() async throws {
        let bench = try await bench(stations: 40)
        try bench.ledger.close()
        let path = bench.ledger.path
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        for index in (bytes.count - 8 * 1024)..<bytes.count { bytes[index] = 0xA5 }
        try bytes.write(to: URL(fileURLWithPath: path))
        do throws(LedgerError) {
            let problems = try await ItemLedger(backup: path).verification().problems
            #expect(!problems.isEmpty)
            #expect(problems.allSatisfy { $0.hasPrefix("SQLite: ") })
        } catch {
            // SQLite may also refuse the check itself.
            guard case .damaged = error else { throw error }
        }
    }

    // MARK: backup

    @Test func `a copy has all that is in the ledger, and is for its user alone`() async throws {
        let bench = try await bench()
        let file = try ItemLedger.nextBackup(in: bench.folder.path, at: Date(timeIntervalSince1970: 1_800_000_000))
        #expect(file == bench.folder.path("backups/ledger-20270115T080000Z.sqlite"))
        try await bench.ledger.copy(to: file)
        let next = try ItemLedger.nextBackup(in: bench.folder.path, at: Date(timeIntervalSince1970: 1_800_000_000))
        #expect(next == bench.folder.path("backups/ledger-20270115T080000Z_2.sqlite"))
        let copy = try ItemLedger(backup: file)
        #expect(try await copy.items() == bench.ledger.items())
        #expect(try await copy.verification().problems == [])
        var status = stat()
        #expect(stat(file, &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: bench.folder.path("backups")).count == 1)
    }

    @Test func `a copy made while others write is of one moment`() async throws {
        let bench = try await bench()
        let ledger = bench.ledger
        let writer = Task {
            var number = 0
            while !Task.isCancelled {
                let sighting = Sighting(
                    at: ItemPath(inbox: "/other", path: "w\(number)"),
                    stamp: Stamp(rawValue: "s"),
                    outcome: .accepted(.sample("w\(number)", station: "w\(number)"))
                )
                _ = try await ledger.record(sighting, at: Date(timeIntervalSince1970: 0))
                number += 1
            }
        }
        let other = try bench.reopened()
        for number in 0..<5 {
            let file = bench.folder.path("copy-\(number)")
            try await other.copy(to: file)
            #expect(try await ItemLedger(backup: file).verification().problems == [])
        }
        writer.cancel()
        try await writer.value
    }

    @Test func `nothing that exists is overwritten, and half a copy of an earlier attempt is no obstacle`() async throws
    {
        let bench = try await bench()
        let file = bench.folder.path("copy")
        try bench.folder.write("precious", to: "copy")
        try bench.folder.write("half", to: "copy.part")
        let error = await #expect(throws: LedgerError.self) { try await bench.ledger.copy(to: file) }
        #expect(error?.summary.contains("File exists") == true)
        #expect(try bench.folder.read("copy") == Data("precious".utf8))
        #expect(!bench.folder.contains("copy.part"))
        try FileManager.default.removeItem(atPath: file)
        try await bench.ledger.copy(to: file)
        #expect(try await ItemLedger(backup: file).items().count == 3)
        await #expect(throws: LedgerError.self) { try await bench.ledger.copy(to: bench.folder.path("no/such/folder")) }
    }

    @Test func `the oldest backups are removed, and no others`() async throws {
        let bench = try LedgerBench()
        try bench.folder.makeFolder("backups")
        try bench.folder.write("", to: "backups/before-migration-2.sqlite")
        try bench.folder.write("", to: "backups/ledger-of-anna.sqlite")
        for day in 1...4 { try bench.folder.write("", to: "backups/ledger-2026110\(day)T000000Z.sqlite") }
        let removed = try ItemLedger.removeBackups(in: bench.folder.path, keeping: 3)
        #expect(removed == [bench.folder.path("backups/ledger-20261101T000000Z.sqlite")])
        #expect(try FileManager.default.contentsOfDirectory(atPath: bench.folder.path("backups")).count == 5)
    }

    // MARK: migrations

    private static var newer: DatabaseMigrator {
        var migrator = Schema.migrator
        migrator.registerMigration("2 colours") { db in try db.execute(sql: "CREATE TABLE colour (name TEXT) STRICT") }
        return migrator
    }

    private func open(_ bench: LedgerBench, _ migrator: DatabaseMigrator) throws -> ItemLedger {
        try ItemLedger(directory: bench.folder.path, exclusively: true, migrator: migrator)
    }

    @Test func `before a migration the ledger is copied, once, and an older drop360 can go on with the copy`()
        async throws
    {
        let folder = try TemporaryFolder()
        do {
            let before = try ItemLedger(directory: folder.path, exclusively: true)
            _ = try await before.record(
                Sighting(at: ItemPath(inbox: "/in", path: "s"), stamp: Stamp(rawValue: "s"), outcome: .incomplete([])),
                at: Date(timeIntervalSince1970: 0)
            )
        }
        #expect(!folder.contains("backups"))
        for _ in 0..<2 {
            try ItemLedger(directory: folder.path, exclusively: true, migrator: Self.newer).close()
        }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path("backups")) == ["before-migration-2.sqlite"]
        )
        // The newer one is refused to the older drop360; the copy is not.
        #expect(throws: LedgerError.tooNew(path: folder.path("ledger.sqlite"))) {
            try ItemLedger(directory: folder.path, exclusively: true)
        }
        #expect(try await ItemLedger(backup: folder.path("backups/before-migration-2.sqlite")).items().count == 1)
    }

    @Test func `without a backup there is no migration`() async throws {
        let folder = try TemporaryFolder()
        try ItemLedger(directory: folder.path, exclusively: true).close()
        try folder.write("in the way", to: "backups")
        #expect {
            try ItemLedger(directory: folder.path, exclusively: true, migrator: Self.newer)
        } throws: { error in
            guard case LedgerError.notCopied? = error as? LedgerError else { return false }
            return "\(error)".contains("backups of the ledger could not be made")
        }
        // The older drop360 goes on with it.
        try ItemLedger(directory: folder.path, exclusively: true).close()
    }

    // MARK: compact

    @Test func `a compacted ledger holds the same, in fewer bytes`() async throws {
        let folder = try TemporaryFolder()
        let ledger = try ItemLedger(directory: folder.path, exclusively: true)
        for number in 0..<200 {
            let sighting = Sighting(
                at: ItemPath(inbox: "/in", path: "s\(number)"),
                stamp: Stamp(rawValue: "s"),
                outcome: .rejected([Problem("bad", String(repeating: "long words ", count: 200))])
            )
            _ = try await ledger.record(sighting, at: Date(timeIntervalSince1970: 0))
            _ = try await ledger.recordVanished(
                ItemPath(inbox: "/in", path: "s\(number)"),
                at: Date(timeIntervalSince1970: 1)
            )
        }
        for record in try await ledger.unreported(incompleteSince: Date(), limit: 1000) {
            try await ledger.recordReported(
                record.id,
                revision: record.revision,
                report: nil
            )
        }
        let pruned = try await ledger.prune(before: Date(timeIntervalSince1970: 10), dryRun: false)
        #expect(pruned.items == 200)
        let (before, after) = try ledger.compact()
        #expect(after < before / 2)
        #expect(try await ledger.verification().problems == [])
        #expect(try await ledger.verification().unusedBytes == 0)
    }
}
