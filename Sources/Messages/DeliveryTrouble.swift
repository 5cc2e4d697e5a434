import Foundation

/// Why a recipient did not take a message.
package struct DeliveryTrouble: Error, Equatable, Sendable {
    /// What happened, as a sentence; without any secret.
    package var summary: String
    /// What a person can do.
    package var advice: String?
    /// The recipient itself refused the message: it will hardly take it later.
    package var isRefusal: Bool

    package init(_ summary: String, advice: String? = nil, isRefusal: Bool = false) {
        self.summary = summary
        self.advice = advice
        self.isRefusal = isRefusal
    }

    /// When to try again; nil to give the message up.
    ///
    /// After 5 s, 10 s, 20 s … and at most an hour, for a week; a message that is refused, ten times.
    ///
    /// - Parameters:
    ///   - attempts: Those that failed, this one included.
    ///   - madeAt: When the message was made.
    ///   - random: Uniform in 0..<1.
    func nextAttempt(afterAttempts attempts: Int, madeAt: Date, at now: Date, random: Double) -> Date? {
        if isRefusal, attempts >= Self.mostRefusals { return nil }
        guard now.timeIntervalSince(madeAt) < Self.longestWait else { return nil }
        let pause = min(5 * pow(2, Double(max(0, min(attempts, 20) - 1))), 3600)
        return now + pause * (0.9 + 0.2 * random)
    }

    private static let mostRefusals = 10
    private static let longestWait: TimeInterval = 7 * 86400
}
