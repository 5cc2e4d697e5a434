/// Lets at most so many faces be under way at once, in the order in which they asked.
///
/// An actor because the uploads of several stations ask concurrently.
package actor Slots {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    package init(_ count: Int) { free = count }

    /// How many wait for a slot now.
    var waitingCount: Int { waiting.count }

    /// Runs `work` when a slot is free.
    package func occupied<Result: Sendable>(_ work: @Sendable () async -> Result) async -> Result {
        await take()
        defer { leave() }
        return await work()
    }

    private func take() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func leave() {
        if waiting.isEmpty {
            free += 1
        } else {
            waiting.removeFirst().resume()
        }
    }
}
