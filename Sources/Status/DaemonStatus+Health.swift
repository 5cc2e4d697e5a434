import Foundation
import Station

extension DaemonStatus {
    /// Whether the daemon hangs: it will hardly continue without help.
    package var isStuck: Bool { stalled?.isEmpty == false }

    /// One line for a monitor: it begins with `ok`, with `degraded` where it runs but cannot do all of its work, or with `stuck` where it hangs.
    package var health: String {
        var troubles = stalled ?? []
        if !online, let since = offlineSince {
            let reason = offlineReason.map { ": " + printable($0, limit: 500) } ?? ""
            troubles.append("offline since \(since.formatted(.iso8601))\(reason)")
        } else if !online {
            troubles.append("connecting to CDF")
        }
        for inbox in inboxes where !inbox.available || inbox.unmounted?.isEmpty == false {
            troubles.append("inbox \(printable(inbox.path)): \(printable(inbox.words, limit: 500))")
        }
        if let pageTrouble { troubles.append("no status page: \(printable(pageTrouble, limit: 500))") }
        if let since = pausedSince { troubles.append("paused since \(since.formatted(.iso8601))") }
        return troubles.isEmpty ? "ok" : (isStuck ? "stuck: " : "degraded: ") + troubles.joined(separator: "; ")
    }
}
