import Logging
import Meters
import Station
import Timing

/// Whether a request may be sent again when its outcome is unknown.
package enum Repeatability: Sendable {
    /// Carrying it out twice has the same effect as once: ids are ours, writes are upserts, reads change nothing.
    case idempotent
    /// Carrying it out twice creates two things: sent again only if CDF has certainly not acted on it.
    ///
    /// The caller checks first, in every attempt, whether an earlier one was carried out.
    case once
}

/// Repeats one request until it has a final answer.
///
/// It decides how often, after which pauses, and whether the request may be repeated at all. The caller defines one try.
struct Repetition: Sendable {
    /// The result of one try.
    enum Outcome<Value> {
        case done(Value)
        /// The next try may begin immediately: it has another token than this one.
        case again
        case failed(Verdict)
    }

    /// The most tries.
    let tries: Int
    let timeSource: TimeSource
    let logger: Logger
    let meters: RequestMeters

    /// - Parameters:
    ///   - asked: For messages: "the creation of file x".
    ///   - repeatability: Whether a try with an unknown outcome may be followed by another.
    ///   - attempt: One try; called with its number, from 1.
    func run<Value>(
        _ asked: String,
        _ repeatability: Repeatability,
        isolation: isolated (any Actor)? = #isolation,
        attempt: (Int) async throws(CDFError) -> Outcome<Value>
    ) async throws(CDFError) -> Value {
        var number = 0
        while true {
            number += 1
            switch try await attempt(number) {
            case .done(let value): return value
            case .again: meters.retries.increment(.token)
            case .failed(let verdict):
                if repeatability == .once, verdict.effect == .unknown {
                    throw .outcomeUnknown(asked: asked, cause: verdict.error)
                }
                try await pause(afterAttempt: number, verdict, asked)
            }
        }
    }

    /// Waits before the next try, or throws the reason why there is none.
    private func pause(afterAttempt number: Int, _ verdict: Verdict, _ asked: String) async throws(CDFError) {
        guard verdict.mayRepeat, number < tries, (verdict.retryAfter ?? .zero) <= Backoff.longestInside else {
            throw verdict.error
        }
        let pause = Backoff.pause(
            afterAttempt: number,
            retryAfter: verdict.retryAfter,
            random: timeSource.random()
        )
        logger.debug(
            "repeating the request",
            metadata: [
                "request.asked": "\(asked)", "request.pause": "\(pause)", "error": "\(verdict.error.summary)",
            ]
        )
        do { try await timeSource.sleep(pause) } catch { throw .interrupted }
        meters.retries.increment(.init(verdict.error))
    }
}
