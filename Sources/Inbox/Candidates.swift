import DropFolder
import Station

/// What below one inbox may be an item: when it is quiet, and what of it was emitted.
///
/// A plain value. It gets what each folder showed, and does not know how folders are nested.
struct Candidates: Sendable {
    typealias Instant = ContinuousClock.Instant

    private let settings: InboxSettings
    private var live: LiveItems
    private var hindrances = HindranceBoard()
    private var files: FileBoard
    private var settling: Settling<NodeID, Instant>
    private var openFiles = OpenFiles()

    init(settings: InboxSettings, live: LiveItems) {
        self.settings = settings
        self.live = live
        files = FileBoard(settle: settings.settle)
        settling = Settling(quietPeriod: settings.settle, interval: ScanIntervals.settlingFolder)
    }

    // MARK: Known items

    var isEmpty: Bool { live.isEmpty }
    var undelivered: Int { live.undelivered }
    var knownPaths: [String] { live.paths }

    func isKnown(_ path: String) -> Bool { live.contains(path) }

    func hasUndelivered(below folder: String) -> Bool { live.hasUndelivered(below: folder) }

    /// The stamp with which the station in a folder is finished, where nothing else is in the folder or happens there.
    func finishedStamp(of path: String, in id: NodeID) -> PackedStamp? {
        guard !settling.contains(id), hindrances.isEmpty(in: id), files.isEmpty(in: id) else { return nil }
        return live.finishedStamp(of: path)
    }

    mutating func addFinished(_ path: String, _ stamp: PackedStamp) { live.add(path, stamp, .finished) }

    mutating func acknowledge(_ path: String, _ stamp: Stamp, as standing: KnownStations.Standing) -> Bool {
        live.acknowledge(path, stamp, as: standing)
    }

    mutating func forgetStamp(of path: String) { live.forgetStamp(of: path) }

    mutating func forgetStamps(below folder: String, andItself isIncluded: Bool) -> [String] {
        live.forgetStamps(below: folder, andItself: isIncluded)
    }

    mutating func remove(_ path: String) { live.remove(path) }

    /// Whether something other than a folder is at a path: a hindrance, or a file in the folder above.
    func stands(at path: String, in above: NodeID?) -> Bool {
        let name = FinishedFolders.split(path).name
        return hindrances.contains(ExactName(path)) || above.map { files.contains(name, in: $0) } == true
    }

    // MARK: Events and time

    mutating func note(writing: [String: Bool], in id: NodeID, at now: Instant) {
        openFiles.note(writing, in: id, at: now)
    }

    func isBeingWritten(_ id: NodeID) -> Bool { !openFiles.names(in: id).isEmpty }

    /// Events were lost: nobody knows any more which files are open.
    mutating func forgetOpenFiles() { openFiles = OpenFiles() }

    mutating func giveUpOpenFiles(in id: NodeID, at now: Instant) -> (any: Bool, next: Instant?) {
        openFiles.giveUp(in: id, at: now)
    }

    mutating func noteEvent(in id: NodeID, names: Set<String>?, at now: Instant) {
        settling.noteEvent(in: id, at: now)
        files.noteEvent(in: id, names: names, at: now)
    }

    var settlingCount: Int { settling.count + files.settlingCount }

    mutating func nextListing() -> Instant? { [settling.nextListing(), files.nextListing()].compactMap(\.self).min() }

    /// The folders in which something settles that must be listed now.
    mutating func takeDue(at now: Instant, limit: Int) -> (folders: [NodeID], isLimit: Bool) {
        let due = settling.takeDue(at: now, limit: limit)
        let below = files.takeDue(at: now, limit: limit)
        return (due + below.subtracting(due), due.count == limit || below.count == limit)
    }

    mutating func stopSettling() {
        settling.removeAll()
        files.stopSettling()
    }

    mutating func stopSettling(in id: NodeID) {
        settling.remove(id)
        files.stopSettling(in: id)
    }

    /// Records that a folder is out of the tree; returns what was in it besides a station.
    mutating func forget(_ id: NodeID) -> [String] {
        settling.remove(id)
        openFiles.forget(id)
        return hindrances.note([], in: id).map(\.text) + files.forget(id)
    }

    // MARK: Listings

    /// Whether more than some names must be listed because something happened to them.
    func concerns(_ names: Set<String>, in id: NodeID) -> Bool {
        hindrances.concerns(names, in: id) || names.contains(where: settings.concernsFile)
    }

    /// What a folder holds, as its listing shows it.
    func snapshot(of id: NodeID, at path: String, _ entries: [FolderEntry]) -> FolderSnapshot {
        var snapshot = FolderSnapshot(
            inbox: settings.root,
            path: path,
            entries: entries,
            beingWritten: openFiles.names(in: id)
        )
        snapshot.wantsE57 = settings.wantsE57
        return snapshot
    }

    /// Records what a listing shows.
    ///
    /// - Parameter hides: Whether what is not there is on a disk that is not mounted.
    mutating func take(_ snapshot: FolderSnapshot, _ context: ListingContext, hides: (String) -> Bool) -> [Action] {
        var actions: [Action] = []
        judgeFiles(snapshot, context, hides: hides, &actions)
        let isWaiting = judgeHindrances(snapshot, context, hides: hides, &actions)
        if !snapshot.isStation, !isWaiting { settling.remove(context.id) }
        judgeStation(snapshot, context, &actions)
        return actions
    }

    /// Records what a listing says of the folder as a station.
    private mutating func judgeStation(_ snapshot: FolderSnapshot, _ context: ListingContext, _ actions: inout [Action])
    {
        let (id, path) = (context.id, snapshot.path)
        guard snapshot.isStation else {
            if live.contains(path) {
                count(context, &actions)
                vanish(path, &actions)
            }
            return
        }
        let isBeingWritten = !snapshot.beingWritten.isEmpty
        guard live.isNews(path, snapshot.stamp, isBeingWritten: isBeingWritten) else {
            settling.remove(id)
            return
        }
        if !settling.contains(id) { count(context, &actions) }
        guard settling.saw(id, stamp: snapshot.stamp, at: context.now), context.hasRoom else { return }
        settling.remove(id)
        live.noteEmitted(path, snapshot.stamp, isBeingWritten: isBeingWritten)
        if isBeingWritten { actions.append(.schedule(.openFiles(id), .about(ScanIntervals.openFile))) }
        actions.append(.emit(.quiet(.folder(snapshot))))
        if context.isWatched { actions.append(.follow(id)) }
    }

    /// Records what a listing shows of what looks like a station's and cannot be taken: emitted once quiet, and again when it is gone.
    ///
    /// - Returns: Whether something of it is still settling.
    private mutating func judgeHindrances(
        _ snapshot: FolderSnapshot,
        _ context: ListingContext,
        hides: (String) -> Bool,
        _ actions: inout [Action]
    ) -> Bool {
        // Archives that may be items are judged by what they hold.
        let found = snapshot.hindrances.filter {
            $0.kind != .archive || !$0.names.contains(where: settings.watchesFile)
        }
        for path in hindrances.note(found, in: context.id) where !hides(path.text) {
            count(context, &actions)
            vanish(path.text, &actions)
        }
        let news = found.filter { live.isNews($0.path, $0.stamp) }
        guard !news.isEmpty else { return false }
        // A station settles by itself; anything beside it is emitted immediately.
        if !snapshot.isStation {
            if !settling.contains(context.id) { count(context, &actions) }
            let stamp = Stamp(rawValue: found.map(\.stamp.rawValue).joined(separator: "|"))
            guard settling.saw(context.id, stamp: stamp, at: context.now), context.hasRoom else { return true }
        }
        for hindrance in news {
            live.noteEmitted(hindrance.path, hindrance.stamp)
            actions.append(.emit(.hindrance(hindrance)))
        }
        return false
    }

    /// Records what a listing shows of single files that are candidates of their own.
    private mutating func judgeFiles(
        _ snapshot: FolderSnapshot,
        _ context: ListingContext,
        hides: (String) -> Bool,
        _ actions: inout [Action]
    ) {
        guard !settings.fileEndings.isEmpty else { return }
        let found = snapshot.files(where: settings.watchesFile)
        for path in files.note(found.map(\.name), in: context.id, at: snapshot.path) where !hides(path) {
            count(context, &actions)
            vanish(path, &actions)
        }
        for file in found {
            let (name, path) = (file.name, file.item.path)
            guard live.isNews(path, file.stamp) else {
                files.stopSettling(name, in: context.id)
                continue
            }
            if !files.isSettling(name, in: context.id) { count(context, &actions) }
            let isQuiet = files.saw(name, in: context.id, stamp: file.stamp, at: context.now)
            // A file is large, and checked as a whole: not before its writer has closed it.
            if openFiles.isOpen(name, in: context.id) {
                if !isQuiet { openFiles.noteGrowth(of: name, in: context.id, at: context.now) }
                actions.append(.schedule(.openFiles(context.id), .withinAbout(ScanIntervals.openFile)))
                continue
            }
            guard isQuiet, context.hasRoom else { continue }
            files.stopSettling(name, in: context.id)
            live.noteEmitted(path, file.stamp, isFile: true)
            actions.append(.emit(.quiet(.file(file))))
            if context.isWatched { actions.append(.follow(context.id)) }
        }
    }

    private mutating func vanish(_ path: String, _ actions: inout [Action]) {
        live.remove(path)
        actions.append(.emit(.vanished(ItemPath(inbox: settings.root, path: path))))
    }

    private func count(_ context: ListingContext, _ actions: inout [Action]) {
        actions.append(.count(context.id, context.reason, isGrowing: isBeingWritten(context.id)))
    }
}
