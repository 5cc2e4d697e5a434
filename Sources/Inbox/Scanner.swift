import Glibc
import Logging

/// Lists folders and decides what is said; owned by one thread, which may block.
struct Scanner {
    typealias NodeID = WatchTree.NodeID
    typealias Instant = ContinuousClock.Instant

    /// What is to be done at a certain time, besides what ``Settling`` wants.
    enum Appointment: Hashable {
        /// Ask the inbox whether it is still the same folder.
        case root(Int)
        case sweep(Int)
        /// Look at a station that was said but isn't final: an open file may still grow.
        case relook(NodeID)
        /// Look at a station that was finished a short while ago.
        case glance(Int, ExactName)
        case readAgain(NodeID)
        case recheck(Int, ExactName)
        /// List the folders that could get no watch.
        case unwatched
        /// By now inotify would have told of what a rescan found there.
        case suspect(NodeID)
        /// By now inotify would have told of the probe.
        case probe(Int)
        /// Files that a program seemed to be writing have had their time.
        case openFiles(NodeID)
        /// Ask for an inotify instance again.
        case instance
    }

    enum Shortage { case none, unreported, reported }

    let mailbox: Mailbox
    let events: InboxEvents
    let pace: ScanIntervals
    let logger: Logger
    /// A folder outside of the inboxes whose writers somebody wants to hear of.
    let bystander: StateDirectoryWatch?

    var instance: NotifyInstance?
    var roots: [Root]
    var tree = WatchTree()
    /// What must be listed now; the full listings come after.
    var work = Worklist()
    /// Folders that hold finished stations which have to be looked at.
    var glances = Worklist()
    var appointments = DeadlineQueue<Appointment, Instant>()
    var status: InboxStatus
    /// What this turn says; leaves with the status.
    var outgoing: [InboxEvent] = []
    var watchesAbove: [Int32: Set<Int>] = [:]
    var bystanderWatch: Int32?
    /// Folders of watched inboxes without a watch.
    var unwatched: Set<NodeID> = []
    var unreadable: Set<NodeID> = []
    var watchRetry: (notBefore: Instant, pause: Duration)?
    var watchesAreShort = Shortage.none
    /// The limit of watches when it did not suffice.
    var shortLimit: Int?
    var relookPauses: [NodeID: Duration] = [:]
    var suspects: Set<NodeID> = []
    /// Files that a program is writing, as far as inotify told.
    var beingWritten: [NodeID: Set<String>] = [:]
    /// Rechecks whose time has not come, and whether somebody waits for them.
    var pendingRechecks: [Appointment: Bool] = [:]
    var lastListing: UInt32 = 0
    private let born = Instant.now

    /// Folders listed in one turn before the rest of the duties gets its chance.
    static let turn = 128

    init(
        inboxes: [InboxSettings],
        known: [String: KnownStations],
        pace: ScanIntervals,
        mailbox: Mailbox,
        events: InboxEvents,
        instance: NotifyInstance?,
        bystander: StateDirectoryWatch? = nil,
        logger: Logger
    ) {
        self.mailbox = mailbox
        self.events = events
        self.instance = instance
        self.pace = pace
        self.bystander = bystander
        self.logger = logger
        roots = inboxes.map { Root(settings: $0, known: known[$0.root] ?? KnownStations()) }
        status = mailbox.status
        status.settling = 0
    }

    /// Works until the mailbox is stopped.
    mutating func run() {
        begin()
        while !mailbox.isStopped {
            let started = Instant.now
            let isBusy = takeTurn()
            guard !isBusy else { continue }
            let wake = nextWake(after: started)
            mailbox.wait(until: wake)
            // One look for a burst of events.
            if started.duration(to: .now) < .milliseconds(5) { usleep(5000) }
        }
        for index in roots.indices { roots[index].probe?.remove() }
    }

    private mutating func begin() {
        watchBystander()
        if instance == nil { appointments.set(.instance, at: .now + ScanIntervals.noInstance) }
        for index in roots.indices { appointments.set(.root(index), at: .now) }
    }

    /// Takes one round: word from outside, what is due, some listing, and saying what came of it.
    ///
    /// Returns whether work is left.
    mutating func takeTurn() -> Bool {
        take(mailbox.take())
        keepAppointments(at: .now)
        var left = Self.turn
        while left > 0, !mailbox.isStopped, let next = work.takeFirst() {
            look(at: next.id, because: next.reason, only: next.names)
            left -= 1
        }
        let heldBack = lookAtSettling(at: .now)
        glanceAtFinished()
        for index in roots.indices { proceed(with: index) }
        sayNoWatchLeft()
        let sweeping = roots.contains { $0.sweep != nil }
        publish()
        return work.count > 0 || glances.count > 0 || sweeping || heldBack
    }

    /// Lists the settling folders whose time has come, as far as the stream has room for what may come of it.
    private mutating func lookAtSettling(at now: Instant) -> Bool {
        var isLeft = false
        for index in roots.indices {
            let room = min(events.room - outgoing.count, Self.turn)
            guard room > 0 else { return false }
            let due = roots[index].settling.takeDue(at: now, limit: room)
            for id in due where !mailbox.isStopped { look(at: id, because: .recheck) }
            isLeft = isLeft || due.count == room
        }
        return isLeft
    }

    private mutating func nextWake(after now: Instant) -> Instant {
        // The look at the inboxes comes before; this is in case there are none.
        var wake = now + ScanIntervals.standingRoot * 2
        if let next = appointments.next() { wake = min(wake, next) }
        // Without room the consumer wakes us.
        if events.room > 0 {
            for index in roots.indices {
                if let next = roots[index].settling.nextLook() { wake = min(wake, next) }
            }
        }
        return wake
    }

    /// The next full second from `instant` on: what nobody waits for is done together, so that the processor is woken rarely.
    func rounded(_ instant: Instant) -> Instant {
        let elapsed = born.duration(to: instant)
        return born + .seconds(elapsed.components.seconds + (elapsed.components.attoseconds > 0 ? 1 : 0))
    }

    /// Says what this turn found; the numbers first, so that no event is ever handled before it is counted.
    private mutating func publish() {
        status.emitted += UInt64(outgoing.count)
        status.firstScanDone = roots.allSatisfy { $0.isListed || $0.trouble != nil }
        status.settling = roots.reduce(work.count + glances.count) { sum, root in
            sum + root.settling.count + (root.sweep?.isAwaited == true || root.sweepAgain ? 1 : 0)
        }
        status.settling += pendingRechecks.values.count { $0 }
        status.unexplained = suspects.count
        status.pendingRechecks = pendingRechecks.count
        status.watches = tree.watchCount + watchesAbove.keys.count { tree.node(watching: $0) == nil }
        status.finished = roots.reduce(0) { $0 + $1.finishedCount }
        status.folders = tree.count + status.finished
        status.polledFolders = unwatched.count
        status.unreadableFolders = unreadable.count
        status.watchesNeeded = status.watches + unwatched.count
        status.hearsBystander = bystanderWatch != nil
        for root in roots {
            status.roots[root.settings.root] = root.status
            status.absentMounts[root.settings.root] = root.absentMounts.union(root.emptied).sorted().map(\.text)
        }
        status.lastProgress = .now
        mailbox.publish(status)
        for event in outgoing { events.put(event) }
        outgoing.removeAll(keepingCapacity: true)
    }
}
