import ConfigFile
import Inbox
import Reports
import Station
import Status
import Synchronization
import Timing

/// All inboxes, and whether each can be read now.
final class InboxOverview: Sendable {
    private let inboxes: [Configuration.Inbox]
    private let watcher: InboxWatcher
    private let reporter: Reporter
    /// Why an inbox is lost, by its path.
    private let troubles = Mutex<[String: String]>([:])

    init(_ inboxes: [Configuration.Inbox], watcher: InboxWatcher, reporter: Reporter) {
        self.inboxes = inboxes
        self.watcher = watcher
        self.reporter = reporter
    }

    /// Records that an inbox is lost, or back.
    func note(_ trouble: String?, of inbox: String) { troubles.withLock { $0[inbox] = trouble } }

    /// Lost inboxes, and folders in inboxes whose disk is not mounted; absolute paths.
    var lostPlaces: Set<String> {
        let absent = watcher.status.absentMounts.flatMap { inbox, places in places.map { inbox + "/" + $0 } }
        return Set(troubles.withLock { $0.keys }).union(absent)
    }

    /// Each inbox, as the page and the commands show it.
    var shown: [DaemonStatus.Inbox] {
        let troubles = troubles.withLock { $0 }
        let watched = watcher.status
        return inboxes.map { inbox in
            let absent = watched.absentMounts[inbox.path] ?? []
            var detection: String?
            if case .available(let polled) = watched.roots[inbox.path] { detection = polled ? "poll" : "inotify" }
            return .init(
                path: inbox.path,
                available: troubles[inbox.path] == nil,
                reason: troubles[inbox.path],
                detection: detection,
                unmounted: absent.isEmpty ? nil : absent,
                reportsTrouble: reporter.trouble(of: inbox.path).map { "\($0.summary) \($0.advice)" },
                reportAfter: inbox.reports == .off ? nil : inbox.reportAfter.inSeconds
            )
        }
    }
}
