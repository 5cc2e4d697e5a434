package import CDF
package import Foundation
import Station

/// What CDF's project was found to be when it was last asked.
package struct PreparedProject: Equatable, Sendable {
    /// Where the files go; nil where the configuration names no data set.
    package var dataSetID: Int64?

    package init(dataSetID: Int64?) { self.dataSetID = dataSetID }
}

/// Whether anything can be delivered at all: the one breaker for all stations.
///
///     unknown ──▶ ready ◀──▶ down (probed: 30 s, 1 min, … 5 min)
///
/// Being down changes no station: intake and inspection go on, and nobody's attempts are used up.
package enum LinkState: Equatable, Sendable {
    /// Not asked yet since the start.
    case unknown
    case ready(PreparedProject)
    case down(Outage)

    /// Since when, why, and when the next probe is due.
    package struct Outage: Equatable, Sendable {
        package var since: Date
        package var reason: CDFError
        /// Probes that failed.
        package var probes: Int
        package var nextProbe: Date
    }

    /// The pause before the probe after `probes` failed ones: 30 s doubling up to 5 min.
    static func pause(afterProbes probes: Int) -> TimeInterval {
        min(30 * pow(2, Double(min(probes, 10))), longestPause)
    }

    static let longestPause: TimeInterval = 300

    /// The pause before the first probe after a request found the link broken: short, since most breaks are.
    ///
    /// A probe asks for less than a request that was forbidden: it would come through at once and prove nothing.
    private static func pause(afterRequest reason: CDFError) -> TimeInterval {
        reason.remedy == .pauseStage ? longestPause : 5
    }

    /// What follows when a request found the link broken, or a probe failed.
    package func lost(_ reason: CDFError, at now: Date, probed: Bool) -> LinkState {
        switch self {
        case .down(var outage):
            guard probed else { return self }
            outage.probes += 1
            outage.reason = reason
            outage.nextProbe = now.addingTimeInterval(Self.pause(afterProbes: outage.probes))
            return .down(outage)
        case .unknown, .ready:
            let pause = probed ? Self.pause(afterProbes: 0) : Self.pause(afterRequest: reason)
            return .down(Outage(since: now, reason: reason, probes: 0, nextProbe: now.addingTimeInterval(pause)))
        }
    }

    /// Whether an operator has to do something before anything can be delivered.
    package var needsOperator: Bool {
        guard case .down(let outage) = self else { return false }
        return outage.reason.remedy == .pauseStage
    }
}
