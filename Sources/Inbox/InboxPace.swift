/// How often the inbox looks where nothing tells it to.
struct InboxPace: Sendable, Equatable {
    /// Until a lost inbox is tried again.
    static let lostRoot: Duration = .seconds(2)
    /// Until an inbox is asked, by one cheap look, whether it still is the same folder.
    static let standingRoot: Duration = .seconds(5)
    /// Until folders that could not be read or watched are listed again.
    static let unwatched: Duration = .seconds(5)
    /// How often a folder that is changing is listed.
    static let glance: Duration = .seconds(1)
    /// After the kernel lost events, until everything is listed.
    static let afterOverflow: Duration = .seconds(1)

    /// The shortest pause between two rescans of a watched inbox.
    var rescanInterval: Duration

    /// The pause after a rescan that took `busy`: below a thousandth of one core, but at least one rescan an hour.
    func pauseAfterRescan(taking busy: Duration) -> Duration {
        max(rescanInterval, min(busy * 1000, .seconds(3600)))
    }

    /// The pause after listing a polled inbox, which took `busy`: 2 to 10 s, and longer only where one listing takes longer.
    func pauseAfterPoll(taking busy: Duration, settle: Duration) -> Duration {
        let wanted = min(max(settle, .seconds(2)), .seconds(10))
        return max(wanted, min(busy * 20, .seconds(10)), busy)
    }
}
