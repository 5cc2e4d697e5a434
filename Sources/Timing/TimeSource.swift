package import Foundation

/// The clock and the random source, which tests can script.
package struct TimeSource: Sendable {
    /// Sleeps, or throws `CancellationError`.
    package var sleep: @Sendable (Duration) async throws -> Void
    /// Ends when a request has reached its time limit; separate from ``sleep``, so that tests that skip pauses do not cut requests short.
    package var timeLimit: @Sendable (Duration) async throws -> Void
    package var now: @Sendable () -> Date
    /// Uniform in 0..<1: the jitter.
    package var random: @Sendable () -> Double

    package init(
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        timeLimit: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        now: @escaping @Sendable () -> Date = { Date() },
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.sleep = sleep
        self.timeLimit = timeLimit
        self.now = now
        self.random = random
    }
}

extension TimeSource {
    /// How long a loop waits for its next piece of work.
    ///
    /// What is already due came after the loop last looked, with a ring of its own, or cannot be read: it is looked at again after half a minute.
    ///
    /// - Parameters:
    ///   - due: When the work is due.
    ///   - longest: Seconds.
    package func pause(untilDue due: Date, atMost longest: TimeInterval) -> Duration {
        let left = due.timeIntervalSince(now())
        return left > 0 ? .milliseconds(Int64(min(left, longest) * 1000) + 1) : .seconds(30)
    }
}
