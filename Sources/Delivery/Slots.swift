/// Lets at most so many files and parts be under way at once, in the order in which they asked.
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
        // Whoever resumes it has counted it as busy.
        await withCheckedContinuation { waiting.append($0) }
    }

    /// More than one may come in where more are allowed by now, nobody where fewer are.
    private func leave() {
        busy -= 1
        while !waiting.isEmpty, busy < max(1, allowed()) {
            busy += 1
            waiting.removeFirst().resume()
        }
    }
}
