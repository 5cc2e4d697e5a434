import Synchronization

/// Sends each change to all subscribers: page, metrics and messages.
///
/// A slow subscriber does not hold up the others or the daemon: a full buffer drops its oldest change.
package final class ChangeFeed: Sendable {
    private struct State {
        var count: UInt64 = 0
        var isFinished = false
        var subscribers: [Int: AsyncStream<DaemonChange>.Continuation] = [:]
        var lastID = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// How many changes there have been since the start.
    package var count: UInt64 { state.withLock { $0.count } }

    /// The current number of subscribers.
    package var subscriberCount: Int { state.withLock { $0.subscribers.count } }

    package func send(_ subject: DaemonChange.Subject) {
        // Inside the lock, so that all subscribers see the same order.
        state.withLock { state in
            guard !state.isFinished else { return }
            state.count += 1
            let change = DaemonChange(number: state.count, subject: subject)
            for subscriber in state.subscribers.values { subscriber.yield(change) }
        }
    }

    /// The changes from now on, until ``finish()`` or until the subscriber stops iterating.
    ///
    /// - Parameter limit: The size of the buffer.
    package func changes(buffering limit: Int = 256) -> AsyncStream<DaemonChange> {
        let (stream, subscriber) = AsyncStream.makeStream(
            of: DaemonChange.self,
            bufferingPolicy: .bufferingNewest(limit)
        )
        let id: Int? = state.withLock { state in
            guard !state.isFinished else { return nil }
            state.lastID += 1
            state.subscribers[state.lastID] = subscriber
            return state.lastID
        }
        if let id {
            subscriber.onTermination = { [weak self] _ in self?.forget(id) }
        } else {
            subscriber.finish()
        }
        return stream
    }

    /// Ends all streams, after what is in their buffers.
    package func finish() {
        let subscribers = state.withLock { state in
            state.isFinished = true
            return Array(state.subscribers.values)
        }
        // Outside the lock, which the end of each stream takes.
        for subscriber in subscribers { subscriber.finish() }
    }

    private func forget(_ id: Int) { state.withLock { $0.subscribers[id] = nil } }
}
