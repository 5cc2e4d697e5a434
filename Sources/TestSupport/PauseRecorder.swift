package import Foundation
import Synchronization

/// A sleep that returns at once, records the duration asked for, and advances its own time of day by it.
package final class PauseRecorder: Sendable {
    private struct State {
        var date: Date
        var pauses: [Duration] = []
    }

    private let state: Mutex<State>

    /// Starts at `start`: 2026-05-02, 12:00 UTC, by default.
    package init(start: Date = Date(timeIntervalSince1970: 1_777_723_200)) { state = Mutex(State(date: start)) }

    /// The time of day by this recorder.
    package var date: Date { state.withLock { $0.date } }

    /// All pauses so far.
    package var pauses: [Duration] { state.withLock { $0.pauses } }

    /// Records the pause and returns, or throws if the task is cancelled.
    package func sleep(_ duration: Duration) async throws {
        try Task.checkCancellation()
        state.withLock { state in
            state.pauses.append(duration)
            state.date += duration / .seconds(1)
        }
    }

    /// Advances the time of day without a sleep.
    package func advance(by duration: Duration) { state.withLock { $0.date += duration / .seconds(1) } }
}
