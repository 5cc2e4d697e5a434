import CDF
import Ledger
import Logging
import ServiceLifecycle

/// Notices what operators write into the ledger from other processes (`drop360 retry`, `replace`) and wakes whom it concerns.
struct LedgerWatch: Service {
    let ledger: StationLedger
    let surroundings: CDFSurroundings
    let lookAgain: @Sendable (_ inbox: String, _ path: String) -> Void
    let wake: @Sendable () -> Void
    let logger: Logger
    /// One `PRAGMA` each: cheap enough to leave on, quick enough for a person who waits.
    private let interval = Duration.seconds(2)

    init(
        ledger: StationLedger,
        surroundings: CDFSurroundings,
        lookAgain: @escaping @Sendable (String, String) -> Void,
        wake: @escaping @Sendable () -> Void,
        logger: Logger
    ) {
        self.ledger = ledger
        self.surroundings = surroundings
        self.lookAgain = lookAgain
        self.wake = wake
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var seen: Int?
            while !Task.isCancelled {
                do {
                    let version = try await self.ledger.versionSeenByOthers()
                    // The first time counts, too: an operator may have written while the daemon was starting.
                    if seen != version {
                        for folder in try await self.ledger.foldersToLookAt() {
                            self.lookAgain(folder.inbox, folder.path)
                        }
                        self.wake()
                    }
                    seen = version
                } catch {
                    self.logger.error("the ledger could not be read", metadata: ["error": "\(error)"])
                }
                // Ends early only with the task.
                try? await self.surroundings.sleep(self.interval)
            }
        }
    }
}
