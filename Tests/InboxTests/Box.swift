import Synchronization

/// A text that a thread hands over.
final class Box: Sendable {
    private let text = Mutex("")
    var value: String { text.withLock { $0 } }
    func set(_ new: String) { text.withLock { $0 = new } }
}
