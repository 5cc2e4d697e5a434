import Synchronization

/// Runs something once in the middle of a callback, and keeps what it threw for the test to see.
final class Trouble: Sendable {
    private let state = Mutex<(begun: Bool, errors: [String])>((false, []))

    /// True for the first who asks.
    var isFirst: Bool {
        state.withLock { state in
            defer { state.begun = true }
            return !state.begun
        }
    }

    var errors: [String] { state.withLock { $0.errors } }

    func note(_ work: () throws -> Void) {
        do { try work() } catch { state.withLock { $0.errors.append("\(error)") } }
    }
}
