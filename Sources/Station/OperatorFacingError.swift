/// What drop360 does about a failure, decided where the failure is defined.
package enum Remedy: Equatable, Sendable {
    /// The same station again, no sooner than this; the attempt counts.
    case retry(after: Duration?)
    /// Nobody's fault but the network's: the breaker opens for all, no station's attempt counts.
    case offline
    /// The attempt counts for nothing: we were told to stop, or the station went back by itself.
    case release
    /// Trying again can't help this station.
    case giveUp
    /// No station can get through until an operator acts.
    case pauseStage
}

/// An error with words for the operator and the decision about what follows.
package protocol OperatorFacingError: Error, CustomStringConvertible, Sendable {
    /// What happened, and what drop360 does now.
    var summary: String { get }
    /// What a person can do; nil where there is nothing to do.
    var advice: String? { get }
    /// What drop360 does about it.
    var remedy: Remedy { get }
}

extension OperatorFacingError {
    package var description: String { advice.map { "\(summary) \($0)" } ?? summary }
}

/// Text from outside (file names, server messages), made fit for a terminal, a log line and a report.
///
/// Control characters, among them those that drive a terminal, and the bidirectional overrides are written as `\u{…}`.
package func printable(_ text: String, limit: Int = 400) -> String {
    var result = ""
    var count = 0
    for scalar in text.unicodeScalars {
        if count == limit { return result + "…" }
        count += 1
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
            result += "\\u{\(String(scalar.value, radix: 16))}"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}
