import Logging
import Station
import Synchronization

/// Logs how far the check of a large file is, every few seconds.
final class FileProgressLog: Sendable {
    private struct State {
        var item: ItemPath?
        /// When its check began, or was last logged.
        var last: ContinuousClock.Instant
    }

    private let state: Mutex<State>
    private let now: @Sendable () -> ContinuousClock.Instant
    private let logger: Logger

    static let interval = Duration.seconds(10)

    init(logger: Logger, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.logger = logger
        self.now = now
        state = Mutex(State(last: now()))
    }

    func note(_ progress: FileLane.Progress) {
        let now = now()
        let isDue = state.withLock { state in
            guard state.item == progress.item else {
                state = State(item: progress.item, last: now)
                return false
            }
            guard now >= state.last.advanced(by: Self.interval) else { return false }
            state.last = now
            return true
        }
        guard isDue, progress.size > 0, progress.done < progress.size else { return }
        logger.info(
            "checking a file",
            metadata: [
                "file.path": "\(printable(progress.item.path))",
                "percent": "\(Int(Double(progress.done) / Double(progress.size) * 100))",
            ]
        )
    }
}
