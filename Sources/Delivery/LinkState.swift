package import CDF
package import Foundation
import Station
import Timing

/// Whether anything can be delivered at all: the one circuit breaker for all stations.
///
///     unknown ──▶ ready ◀──▶ down (probed: 30 s at first, up to 5 min in a long outage)
///
/// Being down changes no station: intake and inspection continue, and no attempts are used up.
package enum LinkState: Equatable, Sendable {
    /// Not probed yet since the start.
    case unknown
    case ready(PreparedProject)
    case down(Outage)

    /// Since when, why, and when the next probe is due.
    package struct Outage: Equatable, Sendable {
        package var since: Date
        package var reason: CDFError
        /// The number of failed probes.
        package var probes: Int
        package var nextProbe: Date
    }

    /// The pause before the next probe, by the outage's duration so far: a twelfth of it, but at least 30 s and at most 5 min.
    ///
    /// By age and not by the number of probes: the end of a short outage must not be noticed minutes late.
    static func pause(inOutageOf age: TimeInterval) -> TimeInterval { min(max(age / 12, 30), longestPause) }

    static let longestPause: TimeInterval = 300

    /// The pause before the first probe after a request found the link broken: short, since most breaks are.
    ///
    /// A probe asks for less than a request that was forbidden: it would succeed immediately and prove nothing. (A token that is not
    /// accepted is not accepted for a probe, either.)
    private static func pause(afterRequest reason: CDFError) -> TimeInterval {
        if case .forbidden = reason { longestPause } else { 5 }
    }

    /// The state after a request found the link broken, or a probe failed.
    package func lost(_ reason: CDFError, at now: Date, probed: Bool) -> LinkState {
        switch self {
        case .down(var outage):
            guard probed else { return self }
            outage.probes += 1
            outage.reason = reason
            let pause = Self.pause(inOutageOf: now.timeIntervalSince(outage.since))
            outage.nextProbe = now.addingTimeInterval(max(pause, reason.retryAfter?.inSeconds ?? 0))
            return .down(outage)
        case .unknown, .ready:
            let pause = probed ? Self.pause(inOutageOf: 0) : Self.pause(afterRequest: reason)
            let next = now.addingTimeInterval(max(pause, reason.retryAfter?.inSeconds ?? 0))
            return .down(Outage(since: now, reason: reason, probes: 0, nextProbe: next))
        }
    }

    /// Whether an operator has to act before anything can be delivered.
    package var needsOperator: Bool {
        guard case .down(let outage) = self else { return false }
        return outage.reason.remedy == .pauseStage
    }
}
