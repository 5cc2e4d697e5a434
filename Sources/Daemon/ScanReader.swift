import Foundation
import Ledger
import Logging
import ServiceLifecycle
import Station
import Timing

/// Reads accepted scans, one position after the other; each becomes a station that goes its own way from then on.
///
/// Needs no link: positions that are read while CDF cannot be reached wait like any accepted station, as long as there is room for their
/// faces.
final class ScanReader: Service {
    private let context: ReadingContext
    /// Rung when a scan may have become due, and when there may be room again.
    private let bell: Doorbell

    init(_ context: ReadingContext, bell: Doorbell) {
        self.context = context
        self.bell = bell
    }

    /// Reads until told to stop; a position that is being inspected then is read again after the next start.
    func run() async throws {
        try await cancelWhenGracefulShutdown {
            var isNew = true
            while !Task.isCancelled {
                let wait: Duration
                do throws(LedgerError) {
                    if isNew { try await self.beginAnew() }
                    isNew = false
                    try await self.drain()
                    wait = try await self.untilNextDue()
                } catch {
                    wait = try self.judge(error)
                }
                await self.bell.wait(atMost: wait, sleep: self.context.timeSource.sleep)
            }
        }
    }

    /// What scans wait for may be another with this start, or with the configuration as it is now: none waits for its former date.
    private func beginAnew() async throws(LedgerError) {
        try await context.ledger.makeScansDue(in: Array(context.rules.keys), at: context.timeSource.now())
    }

    /// When there is something to read or to settle; nil if there is nothing.
    func nextDue(at now: Date) async throws(LedgerError) -> Date? {
        try await context.ledger.nextDueForReading(at: now, exceptIn: context.lostPlaces())
    }

    /// Reads what is due until nothing is, or an operator has paused drop360.
    func drain() async throws(LedgerError) {
        try await settle()
        while try await context.mayRead() {
            let due = try await context.ledger.dueForReading(
                at: context.timeSource.now(),
                limit: 1,
                exceptIn: context.lostPlaces()
            )
            guard let scan = due.first else { return }
            do throws(LedgerError) {
                try await ScanReading(scan, context: context).read(waiting: waitForRoom)
            } catch {
                guard case .giveUp = error.remedy else { throw error }
                try await setAside(scan, because: error)
            }
            try await settle()
        }
    }

    /// Waits until something may have made room: a position was sent, or given up.
    private func waitForRoom() async throws(LedgerError) {
        await bell.wait(atMost: .seconds(30), sleep: context.timeSource.sleep)
        // Other scans do not wait for this one's room.
        try await settle()
    }

    /// Decides about scans whose positions have all arrived, or have all come to nothing.
    private func settle() async throws(LedgerError) {
        for scan in try await context.ledger.settleScans(at: context.timeSource.now()) {
            let metadata: Logger.Metadata = [
                "scan.path": "\(printable(scan.path))", "scan.number": "\(scan.id)",
            ]
            switch scan.state {
            case .rejected(let problems):
                context.logger.warning(
                    "all positions of the scan are rejected",
                    metadata: metadata.merging(["problems": "\(problems.messages)"]) { $1 }
                )
            case .failed(_, let failure):
                context.logger.error(
                    "no position of the scan could be delivered",
                    metadata: metadata.merging(["advice": "\(failure.advice ?? "-")"]) { $1 }
                )
            default: context.logger.info("the scan's positions are delivered", metadata: metadata)
            }
            context.changed(scan)
        }
    }

    /// A bug in drop360, or an invalid row, must not keep other scans from being read.
    private func setAside(_ scan: ItemRecord, because error: LedgerError) async throws(LedgerError) {
        context.logger.critical(
            "a scan is skipped for an hour: this is a bug in drop360",
            metadata: ["scan.path": "\(printable(scan.path))", "error": "\(error)"]
        )
        let now = context.timeSource.now()
        _ = try await context.ledger.postpone(
            scan.id,
            until: now.addingTimeInterval(3600),
            counts: false,
            reason: "\(error)",
            at: now
        )
    }

    private func untilNextDue() async throws(LedgerError) -> Duration {
        // Nothing rings when a disk below an inbox is back.
        let longest = context.lostPlaces().isEmpty ? 3600.0 : 30
        guard try await context.mayRead(), let due = try await nextDue(at: context.timeSource.now()) else {
            return .seconds(longest)
        }
        return context.timeSource.pause(untilDue: due, atMost: longest)
    }

    /// Waits for a ledger that can't be written at the moment, and after an invalid row; anything else ends the daemon.
    private func judge(_ error: LedgerError) throws -> Duration {
        switch error.remedy {
        case .retry, .wait, .release, .offline:
            context.logger.error("the ledger could not be written", metadata: ["error": "\(error)"])
            return .seconds(10)
        case .giveUp:
            context.logger.critical("scans are not read: this is a bug in drop360", metadata: ["error": "\(error)"])
            return .seconds(3600)
        case .pauseStage: throw error
        }
    }
}
