/// What the scanner knows of one inbox.
struct Root {
    typealias Instant = ContinuousClock.Instant

    /// A station that the ledger knows, or will as soon as it has heard of it.
    struct Known: Equatable {
        /// What was said last; nil where it is to be said again in any case.
        var stamp: String?
        /// Nothing is left to do for it; that it goes is no loss.
        var isFinal = false
    }

    /// One listing of the whole inbox.
    struct Pass {
        var open: [WatchTree.NodeID]
        var reason: Reason
        /// Somebody waits for its end: it counts as settling.
        var isAwaited: Bool
        /// The time spent in it so far.
        var busy: Duration = .zero
    }

    let settings: InboxSettings
    /// By path below the inbox.
    var known: [ExactName: Known]
    var settling: Settling<WatchTree.NodeID, Instant>
    /// Nil while the inbox is lost.
    var node: WatchTree.NodeID?
    var trouble: InboxTrouble?
    /// Whether the inbox's folder and all below it get watches.
    var isWatched = false
    var pass: Pass?
    /// Another full listing must follow the one under way.
    var passAgain = false
    /// Listed to its end since it was found.
    var isListed = false
    /// inotify told that names went from the inbox itself: where it is empty now, it was emptied, not unmounted.
    var sawDepartures = false
    /// The watch on the folder that the inbox stands in.
    var watchAbove: Int32?
    var saidTooDeep = false
    /// Folders with names that are no text, by what is shown of them: each is mentioned once.
    var saidNoText: Set<String> = []

    init(settings: InboxSettings, known: [String: String]) {
        self.settings = settings
        self.known = Dictionary(uniqueKeysWithValues: known.map { (ExactName($0), Known(stamp: $1)) })
        settling = Settling(quietPeriod: settings.settle, glance: InboxPace.glance)
    }

    /// The stations whose loss would be one.
    var undelivered: Int { known.values.count { !$0.isFinal } }

    var status: InboxStatus.Root {
        if let trouble { return .lost(trouble) }
        return node == nil ? .unknown : .available(polled: !isWatched)
    }
}

/// What made the scanner list a folder; decides who is praised for what is found.
enum Reason {
    /// The first listing of an inbox.
    case arrival
    case event
    case rescan
    /// Polled inboxes and folders.
    case poll
    /// The scanner's own second look at a folder that it knows to be changing.
    case recheck
}

/// Folders that have to be listed, each once, in the order in which they were asked for.
struct Worklist {
    private var order: [WatchTree.NodeID] = []
    private var first = 0
    private var reasons: [WatchTree.NodeID: Reason] = [:]

    var count: Int { reasons.count }

    mutating func add(_ id: WatchTree.NodeID, because reason: Reason) {
        if let there = reasons[id] {
            if there != .event { reasons[id] = reason }
            return
        }
        reasons[id] = reason
        order.append(id)
    }

    mutating func takeFirst() -> (id: WatchTree.NodeID, reason: Reason)? {
        guard first < order.count else { return nil }
        let id = order[first]
        first += 1
        if first == order.count {
            order.removeAll(keepingCapacity: order.count < 4096)
            first = 0
        }
        guard let reason = reasons.removeValue(forKey: id) else { return nil }
        return (id, reason)
    }
}
