import Synchronization

/// Wakes one loop that waits for work.
///
/// A ring while nothing waits is kept for the next wait.
package final class Doorbell: Sendable {
    private enum State {
        case quiet
        case rung
        case awaited(CheckedContinuation<Void, Never>)
    }

    private let state = Mutex(State.quiet)

    package init() {}

    package func ring() {
        let waiter: CheckedContinuation<Void, Never>? = state.withLock { state in
            if case .awaited(let continuation) = state {
                state = .quiet
                return continuation
            }
            state = .rung
            return nil
        }
        waiter?.resume()
    }

    /// Returns at the next ring, after `limit`, or when the task is cancelled.
    ///
    /// One caller at a time.
    ///
    /// - Parameters:
    ///   - limit: The longest wait.
    ///   - sleep: The clock's sleep.
    package func wait(atMost limit: Duration, sleep: @escaping @Sendable (Duration) async throws -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // Woken early only by cancellation, which is what the ring below is for, too.
                try? await sleep(limit)
                guard !Task.isCancelled else { return }
                self.ring()
            }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let already = state.withLock { state in
                        if case .rung = state {
                            state = .quiet
                            return true
                        }
                        state = .awaited(continuation)
                        return false
                    }
                    if already || Task.isCancelled { self.release(continuation, resumed: already) }
                }
            } onCancel: {
                self.ring()
            }
            group.cancelAll()
        }
    }

    /// Resumes the waiter, unless a ring has done so already.
    private func release(_ continuation: CheckedContinuation<Void, Never>, resumed: Bool) {
        if resumed {
            continuation.resume()
        } else {
            ring()
        }
    }
}
