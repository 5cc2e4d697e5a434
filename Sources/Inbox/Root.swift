/// What the scanner knows of one inbox.
struct Root {
    typealias Instant = ContinuousClock.Instant

    /// A station that the ledger knows, or will as soon as it has heard of it.
    struct Known: Equatable {
        /// What was said last; nil where it is to be said again in any case.
        var stamp: PackedStamp?
        var standing = KnownStations.Standing.open
        /// Some of its files were held open for writing when it was said: it is said again when they are closed.
        var wasBeingWritten = false
    }

    /// One listing of the whole inbox.
    struct Sweep {
        var open: [WatchTree.NodeID]
        var reason: Reason
        /// Somebody waits for its end: it counts as settling.
        var isAwaited: Bool
        /// Finished stations are looked into, too, whatever their folders' marks say.
        var isDeep: Bool
        /// The time spent in it so far.
        var busy: Duration = .zero
    }

    let settings: InboxSettings
    /// Stations for which something can still happen, by path below the inbox.
    var known: [ExactName: Known]
    /// All others, by the path of the folder that they are in.
    var finished: [ExactName: FinishedStations]
    /// The disk that the stations known by now are on; another one in its place does not make them gone.
    var homeDevice: UInt64?
    var isOnAnotherDisk = false
    /// Disks that were mounted below the inbox and are not any more, by path: their stations are not gone.
    var absentMounts: Set<ExactName> = []
    /// Folders, by path, that were found empty though stations in them had still to be delivered, and nobody saw these go:
    /// what a disk looks like that was unmounted while drop360 was not running.
    var emptied: Set<ExactName> = []
    /// What looks like a station's and cannot be taken.
    var hindrances = HindranceBoard()
    /// What was mounted below the inbox when that was last looked at.
    var mountsBelow: [MountTable.Mount] = []
    var settling: Settling<WatchTree.NodeID, Instant>
    /// Nil while the inbox is lost.
    var node: WatchTree.NodeID?
    var trouble: InboxTrouble?
    /// Whether the inbox's folder and all below it get watches.
    var isWatched = false
    var sweep: Sweep?
    /// Another full listing must follow the one under way.
    var sweepAgain = false
    /// Listed to its end since it was found.
    var isListed = false
    /// When the next full listing looks into finished stations as well.
    var nextDeepSweep = Instant.now
    /// The pause between two glances at stations that were finished a short while ago.
    var glancePauses: [ExactName: Duration] = [:]
    /// inotify has to prove by then that it tells of this folder.
    var probe: ProbeFile?
    /// It did not: the inbox is polled.
    var isDeaf = false
    /// The last listing of the inbox itself showed nothing but junk.
    var isEmpty = false
    /// inotify told that names went from the inbox itself: where it is empty now, it was emptied, not unmounted.
    var sawDepartures = false
    /// The watch on the folder that the inbox stands in.
    var watchAbove: Int32?
    var saidTooDeep = false
    /// It could not be looked at for want of descriptors, and that was said.
    var saidShortage = false

    init(settings: InboxSettings, known: KnownStations) {
        self.settings = settings
        self.known = known.live
        finished = known.finished
        settling = Settling(quietPeriod: settings.settle, glance: ScanIntervals.glance)
    }

    /// The stations whose loss would be one.
    var undelivered: Int { known.values.count { $0.standing == .open } }
    var finishedCount: Int { finished.values.reduce(0) { $0 + $1.count } }

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
    /// Polled inboxes and folders, and finished stations, which hold no watch.
    case poll
    /// The scanner's own second look at a folder that it knows to be changing.
    case recheck
}

/// Folders that have to be listed, each once, in the order in which they were asked for.
struct Worklist {
    struct Item {
        var id: WatchTree.NodeID
        var reason: Reason
        /// The names in it that something happened to; nil to list all of it.
        var names: Set<String>?
    }

    /// More names than these, and the whole folder is listed.
    private static let fewNames = 32

    private var order: [WatchTree.NodeID] = []
    private var first = 0
    private var items: [WatchTree.NodeID: Item] = [:]

    var count: Int { items.count }

    mutating func add(_ id: WatchTree.NodeID, because reason: Reason, names: Set<String>? = nil) {
        guard var item = items[id] else {
            items[id] = Item(id: id, reason: reason, names: names)
            order.append(id)
            return
        }
        if item.reason != .event { item.reason = reason }
        if let more = names, let some = item.names {
            let all = some.union(more)
            item.names = all.count > Self.fewNames ? nil : all
        } else {
            item.names = nil
        }
        items[id] = item
    }

    mutating func takeFirst() -> Item? {
        guard first < order.count else { return nil }
        let id = order[first]
        first += 1
        if first == order.count {
            order.removeAll(keepingCapacity: order.count < 4096)
            first = 0
        }
        return items.removeValue(forKey: id)
    }
}
