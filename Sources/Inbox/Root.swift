import DropFolder
import Station

/// What the scanner knows of one inbox: a value that takes facts and returns what is to be done.
struct Root: Sendable {
    typealias Instant = ContinuousClock.Instant

    private let index: Int
    let settings: InboxSettings
    private var presence = Presence()
    private var sweeping: Sweeping
    private var proof = InotifyProof()
    private var contents: Contents

    init(index: Int, settings: InboxSettings, known: KnownStations, now: Instant) {
        self.index = index
        self.settings = settings
        sweeping = Sweeping(now: now)
        contents = Contents(inbox: index, settings: settings, known: known)
    }

    // MARK: Queries

    /// Whether the inbox's folder and all below it get watches.
    var isWatched: Bool { presence.isWatched }
    var isThere: Bool { contents.top != nil }
    var isSweeping: Bool { sweeping.isUnderWay }
    /// Nothing of the first listing is missing, as far as the inbox can be read.
    var isListed: Bool { sweeping.isListed || presence.trouble != nil }
    var finishedCount: Int { contents.finishedCount }
    var folderCount: Int { contents.folderCount }
    var unreadableCount: Int { contents.unreadableCount }
    var absentPlaces: [String] { contents.absentPlaces }
    /// What is settling or must be listed.
    var settlingCount: Int {
        contents.candidates.settlingCount + (sweeping.isAwaited ? 1 : 0) + (presence.isInDoubt ? 1 : 0)
    }

    var status: InboxStatus.Root {
        if let trouble = presence.trouble { return .lost(trouble) }
        return isThere ? .available(polled: !isWatched) : .unknown
    }

    /// A folder's identity and the names that lead to it; nil once it is out of the tree.
    func folder(_ id: NodeID) -> (identity: FolderIdentity, names: [String])? {
        contents.folder(id).map { ($0.identity, contents.names(to: id)) }
    }

    func item(at id: NodeID) -> ItemPath { ItemPath(inbox: settings.root, path: contents.path(of: id)) }

    func isAt(_ id: NodeID, orBelow above: NodeID) -> Bool { contents.isAt(id, orBelow: above) }

    /// Whether the inbox is still the folder that was listed.
    func isStanding(as identity: FolderIdentity) -> Bool {
        guard let known = contents.topIdentity else { return false }
        // Shares make up inode numbers as they go.
        return isWatched ? known == identity : known.device == identity.device
    }

    mutating func forgetOpenFiles() { contents.candidates.forgetOpenFiles() }

    // MARK: There or lost

    /// Records that the inbox's folder was opened and still is the same one.
    mutating func confirm() -> [Action] {
        _ = presence.noteShortage(false)
        guard let trouble = presence.trouble, let top = contents.top else {
            return [.schedule(.root(index), .about(ScanIntervals.standingRoot))]
        }
        // Seemed unmounted; perhaps something has come into it.
        let pause: Timing =
            if case .emptied = trouble { .after(ScanIntervals.lostRoot) } else { .about(ScanIntervals.standingRoot) }
        return [.schedule(.root(index), pause), .list(top, because: .recheck)]
    }

    /// Records that another folder is in the inbox's place than before, or the first one.
    ///
    /// - Parameters:
    ///   - identity: The folder's.
    ///   - mounts: What is mounted below it.
    ///   - canBeWatched: inotify reports what happens in it, as far as its file system shows.
    mutating func find(_ identity: FolderIdentity, mounts: [MountTable.Mount], canBeWatched: Bool) -> [Action] {
        _ = presence.noteShortage(false)
        var actions = [Action.schedule(.root(index), .about(ScanIntervals.standingRoot))]
        if isThere { actions += [.report(.rootReplaced(settings.root))] + clear() }
        presence.find(
            on: identity.device,
            isWatched: canBeWatched && !proof.hasFailed,
            hasStations: contents.isAnythingKnown
        )
        if presence.isOnAnotherDisk {
            let undelivered = contents.candidates.undelivered
            actions.append(.report(.otherDisk(root: settings.root, undelivered: undelivered)))
        }
        _ = contents.note(mounts)
        sweeping.begin(at: contents.addTop(identity))
        return actions
    }

    /// Records that the inbox cannot be looked at just now; that is no reason to take it for lost where the machine is short of something.
    mutating func cannotOpen(_ error: DropFolderError) -> [Action] {
        guard error.isOwnShortage else { return lose(.unreadable(error)) }
        let again = Action.schedule(.root(index), .after(ScanIntervals.lostRoot))
        return presence.noteShortage(true) ? [again, .report(.rootNotLookedAt(error))] : [again]
    }

    /// Notes that the inbox cannot be read; nothing below it is given up.
    private mutating func lose(_ trouble: InboxTrouble) -> [Action] {
        note(trouble) + clear() + [.schedule(.root(index), .after(ScanIntervals.lostRoot))]
    }

    /// Notes that the inbox seems unmounted; its folder keeps its watch, so that inotify reports what comes into it.
    private mutating func distrust() -> [Action] {
        note(.emptied(root: settings.root, stations: contents.candidates.undelivered)) + contents.removeBelowTop()
            + forgetProgress() + [.schedule(.root(index), .after(ScanIntervals.lostRoot))]
    }

    private mutating func note(_ trouble: InboxTrouble) -> [Action] {
        presence.note(trouble) ? [.emit(.rootLost(inbox: settings.root, trouble))] : []
    }

    /// Forgets the folders of the inbox, and nothing of its stations.
    mutating func clear() -> [Action] { contents.removeTop() + forgetProgress() }

    private mutating func forgetProgress() -> [Action] {
        presence.forgetProgress()
        sweeping.forgetProgress()
        return endProbe() + [.cancel(.sweep(index))]
    }

    /// Records what is mounted below the inbox: a disk that is mounted over a folder makes no event there.
    mutating func note(_ mounts: [MountTable.Mount]) -> [Action] {
        // A listing under way may have been past the place already: another one follows it.
        contents.note(mounts) && isThere ? [.sweepSoon(index)] : []
    }

    // MARK: The probe

    /// The inbox's folder, where inotify has to prove that it reports what happens there.
    var wantsProbe: NodeID? {
        isWatched && settings.detection == .auto && settings.mayProbe ? contents.top : nil
    }

    mutating func begin(_ probe: ProbeFile) -> [Action] {
        proof.begin(probe)
        return [.schedule(.probe(index), .after(ScanIntervals.probe))]
    }

    /// Records that the time for inotify to report the probe is over.
    mutating func missProbe() -> [Action] {
        guard let probe = proof.miss() else { return [] }
        return [.removeProbe(probe), .report(.probeMissed(root: settings.root))] + clear() + [.checkRoot(index)]
    }

    mutating func endProbe() -> [Action] {
        (proof.end().map { [.removeProbe($0)] } ?? []) + [.cancel(.probe(index))]
    }

    // MARK: Events

    /// Records what inotify reported of a folder: any event makes it due for a listing; which one it was hardly matters.
    mutating func take(_ news: Mailbox.FolderEvents, in id: NodeID, at now: Instant) -> [Action] {
        guard let node = contents.folder(id) else { return [] }
        var actions: [Action] = []
        if news.mask & (NotifyMask.selfGone | NotifyMask.ended) != 0 {
            actions.append(node.parent.map { .list($0, because: .event) } ?? .checkRoot(index))
        }
        if node.parent == nil, news.mask & NotifyMask.created != 0 { actions += endProbe() }
        contents.candidates.note(writing: news.writing, in: id, at: now)
        // Our own reports and probes, thumbnails and the like; the mask shows folders where names don't.
        if let names = news.names, !names.isEmpty, news.mask & NotifyMask.ofFolder == 0,
            names.allSatisfy({ settings.ignore.role(of: $0, kind: .file) == .junk })
        {
            return actions
        }
        if node.parent == nil, news.mask & NotifyMask.departure != 0 { presence.noteDeparture() }
        contents.candidates.noteEvent(in: id, names: news.names, at: now)
        return actions + [.list(id, because: .event, names: news.names), .explain(id)]
    }

    mutating func giveUpOpenFiles(in id: NodeID, at now: Instant) -> [Action] {
        let (any, next) = contents.candidates.giveUpOpenFiles(in: id, at: now)
        let again = next.map { [Action.schedule(.openFiles(id), .about(now.duration(to: $0)))] } ?? []
        return again + (any ? [.list(id, because: .recheck)] : [])
    }

    // MARK: Listings

    private func context(_ id: NodeID, _ reason: Reason, isInSweep: Bool = false, hasRoom: Bool, at now: Instant)
        -> ListingContext
    {
        ListingContext(
            id: id,
            reason: reason,
            isInSweep: isInSweep,
            now: now,
            hasRoom: hasRoom,
            isWatched: isWatched,
            isOnAnotherDisk: presence.isOnAnotherDisk,
            topMayHide: !presence.sawDepartures
        )
    }

    /// Records what a folder showed.
    ///
    /// - Parameters:
    ///   - listing: What it showed.
    ///   - id: The folder.
    ///   - reason: Why it was listed.
    ///   - isInSweep: It is part of a full listing, which continues below it.
    ///   - hasRoom: Another event may be emitted.
    ///   - now: When.
    mutating func take(
        _ listing: Listing,
        of id: NodeID,
        because reason: Reason,
        isInSweep: Bool,
        hasRoom: Bool,
        at now: Instant
    ) -> [Action] {
        var actions = contents.noteReadable(id)
        if id == contents.top {
            switch judgeTop(isEmpty: listing.isEmpty, id, at: now) {
            case .there: break
            case .found:
                actions.append(.emit(.rootFound(inbox: settings.root)))
                guard sweeping.isUnderWay else {
                    sweeping.begin(at: id)
                    return actions
                }
            case .doubtful(let pause): return actions + [.schedule(.list(id), .after(pause))]
            case .unmounted: return actions + distrust()
            }
        }
        let context = context(id, reason, isInSweep: isInSweep, hasRoom: hasRoom, at: now)
        return actions + contents.take(listing, context)
    }

    private mutating func judgeTop(isEmpty: Bool, _ id: NodeID, at now: Instant) -> Presence.Belief {
        presence.judge(
            isEmpty: isEmpty,
            undelivered: contents.candidates.undelivered,
            on: contents.folder(id)?.identity.device ?? 0,
            at: now
        )
    }

    /// Records that a folder could not be listed.
    mutating func take(_ failure: ListingFailure, of id: NodeID, because reason: Reason) -> [Action] {
        switch failure {
        case .rootLost(let cause) where cause.isOwnShortage: return contents.noteUnreadable(id, cause)
        case .rootLost(let cause): return lose(.unreadable(cause))
        case .rootReplaced: return [.checkRoot(index)]
        case .moved:
            // What is above knows what became of it.
            return [contents.folder(id)?.parent.map { .list($0, because: reason) } ?? .checkRoot(index)]
        case .unreadable(let cause): return contents.noteUnreadable(id, cause)
        }
    }

    /// Whether some names alone are checked where a folder must be listed for them.
    func isTooLargeToList(for names: Set<String>, _ id: NodeID) -> Bool {
        contents.isTooLargeToList(for: names, id)
    }

    /// Records what is under some names of a large folder.
    ///
    /// - Returns: What is to be done, and whether that is all; otherwise the whole folder must be listed.
    mutating func take(
        _ found: [(name: String, stamp: FileStamp?)],
        in id: NodeID,
        because reason: Reason,
        at now: Instant
    ) -> (actions: [Action], isComplete: Bool) {
        let context = context(id, reason, hasRoom: true, at: now)
        var actions: [Action] = []
        for (name, stamp) in found where !contents.take(name, stamp, context, &actions) { return (actions, false) }
        return (actions, true)
    }

    /// The folders in which something settles that must be listed now.
    mutating func takeDue(at now: Instant, limit: Int) -> (folders: [NodeID], isLimit: Bool) {
        contents.candidates.takeDue(at: now, limit: limit)
    }

    mutating func nextListing() -> Instant? { contents.candidates.nextListing() }

    // MARK: Full listings

    /// Lists the inbox from its top; after the listing under way where there is one.
    mutating func startSweep(isAwaited: Bool, isDeep: Bool = false, at now: Instant) {
        guard let top = contents.top else { return }
        sweeping.start(at: top, isWatched: isWatched, isAwaited: isAwaited, isDeep: isDeep, now: now)
    }

    /// Records that a full listing is due.
    mutating func takeDueSweep(at now: Instant) { startSweep(isAwaited: sweeping.takeDue(), at: now) }

    mutating func sweepSoon() -> [Action] {
        sweeping.wantAgain()
        return [.schedule(.sweep(index), .within(ScanIntervals.afterOverflow))]
    }

    mutating func addToSweep(_ id: NodeID) { sweeping.add(id) }

    /// The next folder of the full listing under way.
    mutating func nextInSweep() -> (id: NodeID, reason: Reason)? {
        guard let reason = sweeping.reason, let id = sweeping.next() else { return nil }
        return (id, reason)
    }

    mutating func spend(_ time: Duration) { sweeping.spend(time) }

    /// Ends the full listing where no folder of it is left; returns whether it was a rescan.
    mutating func endSweep(_ intervals: ScanIntervals, at now: Instant) -> (actions: [Action], isRescan: Bool) {
        guard sweeping.isAtEnd,
            let end = sweeping.end(isWatched: isWatched, settle: settings.settle, intervals, now: now)
        else { return ([], false) }
        var actions: [Action] = []
        if !presence.isOnAnotherDisk, !presence.isInDoubt {
            actions = contents.takeEndOfSweep(topHides: presence.isEmpty && !presence.sawDepartures)
        }
        actions.append(.schedule(.sweep(index), .withinAbout(end.pause)))
        if let pause = end.pauseBeforeDeep { actions.append(.schedule(.sweep(index), .withinAbout(pause))) }
        return (actions, end.isRescan)
    }

    // MARK: Items

    mutating func acknowledge(_ path: String, _ stamp: Stamp, as standing: KnownStations.Standing) -> [Action] {
        contents.acknowledge(path, stamp, as: standing)
    }

    mutating func recheck(_ path: String) -> [Action] { contents.recheck(path) }

    // MARK: Finished stations

    mutating func takePause(of path: String, at now: Instant) -> [Action] {
        contents.takePause(of: path, in: index, untilDeepSweep: sweeping.untilDeep(from: now))
    }

    mutating func takeDueGlances(in id: NodeID, limit: Int) -> [(name: String, stamp: PackedStamp)] {
        contents.takeDueGlances(in: id, limit: limit)
    }

    mutating func take(_ glance: Glance, at name: String, in id: NodeID) -> [Action] {
        contents.take(glance, at: name, in: id)
    }

    func hasDueGlances(in id: NodeID) -> Bool { contents.hasDueGlances(in: id) }

    /// Takes the folder's table of finished stations for the time of a listing; ``put(_:in:)`` must follow.
    mutating func takeTable(in id: NodeID) -> FinishedStations? { contents.takeTable(in: id) }

    /// The number of the listing that a table was last taken for.
    var listing: UInt32 { contents.listing }

    /// Whether the full listing under way includes each finished station.
    var isSweepDeep: Bool { sweeping.isDeep }

    mutating func put(_ table: FinishedStations, in id: NodeID) { contents.put(table, in: id) }
}
