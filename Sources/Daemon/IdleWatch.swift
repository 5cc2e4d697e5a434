import CDF
import Delivery
import Foundation
import Inbox
import Ledger
import Logging
import ServiceLifecycle
import Station
import Timing

/// Ends `run --until-idle`: returns, which shuts the daemon down, once everything in the inboxes has been handled.
struct IdleWatch: Service {
    let watcherStatus: @Sendable () -> InboxStatus
    let handled: @Sendable () -> UInt64
    let link: Link
    /// When a stage next has work; nil where nothing waits for one.
    let nextDue: @Sendable (Date) async throws -> Date?
    let ledger: ItemLedger
    let timeSource: TimeSource
    let logger: Logger

    /// Stations that are due later than this are not waited for, unless CDF is working on them.
    private let horizon: TimeInterval = 30
    /// How long to wait for a broken link.
    private let offlinePatience: TimeInterval = 60

    /// What is waited for.
    enum Cause: Equatable {
        case work
        /// All that is left to do now is to ask CDF how far it is.
        case processing(ItemLedger.Followed)
    }

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                var lines = WaitingLines()
                while let cause = try await self.cause() {
                    if case .processing(let followed) = cause { self.say(followed, &lines) }
                    try await self.timeSource.sleep(.milliseconds(200))
                }
            }
        } catch is CancellationError where Task.isShuttingDownGracefully {
            // Stopped before it was idle: the other services finish their current work.
        }
    }

    func isIdle() async throws -> Bool { try await cause() == nil }

    /// What keeps the run from ending; nil if nothing does.
    ///
    /// Checks in the order in which a station moves, so that none slips through between two checks.
    func cause() async throws -> Cause? {
        // Before the watcher's status: a recheck is requested before its event counts as handled.
        let handled = handled()
        let status = watcherStatus()
        let allRootsLost = status.roots.values.allSatisfy { if case .lost = $0 { true } else { false } }
        guard status.firstScanDone || allRootsLost, status.settling == 0, handled == status.emitted else {
            return .work
        }
        // Only an operator can end a pause.
        if try await ledger.pausedSince() != nil { return nil }
        let now = timeSource.now()
        guard let due = try await nextDue(now) else { return nil }
        if case .down(let outage) = link.state {
            let isGivenUp =
                outage.reason.remedy == .pauseStage || now.timeIntervalSince(outage.since) > offlinePatience
            return isGivenUp ? nil : .work
        }
        guard due > now else { return .work }
        // CDF takes hours for a large point cloud, and is asked ever less often.
        if let followed = try await ledger.followed() { return .processing(followed) }
        return due.timeIntervalSince(now) > horizon ? nil : .work
    }

    private func say(_ followed: ItemLedger.Followed, _ lines: inout WaitingLines) {
        guard let waited = lines.next(at: timeSource.now()) else { return }
        logger.info(
            "waiting for CDF, which is processing point clouds; stop drop360 to leave the rest to the next run",
            metadata: [
                "count": "\(followed.count)", "station.path": "\(printable(followed.first.path))",
                "status": "\(followed.first.handOver?.status ?? "not known yet")", "waited.seconds": "\(Int(waited))",
            ]
        )
    }
}

/// When a long wait is mentioned: at once, then ever less often, from every half minute to every ten minutes.
struct WaitingLines {
    private var since: Date?
    private var last: Date?

    /// How long it has been waited for, in seconds, if that is to be said now.
    mutating func next(at now: Date) -> TimeInterval? {
        // A clock that was set back begins again.
        guard let since, let last, now >= last else {
            (self.since, self.last) = (now, now)
            return 0
        }
        let waited = now.timeIntervalSince(since)
        guard now.timeIntervalSince(last) >= min(max(waited / 3, 30), 600) else { return nil }
        self.last = now
        return waited
    }
}
