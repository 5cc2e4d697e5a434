package import Foundation

/// How much time daemons have seen go by: what a deletion waits for, besides the clock.
///
/// The clock may jump forward by years; then nothing must be deleted that was delivered yesterday. So time counts only as far as a steady clock
/// saw it, and while no daemon ran, at most a day each time.
package struct WitnessedTime: Equatable, Sendable {
    /// Milliseconds.
    package private(set) var milliseconds: Int64
    private var last: Date
    private var lastSteady: Duration?

    /// While nobody looked: the machine was off, or restarted.
    private static let mostUnseen: TimeInterval = 86400

    /// - Parameters:
    ///   - milliseconds: What was witnessed before.
    ///   - last: When that was recorded.
    package init(milliseconds: Int64 = 0, recordedAt last: Date) {
        self.milliseconds = milliseconds
        self.last = last
    }

    /// - Parameters:
    ///   - now: The clock.
    ///   - steady: A clock that nobody sets.
    package mutating func look(at now: Date, steady: Duration) {
        let passed = max(0, now.timeIntervalSince(last))
        let most = lastSteady.map { max(0, (steady - $0) / .seconds(1)) } ?? Self.mostUnseen
        milliseconds += Int64(min(passed, most) * 1000)
        (last, lastSteady) = (now, steady)
    }
}
