import CoreMetrics
import DropFolder
import Glibc
import Logging
import Station

/// Lists folders, hands what they show to the ``Root`` of their inbox, and does what that returns; owned by one thread, which may block.
struct Scanner {
    typealias Instant = ContinuousClock.Instant

    let mailbox: Mailbox
    let events: InboxEvents
    private let intervals: ScanIntervals
    private let meters: InboxMeters
    private let logger: Logger
    private let stateDirectory: StateDirectoryWatch?

    var roots: [Root]
    var watching: FolderWatching
    /// What must be listed now; the full listings come after.
    var work = Worklist()
    /// Folders that hold finished stations which have to be glanced at.
    var glances = Worklist()
    private var appointments = DeadlineQueue<Appointment, Instant>()
    private var rechecks = Rechecks()
    private var misses = MissedChanges()
    private var status: InboxStatus
    /// What this turn emits; leaves with the status.
    private(set) var outgoing: [InboxEvent] = []
    private let born = Instant.now

    /// Folders listed in one turn before the rest of the duties gets its chance.
    static let turn = 128

    init(
        inboxes: [InboxSettings],
        known: [String: KnownStations],
        pace intervals: ScanIntervals,
        mailbox: Mailbox,
        events: InboxEvents,
        instance: NotifyInstance?,
        stateDirectory: StateDirectoryWatch? = nil,
        meters: InboxMeters = .init(),
        logger: Logger
    ) {
        self.mailbox = mailbox
        self.events = events
        self.intervals = intervals
        self.stateDirectory = stateDirectory
        watching = FolderWatching(instance: instance, stateDirectory: stateDirectory)
        self.meters = meters
        self.logger = logger
        roots = inboxes.enumerated().map {
            Root(index: $0, settings: $1, known: known[$1.root] ?? KnownStations(), now: .now)
        }
        status = mailbox.status
        status.settling = 0
    }

    var instance: NotifyInstance? { watching.instance }

    // MARK: The loop

    /// Works until the mailbox is stopped.
    mutating func run() {
        begin()
        while !mailbox.isStopped {
            let started = Instant.now
            let isBusy = takeTurn()
            guard !isBusy else { continue }
            mailbox.wait(until: nextWake(after: started))
            // One listing for a burst of events.
            if started.duration(to: .now) < .milliseconds(5) { usleep(5000) }
        }
        for index in roots.indices { perform(roots[index].endProbe()) }
    }

    private mutating func begin() {
        if instance == nil { schedule(.instance, .after(ScanIntervals.noInstance)) }
        for index in roots.indices { schedule(.root(index), .after(.zero)) }
    }

    /// Takes one round: what came from outside, what is due, some listing, and emitting what came of it.
    ///
    /// Returns whether work is left.
    private mutating func takeTurn() -> Bool {
        take(mailbox.take())
        for appointment in appointments.takeDue(at: .now) { keep(appointment) }
        var left = Self.turn
        while left > 0, !mailbox.isStopped, let next = work.takeFirst() {
            list(next.id, because: next.reason, only: next.names)
            left -= 1
        }
        let heldBack = listSettling()
        glanceAtFinished()
        for index in roots.indices { proceed(with: index) }
        let isSweeping = roots.contains { $0.isSweeping }
        if !isSweeping, work.count == 0, watching.takeReport() {
            report(.watchesUsedUp(folders: roots.reduce(0) { $0 + $1.folderCount }, unwatched: watching.polledCount))
        }
        publish()
        return work.count > 0 || glances.count > 0 || isSweeping || heldBack
    }

    private mutating func nextWake(after now: Instant) -> Instant {
        // The look at the inboxes comes before; this is in case there are none.
        var wake = now + ScanIntervals.standingRoot * 2
        if let next = appointments.next() { wake = min(wake, next) }
        // Without room the consumer wakes us.
        guard events.room > 0 else { return wake }
        for index in roots.indices {
            if let next = roots[index].nextListing() { wake = min(wake, next) }
        }
        return wake
    }

    /// Publishes what this turn found; the numbers first, so that no event is ever handled before it is counted.
    private mutating func publish() {
        status.emitted += UInt64(outgoing.count)
        status.firstScanDone = roots.allSatisfy(\.isListed)
        status.settling = roots.reduce(work.count + glances.count + rechecks.awaited) { $0 + $1.settlingCount }
        status.unexplained = misses.unexplained
        status.foundByEvent = misses.foundByEvent
        status.foundByRescan = misses.foundByRescan
        status.foundByPolling = misses.foundByPolling
        status.pendingRechecks = rechecks.pending
        status.watches = watching.count
        status.finished = roots.reduce(0) { $0 + $1.finishedCount }
        status.folders = roots.reduce(status.finished) { $0 + $1.folderCount }
        status.polledFolders = watching.polledCount
        status.unreadableFolders = roots.reduce(0) { $0 + $1.unreadableCount }
        status.watchesNeeded = status.watches + watching.polledCount
        status.watchesStateDirectory = watching.watchesStateDirectory
        for root in roots {
            status.roots[root.settings.root] = root.status
            status.absentMounts[root.settings.root] = root.absentPlaces
        }
        status.lastProgress = .now
        mailbox.publish(status)
        for event in outgoing { events.put(event) }
        outgoing.removeAll(keepingCapacity: true)
    }

    // MARK: Actions

    mutating func perform(_ actions: [Action]) {
        for action in actions { perform(action) }
    }

    private mutating func perform(_ action: Action) {
        switch action {
        case .emit(let event): outgoing.append(event)
        case .list(let id, let reason, let names): work.add(id, because: reason, names: names)
        case .listInSweep(let id): roots[id.inbox].addToSweep(id)
        case .glance(let id): glances.add(id, because: .poll)
        case .schedule(let appointment, let timing): schedule(appointment, timing)
        case .cancel(let appointment): appointments.cancel(appointment)
        case .count(let id, let reason, let isGrowing):
            let hearing: MissedChanges.Hearing =
                watching.isPolled(id) ? .unwatched : isGrowing ? .growing : .watched
            if misses.count(id, foundBy: reason, hearing) { schedule(.miss(id), .within(ScanIntervals.lateEvent)) }
        case .explain(let id):
            guard misses.unexplained > 0 else { return }
            let root = roots[id.inbox]
            for miss in misses.explain(where: { root.isAt($0, orBelow: id) }) { appointments.cancel(.miss(miss)) }
        case .forget(let id): forget(id)
        case .follow(let id): schedule(.follow(id), .about(rechecks.follow(id)))
        case .stopFollowing(let id):
            rechecks.forget(id)
            appointments.cancel(.follow(id))
        case .checkRoot(let index): checkRoot(index)
        case .sweepSoon(let index): perform(roots[index].sweepSoon())
        case .removeProbe(let probe): probe.remove()
        case .report(let notice): report(notice)
        }
    }

    /// Lets go of everything that was kept of a folder that is out of its tree.
    private mutating func forget(_ id: NodeID) {
        watching.forget(id)
        for appointment: Appointment in [.follow(id), .list(id), .miss(id), .openFiles(id)] {
            appointments.cancel(appointment)
        }
        rechecks.forget(id)
        misses.forget(id)
    }

    mutating func schedule(_ appointment: Appointment, _ timing: Timing) {
        var instant = Instant.now + timing.delay
        if timing.isLoose {
            let elapsed = born.duration(to: instant).components
            instant = born + .seconds(elapsed.seconds + (elapsed.attoseconds > 0 ? 1 : 0))
        }
        if timing.keepsEarlier {
            appointments.set(appointment, noLaterThan: instant)
        } else {
            appointments.set(appointment, at: instant)
        }
    }

    private func report(_ notice: Notice) { notice.log(to: logger) }

    // MARK: What comes from outside

    private mutating func take(_ post: Mailbox.Post) {
        for outcome in post.outcomes {
            guard let index = index(of: outcome.item.inbox) else { continue }
            perform(roots[index].acknowledge(outcome.item.path, outcome.stamp, as: outcome.standing))
        }
        for recheck in post.rechecks {
            guard let index = index(of: recheck.item.inbox) else { continue }
            let path = ExactName(recheck.item.path)
            appointments.set(.recheck(index, path), noLaterThan: recheck.due)
            rechecks.request(path, in: index, isAwaited: recheck.isAwaited)
        }
        if post.rescan {
            for index in roots.indices { roots[index].startSweep(isAwaited: true, isDeep: true, at: .now) }
        }
        if post.mountsChanged { checkMounts() }
        if post.overflowed { recoverFromOverflow() }
        for (watch, news) in post.events { take(news, on: watch) }
    }

    private func index(of inbox: String) -> Int? { roots.firstIndex { $0.settings.root == inbox } }

    private mutating func checkMounts() {
        let table = MountTable.current()
        for index in roots.indices {
            checkRoot(index)
            perform(roots[index].note(table.mounts(below: roots[index].settings.root)))
        }
    }

    private mutating func recoverFromOverflow() {
        status.overflows += 1
        meters.overflow.increment()
        report(.overflow(count: status.overflows))
        stateDirectory?.ring()
        for index in roots.indices {
            roots[index].forgetOpenFiles()
            if roots[index].isThere { perform(roots[index].sweepSoon()) }
        }
    }

    private mutating func take(_ news: Mailbox.FolderEvents, on watch: Int32) {
        let isEnded = news.mask & NotifyMask.ended != 0
        let isOver = isEnded || news.mask & NotifyMask.selfGone != 0
        watching.takeStateDirectory(news, on: watch, isEnded: isEnded)
        let below = watching.inboxes(below: watch, isOver: isOver, isEnded: isEnded)
        for index in below { checkRoot(index) }
        if news.mask & NotifyMask.unmounted != 0 {
            for index in roots.indices { checkRoot(index) }
        }
        // Late events of a watch that is gone are dropped: what replaced its folder was listed after it was watched.
        guard let id = watching.folder(with: watch, isEnded: isEnded) else { return }
        perform(roots[id.inbox].take(news, in: id, at: .now))
    }

    // MARK: The time

    private mutating func keep(_ appointment: Appointment) {
        switch appointment {
        case .root(let index): checkRoot(index)
        case .sweep(let index): roots[index].takeDueSweep(at: .now)
        case .follow(let id):
            let (isDue, next) = rechecks.takePause(of: id, rescanInterval: intervals.rescanInterval)
            if isDue { work.add(id, because: .recheck) }
            if let next { schedule(.follow(id), .about(next)) }
        case .glance(let index, let path): perform(roots[index].takePause(of: path.text, at: .now))
        case .list(let id): work.add(id, because: .recheck)
        case .recheck(let index, let path):
            guard roots[index].isThere else { return schedule(appointment, .after(ScanIntervals.lostRoot)) }
            rechecks.take(path, in: index)
            perform(roots[index].recheck(path.text))
        case .unwatched: listUnwatched()
        case .miss(let id): if misses.takeMiss(id) { report(.missed(roots[id.inbox].item(at: id))) }
        case .probe(let index): perform(roots[index].missProbe())
        case .openFiles(let id): perform(roots[id.inbox].giveUpOpenFiles(in: id, at: .now))
        case .instance: askForInstance()
        }
    }

    /// Lists the folders without a watch, and asks for watches again as soon as the limit is another one.
    private mutating func listUnwatched() {
        let polled = watching.takePolled()
        guard !polled.isEmpty else { return }
        for id in polled { work.add(id, because: .poll) }
        // About 50 µs each: 5 % of a core at most.
        schedule(.unwatched, .after(max(ScanIntervals.unwatched, .microseconds(50) * polled.count * 20)))
    }

    /// Asks for an inotify instance where there was none; once there is one, every inbox that may be is watched.
    private mutating func askForInstance() {
        guard instance == nil, roots.contains(where: { $0.settings.detection != .poll }) else { return }
        do throws(NotifyInstance.Unavailable) {
            let instance = try NotifyInstance()
            watching.begin(with: instance)
            mailbox.offer(instance)
        } catch {
            return schedule(.instance, .after(ScanIntervals.noInstance))
        }
        report(.inotifyAvailable)
        for index in roots.indices where roots[index].settings.detection != .poll && roots[index].isThere {
            perform(roots[index].clear())
            checkRoot(index)
        }
    }

    // MARK: Inboxes

    /// Finds out whether the inbox is there and is the same one, and begins from the start where it is not.
    private mutating func checkRoot(_ index: Int) {
        let settings = roots[index].settings
        if settings.detection != .poll { watching.watchAbove(settings.root, of: index) }
        do throws(DropFolderError) {
            let folder = try OpenFolder(root: settings.root)
            let identity = FolderIdentity(try folder.stamp())
            guard !roots[index].isStanding(as: identity) else { return perform(roots[index].confirm()) }
            let canBeWatched = canBeWatched(folder, settings)
            let mounts = MountTable.current().mounts(below: settings.root)
            perform(roots[index].find(identity, mounts: mounts, canBeWatched: canBeWatched))
            sendProbe(to: index)
        } catch {
            perform(roots[index].cannotOpen(error))
        }
    }

    private func canBeWatched(_ folder: borrowing OpenFolder, _ settings: InboxSettings) -> Bool {
        guard instance != nil else { return false }
        let fileSystem = InboxFileSystem(folder, settings: settings)
        if settings.detection == .auto, !fileSystem.canBeWatched {
            report(.silentFileSystem(root: folder.path, kind: fileSystem.fileSystem))
        }
        return fileSystem.canBeWatched
    }

    /// Writes a probe into the inbox, where that is allowed.
    private mutating func sendProbe(to index: Int) {
        // The watch comes with the first listing: without it nothing would be reported.
        guard let id = roots[index].wantsProbe else { return }
        do throws(ListingFailure) { _ = try open(id) } catch { return }
        guard watching.hasWatch(id), let probe = ProbeFile(in: roots[index].settings.root) else { return }
        perform(roots[index].begin(probe))
    }

    /// Goes on with the inbox's full listing for some folders.
    private mutating func proceed(with index: Int) {
        guard roots[index].isSweeping else { return }
        let began = Instant.now
        var left = Self.turn
        while left > 0, !mailbox.isStopped, let next = roots[index].nextInSweep() {
            list(next.id, because: next.reason, isInSweep: true)
            left -= 1
        }
        roots[index].spend(began.duration(to: .now))
        // The finished stations that it found in need of a glance are part of it.
        guard glances.count == 0 else { return }
        let (actions, isRescan) = roots[index].endSweep(intervals, at: .now)
        if isRescan { status.rescans += 1 }
        perform(actions)
    }
}
