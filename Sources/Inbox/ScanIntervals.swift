/// How often folders are listed where no event asks for it.
struct ScanIntervals: Sendable, Equatable {
    /// Until a lost inbox is tried again.
    static let lostRoot: Duration = .seconds(2)
    /// Until an inbox gets a cheap check whether it is still the same folder.
    static let standingRoot: Duration = .seconds(5)
    /// Until folders that could not be read or watched are listed again.
    static let unwatched: Duration = .seconds(5)
    /// How often a folder that is changing is listed.
    static let settlingFolder: Duration = .seconds(1)
    /// After the kernel lost events, until everything is listed.
    static let afterOverflow: Duration = .seconds(1)

    /// How much later than a listing shows it inotify may report a change.
    static let lateEvent: Duration = .seconds(1)
    /// Between two checks of a finished station: the first and the longest pause.
    static let finishedGlances: (first: Duration, last: Duration) = (.seconds(1), .seconds(300))
    /// Until inotify must have reported a probe.
    static let probe: Duration = .seconds(3)
    /// After this time without a change a file that was opened is taken for closed.
    static let openFile: Duration = .seconds(600)
    /// Until another inotify instance is requested where there was none.
    static let noInstance: Duration = .seconds(10)

    /// The shortest pause between two rescans of a watched inbox.
    var rescanInterval: Duration

    /// The pause after a rescan that took `busy`: 0.08 % of one core, and at least one rescan an hour.
    func pauseAfterRescan(taking busy: Duration) -> Duration {
        max(rescanInterval, min(busy * 1250, .seconds(3600)))
    }

    /// Until the next rescan that includes finished stations: 0.02 % of one core, and at least one a day.
    ///
    /// Small inboxes are rescanned every few seconds, so that changes without an event are found soon, too.
    func pauseAfterDeepRescan(taking busy: Duration) -> Duration {
        max(rescanInterval, min(busy * 5000, .seconds(86_400)))
    }

    /// The pause after listing a polled inbox, which took `busy`: 2 to 10 s, and longer only where one listing takes longer.
    func pauseAfterPoll(taking busy: Duration, settle: Duration) -> Duration {
        let wanted = min(max(settle, .seconds(2)), .seconds(10))
        return max(wanted, min(busy * 20, .seconds(10)), busy)
    }

    /// The same for a listing that includes finished stations: one minute to one hour.
    func pauseAfterDeepPoll(taking busy: Duration) -> Duration { max(.seconds(60), min(busy * 200, .seconds(3600))) }
}
