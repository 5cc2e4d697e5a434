import Status
import Synchronization
import Timing

/// Collects the changes for one stream between two of its events.
final class EventCollector: Sendable {
    private struct State {
        var pending = PendingChanges()
        var isClosed = false
    }

    /// Rings when there is something to send, and at the end.
    let work = Doorbell()
    /// Rings at the end only.
    let end = Doorbell()
    private let state = Mutex(State())

    var isClosed: Bool { state.withLock { $0.isClosed } }

    func note(_ change: DaemonChange) {
        state.withLock { $0.pending.note(change) }
        work.ring()
    }

    func noteAnything() {
        state.withLock { $0.pending.noteAnything() }
        work.ring()
    }

    /// The events that are due; nil where there are none.
    func take() -> String? { state.withLock { $0.pending.take() } }

    /// Ends the stream, after what is pending.
    func close() {
        state.withLock { $0.isClosed = true }
        work.ring()
        end.ring()
    }
}
