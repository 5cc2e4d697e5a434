/// Which folder has which inotify watch, and which could get none.
///
/// A plain value: the scanner asks the kernel and hands over the answer. The kernel gives a folder that was moved the watch it already
/// had, also from one inbox to another; so this is one table for all of them.
struct Watches: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// What came of asking for a watch.
    enum Grant: Equatable, Sendable {
        /// `before` had this watch until now.
        case watched(before: NodeID?)
        /// The folder must be listed every few seconds; `isNew` where it had a watch or was unknown before.
        case polled(isNew: Bool)
        case gone
    }

    private enum Shortage { case none, unreported, reported }

    private var folders: [Int32: NodeID] = [:]
    private var watches: [NodeID: Int32] = [:]
    private var unwatched: Set<NodeID> = []
    private var retry: (notBefore: Instant, pause: Duration)?
    private var shortage = Shortage.none
    /// The limit of watches when it did not suffice.
    private var shortLimit: Int?
    /// The inboxes that are in a watched folder.
    private var below: [Int32: Set<Int>] = [:]
    private var above: [Int: Int32] = [:]
    private var stateDirectory: Int32?

    // MARK: Folders of inboxes

    /// The folder that has the watch; nil for late events of a watch that is gone.
    func folder(with watch: Int32) -> NodeID? { folders[watch] }

    func hasWatch(_ id: NodeID) -> Bool { watches[id] != nil }

    /// Whether the folder is listed every few seconds because it lacks a watch.
    func isPolled(_ id: NodeID) -> Bool { unwatched.contains(id) }

    /// All folders without a watch.
    var polled: Set<NodeID> { unwatched }

    /// Whether it makes sense to ask the kernel for another watch.
    func mayAsk(at now: Instant) -> Bool { retry.map { now >= $0.notBefore } ?? true }

    /// Takes the kernel's answer for a folder without a watch.
    ///
    /// - Parameter limit: The limit of watches, asked for where it did not suffice.
    mutating func take(
        _ answer: Result<Int32, NotifyFailure>,
        for id: NodeID,
        at now: Instant,
        limit: @autoclosure () -> Int?
    ) -> Grant {
        switch answer {
        case .success(let watch):
            if unwatched.remove(id) != nil, unwatched.isEmpty {
                retry = nil
                shortage = .none
            }
            return .watched(before: set(watch, on: id))
        case .failure(.gone): return .gone
        case .failure(.noWatchLeft):
            let pause = min((retry?.pause ?? .seconds(30)) * 2, .seconds(3600))
            if shortage == .none { shortage = .unreported }
            shortLimit = limit()
            retry = (now + pause, pause)
            return goWithout(id)
        case .failure(.refused): return goWithout(id)
        }
    }

    /// Notes that the folder gets no watch for now.
    mutating func goWithout(_ id: NodeID) -> Grant { .polled(isNew: unwatched.insert(id).inserted) }

    private mutating func set(_ watch: Int32, on id: NodeID) -> NodeID? {
        let before = folders[watch]
        if let before, before != id { watches[before] = nil }
        if let old = watches[id], old != watch { folders[old] = nil }
        watches[id] = watch
        folders[watch] = id
        return before == id ? nil : before
    }

    /// Notes that the kernel has ended a watch, and returns the folder that had it.
    @discardableResult
    mutating func end(_ watch: Int32) -> NodeID? {
        guard let id = folders.removeValue(forKey: watch) else { return nil }
        watches[id] = nil
        return id
    }

    /// Records that the folder is out of its tree; returns the watch that is no longer needed.
    mutating func forget(_ id: NodeID) -> Int32? {
        unwatched.remove(id)
        guard let watch = watches.removeValue(forKey: id) else { return nil }
        folders[watch] = nil
        return below[watch] == nil && watch != stateDirectory ? watch : nil
    }

    // MARK: Shortage

    /// Whether it must be reported now that watches are used up; true once.
    mutating func takeReport() -> Bool {
        guard shortage == .unreported else { return false }
        shortage = .reported
        return true
    }

    /// Asks the kernel again immediately if its limit of watches has changed.
    mutating func noteLimit(_ limit: @autoclosure () -> Int?) {
        guard let shortLimit, limit() != shortLimit else { return }
        self.shortLimit = nil
        retry = nil
    }

    // MARK: Folders beside

    func isWatchedAbove(_ inbox: Int) -> Bool { above[inbox] != nil }

    mutating func watch(_ watch: Int32, above inbox: Int) {
        above[inbox] = watch
        below[watch, default: []].insert(inbox)
    }

    /// The inboxes in a folder beside that something happened to.
    ///
    /// - Parameter isOver: The folder is gone, or the kernel has ended the watch.
    mutating func inboxes(below watch: Int32, isOver: Bool) -> Set<Int> {
        let inboxes = below[watch] ?? []
        guard isOver, !inboxes.isEmpty else { return inboxes }
        below[watch] = nil
        for inbox in inboxes { above[inbox] = nil }
        return inboxes
    }

    var watchesStateDirectory: Bool { stateDirectory != nil }

    func isStateDirectory(_ watch: Int32) -> Bool { watch == stateDirectory }

    mutating func watchStateDirectory(_ watch: Int32?) { stateDirectory = watch }

    // MARK: Counts

    /// In use.
    var count: Int { folders.count + below.keys.count { folders[$0] == nil } }
    var polledCount: Int { unwatched.count }
}
