import DropFolder
import Station

/// What is below one inbox: its folders, what they hold, and what of it was emitted.
///
/// A plain value. Taking the same listing twice does no harm.
struct Contents: Sendable {
    /// Folders deeper than this below an inbox are skipped.
    static let deepest = 64
    /// In a folder with more subfolders than this an event's names alone are checked.
    private static let manySubfolders = 256

    private let settings: InboxSettings
    /// What may be an item; its state is its own.
    var candidates: Candidates
    private var tree: FolderTree
    private var finished: FinishedFolders
    private var disks = AbsentDisks()
    private var unreadable: Set<NodeID> = []
    private var reportedTooDeep = false

    init(inbox: Int, settings: InboxSettings, known: KnownStations) {
        self.settings = settings
        tree = FolderTree(inbox: inbox)
        finished = known.finished
        candidates = Candidates(settings: settings, live: known.live)
    }

    // MARK: Queries

    var top: NodeID? { tree.root }
    var topIdentity: FolderIdentity? { tree.root.flatMap { tree[$0]?.identity } }
    var isAnythingKnown: Bool { !candidates.isEmpty || finished.count > 0 }
    var finishedCount: Int { finished.count }
    var folderCount: Int { tree.count }
    var unreadableCount: Int { unreadable.count }
    var absentPlaces: [String] { disks.paths }

    func folder(_ id: NodeID) -> FolderTree.Node? { tree[id] }
    func path(of id: NodeID) -> String { tree.path(of: id) }
    func names(to id: NodeID) -> [String] { tree.names(of: id) }
    func isAt(_ id: NodeID, orBelow above: NodeID) -> Bool { tree.isAt(id, orBelow: above) }

    // MARK: The inbox itself

    mutating func addTop(_ identity: FolderIdentity) -> NodeID { tree.addRoot(identity) }

    /// Records what is mounted below the inbox; returns whether that is something else than before.
    mutating func note(_ mounts: [MountTable.Mount]) -> Bool { disks.note(mounts) }

    /// Forgets the folders, but nothing of the stations.
    mutating func removeTop() -> [Action] {
        var actions: [Action] = []
        if let top = tree.root { drop(top, isGone: false, because: .arrival, &actions) }
        candidates.stopSettling()
        return actions
    }

    /// The same, but the inbox itself keeps its watch, so that inotify reports what comes into it.
    mutating func removeBelowTop() -> [Action] {
        var actions: [Action] = []
        for child in tree.root.flatMap({ tree[$0]?.children.values.map(\.self) }) ?? [] {
            drop(child, isGone: false, because: .arrival, &actions)
        }
        candidates.stopSettling()
        return actions
    }

    // MARK: Listings

    /// Records what a listing shows as what happened.
    mutating func take(_ listing: Listing, _ context: ListingContext) -> [Action] {
        guard let node = tree[context.id] else { return [] }
        var actions: [Action] = []
        let (id, path) = (context.id, tree.path(of: context.id))
        noteWhetherEmptied(path, isEmpty: listing.isEmpty, id, node, &actions)
        if let number = listing.number, !hides(path, isEmpty: listing.isEmpty, context) {
            for name in finished.removeUnseen(in: path, by: number) { vanish(below(path, name), &actions) }
        }
        let snapshot = candidates.snapshot(of: id, at: path, listing.entries)
        comparePoseLists(of: id, path, with: listing, half: snapshot.half, &actions)
        tree.note(snapshot.isStation ? .station : .plain, of: id)
        compareSubfolders(of: id, node, with: snapshot.subfolders, context, &actions)
        actions += candidates.take(snapshot, context) { [disks] in disks.hides($0) }
        finish(id, &actions)
        return actions
    }

    /// Records that a folder could be listed again.
    mutating func noteReadable(_ id: NodeID) -> [Action] {
        unreadable.remove(id) == nil ? [] : [.cancel(.list(id))]
    }

    /// Records that a folder cannot be listed.
    mutating func noteUnreadable(_ id: NodeID, _ error: DropFolderError) -> [Action] {
        guard tree[id] != nil else { return [] }
        candidates.stopSettling(in: id)
        tree.note(.unreadable, of: id)
        let again = Action.schedule(.list(id), .after(ScanIntervals.unwatched))
        return unreadable.insert(id).inserted ? [again, .report(.unreadable(error))] : [again]
    }

    /// Has the stations below emitted again where a pose list came, changed or went, or the folder became half of a station or stopped
    /// being that: both decide about the folders below.
    ///
    /// Not those that are finished: a list that grows every day would have a whole season read again. Neither is it asked which rows
    /// have changed; inspection finds that out.
    private mutating func comparePoseLists(
        of id: NodeID,
        _ path: String,
        with listing: Listing,
        half: String,
        _ actions: inout [Action]
    ) {
        // What half of a station it is does not concern the folder itself, and most have nothing below.
        let (isListNew, isHalfNew) = tree.note(poseLists: listing.poseLists, half: half, of: id)
        guard isListNew || isHalfNew && listing.entries.contains(where: { $0.role == .folder }) else { return }
        for path in candidates.forgetStamps(below: path, andItself: isListNew) {
            guard let found = tree.find(path), found.isWhole, found.id != id else { continue }
            actions.append(.list(found.id, because: .recheck))
        }
    }

    // MARK: Names alone

    /// Whether the folder is so large that listing it for each event would keep a core busy: then some names alone are checked.
    func isTooLargeToList(for names: Set<String>, _ id: NodeID) -> Bool {
        guard let node = tree[id], node.content == .plain else { return false }
        return node.children.count + finished.count(in: tree.path(of: id)) > Self.manySubfolders
            && !candidates.concerns(names, in: id)
    }

    /// Records what is under one name of a large folder.
    ///
    /// - Returns: Whether that says all there is to say; otherwise the folder must be listed.
    mutating func take(_ name: String, _ stamp: FileStamp?, _ context: ListingContext, _ actions: inout [Action])
        -> Bool
    {
        guard let node = tree[context.id] else { return true }
        let path = tree.path(of: context.id)
        guard let stamp, stamp.kind == .folder else {
            if let child = node.children[ExactName(name)] {
                drop(child, isGone: true, because: context.reason, &actions)
            }
            if !hides(path, isEmpty: false, context), finished.remove(below(path, name)) != nil {
                vanish(below(path, name), &actions)
            }
            guard let stamp else { return true }
            return !FolderSnapshot.mayMakeStation(name, stamp, ignoring: settings.ignore)
                && !FolderSnapshot.mayHinder(name, stamp)
        }
        if finished.markSeen(name, in: path, mark: FolderMark(stamp)) {
            actions.append(.glance(context.id))
        } else if settings.ignore.role(of: name, kind: .folder) == .folder {
            markSeen(name, stamp, node, context, &actions)
        }
        return true
    }

    // MARK: Subfolders

    private mutating func compareSubfolders(
        of id: NodeID,
        _ node: FolderTree.Node,
        with found: [FolderEntry],
        _ context: ListingContext,
        _ actions: inout [Action]
    ) {
        let names = Set(found.map { ExactName($0.name) })
        for (name, child) in node.children where !names.contains(name) {
            let isUnmounted = noteAbsentMount(child, below: node, &actions)
            drop(child, isGone: !isUnmounted, because: context.reason, &actions)
        }
        for entry in found.reversed() { markSeen(entry.name, entry.stamp, node, context, &actions) }
    }

    /// Records that a subfolder is there.
    private mutating func markSeen(
        _ name: String,
        _ stamp: FileStamp,
        _ node: FolderTree.Node,
        _ context: ListingContext,
        _ actions: inout [Action]
    ) {
        let identity = FolderIdentity(stamp)
        if let child = node.children[ExactName(name)], let known = tree[child] {
            // Where inotify isn't to be had, inode numbers are not to be trusted either.
            if known.identity == identity || !context.isWatched && known.identity.device == identity.device {
                if context.isInSweep {
                    actions.append(.listInSweep(child))
                } else if known.content == .unreadable {
                    actions.append(.list(child, because: context.reason))
                }
                return
            }
            // Another folder under the old name. What was known below it and isn't found again, the next sweep misses.
            _ = noteAbsentMount(child, below: node, now: identity, &actions)
            drop(child, isGone: false, because: context.reason, &actions)
            actions.append(.schedule(.sweep(context.id.inbox), .within(ScanIntervals.afterOverflow)))
        }
        guard node.depth < Self.deepest else {
            if !reportedTooDeep { actions.append(.report(.tooDeep(place(tree.path(of: context.id))))) }
            reportedTooDeep = true
            return
        }
        guard let new = tree.addChild(name, identity: identity, of: context.id) else { return }
        if identity.device != node.identity.device, disks.noteMounted(tree.path(of: new)) {
            actions.append(.report(.diskMounted(place(tree.path(of: new)))))
        }
        actions.append(context.isInSweep ? .listInSweep(new) : .list(new, because: context.reason))
    }

    /// Takes a folder and all below it out of the tree.
    ///
    /// - Parameter isGone: Its items have vanished; otherwise they may be found again.
    private mutating func drop(_ id: NodeID, isGone: Bool, because reason: Reason, _ actions: inout [Action]) {
        guard let node = tree[id] else { return }
        var isMissed = false
        for folder in tree.remove(id) {
            let items = forget(folder.id, &actions)
            if isGone, disks.endEmptied(folder.path) { actions.append(.sweepSoon(id.inbox)) }
            guard isGone, !disks.hides(folder.path) else { continue }
            for path in items + (candidates.isKnown(folder.path) ? [folder.path] : []) {
                isMissed = true
                vanish(path, &actions)
            }
            for name in finished.removeAll(in: folder.path) { vanish(below(folder.path, name), &actions) }
        }
        if isMissed, let parent = node.parent { count(parent, reason, &actions) }
    }

    /// Returns what was in the folder besides a station.
    private mutating func forget(_ id: NodeID, _ actions: inout [Action]) -> [String] {
        unreadable.remove(id)
        actions.append(.forget(id))
        return candidates.forget(id)
    }

    private mutating func vanish(_ path: String, _ actions: inout [Action]) {
        candidates.remove(path)
        actions.append(.emit(.vanished(place(path))))
    }

    private func count(_ id: NodeID, _ reason: Reason, _ actions: inout [Action]) {
        actions.append(.count(id, reason, isGrowing: candidates.isBeingWritten(id)))
    }

    private func place(_ path: String) -> ItemPath { ItemPath(inbox: settings.root, path: path) }

    private func below(_ path: String, _ name: String) -> String { path.isEmpty ? name : path + "/" + name }

    // MARK: Disks below

    /// Notes that a disk which was mounted below the inbox is gone: what was on it is not given up.
    ///
    /// - Returns: Whether the folder was such a disk, and now is none or another one.
    private mutating func noteAbsentMount(
        _ id: NodeID,
        below above: FolderTree.Node,
        now: FolderIdentity? = nil,
        _ actions: inout [Action]
    ) -> Bool {
        guard let node = tree[id], node.identity.device != above.identity.device,
            now?.device != node.identity.device
        else { return false }
        let path = tree.path(of: id)
        disks.noteUnmounted(path)
        actions.append(.report(.diskUnmounted(place(path))))
        return true
    }

    /// Takes from a folder's listing whether its stations went while nobody watched, or something has come into it again.
    private mutating func noteWhetherEmptied(
        _ path: String,
        isEmpty: Bool,
        _ id: NodeID,
        _ node: FolderTree.Node,
        _ actions: inout [Action]
    ) {
        guard node.parent != nil else { return }
        if !isEmpty {
            // What is not there now is gone.
            if disks.endEmptied(path) { actions.append(.sweepSoon(id.inbox)) }
            return
        }
        guard node.content == .unlisted || node.content == .unreadable, !candidates.isKnown(path) else { return }
        // Delivered ones may well have been cleared away.
        guard candidates.hasUndelivered(below: path), disks.noteEmptied(path) else { return }
        actions.append(.report(.folderEmptied(place(path))))
    }

    /// Whether stations that a listing does not show may be hidden behind a disk that is not mounted, or by another one.
    private func hides(_ path: String, isEmpty: Bool, _ context: ListingContext) -> Bool {
        isEmpty && path.isEmpty && context.topMayHide || context.isOnAnotherDisk || disks.hides(path)
    }

    // MARK: The end of a sweep

    /// Records that all folders have been listed: known items that none of them showed have vanished.
    ///
    /// - Parameter topHides: The inbox itself may be empty because a disk is not mounted.
    mutating func takeEndOfSweep(topHides: Bool) -> [Action] {
        var actions: [Action] = []
        disks.keepEmptied { place in
            guard let found = tree.find(place), !found.isWhole, let content = tree[found.id]?.content else {
                return true
            }
            return content == .unlisted || content == .unreadable
        }
        for path in candidates.knownPaths where isMissing(path) { vanish(path, &actions) }
        guard !topHides else { return actions }
        // Those in folders that are there were compared when these were listed.
        for folder in finished.folders where tree.find(folder)?.isWhole == false && isMissing(folder) {
            for name in finished.removeAll(in: folder) { vanish(folder + "/" + name, &actions) }
        }
        return actions
    }

    private func isMissing(_ path: String) -> Bool {
        guard let found = tree.find(path), let content = tree[found.id]?.content, !disks.hides(path) else {
            return false
        }
        let above = tree.find(FinishedFolders.split(path).parent)
        guard !candidates.stands(at: path, in: above?.isWhole == true ? above?.id : nil) else { return false }
        // What could not be listed, or is still to be, may well hold it.
        return content != .unreadable && content != .unlisted && !(found.isWhole && content == .station)
    }

    // MARK: Finished stations

    /// Records what became of an item.
    mutating func acknowledge(_ path: String, _ stamp: Stamp, as standing: KnownStations.Standing) -> [Action] {
        guard candidates.acknowledge(path, stamp, as: standing), let found = tree.find(path), found.isWhole else {
            return []
        }
        var actions: [Action] = [.stopFollowing(found.id)]
        if standing == .finished { finish(found.id, &actions) }
        return actions
    }

    /// Takes a station that is finished as it is out of the tree, with its watch.
    private mutating func finish(_ id: NodeID, _ actions: inout [Action]) {
        guard let node = tree[id], node.parent != nil, node.children.isEmpty, node.content == .station,
            case let path = tree.path(of: id), let stamp = candidates.finishedStamp(of: path, in: id)
        else { return }
        candidates.remove(path)
        for folder in tree.remove(id) { _ = forget(folder.id, &actions) }
        let pause = finished.finish(path, stamp)
        actions.append(.schedule(.glance(id.inbox, ExactName(path)), .about(pause)))
    }

    /// Records that the pause before a glance at a station is over.
    mutating func takePause(of path: String, in inbox: Int, untilDeepSweep: Duration) -> [Action] {
        let above = tree.find(FinishedFolders.split(path).parent)
        let isReachable = above?.isWhole == true
        let (isDue, next) = finished.takePause(of: path, isReachable: isReachable, untilDeepSweep: untilDeepSweep)
        guard isDue, let above else { return [] }
        let again = next.map { [Action.schedule(.glance(inbox, ExactName(path)), .about($0))] } ?? []
        return [.glance(above.id)] + again
    }

    /// Has an item emitted again whatever its stamp is; its folder must be listed.
    mutating func recheck(_ path: String) -> [Action] {
        if let stamp = finished.remove(path) { candidates.addFinished(path, stamp) }
        candidates.forgetStamp(of: path)
        return tree.find(path).map { [.list($0.id, because: .recheck)] } ?? []
    }

    mutating func takeDueGlances(in id: NodeID, limit: Int) -> [(name: String, stamp: PackedStamp)] {
        finished.takeDue(in: tree.path(of: id), limit: limit)
    }

    func hasDueGlances(in id: NodeID) -> Bool { finished.hasDue(in: tree.path(of: id)) }

    mutating func take(_ glance: Glance, at name: String, in id: NodeID) -> [Action] {
        let path = tree.path(of: id)
        switch glance {
        case .unchanged(let mark): finished.note(mark, of: name, in: path)
        case .changed(let identity):
            // Back into the tree: something can happen there again.
            guard let stamp = finished.remove(below(path, name)) else { return [] }
            candidates.addFinished(below(path, name), stamp)
            guard let node = tree.addChild(name, identity: identity, of: id) else { return [] }
            return [.list(node, because: .poll)]
        case .elsewhere: return [.list(id, because: .poll, names: [name])]
        case .unknown: break
        }
        return []
    }

    /// Takes the folder's table of finished stations for the time of a listing; ``put(_:in:)`` must follow.
    mutating func takeTable(in id: NodeID) -> FinishedStations? { finished.take(tree.path(of: id)) }

    /// The number of the listing that a table was last taken for.
    var listing: UInt32 { finished.listing }

    mutating func put(_ table: FinishedStations, in id: NodeID) { finished.put(table, for: tree.path(of: id)) }
}
