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
    }

    private let watcher: InboxWatcher
    private let inspector: Inspector
    private let ledger: ItemLedger
    private let rules: [String: Rules]
    private let now: @Sendable () -> Date
    private let changed: @Sendable (ItemRecord) -> Void
    private let rootChanged: @Sendable (_ inbox: String, InboxTrouble?) -> Void
    private let logger: Logger
    private let counter = Mutex<UInt64>(0)
    private let stopping = Atomic(false)
    private let rechecks = Mutex(RecheckSchedule())
    /// Decoding is bound by the processor: more at once would only need more memory.
    private let turns = InspectionTurns(places: 2)
    private let files: FileLane
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
        checkFile: @escaping FileLane.Check = { PointCloudCheck($0).report(stop: $1) },
        logger: Logger
    ) {
        self.watcher = watcher
        files = FileLane(inspector: inspector, check: checkFile)
        self.inspector = inspector
        self.ledger = ledger
        self.rules = rules
        self.now = now
        self.changed = changed
        self.rootChanged = rootChanged
        self.logger = logger
    }

    /// Events whose outcome is in the ledger; to be compared with ``InboxStatus/emitted``.
    var handled: UInt64 { counter.withLock { $0 } }

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

    private var isStopping: Bool { stopping.load(ordering: .relaxed) }

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
                case .quiet(.file(let snapshot)): count(files.add(snapshot))
                case .hindrance(let hindrance):
                    let ticket = turns.draw(hindrance.item)
                    group.addTask { try await self.inTurn(ticket) { try await self.recordHindrance(hindrance) } }
                    running += 1
                case .vanished(let item):
                    count(files.stop(item))
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

    /// Handles the result of checking a single file.
    private func take(_ report: PointCloudCheck.Report?, of snapshot: FileSnapshot) async throws {
        defer { count() }
        // Stopped: the file is gone, or another check of it is queued.
        guard let report else { return }
        let metadata: Logger.Metadata = ["file.path": "\(printable(snapshot.item.path))"]
        if report.problems.isEmpty {
            logger.info("the file is complete", metadata: metadata)
        } else {
            let problems = report.problems.map(\.message).joined(separator: " | ")
            logger.warning("the file is refused", metadata: metadata.merging(["problems": "\(problems)"]) { $1 })
        }
        let look = rechecks.withLock {
            $0.next(snapshot.item, stamp: snapshot.stamp, isDoubtful: report.mayComplete)
        }
        if let delay = look.delay { watcher.recheck(snapshot.item, after: delay) }
        watcher.acknowledge(snapshot.item, stamp: snapshot.stamp, as: .refused)
    }

    /// Handles an event after the earlier ones of the same folder; it counts as handled only once it is recorded.
    private func inTurn(_ ticket: InspectionTurns.Ticket, _ work: () async throws -> Void) async throws {
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
        } catch {
            failures.continuation.yield(error)
            throw error
        }
        count()
    }

    private func recordVanished(_ item: ItemPath) async throws {
        guard
            let record = try await waitingForDisk({
                try await self.ledger.recordVanished(item, at: self.now())
            })
        else { return }
        // What CDF already has stays as it is.
        if record.state == .withdrawn { announce(record) } else { changed(record) }
    }

    private func count(_ number: Int = 1) { counter.withLock { $0 += UInt64(number) } }

    private func inspect(_ snapshot: FolderSnapshot) async throws {
        guard let own = rules[snapshot.inbox] else { return }
        let report = await inspectInLane(snapshot, own.inspection)
        let outcome: Sighting.Outcome
        if case .accepted = report.verdict {
            rechecks.withLock { $0.forget(snapshot.item) }
        }
        switch report.verdict {
        case .changed: return watcher.recheck(snapshot.item)
        case .partOf(let above): return try await leave(snapshot, to: above, stamp: report.snapshotStamp)
        case .accepted(let capture): outcome = .accepted(.station(capture))
        case .rejected(let problems):
            if problems.contains(where: { $0.code == ProblemCode.poseListAmbiguous.rawValue }) {
                // The other folder that the row fits may go, or get a sidecar, without any change in this one.
                watcher.recheck(snapshot.item, after: .seconds(1800))
            }
            outcome = refusal(of: snapshot, problems, report)
        case .incomplete(let problems):
            if let delay = Self.recheckDelay(for: problems) {
                watcher.recheck(snapshot.item, after: delay)
            }
            outcome = .incomplete(problems)
        case .unavailable(let error):
            // Never the station's fault: it waits, and is inspected again automatically.
            watcher.recheck(snapshot.item, after: .seconds(30))
            outcome = .incomplete([Problem("source-unavailable", error.description)])
        }
        let sighting = Sighting(
            at: snapshot.item,
            stamp: report.snapshotStamp,
            outcome: outcome,
            notes: report.notes
        )
        let record = try await waitingForDisk {
            try await self.ledger.record(sighting, poseDrift: own.poseDrift, at: self.now())
        }
        announce(record)
    }

    /// A heavy station gives its place to the next one while it waits for the heavy lane.
    private func inspectInLane(_ snapshot: FolderSnapshot, _ rules: InspectionRules) async -> InspectionReport {
        await turns.takePlace()
        let hasPlace = Atomic(true)
        let report = await inspector.inspect(snapshot, rules: rules) {
            hasPlace.store(false, ordering: .relaxed)
            turns.freePlace()
        }
        if hasPlace.load(ordering: .relaxed) { turns.freePlace() }
        return report
    }

    private func recordHindrance(_ hindrance: Hindrance) async throws {
        let record = try await waitingForDisk {
            try await self.ledger.recordHindrance(
                at: hindrance.item,
                stamp: hindrance.stamp,
                problem: hindrance.problem,
                at: self.now()
            )
        }
        if case .rejected = record.state { announce(record) }
        watcher.acknowledge(hindrance.item, stamp: hindrance.stamp, as: .refused)
    }

    /// Records nothing for a folder whose files belong to the station above, and has that one inspected again, since its report names this folder.
    private func leave(_ snapshot: FolderSnapshot, to above: String, stamp: Stamp) async throws {
        let record = try await waitingForDisk {
            try await self.ledger.recordVanished(snapshot.item, at: self.now())
        }
        if let record { changed(record) }
        watcher.acknowledge(snapshot.item, stamp: stamp, as: .refused)
        watcher.recheck(ItemPath(inbox: snapshot.inbox, path: above))
    }

    /// When to inspect a station again that waits for something no event reports.
    private static func recheckDelay(for problems: [Problem]) -> Duration? {
        // Rendering is expensive, and a full disk seldom has room again within a minute.
        if problems.contains(where: { $0.code == ProblemCode.notConverted.rawValue }) { return .seconds(300) }
        // A list whose last line lacks a newline may be complete.
        let isOpenList = problems.contains { problem in
            problem.code == ProblemCode.stillWriting.rawValue
                && problem.file?.split(separator: "/").last.map { FolderSnapshot.isPoseList(String($0)) } == true
        }
        return isOpenList ? .seconds(11) : nil
    }

    /// A file that looks cut short is refused only when it looks so twice, and is inspected again later even then: a program that
    /// writes through a memory map changes a file without any event.
    private func refusal(
        of snapshot: FolderSnapshot,
        _ problems: [Problem],
        _ report: InspectionReport
    ) -> Sighting.Outcome {
        let look = rechecks.withLock {
            $0.next(
                snapshot.item,
                stamp: report.snapshotStamp,
                isDoubtful: report.mayBeUnfinished
            )
        }
        if let delay = look.delay {
            watcher.recheck(snapshot.item, after: delay, isAwaited: !look.isBelieved)
        }
        return look.isBelieved ? .rejected(problems) : .incomplete(problems)
    }

    /// Tries again while the ledger cannot be written (disk full): the folder is still there and keeps its turn.
    private func waitingForDisk<Result: Sendable>(_ write: @Sendable () async throws -> Result) async throws -> Result {
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

    private func announce(_ record: ItemRecord) {
        var metadata: Logger.Metadata = ["station.path": "\(printable(record.path))", "station.number": "\(record.id)"]
        switch record.state {
        case .rejected(let problems):
            metadata["problems"] = "\(problems.map(\.message).joined(separator: " | "))"
            logger.warning("station is rejected", metadata: metadata)
        case .incomplete(let problems):
            metadata["missing"] = "\(problems.map(\.message).joined(separator: " | "))"
            logger.info("station is incomplete", metadata: metadata)
        case .accepted where record.sameAs != nil, .registered:
            logger.info("station was delivered before with the same content; nothing is sent", metadata: metadata)
        case .accepted: logger.info("station is accepted", metadata: metadata)
        case .withdrawn: logger.info("station is withdrawn", metadata: metadata)
        case .uploading, .uploaded, .processing, .failed: break
        }
        changed(record)
    }
}
