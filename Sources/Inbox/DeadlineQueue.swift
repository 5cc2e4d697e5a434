/// When each key is due; a value without a clock.
struct DeadlineQueue<Key: Hashable & Sendable, Instant: Comparable & Sendable>: Sendable {
    private var times: [Key: Instant] = [:]
    // A binary heap by time. Rows whose time is no longer the key's are stale and dropped when they surface.
    private var heap: [(at: Instant, key: Key)] = []

    var count: Int { times.count }

    func time(of key: Key) -> Instant? { times[key] }

    /// Sets the key's time, whatever it was.
    mutating func set(_ key: Key, at instant: Instant) {
        guard times[key] != instant else { return }
        times[key] = instant
        if heap.count > 2 * times.count + 64 { rebuild() } else { push((instant, key)) }
    }

    /// Sets the key's time unless it has an earlier one.
    mutating func set(_ key: Key, noLaterThan instant: Instant) {
        if let time = times[key], time <= instant { return }
        set(key, at: instant)
    }

    mutating func cancel(_ key: Key) { times[key] = nil }

    /// The earliest time of all.
    mutating func next() -> Instant? {
        dropStale()
        return heap.first?.at
    }

    /// Removes and returns the keys whose time has come, earliest first, at most `limit` of them.
    mutating func takeDue(at now: Instant, limit: Int = .max) -> [Key] {
        var due: [Key] = []
        while due.count < limit, let time = next(), time <= now {
            let key = pop().key
            times[key] = nil
            due.append(key)
        }
        return due
    }

    private mutating func dropStale() {
        while let first = heap.first, times[first.key] != first.at { _ = pop() }
    }

    private mutating func rebuild() {
        heap = []
        for (key, time) in times { push((time, key)) }
    }

    private mutating func push(_ row: (at: Instant, key: Key)) {
        heap.append(row)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].at < heap[parent].at else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func pop() -> (at: Instant, key: Key) {
        heap.swapAt(0, heap.count - 1)
        let first = heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].at < heap[least].at {
                least = child
            }
            guard least != parent else { return first }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
