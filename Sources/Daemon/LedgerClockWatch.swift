import Ledger
import Logging
import ServiceLifecycle
import Timing

/// Corrects the due dates in the ledger when the clock jumps, so that nothing waits too long.
struct LedgerClockWatch: Service {
    let ledger: ItemLedger
    let timeSource: TimeSource
    let logger: Logger
    /// Called to wake every service that waits for a date.
    let wake: @Sendable () -> Void

    func run() async {
        let start = ContinuousClock.now
        await ClockWatch(timeSource: timeSource, elapsed: { ContinuousClock.now - start }, logger: logger) { step in
            if step < 0 {
                do throws(LedgerError) { try await ledger.clockWasPutBack(by: -step) } catch {
                    // At worst a station waits for a day: see `ItemLedger.furthest`.
                    logger.error(
                        "the due dates in the ledger could not be corrected after the clock jumped",
                        metadata: ["error": "\(error)"]
                    )
                }
            }
            wake()
        }.run()
    }
}
