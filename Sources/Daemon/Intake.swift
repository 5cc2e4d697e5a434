import DropFolder
import Foundation
import Inbox
import Inspection
import Ledger
import Logging
import ServiceLifecycle
import Station
import Synchronization

/// Inbox → Inspection → Ledger: has every quiet folder inspected and records the result.
final class Intake: Service {
    /// What the configuration says of one inbox.
    struct Rules: Sendable {
        var inspection: InspectionRules
        var poseDrift: PoseDriftRule
        var collections: CollectionRule
        /// Nil where E57 files are left alone.
        var files: FileRules?

        init(
            inspection: InspectionRules,
            poseDrift: PoseDriftRule,
            collections: CollectionRule = .init(),
            files: FileRules? = nil
        ) {
            self.inspection = inspection
            self.poseDrift = poseDrift
            self.collections = collections
            self.files = files
        }
    }

    let watcher: InboxWatcher
    let inspector: Inspector
    let ledger: ItemLedger
    let rules: [String: Rules]
    let now: @Sendable () -> Date
    let changed: @Sendable (ItemRecord) -> Void
    private let rootChanged: @Sendable (_ inbox: String, InboxTrouble?) -> Void
    let meters: IntakeMeters
    let logger: Logger
    private let counter: Counter
    private let skips = Counter()
    private let stopping = Atomic(false)
    let rechecks = Mutex(RecheckSchedule())
    /// Decoding is bound by the processor: more at once would only need more memory.
    let turns: InspectionTurns
    let files: FileLane
    /// Events in progress at once: enough for ordinary stations to pass slow ones, and a bound on what waits in memory.
    private static let eventsInHand = 512
    /// An error after which no event can be handled: ends the intake immediately, however many events are in progress.
    private let failures = AsyncStream<any Error>.makeStream()

    /// Out of the 20 seconds of a shutdown.
    private static let grace = Duration.seconds(1)

    init(
        watcher: InboxWatcher,
        inspector: Inspector,
        ledger: ItemLedger,
        rules: [String: Rules],
        now: @escaping @Sendable () -> Date,
        changed: @escaping @Sendable (ItemRecord) -> Void,
        rootChanged: @escaping @Sendable (_ inbox: String, InboxTrouble?) -> Void,
        checkFile: FileLane.Check? = nil,
        meters: IntakeMeters = .init(),
        logger: Logger
    ) {
        self.watcher = watcher
        let (turns, counter) = (InspectionTurns(places: 2), Counter())
        (self.turns, self.counter) = (turns, counter)
        files = FileLane(
            inspector: inspector,
            check: checkFile ?? Self.fileCheck(by: rules),
            drop: {
                turns.abandon($0.ticket)
                counter.add(1)
            },
            progressed: FileProgressLog(logger: logger).note
        )
        self.inspector = inspector
        self.ledger = ledger
        self.rules = rules
        self.now = now
        self.changed = changed
        self.rootChanged = rootChanged
        self.meters = meters
        self.logger = logger
    }

    /// Events whose outcome is in the ledger; to be compared with ``InboxStatus/emitted``.
    var handled: UInt64 { counter.value }

    /// Events whose outcome the ledger did not take, because of a bug: their stations may not be in it at all.
    var skipped: UInt64 { skips.value }

    /// The file that is being checked, and how far; nil where none is.
    var fileProgress: FileLane.Progress? { files.progress }

    /// Runs the watcher and takes its events until shutdown; inspections in progress are recorded first.
    func run() async throws {
        do {
            try await withGracefulShutdownHandler {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await self.watcher.run() }
                    group.addTask { try await self.consume() }
                    group.addTask { for await failure in self.failures.stream { throw failure } }
                    group.addTask {
                        try await gracefulShutdown()
                        // Unfinished inspections are repeated after the next start; a large picture must not use up the uploads' time.
                        try await Task.sleep(for: Self.grace)
                        throw CancellationError()
                    }
                    // Wait for the watcher and its events only; the other tasks merely limit them.
                    try await group.next()
                    try await group.next()
                    group.cancelAll()
                }
            } onGracefulShutdown: {
                self.stopping.store(true, ordering: .relaxed)
                self.files.close()
            }
        } catch {
            await inspector.shutdown()
            if error is CancellationError, isStopping { return }
            throw error
        }
        await inspector.shutdown()
    }

    var isStopping: Bool { stopping.load(ordering: .relaxed) }

    private func consume() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var running = 0
            // Not one of the events in progress: it may take long, and they must not wait for it.
            group.addTask { try await self.files.run { try await self.take($1, of: $0) } }
            for await event in watcher.events {
                // The first listing after the next start finds what is still waiting.
                if isStopping { break }
                if running == Self.eventsInHand {
                    try await group.next()
                    running -= 1
                }
                switch event {
                case .quiet(.folder(let snapshot)):
                    // Drawn here, so that the order of one folder's events is their order in the ledger.
                    let ticket = turns.draw(snapshot.item)
                    group.addTask { try await self.inTurn(ticket) { try await self.inspect(snapshot) } }
                    running += 1
                case .quiet(.file(let snapshot)): files.add(snapshot, turns.draw(snapshot.item))
                case .hindrance(let hindrance):
                    let ticket = turns.draw(hindrance.item)
                    group.addTask { try await self.inTurn(ticket) { try await self.recordHindrance(hindrance) } }
                    running += 1
                case .vanished(let item):
                    files.stop(item)
                    let ticket = turns.draw(item)
                    guard turns.isNext(ticket) else {
                        group.addTask {
                            try await self.inTurn(ticket) { try await self.recordVanished(item) }
                        }
                        running += 1
                        continue
                    }
                    // Immediately, before later events: a renamed folder is gone from its old place before it is found in the new one.
                    try await inTurn(ticket) { try await self.recordVanished(item) }
                case .rootLost(let inbox, let trouble):
                    logger.error("inbox is lost", metadata: ["inbox.path": "\(inbox)", "reason": "\(trouble)"])
                    rootChanged(inbox, trouble)
                    count()
                case .rootFound(let inbox):
                    logger.notice("inbox is available again", metadata: ["inbox.path": "\(inbox)"])
                    rootChanged(inbox, nil)
                    count()
                }
            }
            files.close()
            try await group.waitForAll()
        }
    }

    /// Handles an event after the earlier ones of the same folder; it counts as handled only once it is recorded.
    func inTurn(_ ticket: InspectionTurns.Ticket, _ work: () async throws -> Void) async throws {
        await turns.waitForTurn(ticket)
        defer { turns.leave(ticket) }
        // Found again after the next start.
        if isStopping { return }
        do {
            try await work()
        } catch let error as LedgerError where error.remedy == .giveUp {
            // An invalid row must not hold up the other stations.
            logger.critical(
                "a station is skipped: this is a bug in drop360",
                metadata: ["station.path": "\(printable(ticket.item.path))", "error": "\(error)"]
            )
            skips.add(1)
        } catch {
            failures.continuation.yield(error)
            throw error
        }
        count()
    }

    private func recordVanished(_ item: ItemPath) async throws {
        // Such files are not listed any more, and seem to be gone.
        let leavesFilesAlone = rules[item.inbox]?.files == nil
        guard
            let record = try await waitingForDisk({
                try await self.ledger.recordVanished(item, leavesFilesAlone: leavesFilesAlone, at: self.now())
            })
        else { return }
        // What CDF already has stays as it is.
        if record.state == .withdrawn { announce(record) } else { changed(record) }
    }

    private func count() { counter.add(1) }

    /// Tries again while the ledger cannot be written (disk full): the folder is still there and keeps its turn.
    func waitingForDisk<Result: Sendable>(_ write: @Sendable () async throws -> Result) async throws -> Result {
        while true {
            do {
                return try await write()
            } catch let error as LedgerError {
                guard case .retry = error.remedy else { throw error }
                logger.error("the ledger could not be written", metadata: ["error": "\(error)"])
                if isStopping { throw CancellationError() }
                try await Task.sleep(for: .seconds(5))
            }
        }
    }
}

/// A number that is counted up from several threads.
private final class Counter: Sendable {
    private let number = Mutex<UInt64>(0)

    var value: UInt64 { number.withLock { $0 } }
    func add(_ more: UInt64) { number.withLock { $0 += more } }
}
