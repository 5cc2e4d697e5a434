import DropFolder
import Logging
import Station

/// Why a folder could not be listed.
private enum LookFailure: Error {
    case rootLost(DropFolderError)
    /// Another folder stands in the inbox's place.
    case rootReplaced
    /// Another folder, or none, stands in the folder's place.
    case moved
    case unreadable(DropFolderError)
}

// Listing one folder, and what follows from it.
extension Scanner {
    /// Folders deeper than this below an inbox are not looked at.
    private static let deepest = 64

    /// Watches the folder, lists it, and takes the listing as what happened; doing so twice does no harm.
    mutating func look(at id: NodeID, because reason: Reason, inPass: Bool = false) {
        guard let node = tree[id] else { return }
        let entries: [FolderEntry]
        do throws(LookFailure) {
            entries = try list(id, node)
        } catch {
            switch error {
            case .rootLost(let cause): lose(node.inbox, .unreadable(cause))
            case .rootReplaced: checkRoot(node.inbox)
            case .moved:
                // What stands above knows what became of it.
                if let parent = node.parent { work.add(parent, because: reason) } else { checkRoot(node.inbox) }
            case .unreadable(let cause): noteUnreadable(id, cause)
            }
            return
        }
        if unreadable.remove(id) != nil { appointments.cancel(.readAgain(id)) }
        if node.parent == nil, !believes(entries, of: node.inbox) { return }
        let snapshot = FolderSnapshot(inbox: roots[node.inbox].settings.root, path: tree.path(of: id), entries: entries)
        tree.note(snapshot.isStation ? .station : .plain, of: id)
        compareSubfolders(of: id, node, with: snapshot.subfolders, because: reason, inPass: inPass)
        for entry in entries where entry.role == .folder && !entry.nameIsUTF8 {
            noteNoText(snapshot.path.isEmpty ? entry.name : snapshot.path + "/" + entry.name, in: node.inbox)
        }
        judge(snapshot, id, in: node.inbox, because: reason)
    }

    private mutating func list(_ id: NodeID, _ node: WatchTree.Node) throws(LookFailure) -> [FolderEntry] {
        var folder = try openRoot(node.inbox)
        do throws(DropFolderError) {
            for name in tree.names(of: id) { folder = try folder.folder(name) }
            if roots[node.inbox].isWatched, FolderIdentity(try folder.stamp()) != node.identity {
                throw .missing(path: folder.path)
            }
            // Watch first: what comes in between is then told, and what was there before is listed.
            try watch(id, node, folder)
            return try folder.entries(ignoring: roots[node.inbox].settings.ignore)
        } catch {
            switch error {
            case .missing, .notRegular: throw .moved
            case .noPermission, .unavailable: throw .unreadable(error)
            }
        }
    }

    private func openRoot(_ index: Int) throws(LookFailure) -> OpenFolder {
        do throws(DropFolderError) {
            let folder = try OpenFolder(root: roots[index].settings.root)
            if isStanding(index, as: FolderIdentity(try folder.stamp())) { return folder }
        } catch {
            throw .rootLost(error)
        }
        throw .rootReplaced
    }

    /// Compares the subfolders with those in the tree.
    private mutating func compareSubfolders(
        of id: NodeID,
        _ node: WatchTree.Node,
        with found: [FolderEntry],
        because reason: Reason,
        inPass: Bool
    ) {
        let names = Set(found.map { ExactName($0.name) })
        for (name, child) in node.children where !names.contains(name) {
            drop(child, isGone: true, because: reason)
        }
        for entry in found.reversed() {
            let identity = FolderIdentity(entry.stamp)
            if let child = node.children[ExactName(entry.name)], let known = tree[child] {
                // Where inotify isn't to be had, inode numbers are not to be trusted either.
                if known.identity == identity || !roots[node.inbox].isWatched {
                    if inPass {
                        roots[node.inbox].pass?.open.append(child)
                    } else if known.content == .unreadable {
                        work.add(child, because: reason)
                    }
                    continue
                }
                // Another folder under the old name. What was known below it and isn't found again, the next pass misses.
                drop(child, isGone: false, because: reason)
                appointments.set(.pass(node.inbox), noLaterThan: .now + InboxPace.afterOverflow)
            }
            guard node.depth < Self.deepest else {
                noteTooDeep(id, in: node.inbox)
                continue
            }
            guard let new = tree.addChild(entry.name, identity: identity, of: id) else { continue }
            if inPass { roots[node.inbox].pass?.open.append(new) } else { work.add(new, because: reason) }
        }
    }

    /// Takes what a listing says of the folder as a station.
    private mutating func judge(_ snapshot: FolderSnapshot, _ id: NodeID, in inbox: Int, because reason: Reason) {
        let path = snapshot.path
        guard snapshot.isStation else {
            roots[inbox].settling.remove(id)
            if roots[inbox].known[ExactName(path)] != nil {
                credit(id, because: reason)
                sayVanished(path, in: inbox)
            }
            return
        }
        let stamp = snapshot.stamp
        guard roots[inbox].known[ExactName(path)]?.stamp != stamp else {
            roots[inbox].settling.remove(id)
            return
        }
        if !roots[inbox].settling.contains(id) { credit(id, because: reason) }
        guard roots[inbox].settling.saw(id, stamp: stamp, at: .now), events.room > outgoing.count else { return }
        roots[inbox].settling.remove(id)
        roots[inbox].known[ExactName(path)] = Root.Known(stamp: stamp)
        outgoing.append(.quiet(snapshot))
        guard roots[inbox].isWatched else { return }
        relookPauses[id] = InboxPace.glance
        appointments.set(.relook(id), at: .now + InboxPace.glance)
    }

    /// Takes a folder and all below it out of the tree.
    ///
    /// - Parameter isGone: Its stations are said to have vanished; otherwise they may be found again.
    mutating func drop(_ id: NodeID, isGone: Bool, because reason: Reason) {
        guard let node = tree[id] else { return }
        let removed = tree.remove(id)
        var isMissed = false
        for folder in removed {
            if let watch = folder.watch { release(watch) }
            roots[node.inbox].settling.remove(folder.id)
            appointments.cancel(.relook(folder.id))
            appointments.cancel(.readAgain(folder.id))
            appointments.cancel(.suspect(folder.id))
            relookPauses[folder.id] = nil
            unwatched.remove(folder.id)
            unreadable.remove(folder.id)
            suspects.remove(folder.id)
            if isGone, roots[node.inbox].known[ExactName(folder.path)] != nil {
                isMissed = true
                sayVanished(folder.path, in: node.inbox)
            }
        }
        if isMissed, let parent = node.parent { credit(parent, because: reason) }
    }

    mutating func sayVanished(_ path: String, in inbox: Int) {
        roots[inbox].known[ExactName(path)] = nil
        outgoing.append(.vanished(inbox: roots[inbox].settings.root, path: path))
    }

    /// Counts by what a change was found.
    private mutating func credit(_ id: NodeID, because reason: Reason) {
        switch reason {
        case .event: status.foundByEvent += 1
        case .poll: status.foundByPolling += 1
        case .rescan where unwatched.contains(id): status.foundByPolling += 1
        case .rescan:
            // The event may be on its way.
            suspects.insert(id)
            appointments.set(.suspect(id), noLaterThan: .now + .seconds(1))
        case .arrival, .recheck: break
        }
    }

    private mutating func noteUnreadable(_ id: NodeID, _ error: DropFolderError) {
        guard let node = tree[id] else { return }
        roots[node.inbox].settling.remove(id)
        appointments.set(.readAgain(id), at: .now + InboxPace.unwatched)
        tree.note(.unreadable, of: id)
        guard unreadable.insert(id).inserted else { return }
        logger.warning("A folder cannot be listed; it is tried again.", metadata: ["error": "\(error)"])
    }

    /// Such a folder cannot be named in the ledger, in ids or in a report; that it is left alone must not pass in silence.
    private mutating func noteNoText(_ path: String, in inbox: Int) {
        guard roots[inbox].saidNoText.count < 1000, roots[inbox].saidNoText.insert(path).inserted else { return }
        logger.warning(
            "A folder's name is not UTF-8; it is not looked into. Rename it.",
            metadata: [
                "inbox.root": "\(printable(roots[inbox].settings.root))", "folder.path": "\(printable(path))",
            ]
        )
    }

    private mutating func noteTooDeep(_ id: NodeID, in inbox: Int) {
        guard !roots[inbox].saidTooDeep else { return }
        roots[inbox].saidTooDeep = true
        logger.warning(
            "Folders more than \(Self.deepest) deep are not looked into.",
            metadata: [
                "inbox.root": "\(printable(roots[inbox].settings.root))",
                "folder.path": "\(printable(tree.path(of: id)))",
            ]
        )
    }
}
