import Synchronization

/// Counts, and keeps a sum, across threads.
final class Counter: Sendable {
    private let value = Mutex<Int64>(0)

    var sum: Int64 { value.withLock { $0 } }

    /// Counts up: 0 first, then 1.
    func next() -> Int {
        value.withLock { value in
            defer { value += 1 }
            return Int(value)
        }
    }

    func add(_ amount: Int64) { value.withLock { $0 += amount } }
}
