/// The full listings of one inbox: the one under way, and when the next is due; a plain value.
struct Sweeping: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// One listing of the whole inbox.
    private struct Sweep {
        var open: [NodeID]
        var reason: Reason
        /// Whether its end is awaited: it counts as settling.
        var isAwaited: Bool
        /// Whether finished stations are listed, too, whatever their folders' marks are.
        var isDeep: Bool
        /// The time spent in it so far.
        var busy: Duration = .zero
    }

    /// What follows a sweep.
    struct End: Equatable, Sendable {
        /// It was not the first one since the inbox was found.
        var isRescan: Bool
        /// Until the next.
        var pause: Duration
        /// Until the next that is deep; nil where that is due.
        var pauseBeforeDeep: Duration?
    }

    private var sweep: Sweep?
    /// Another full listing must follow the one under way, or come soon.
    private var isWantedAgain = false
    /// Listed to its end since it was found.
    private(set) var isListed = false
    /// When the next full listing includes finished stations.
    private var nextDeep: Instant

    init(now: Instant) { nextDeep = now }

    var isUnderWay: Bool { sweep != nil }
    /// Why folders are listed for the sweep under way.
    var reason: Reason? { sweep?.reason }
    var isDeep: Bool { sweep?.isDeep == true }
    var isAwaited: Bool { sweep?.isAwaited == true || isWantedAgain }
    /// No folder is left to list.
    var isAtEnd: Bool { sweep?.open.isEmpty == true }

    func untilDeep(from now: Instant) -> Duration { now.duration(to: nextDeep) }

    /// Begins the first sweep of an inbox that was found.
    mutating func begin(at top: NodeID) {
        sweep = Sweep(open: [top], reason: .arrival, isAwaited: true, isDeep: true)
    }

    /// Begins a sweep; after the one under way where there is one.
    ///
    /// - Parameters:
    ///   - top: The inbox itself.
    ///   - isWatched: It is a rescan, not a poll.
    ///   - isAwaited: Whether its end is awaited.
    ///   - isDeep: Whether to include finished stations even if they are not due.
    ///   - now: When.
    mutating func start(at top: NodeID, isWatched: Bool, isAwaited: Bool, isDeep: Bool, now: Instant) {
        guard sweep == nil else {
            isWantedAgain = true
            if isDeep { nextDeep = now }
            return
        }
        sweep = Sweep(
            open: [top],
            reason: isWatched ? .rescan : .poll,
            isAwaited: isAwaited,
            isDeep: isDeep || nextDeep <= now
        )
    }

    mutating func wantAgain() { isWantedAgain = true }

    /// Records that a sweep is due; returns whether somebody waits for it.
    mutating func takeDue() -> Bool {
        defer { if sweep == nil { isWantedAgain = false } }
        return isWantedAgain
    }

    /// The next folder to list.
    mutating func next() -> NodeID? { sweep?.open.popLast() }

    mutating func add(_ id: NodeID) { sweep?.open.append(id) }

    mutating func spend(_ time: Duration) { sweep?.busy += time }

    /// Ends the sweep under way.
    mutating func end(isWatched: Bool, settle: Duration, _ intervals: ScanIntervals, now: Instant) -> End? {
        guard let sweep else { return nil }
        self.sweep = nil
        defer { isListed = true }
        if sweep.isDeep {
            nextDeep =
                now
                + (isWatched
                    ? intervals.pauseAfterDeepRescan(taking: sweep.busy)
                    : intervals.pauseAfterDeepPoll(taking: sweep.busy))
        }
        let pause =
            if isWantedAgain {
                ScanIntervals.afterOverflow
            } else if isWatched {
                intervals.pauseAfterRescan(taking: sweep.busy)
            } else {
                intervals.pauseAfterPoll(taking: sweep.busy, settle: settle)
            }
        return End(isRescan: isListed, pause: pause, pauseBeforeDeep: nextDeep > now ? now.duration(to: nextDeep) : nil)
    }

    mutating func forgetProgress() {
        sweep = nil
        isWantedAgain = false
        isListed = false
    }
}
