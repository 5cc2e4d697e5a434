import DropFolder

/// The inotify instance, with the watches that it holds.
struct FolderWatching {
    /// Nil where there is none.
    private(set) var instance: NotifyInstance?
    private let stateDirectory: StateDirectoryWatch?
    private var watches = Watches()

    init(instance: NotifyInstance?, stateDirectory: StateDirectoryWatch?) {
        self.instance = instance
        self.stateDirectory = stateDirectory
        watchStateDirectory()
    }

    /// Takes an instance where there was none.
    mutating func begin(with instance: NotifyInstance) {
        self.instance = instance
        watchStateDirectory()
    }

    // MARK: Folders of inboxes

    func hasWatch(_ id: NodeID) -> Bool { watches.hasWatch(id) }

    func isPolled(_ id: NodeID) -> Bool { watches.isPolled(id) }

    /// Gives the folder a watch where it can have one; nil where it has one, or there is no inotify.
    mutating func watch(_ id: NodeID, _ folder: borrowing OpenFolder) -> Watches.Grant? {
        guard let instance, !watches.hasWatch(id) else { return nil }
        let now = Watches.Instant.now
        guard watches.mayAsk(at: now) else { return watches.goWithout(id) }
        let answer = instance.watch(folder, for: NotifyMask.folder)
        return watches.take(answer, for: id, at: now, limit: NotifyLimits.current().watches)
    }

    /// Ends the watch of a folder that is out of its tree.
    mutating func forget(_ id: NodeID) {
        if let watch = watches.forget(id) { instance?.unwatch(watch) }
    }

    /// The folder that an event is for; nil for late events of a watch that is gone.
    mutating func folder(with watch: Int32, isEnded: Bool) -> NodeID? {
        isEnded ? watches.end(watch) : watches.folder(with: watch)
    }

    /// The folders without a watch; asks the kernel again at the next listing where the limit is another one by now.
    mutating func takePolled() -> Set<NodeID> {
        watches.noteLimit(NotifyLimits.current().watches)
        return watches.polled
    }

    /// Whether it must be reported now that watches are used up; true once.
    mutating func takeReport() -> Bool { watches.takeReport() }

    /// In use.
    var count: Int { watches.count }
    var polledCount: Int { watches.polledCount }

    // MARK: Folders beside

    var watchesStateDirectory: Bool { watches.watchesStateDirectory }

    private mutating func watchStateDirectory() {
        guard let stateDirectory, let instance, !watches.watchesStateDirectory else { return }
        // Without it, the daemon has to check for writes now and then.
        guard let folder = try? OpenFolder(root: stateDirectory.folder) else { return }
        guard case .success(let watch) = instance.watch(folder, for: NotifyMask.closed) else { return }
        watches.watchStateDirectory(watch)
    }

    /// Rings where another process may have written in the state directory.
    mutating func takeStateDirectory(_ news: Mailbox.FolderEvents, on watch: Int32, isEnded: Bool) {
        guard let stateDirectory, watches.isStateDirectory(watch) else { return }
        if isEnded { watches.watchStateDirectory(nil) }
        if news.names?.contains(where: { $0.hasPrefix(stateDirectory.prefix) }) ?? true { stateDirectory.ring() }
    }

    /// Watches the folder that an inbox is in, to know immediately when the inbox goes or comes.
    mutating func watchAbove(_ root: String, of inbox: Int) {
        guard let instance, !watches.isWatchedAbove(inbox), root != "/", let slash = root.lastIndex(of: "/") else {
            return
        }
        let parent = slash == root.startIndex ? "/" : String(root[..<slash])
        // Without it, the check of the inbox every few seconds remains; it reports what is wrong, too.
        guard let folder = try? OpenFolder(root: parent) else { return }
        guard case .success(let watch) = instance.watch(folder, for: NotifyMask.aboveRoot) else { return }
        watches.watch(watch, above: inbox)
    }

    /// The inboxes in a folder beside that something happened to.
    ///
    /// - Parameters:
    ///   - watch: The folder's.
    ///   - isOver: The folder is gone, or the kernel has ended the watch.
    ///   - isEnded: The kernel has ended the watch.
    mutating func inboxes(below watch: Int32, isOver: Bool, isEnded: Bool) -> Set<Int> {
        let inboxes = watches.inboxes(below: watch, isOver: isOver)
        if isOver, !isEnded, !inboxes.isEmpty, watches.folder(with: watch) == nil { instance?.unwatch(watch) }
        return inboxes
    }
}
