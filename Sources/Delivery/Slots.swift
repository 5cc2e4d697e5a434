/// Limits how many files and parts are under way concurrently, in the order in which they asked.
///
/// An actor because the uploads of several stations ask concurrently.
package actor Slots {
    /// May change between one file and the next.
    private let allowed: @Sendable () -> Int
    private var busy = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// - Parameter allowed: How many may be under way now; at least one.
    package init(_ allowed: @escaping @Sendable () -> Int) { self.allowed = allowed }

    /// How many wait for a slot now.
    var waitingCount: Int { waiting.count }

    /// Runs `work` when a slot is free.
    package func occupied<Result: Sendable>(_ work: @Sendable () async -> Result) async -> Result {
        await take()
        defer { leave() }
        return await work()
    }

    private func take() async {
        guard busy >= max(1, allowed()) || !waiting.isEmpty else {
            busy += 1
            return
        }
        // The resuming side has already counted it as busy.
        await withCheckedContinuation { waiting.append($0) }
    }

    /// Several may enter if more are allowed by now, none if fewer are.
    private func leave() {
        busy -= 1
        while !waiting.isEmpty, busy < max(1, allowed()) {
            busy += 1
            waiting.removeFirst().resume()
        }
    }
}
