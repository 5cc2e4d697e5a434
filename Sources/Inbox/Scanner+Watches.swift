import DropFolder
import Logging
import Station

// The inotify watches on folders.
extension Scanner {
    /// Gives the folder a watch where it has none and can have one; else it is listed every few seconds.
    mutating func watch(
        _ id: NodeID,
        _ node: WatchTree.Node,
        _ folder: borrowing OpenFolder
    ) throws(DropFolderError) {
        guard roots[node.inbox].isWatched, let instance, node.watch == nil else { return }
        if let watchRetry, Instant.now < watchRetry.notBefore {
            noteUnwatched(id)
            return
        }
        switch instance.watch(folder, for: NotifyMask.folder) {
        case .success(let watch):
            if unwatched.remove(id) != nil, unwatched.isEmpty {
                watchRetry = nil
                watchesAreShort = .none
            }
            if let before = tree.setWatch(watch, on: id) { work.add(before, because: .event) }
        case .failure(.gone): throw .missing(path: folder.path)
        case .failure(.noWatchLeft):
            let pause = min((watchRetry?.pause ?? .seconds(30)) * 2, .seconds(3600))
            if watchesAreShort == .none { watchesAreShort = .unreported }
            shortLimit = NotifyLimits.current().watches
            watchRetry = (.now + pause, pause)
            noteUnwatched(id)
        case .failure(.refused): noteUnwatched(id)
        }
    }

    /// Ends a watch that is no folder's any more.
    func release(_ watch: Int32) {
        guard watchesAbove[watch] == nil else { return }
        instance?.unwatch(watch)
    }

    private mutating func noteUnwatched(_ id: NodeID) {
        guard unwatched.insert(id).inserted else { return }
        appointments.set(.unwatched, noLaterThan: .now + ScanIntervals.unwatched)
    }

    /// Says once how many watches are wanting, when all folders have been counted.
    mutating func sayNoWatchLeft() {
        guard watchesAreShort == .unreported, work.count == 0, roots.allSatisfy({ $0.sweep == nil }) else { return }
        watchesAreShort = .reported
        logger.error(
            "The inotify watches are used up: some folders are listed every few seconds instead, which is slower.",
            metadata: [
                "inbox.folders": "\(tree.count)", "inbox.unwatched": "\(unwatched.count)",
                "advice": "\(NotifyLimits.current().sysctl(folders: tree.count))",
            ]
        )
    }

    /// Lists the folders without a watch, and asks for watches again as soon as the limit is another one.
    mutating func listUnwatched(at now: Instant) {
        if let shortLimit, NotifyLimits.current().watches != shortLimit {
            self.shortLimit = nil
            watchRetry = nil
        }
        for id in unwatched { work.add(id, because: .poll) }
        // About 50 µs each: 5 % of a core at most.
        let pause = max(ScanIntervals.unwatched, .microseconds(50) * unwatched.count * 20)
        if !unwatched.isEmpty { appointments.set(.unwatched, at: now + pause) }
    }

    /// Asks for an inotify instance where there was none; once there is one, every inbox that may be is watched.
    mutating func askForInstance() {
        guard instance == nil, roots.contains(where: { $0.settings.detection != .poll }) else { return }
        do throws(NotifyInstance.Unavailable) {
            let instance = try NotifyInstance()
            self.instance = instance
            mailbox.offer(instance)
        } catch {
            appointments.set(.instance, at: .now + ScanIntervals.noInstance)
            return
        }
        logger.notice("inotify is available now; inboxes are watched again.")
        watchBystander()
        for index in roots.indices where roots[index].settings.detection != .poll && roots[index].node != nil {
            clear(index)
            checkRoot(index)
        }
    }

    /// Watches the folder beside the inboxes whose writers somebody wants to hear of.
    mutating func watchBystander() {
        guard let bystander, let instance, bystanderWatch == nil else { return }
        // Without it, whoever wants to hear of writers has to ask now and then.
        guard let folder = try? OpenFolder(root: bystander.folder) else { return }
        guard case .success(let watch) = instance.watch(folder, for: NotifyMask.closed) else { return }
        bystanderWatch = watch
    }

    /// Watches the folder that an inbox stands in, to hear at once when the inbox goes or comes.
    mutating func watchAbove(_ index: Int) {
        guard let instance, roots[index].settings.detection != .poll, roots[index].watchAbove == nil else { return }
        let root = roots[index].settings.root
        guard root != "/", let slash = root.lastIndex(of: "/") else { return }
        let parent = slash == root.startIndex ? "/" : String(root[..<slash])
        // Without it, the look at the inbox every few seconds remains; that says what is wrong, too.
        guard let folder = try? OpenFolder(root: parent) else { return }
        guard case .success(let watch) = instance.watch(folder, for: NotifyMask.aboveRoot) else { return }
        roots[index].watchAbove = watch
        watchesAbove[watch, default: []].insert(index)
    }
}
