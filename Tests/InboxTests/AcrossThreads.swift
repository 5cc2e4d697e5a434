import Synchronization

/// A text that a thread hands over.
final class Name: Sendable {
    private let text = Mutex("")
    var value: String { text.withLock { $0 } }
    func set(_ new: String) { text.withLock { $0 = new } }
}

/// When something happened in a thread.
final class Moment: Sendable {
    private let time = Mutex<ContinuousClock.Instant?>(nil)
    var instant: ContinuousClock.Instant? { time.withLock { $0 } }
    func set() { time.withLock { $0 = .now } }
}
