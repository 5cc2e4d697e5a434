package import Foundation
package import Ledger
package import Logging
import NIOPosix
import ServiceLifecycle
import Station
import Synchronization
package import Timing

/// Moves delivered items out of their inboxes, or deletes them, as `after` says.
///
/// Written down, done, written down, one item at a time on a thread of its own: killed anywhere, the next start finishes it.
package final class Clearer: Service {
    private let ledger: ItemLedger
    private let rules: [ClearingRule]
    private let timeSource: TimeSource
    /// A clock that nobody sets.
    private let steady: @Sendable () -> Duration
    private let isLost: @Sendable (String) -> Bool
    private let changed: @Sendable (ItemRecord) -> Void
    private let logger: Logger
    /// Rung when something may have become due.
    private let bell: Doorbell
    private let thread = NIOThreadPool(numberOfThreads: 1)
    private let stopping = Atomic(false)
    private static let interval = Duration.seconds(60)
    private static let batch = 20
    /// How long a folder must have been empty before it is removed, in seconds.
    private static let emptyFor: TimeInterval = 3600
    /// How long what cannot be done waits until it is tried again, in seconds.
    private static let pause: TimeInterval = 900
    /// Between two records of the witnessed time, in milliseconds.
    private static let recordInterval: Int64 = 600_000

    /// - Parameters:
    ///   - ledger: The daemon's.
    ///   - rules: For the inboxes from which something is cleared; others are left alone.
    ///   - timeSource: The clock.
    ///   - steady: A clock that nobody sets, and that goes on while the machine sleeps.
    ///   - isLost: Whether a folder is in an inbox, or on a disk in one, that cannot be read now.
    ///   - changed: Called with each item that was cleared.
    ///   - logger: For each of them, and for what cannot be done.
    ///   - bell: Rung when something may have become due.
    package init(
        ledger: ItemLedger,
        rules: [ClearingRule],
        timeSource: TimeSource,
        steady: @escaping @Sendable () -> Duration,
        isLost: @escaping @Sendable (String) -> Bool,
        changed: @escaping @Sendable (ItemRecord) -> Void,
        logger: Logger,
        bell: Doorbell
    ) {
        self.ledger = ledger
        self.rules = rules
        self.timeSource = timeSource
        self.steady = steady
        self.isLost = isLost
        self.changed = changed
        self.logger = logger
        self.bell = bell
    }

    package func run() async throws {
        thread.start()
        await cancelWhenGracefulShutdown {
            var witnessed: WitnessedTime?
            await self.publishRules()
            while !Task.isCancelled {
                do throws(LedgerError) { try await self.clearDue(&witnessed) } catch {
                    self.logger.warning("delivered stations could not be cleared", metadata: ["error": "\(error)"])
                }
                await self.bell.wait(atMost: Self.interval, sleep: self.timeSource.sleep)
            }
        }
        stopping.store(true, ordering: .relaxed)
        try await thread.shutdownGracefully()
    }

    private func publishRules() async {
        let ways = rules.map { ($0.inbox, $0.outlook) }
        do throws(LedgerError) {
            try await ledger.recordClearingRules(Dictionary(ways) { first, _ in first })
        } catch {
            logger.warning("what becomes of delivered stations could not be recorded", metadata: ["error": "\(error)"])
        }
    }

    /// Whether something is to be moved, which a run until idle waits for.
    package func nextDue(at now: Date) async throws(LedgerError) -> Date? {
        for rule in rules {
            guard case .move = rule.way, !isLost(rule.inbox) else { continue }
            if try await !due(rule, witnessed: 0, at: now, limit: 1).isEmpty { return now }
        }
        return try await ledger.begunClearings(at: now, limit: 1).isEmpty ? nil : now
    }

    /// One turn over everything that is due.
    func clearDue(_ witnessed: inout WitnessedTime?) async throws(LedgerError) {
        let (time, isRecorded) = try await lookAtClock(&witnessed)
        for record in try await ledger.begunClearings(at: timeSource.now(), limit: 1000) where !Task.isCancelled {
            try await carryOn(record, witnessed: time)
        }
        for rule in rules where !isLost(rule.inbox) {
            // Seldom: it looks at every delivered item of the inbox, and nothing is in a hurry.
            if case .delete = rule.way {
                guard isRecorded else { continue }
                try await ledger.startClearing(inbox: rule.inbox, witnessed: time)
            }
            while !Task.isCancelled {
                let records = try await due(rule, witnessed: time, at: timeSource.now(), limit: Self.batch)
                for record in records where !Task.isCancelled { try await clear(record, rule, witnessed: time) }
                guard records.count == Self.batch else { break }
            }
            try await removeEmptyFolders(of: rule.inbox)
        }
    }

    /// Those that held nothing but what was cleared, and have stayed empty for an hour.
    private func removeEmptyFolders(of inbox: String) async throws(LedgerError) {
        let before = timeSource.now() - Self.emptyFor
        // One after the other: the removal of one changes the one above it.
        while !Task.isCancelled, let folder = try await ledger.emptiedFolder(of: inbox, before: before) {
            if isLost(inbox + "/" + folder.path) { return }
            let outcome = await blocking { () throws(ClearingObstacle) in EmptyFolders(inbox: inbox).remove(folder) }
            guard case .success(let outcome) = outcome else { return }
            switch outcome {
            case .kept: try await ledger.forget(folder)
            case .removed(let before, let after):
                logger.info(
                    "an empty folder was removed, from which everything was delivered",
                    metadata: ["inbox.path": "\(printable(inbox))", "folder.path": "\(printable(folder.path))"]
                )
                try await ledger.forget(folder, parent: (before, after))
            }
        }
    }

    /// - Returns: The witnessed time, and whether it was recorded just now.
    private func lookAtClock(
        _ witnessed: inout WitnessedTime?
    ) async throws(LedgerError) -> (time: Int64, isRecorded: Bool) {
        let now = timeSource.now()
        let before = try await ledger.witnessedTime()
        var time = witnessed ?? WitnessedTime(milliseconds: before?.witnessed ?? 0, recordedAt: before?.at ?? now)
        time.look(at: now, steady: steady())
        let isDue = witnessed == nil || time.milliseconds - (before?.witnessed ?? 0) >= Self.recordInterval
        if isDue { try await ledger.recordWitnessedTime(time.milliseconds, at: now) }
        witnessed = time
        return (time.milliseconds, isDue)
    }

    private func due(
        _ rule: ClearingRule,
        witnessed: Int64,
        at now: Date,
        limit: Int
    ) async throws(LedgerError) -> [ItemRecord] {
        let wait: TimeInterval
        switch rule.way {
        case .move: wait = 0
        case .delete(let after): wait = after / .seconds(1)
        }
        return try await ledger.dueForClearing(
            inbox: rule.inbox,
            registeredBefore: now - wait,
            sinceBefore: wait > 0 ? witnessed - Int64(wait * 1000) : nil,
            at: now,
            limit: limit
        )
    }

    // MARK: One item

    private func clear(_ record: ItemRecord, _ rule: ClearingRule, witnessed: Int64) async throws(LedgerError) {
        if isLost(record.folder) { return try await putOff(record, "Its disk is not mounted.", witnessed) }
        let way: ClearingPlan.Way
        switch rule.way {
        case .move(let folder): way = .move(to: folder)
        case .delete: way = .delete
        }
        let files = DeliveredFiles(record: record, way: way, rules: rule.ignore, isStopping: isStopping)
        let plan: ClearingPlan
        switch await blocking({ () throws(ClearingObstacle) in try files.plan() }) {
        case .success(let found): plan = found
        case .failure(let obstacle): return try await putOff(record, obstacle.words, witnessed)
        }
        guard try await ledger.beginClearing(of: record, plan, at: timeSource.now()) else {
            return try await putOff(record, "It has just changed.", witnessed)
        }
        try await carryOut(plan, of: record, witnessed: witnessed)
    }

    /// Continues what was begun before.
    private func carryOn(_ record: ItemRecord, witnessed: Int64) async throws(LedgerError) {
        let known = try await ledger.clearing(of: record)
        guard let plan = known?.plan,
            record.state.name == .registered || (record.isRetracted && plan.way != .delete)
        else {
            let words =
                record.isRetracted
                ? "An operator took its image out of CDF: what is left of its files stays."
                : "The \(record.kind.place) has other content by now."
            return try await ledger.cancelClearing(of: record.id, words, at: timeSource.now())
        }
        if plan.way == .delete, !rules.contains(where: { $0.inbox == record.inbox && $0.deletes }) {
            let words = "The configuration no longer has `delete-after` for this inbox."
            return try await ledger.cancelClearing(of: record.id, words, at: timeSource.now())
        }
        if isLost(record.folder) { return try await putOff(record, "Its disk is not mounted.", witnessed) }
        guard try await ledger.resumeClearing(of: record, plan) else {
            return try await putOff(record, "Something else of its station is under way.", witnessed)
        }
        try await carryOut(plan, of: record, witnessed: witnessed, known: known?.trouble)
    }

    /// - Parameter known: Why it could not be done the last time; that has been logged.
    private func carryOut(
        _ plan: ClearingPlan,
        of record: ItemRecord,
        witnessed: Int64,
        known: String? = nil
    ) async throws(LedgerError) {
        let work = ClearingWork(
            inbox: record.inbox,
            plan: plan,
            rules: rules.first { $0.inbox == record.inbox }?.ignore,
            isStopping: isStopping
        )
        switch await blocking({ () throws(ClearingObstacle) in try work.carryOut() }) {
        case .success(let outcome):
            let done = try await ledger.recordCleared(
                record.id,
                remaining: outcome.remaining,
                emptied: outcome.emptied,
                at: timeSource.now()
            )
            logger.info(
                plan.way == .delete ? "a delivered item was deleted" : "a delivered item was moved",
                metadata: [
                    "station.path": "\(printable(record.path))",
                    "to":
                        "\(printable(plan.destination.map { $0 + "/" + (record.path.split(separator: "/").last ?? "") } ?? "-"))",
                ]
            )
            changed(done)
        case .failure(.changed(let words)):
            logger.warning(
                "a delivered item is left where it is",
                metadata: ["station.path": "\(printable(record.path))", "reason": "\(words)"]
            )
            try await ledger.cancelClearing(of: record.id, words, at: timeSource.now())
            // What was retracted meanwhile has no more turn.
            if record.state.digest != nil { try await putOff(record, words, witnessed) }
        case .failure(.trouble(let words)): try await putOff(record, words, witnessed, known: known)
        }
    }

    /// It is logged once for each reason, and tried again later.
    private func putOff(
        _ record: ItemRecord,
        _ words: String,
        _ witnessed: Int64,
        known: String? = nil
    ) async throws(LedgerError) {
        if isStopping() { return }
        let before = if let known { known } else { try await ledger.clearing(of: record)?.trouble }
        logger.log(
            level: before == words ? .debug : .warning,
            "a delivered item could not be moved or deleted; it is tried again in 15 minutes",
            metadata: ["station.path": "\(printable(record.path))", "reason": "\(words)"]
        )
        try await ledger.postponeClearing(
            of: record,
            words,
            until: timeSource.now() + Self.pause,
            witnessed: witnessed
        )
    }

    private var isStopping: @Sendable () -> Bool { { [self] in stopping.load(ordering: .relaxed) } }

    private func blocking<Value: Sendable>(
        _ work: @escaping @Sendable () throws(ClearingObstacle) -> Value
    ) async -> Result<Value, ClearingObstacle> {
        await withTaskCancellationHandler {
            do {
                return try await thread.runIfActive { Result { () throws(ClearingObstacle) in try work() } }
            } catch {
                return .failure(.trouble("drop360 is stopping."))
            }
        } onCancel: {
            stopping.store(true, ordering: .relaxed)
        }
    }
}
