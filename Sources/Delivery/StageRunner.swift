import CDF
package import Foundation
package import Ledger
import Logging
import ServiceLifecycle
import Station
import Synchronization
package import Timing

/// Runs one ``Stage`` over everything that is due, until told to shut down.
package final class StageRunner<S: Stage>: Service {
    private let stage: S
    private let context: DeliveryContext
    private let bell: Doorbell
    private let busy = Mutex(false)

    package init(_ stage: S, context: DeliveryContext, bell: Doorbell) {
        self.stage = stage
        self.context = context
        self.bell = bell
    }

    /// Whether something is being processed now.
    package var isBusy: Bool { busy.withLock { $0 } }

    /// When the stage has something to do next; nil if nothing waits for it.
    package func nextDue(at now: Date) async throws(LedgerError) -> Date? { try await stage.nextDue(at: now) }

    /// Works until told to stop; then work under way has ``Stage/grace`` to finish, and is recorded as it is.
    package func run() async throws {
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await self.work() }
                group.addTask {
                    do {
                        try await gracefulShutdown()
                        try await self.context.timeSource.sleep(S.grace)
                    } catch {
                        // The work ended first, or the wait was cancelled.
                        return
                    }
                    self.context.logger.notice(
                        "unfinished work is deferred to the next start",
                        metadata: ["stage": "\(S.name)"]
                    )
                }
                // Whichever comes first: everything is done, or time is up.
                try await group.next()
                group.cancelAll()
                try await group.waitForAll()
            }
        } onGracefulShutdown: {
            if self.isBusy {
                self.context.logger.notice(
                    "finishing work under way",
                    metadata: ["stage": "\(S.name)", "seconds": "\(S.grace)"]
                )
            }
            self.bell.ring()
        }
    }

    private func work() async throws {
        while !Task.isCancelled {
            // Before the last pass, so that one pass follows the request to stop.
            let isLast = Task.isShuttingDownGracefully
            let wait: Duration
            do throws(LedgerError) {
                try await drain()
                wait = try await untilNextDue()
            } catch {
                wait = try judge(error)
            }
            if isLast { return }
            guard !Task.isShuttingDownGracefully else { continue }
            await bell.wait(atMost: wait, sleep: context.timeSource.sleep)
        }
    }

    /// Works on what is due until nothing is, or the link is down, or an operator has paused it.
    ///
    /// A few batches concurrently; whenever one ends the next one is started. None is started once the link breaks or the ledger fails.
    ///
    /// One caller at a time.
    package func drain() async throws(LedgerError) {
        busy.withLock { $0 = true }
        defer { busy.withLock { $0 = false } }
        let failure = await withTaskGroup(of: DrainEvent.self) { group in
            var failure: LedgerError?
            var queue: [[ItemRecord]] = []
            var inWork: Set<ItemNumber> = []
            var running = 0
            var listens = false
            while true {
                var next: (batch: [ItemRecord], project: PreparedProject)?
                if failure == nil, running < stage.parallelStations, case .ready(let project) = context.link.state {
                    do throws(LedgerError) {
                        if try await mayBegin() {
                            if queue.isEmpty {
                                queue = try await stage.due(at: context.timeSource.now(), besides: inWork)
                            }
                            if !queue.isEmpty { next = (queue.removeFirst(), project) }
                        }
                    } catch { failure = error }
                }
                if let (batch, project) = next {
                    running += 1
                    inWork.formUnion(batch.map(\.id))
                    group.addTask { await self.process(batch, in: project) }
                } else {
                    guard running > 0 else { break }
                    // Something may become due while the others are processed, and there may be room for it.
                    if !listens, !Task.isCancelled, running < stage.parallelStations {
                        listens = true
                        group.addTask {
                            // The machine's own time: it only limits how late newly due work is noticed.
                            await self.bell.wait(atMost: .seconds(15), sleep: { try await Task.sleep(for: $0) })
                            return .rung
                        }
                    }
                    switch await group.next() {
                    case .finished(let stations, let error):
                        running -= 1
                        inWork.subtract(stations)
                        if let error { failure = error }
                    case .rung: listens = false
                    case nil: break
                    }
                }
            }
            group.cancelAll()
            // A ring that was not acted on is not lost.
            if listens { bell.ring() }
            return failure
        }
        if let failure { throw failure }
    }

    /// What a drain waits for.
    private enum DrainEvent: Sendable {
        case finished([ItemNumber], LedgerError?)
        /// There may be something to do.
        case rung
    }

    private func process(_ batch: [ItemRecord], in project: PreparedProject) async -> DrainEvent {
        var failure: LedgerError?
        do throws(LedgerError) { try await stage.process(batch, in: project) } catch {
            if case .giveUp = error.remedy { failure = await setAside(batch, because: error) } else { failure = error }
        }
        return .finished(batch.map(\.id), failure)
    }

    private func mayBegin() async throws(LedgerError) -> Bool {
        let isStopping = Task.isShuttingDownGracefully || context.isStopping()
        if Task.isCancelled || (isStopping && !S.beginsWhileStopping) { return false }
        return try await context.ledger.pausedSince() == nil
    }

    /// A bug in drop360, or an invalid row, must not keep the other stations from being delivered.
    private func setAside(_ stations: [ItemRecord], because error: LedgerError) async -> LedgerError? {
        context.logger.critical(
            "stations are skipped for an hour: this is a bug in drop360",
            metadata: ["stage": "\(S.name)", "stations": "\(stations.map(\.path))", "error": "\(error)"]
        )
        let now = context.timeSource.now()
        for station in stations {
            do throws(LedgerError) {
                _ = try await context.ledger.postpone(
                    station.id,
                    digest: station.state.digest,
                    until: now.addingTimeInterval(3600),
                    counts: false,
                    reason: "\(error)",
                    at: now
                )
            } catch { return error }
        }
        return nil
    }

    private func untilNextDue() async throws(LedgerError) -> Duration {
        let now = context.timeSource.now()
        // Nothing rings when a disk below an inbox is back.
        let longest = context.lostPlaces().isEmpty ? 3600.0 : 30
        // The link and operators ring when work can continue.
        guard case .ready = context.link.state, try await context.ledger.pausedSince() == nil,
            let due = try await nextDue(at: now)
        else {
            return .seconds(longest)
        }
        return context.timeSource.pause(untilDue: due, atMost: longest)
    }

    /// Waits for a ledger that can't be written at the moment; anything else ends the daemon.
    private func judge(_ error: LedgerError) throws -> Duration {
        guard case .retry = error.remedy else {
            context.logger.critical("the ledger cannot be used", metadata: ["stage": "\(S.name)", "error": "\(error)"])
            throw error
        }
        context.logger.error("the ledger could not be written", metadata: ["stage": "\(S.name)", "error": "\(error)"])
        return .seconds(10)
    }
}
