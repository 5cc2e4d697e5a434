/// Lets the same trouble into the log at most once an hour, with how often it was left out meanwhile.
///
/// A plain value without a clock: the caller says what is to be logged, and when.
package struct RepeatLimit: Sendable {
    /// What is to be written of one line.
    package enum Decision: Equatable, Sendable {
        /// The line itself; `repeated` times it was left out since it was last written.
        case write(repeated: Int)
        case leaveOut
    }

    /// Lines that were left out, and did not come again.
    package struct LeftOut: Equatable, Sendable {
        package var message: String
        package var times: Int
    }

    private struct Known {
        var message: String
        var writtenAt: ContinuousClock.Instant
        var leftOut = 0
    }

    private let pause: Duration
    /// Causes that are remembered; beyond it the oldest is forgotten, and is written again if it comes again.
    private let limit: Int
    private var known: [String: Known] = [:]

    package init(pause: Duration = .seconds(3600), limit: Int = 1000) {
        self.pause = pause
        self.limit = limit
    }

    /// - Parameters:
    ///   - cause: What makes two lines the same trouble; see ``cause(of:_:)``.
    ///   - now: The present.
    package mutating func decide(_ cause: String, at now: ContinuousClock.Instant) -> Decision {
        if let earlier = known[cause], now - earlier.writtenAt < pause {
            known[cause]?.leftOut += 1
            return .leaveOut
        }
        let leftOut = known[cause]?.leftOut ?? 0
        if known.count >= limit, let oldest = known.min(by: { $0.value.writtenAt < $1.value.writtenAt }) {
            known[oldest.key] = nil
        }
        let message = cause.prefix { $0 != "\u{0}" }
        known[cause] = Known(message: String(message), writtenAt: now)
        return .write(repeated: leftOut)
    }

    /// What was left out during a pause that is over: to be told, since the line itself may never come again.
    package mutating func takeLeftOut(at now: ContinuousClock.Instant) -> [LeftOut] {
        let over = known.filter { $0.value.leftOut > 0 && now - $0.value.writtenAt >= pause }
        for cause in over.keys { known[cause] = nil }
        return over.values.map { LeftOut(message: $0.message, times: $0.leftOut) }.sorted { $0.message < $1.message }
    }

    /// The cause of a line about trouble: its message, what it is about, and its error without the numbers and request ids that differ each time.
    ///
    /// Nil for lines that report no trouble: they are always written.
    package static func cause(of message: String, _ metadata: [String: String]) -> String? {
        guard let reason = metadata["error"] ?? metadata["reason"] else { return nil }
        let subject = metadata["station.number"] ?? metadata["station.path"] ?? metadata["inbox.path"] ?? ""
        let plain = reason.replacing(/\(x-request-id [^)]*\)/, with: "").filter { !$0.isNumber }
        return "\(message)\u{0}\(subject)\u{0}\(plain)"
    }
}
