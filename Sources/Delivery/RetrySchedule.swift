import Foundation

/// When a station whose delivery failed is tried again: the pauses grow, survive restarts (the ledger keeps the date), and end.
package struct RetrySchedule: Sendable, Equatable {
    /// The pause after the first, second, … failed attempt.
    ///
    /// After the last one the station is `failed`.
    package var pauses: [Duration]

    package init(pauses: [Duration]) { self.pauses = pauses }

    /// 25 s, 2 min, 10 min, 1 h, 5 h, 24 h: ownCloud's ladder, proven on poor connections.
    package static let standard = RetrySchedule(
        pauses: [.seconds(25), .seconds(120), .seconds(600), .seconds(3600), .seconds(18000), .seconds(86400)])

    /// The pause after `attempts` failed ones, including the present one; nil if the schedule is used up.
    ///
    /// - Parameters:
    ///   - attempts: From 1.
    ///   - atLeast: The pause that the server asked for.
    package func pause(afterAttempts attempts: Int, atLeast: Duration?) -> Duration? {
        guard attempts >= 1, attempts <= pauses.count else { return nil }
        return max(pauses[attempts - 1], atLeast ?? .zero)
    }
}
