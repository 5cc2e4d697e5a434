import GRDB
import Meters
import Synchronization

/// Lets writers that arrive during a commit share the next one: one synchronisation of the disk for all of them.
///
/// Each write is a savepoint of its own, and its writer continues only when the transaction around all of them is durable, so only the
/// disk sees a difference. If the transaction fails as a whole, each write is tried alone, so that none fails because of another one.
///
/// Writes are not cancelled with the task that asked for them.
final class GroupCommit: Sendable {
    private struct Job: Sendable {
        /// Writes, and returns a closure to be called once the write is durable.
        var run: @Sendable (Database) throws -> (@Sendable () -> Void)
        var fail: @Sendable (any Error) -> Void
    }

    private struct State {
        var waiting: [Job] = []
        var isRunning = false
    }

    private let database: DatabaseQueue
    private let meters: LedgerMeters
    private let state = Mutex(State())
    /// The most writes in one transaction.
    private static let most = 64

    init(_ database: DatabaseQueue, meters: LedgerMeters = .init()) {
        self.database = database
        self.meters = meters
    }

    /// How many writes wait for the next transaction.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Writes durably, together with other waiting writers.
    func write<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            let job = Job(
                run: { db in
                    let value = try body(db)
                    return { continuation.resume(returning: value) }
                },
                fail: { continuation.resume(throwing: $0) }
            )
            let begins = state.withLock { state in
                state.waiting.append(job)
                defer { state.isRunning = true }
                return !state.isRunning
            }
            if begins { Task { await self.commitAll() } }
        }
    }

    private func commitAll() async {
        while let jobs = next() { await commit(jobs) }
    }

    private func next() -> [Job]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isRunning = false
                return nil
            }
            defer { state.waiting.removeFirst(min(Self.most, state.waiting.count)) }
            return Array(state.waiting.prefix(Self.most))
        }
    }

    private func commit(_ jobs: [Job]) async {
        let begun = ContinuousClock.now
        do {
            let ends = try await database.write { db in
                guard jobs.count > 1 else { return try jobs.map { try $0.run(db) } }
                return try jobs.map { job in try Self.apart(job, db) }
            }
            meters.commit.record(since: begun)
            for end in ends { end() }
        } catch {
            // Another process has locked the file: each write alone would wait just as long again.
            let isBusy = (error as? DatabaseError)?.resultCode == .SQLITE_BUSY
            if jobs.count == 1 || isBusy {
                for job in jobs { job.fail(error) }
            } else {
                for job in jobs { await commit([job]) }
            }
        }
    }

    /// One write among others, whose failure does not affect the others.
    private static func apart(_ job: Job, _ db: Database) throws -> @Sendable () -> Void {
        var end: (@Sendable () -> Void)?
        do {
            try db.inSavepoint {
                end = try job.run(db)
                return .commit
            }
        } catch {
            // A disk that fails takes the whole transaction with it.
            guard db.isInsideTransaction else { throw error }
            return { job.fail(error) }
        }
        guard let end else { throw DatabaseError(resultCode: .SQLITE_INTERNAL, message: "a savepoint did not run") }
        return end
    }
}
