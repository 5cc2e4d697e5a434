import CDF
import Delivery
import Foundation
import Inbox
import Ledger
import Logging
import ServiceLifecycle
import Station
import Timing

/// Ends `run --until-idle`: returns, which shuts the daemon down, when everything that is there has been dealt with.
struct IdleWatch: Service {
    let watcherStatus: @Sendable () -> InboxStatus
    let handled: @Sendable () -> UInt64
    let link: Link
    /// When a stage has something to do next; nil where nothing waits for any.
    let nextDue: @Sendable (Date) async throws -> Date?
    let ledger: ItemLedger
    let timeSource: TimeSource
    let logger: Logger

    /// A station that is due later than this is not waited for.
    private let horizon: TimeInterval = 30
    /// So long a broken link is waited for.
    private let offlinePatience: TimeInterval = 60

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                while try await !self.isIdle() { try await self.timeSource.sleep(.milliseconds(200)) }
            }
        } catch is CancellationError where Task.isShuttingDownGracefully {
            // Told to stop before it was idle: the others finish what they have in hand.
        }
    }

    /// Asked in the order in which a station travels, so that none slips through between two questions.
    func isIdle() async throws -> Bool {
        // Before the watcher's: a folder that is to be looked at again is asked for before its event counts as handled.
        let handled = handled()
        let status = watcherStatus()
        let allRootsLost = status.roots.values.allSatisfy { if case .lost = $0 { true } else { false } }
        guard status.firstScanDone || allRootsLost, status.settling == 0, handled == status.emitted else {
            return false
        }
        // What is paused is left to an operator.
        if try await ledger.pausedSince() != nil { return true }
        let now = timeSource.now()
        guard let due = try await nextDue(now) else { return true }
        if case .down(let outage) = link.state {
            return outage.reason.remedy == .pauseStage || now.timeIntervalSince(outage.since) > offlinePatience
        }
        return due.timeIntervalSince(now) > horizon
    }
}
