import CDF
import Foundation
import Ledger
import Logging
import ServiceLifecycle
import Station

/// Notices that somebody put the clock forward or back, says so, and keeps what waits for a date from waiting for another one.
struct ClockWatch: Service {
    let ledger: ItemLedger
    let timeSource: TimeSource
    /// Time that nobody can put back, and that goes on while the machine sleeps.
    let elapsed: @Sendable () -> Duration
    let wake: @Sendable () -> Void
    let logger: Logger

    private static let interval = Duration.seconds(15)
    /// Smaller ones are what time servers do all day.
    private static let notable: TimeInterval = 5

    func run() async {
        await cancelWhenGracefulShutdown {
            var (date, time) = (self.timeSource.now(), self.elapsed())
            while !Task.isCancelled {
                do { try await self.timeSource.sleep(Self.interval) } catch { return }
                let (newDate, newTime) = (self.timeSource.now(), self.elapsed())
                let step = newDate.timeIntervalSince(date) - (newTime - time).inSeconds
                (date, time) = (newDate, newTime)
                if abs(step) > Self.notable { await self.tell(step) }
            }
        }
    }

    private func tell(_ step: TimeInterval) async {
        logger.warning(
            "the clock was put \(step > 0 ? "forward" : "back")",
            metadata: ["clock.seconds": "\(Int(abs(step)))", "clock.now": "\(timeSource.now().formatted(.iso8601))"]
        )
        if step < 0 {
            do throws(LedgerError) { try await ledger.clockWasPutBack(by: -step) } catch {
                // At worst a station waits for a day: see `ItemLedger.furthest`.
                logger.error("the dates of what waits could not be put back", metadata: ["error": "\(error)"])
            }
        }
        wake()
    }
}
