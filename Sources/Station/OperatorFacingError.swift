/// What drop360 does about a failure, decided where the failure is defined.
package enum Remedy: Equatable, Sendable {
    /// The same station again, no sooner than this; the attempt counts.
    case retry(after: Duration?)
    /// The same station again, less and less often; the attempt does not count until this has taken too long.
    case wait
    /// The network's fault: the breaker opens for all stations, and the attempt does not count.
    case offline
    /// The attempt does not count: drop360 is stopping, or the station has already gone back to an earlier state.
    case release
    /// Trying again can't help this station.
    case giveUp
    /// No station can be delivered until an operator acts.
    case pauseStage
}

/// An error with a message for the operator and the decision what to do about it.
package protocol OperatorFacingError: Error, CustomStringConvertible, Sendable {
    /// What happened, and what drop360 does now.
    var summary: String { get }
    /// What a person can do; nil if nothing.
    var advice: String? { get }
    /// What drop360 does about it.
    var remedy: Remedy { get }
}

extension OperatorFacingError {
    package var description: String { advice.map { "\(summary) \($0)" } ?? summary }
}

/// Makes text from outside (file names, server messages) safe for a terminal, a log line and a report.
///
/// Control characters, including terminal escapes, and bidirectional overrides are written as `\u{…}`.
package func printable(_ text: String, limit: Int = 400) -> String {
    if text.utf8.count <= limit, isPlain(text) { return text }
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

/// Whether all of it is printable ASCII, as most texts are.
private func isPlain(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
        var index = 0
        while index < bytes.count {
            guard bytes[index] >= 0x20, bytes[index] < 0x7F else { return false }
            index += 1
        }
        return true
    }
}
