/// What an operator may have done, by a command or on the page.
package enum OperatorAction: Sendable, Equatable {
    /// Retry a station now, or have it inspected again.
    case retry(Int64)
    case retryFailed
    /// Let a station in conflict replace the one that was delivered before.
    case replace(Int64)
    /// Give a station's pose to its other visits.
    case givePose(Int64)
    /// Take an image out of CDF.
    case retract(Int64, image: String, withFiles: Bool)
    /// List the folder again, whether or not a change was noticed.
    case lookAgain(Int64)
    /// List all inboxes again.
    case lookEverywhere
    case pause
    case resume

    /// For the log.
    package var name: String {
        switch self {
        case .retry: "retry"
        case .retryFailed: "retry --failed"
        case .replace: "replace"
        case .givePose: "replace --with-visits"
        case .retract(_, _, let withFiles): withFiles ? "retract --files" : "retract"
        case .lookAgain, .lookEverywhere: "look again"
        case .pause: "pause"
        case .resume: "resume"
        }
    }

    /// The item that it concerns; nil for all.
    package var item: Int64? {
        switch self {
        case .retry(let item), .replace(let item), .givePose(let item), .lookAgain(let item), .retract(let item, _, _):
            item
        case .retryFailed, .lookEverywhere, .pause, .resume: nil
        }
    }
}
