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

    /// Stations that are due later than this are not waited for.
    private let horizon: TimeInterval = 30
    /// How long to wait for a broken link.
    private let offlinePatience: TimeInterval = 60

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                while try await !self.isIdle() { try await self.timeSource.sleep(.milliseconds(200)) }
            }
        } catch is CancellationError where Task.isShuttingDownGracefully {
            // Stopped before it was idle: the other services finish their current work.
        }
    }

    /// Checks in the order in which a station moves, so that none slips through between two checks.
    func isIdle() async throws -> Bool {
        // Before the watcher's status: a recheck is requested before its event counts as handled.
        let handled = handled()
        let status = watcherStatus()
        let allRootsLost = status.roots.values.allSatisfy { if case .lost = $0 { true } else { false } }
        guard status.firstScanDone || allRootsLost, status.settling == 0, handled == status.emitted else {
            return false
        }
        // Only an operator can end a pause.
        if try await ledger.pausedSince() != nil { return true }
        let now = timeSource.now()
        guard let due = try await nextDue(now) else { return true }
        if case .down(let outage) = link.state {
            return outage.reason.remedy == .pauseStage || now.timeIntervalSince(outage.since) > offlinePatience
        }
        return due.timeIntervalSince(now) > horizon
    }
}
