import Foundation
import GRDB
import Meters
import Synchronization
import TestSupport
import Testing

@testable import Ledger

@Suite(.timeLimit(.minutes(15)))
struct GroupCommitTests {
    private final class Table: Sendable {
        let folder: TemporaryFolder
        let database: DatabaseQueue
        let commits: GroupCommit
        private let registry = PrometheusRegistry(LedgerMeters.declarations)

        /// As they are counted for Prometheus.
        var countedCommits: String? {
            registry.exposition().text.split(separator: "\n").first { $0.contains("_count ") }.map(String.init)
        }

        init() throws {
            folder = try TemporaryFolder()
            database = try DatabaseQueue(path: folder.path + "/table.sqlite")
            try database.write { db in
                try db.execute(
                    sql: """
                        CREATE TABLE parent (id INTEGER PRIMARY KEY);
                        CREATE TABLE row (n INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent(id) DEFERRABLE INITIALLY DEFERRED);
                        CREATE TABLE step (n INTEGER);
                        """
                )
            }
            commits = GroupCommit(database, meters: LedgerMeters(registry))
        }

        func rows() throws -> [Int] { try database.read { try Int.fetchAll($0, sql: "SELECT n FROM row ORDER BY n") } }

    }

    private final class Failures: Sendable {
        let numbers = Mutex<[Int]>([])
    }

    private final class Commits: TransactionObserver, Sendable {
        let count = Mutex(0)
        func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { false }
        func databaseDidChange(with event: DatabaseEvent) {}
        func databaseDidCommit(_ db: Database) { count.withLock { $0 += 1 } }
        func databaseDidRollback(_ db: Database) {}
    }

    @Test func `many writers at once share few commits, and each continues only when its own write is durable`()
        async throws
    {
        let table = try Table()
        let transactions = Commits()
        table.database.add(transactionObserver: transactions)
        let release = DispatchSemaphore(value: 0)
        let (isHeld, held) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Keeps the database's own thread busy until all the others have come.
            group.addTask {
                try await table.commits.write { _ in
                    held.yield()
                    release.wait()
                }
            }
            for await _ in isHeld { break }
            group.addTask {
                _ = try await eventually("all wait") { table.commits.waitingCount == 200 ? true : nil }
                release.signal()
            }
            for number in 0..<200 {
                group.addTask {
                    let seen = try await table.commits.write { db in
                        try db.execute(sql: "INSERT INTO row (n) VALUES (?)", arguments: [number])
                        return number
                    }
                    #expect(seen == number)
                    #expect(try table.rows().contains(number))
                }
            }
            try await group.waitForAll()
        }
        #expect(try table.rows() == Array(0..<200))
        #expect(transactions.count.withLock { $0 } == 1 + 4, "64 at most in one")
        #expect(table.countedCommits == "drop360_ledger_commit_seconds_count 5")
    }

    @Test func `a failing write leaves no trace, and does not affect the others`() async throws {
        let table = try Table()
        let failed = Failures()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<100 {
                group.addTask {
                    do {
                        try await table.commits.write { db in
                            try db.execute(sql: "INSERT INTO row (n) VALUES (?)", arguments: [number])
                            try db.execute(sql: "INSERT INTO step (n) VALUES (?)", arguments: [number])
                            if number % 7 == 3 { throw LedgerError.notApplicable("\(number)") }
                        }
                    } catch { failed.numbers.withLock { $0.append(number) } }
                }
            }
        }
        let bad = (0..<100).filter { $0 % 7 == 3 }
        #expect(failed.numbers.withLock { $0.sorted() } == bad)
        #expect(try table.rows() == (0..<100).filter { $0 % 7 != 3 })
        let steps = try await table.database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM step") }
        #expect(steps == 100 - bad.count)
    }

    @Test func `if the common commit fails because of one write, the others are written nevertheless`() async throws {
        let table = try Table()
        let failed = Failures()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<60 {
                group.addTask {
                    do {
                        try await table.commits.write { db in
                            // A relation that is checked only when the transaction ends.
                            let parent: Int? = number == 31 ? 99 : nil
                            try db.execute(
                                sql: "INSERT INTO row (n, parent) VALUES (?, ?)",
                                arguments: [number, parent]
                            )
                        }
                    } catch { failed.numbers.withLock { $0.append(number) } }
                }
            }
        }
        #expect(failed.numbers.withLock { $0 } == [31])
        #expect(try table.rows() == (0..<60).filter { $0 != 31 })
    }

    @Test func `a write whose task is cancelled is durable nevertheless`() async throws {
        let table = try Table()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await table.commits.write { db in try db.execute(sql: "INSERT INTO row (n) VALUES (5)") }
        }
        try await task.value
        #expect(try table.rows() == [5])
    }
}
