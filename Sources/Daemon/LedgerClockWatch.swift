import Ledger
import Logging
import ServiceLifecycle
import Timing

/// Keeps what waits in the ledger for a date from waiting for another one when the clock jumps.
struct LedgerClockWatch: Service {
    let ledger: ItemLedger
    let timeSource: TimeSource
    let logger: Logger
    /// Wakes all who wait for a date.
    let wake: @Sendable () -> Void

    func run() async {
        let start = ContinuousClock.now
        await ClockWatch(timeSource: timeSource, elapsed: { ContinuousClock.now - start }, logger: logger) { step in
            if step < 0 {
                do throws(LedgerError) { try await ledger.clockWasPutBack(by: -step) } catch {
                    // At worst a station waits for a day: see `ItemLedger.furthest`.
                    logger.error("the dates of what waits could not be put back", metadata: ["error": "\(error)"])
                }
            }
            wake()
        }.run()
    }
}
