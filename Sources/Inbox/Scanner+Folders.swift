import DropFolder
import Station

// Listing folders, and what they show.
extension Scanner {
    /// Watches the folder, lists it, and takes the listing as what happened; doing so twice does no harm.
    ///
    /// - Parameters:
    ///   - id: Which.
    ///   - reason: Why.
    ///   - names: The names in it that something happened to; nil for all.
    ///   - isInSweep: It is part of a full listing, which continues below it.
    mutating func list(
        _ id: NodeID,
        because reason: Reason,
        only names: Set<String>? = nil,
        isInSweep: Bool = false
    ) {
        let index = id.inbox
        guard roots[index].folder(id) != nil else { return }
        do throws(ListingFailure) {
            let folder = try open(id)
            if let names, roots[index].isTooLargeToList(for: names, id) {
                let found = try FolderReading.stamps(of: names, in: folder)
                let (actions, isComplete) = roots[index].take(found, in: id, because: reason, at: .now)
                perform(actions)
                if isComplete { return }
            }
            let listing = try read(folder, id, isInSweep: isInSweep)
            let hasRoom = events.room > outgoing.count
            perform(
                roots[index].take(
                    listing,
                    of: id,
                    because: reason,
                    isInSweep: isInSweep,
                    hasRoom: hasRoom,
                    at: .now
                )
            )
        } catch {
            perform(roots[index].take(error, of: id, because: reason))
        }
    }

    private mutating func read(
        _ folder: borrowing OpenFolder,
        _ id: NodeID,
        isInSweep: Bool
    ) throws(ListingFailure) -> Listing {
        let rules = roots[id.inbox].settings.ignore
        // The only reference to it, so that it is not copied.
        guard var table = roots[id.inbox].takeTable(in: id) else {
            return try FolderReading.list(folder, ignoring: rules)
        }
        // Also where the listing fails.
        defer { roots[id.inbox].put(table, in: id) }
        let listing = try FolderReading.list(
            folder,
            ignoring: rules,
            finished: &table,
            number: roots[id.inbox].listing,
            isDeep: isInSweep && roots[id.inbox].isSweepDeep
        )
        if table.dueCount > 0 { glances.add(id, because: .poll) }
        return listing
    }

    /// Opens a folder of the tree, sees that it still is the same one, and gives it a watch where it can have one; else it is
    /// listed every few seconds.
    mutating func open(_ id: NodeID) throws(ListingFailure) -> OpenFolder {
        let folder = try FolderReading.open(id, in: roots[id.inbox])
        // Watch first: what comes in between is then reported, and what was there before is listed.
        guard roots[id.inbox].isWatched else { return folder }
        switch watching.watch(id, folder) {
        case .watched(let before): if let before { work.add(before, because: .event) }
        case .polled(let isNew): if isNew { schedule(.unwatched, .within(ScanIntervals.unwatched)) }
        case .gone: throw .moved
        case nil: break
        }
        return folder
    }

    /// Lists the folders whose settling items have to be looked at, as far as the stream has room for what may come of it.
    mutating func listSettling() -> Bool {
        var isLeft = false
        for index in roots.indices {
            let room = min(events.room - outgoing.count, Self.turn)
            guard room > 0 else { return false }
            let (due, isLimit) = roots[index].takeDue(at: .now, limit: room)
            for id in due where !mailbox.isStopped { list(id, because: .recheck) }
            isLeft = isLeft || isLimit
        }
        return isLeft
    }

    /// Looks at some of the finished stations that are due for it.
    mutating func glanceAtFinished() {
        var left = Self.turn
        while left > 0, !mailbox.isStopped, let next = glances.takeFirst() {
            let began = Instant.now
            left -= max(glance(in: next.id, limit: left), 1)
            roots[next.id.inbox].spend(began.duration(to: .now))
        }
    }

    /// Returns how many were looked at.
    private mutating func glance(in id: NodeID, limit: Int) -> Int {
        let index = id.inbox
        guard roots[index].folder(id) != nil else { return 0 }
        let due = roots[index].takeDueGlances(in: id, limit: limit)
        guard !due.isEmpty else { return 0 }
        let above = roots[index].item(at: id)
        do throws(ListingFailure) {
            let folder = try open(id)
            for (name, stamp) in due {
                let path = above.path.isEmpty ? name : above.path + "/" + name
                let glance = FolderReading.glance(
                    at: ItemPath(inbox: above.inbox, path: path),
                    name,
                    in: folder,
                    by: roots[index].settings,
                    finishedAs: stamp
                )
                perform(roots[index].take(glance, at: name, in: id))
            }
        } catch {
            // The listing of the folder above says what is the matter; these are looked at by the next rescan.
            work.add(id, because: .recheck)
        }
        if roots[index].hasDueGlances(in: id) { glances.add(id, because: .poll) }
        return due.count
    }
}
