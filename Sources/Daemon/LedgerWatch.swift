import Ledger
import Logging
import ServiceLifecycle
import Station
import Timing

/// Notices what operators write into the ledger from other processes (`drop360 retry`, `replace`, `pause`, `resume`) and wakes the services concerned.
struct LedgerWatch: Service {
    let ledger: ItemLedger
    let timeSource: TimeSource
    let bell: Doorbell
    /// Whether the bell rings after every write.
    let isTold: @Sendable () -> Bool
    let lookAgain: @Sendable (ItemPath) -> Void
    let wake: @Sendable () -> Void
    let logger: Logger
    /// Each check is one `PRAGMA`: without the bell, often enough for a person who waits; with it, only in case a ring was lost.
    private var interval: Duration { isTold() ? .seconds(60) : .seconds(2) }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var seen: Int?
            while !Task.isCancelled {
                do {
                    let version = try await self.ledger.versionSeenByOthers()
                    // The first check counts, too: an operator may have written while the daemon was starting.
                    if seen != version {
                        for item in try await self.ledger.itemsToLookAt() { self.lookAgain(item) }
                        self.wake()
                    }
                    seen = version
                } catch {
                    self.logger.error("the ledger could not be read", metadata: ["error": "\(error)"])
                }
                await self.bell.wait(atMost: self.interval, sleep: self.timeSource.sleep)
            }
        }
    }
}
