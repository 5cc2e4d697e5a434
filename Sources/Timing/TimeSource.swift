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
