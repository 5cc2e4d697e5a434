import DropFolder
import Logging
import Station

// What a listing says of the folders below, and folders that go.
extension Scanner {
    /// Compares the subfolders with those in the tree.
    mutating func compareSubfolders(
        of id: NodeID,
        _ node: WatchTree.Node,
        with found: [FolderEntry],
        because reason: Reason,
        inSweep: Bool
    ) {
        let names = Set(found.map { ExactName($0.name) })
        for (name, child) in node.children where !names.contains(name) {
            drop(child, isGone: !noteAbsentMount(child, below: node), because: reason)
        }
        for entry in found.reversed() {
            markSeen(entry.name, entry.stamp, in: id, node, because: reason, inSweep: inSweep)
        }
    }

    /// Takes that a subfolder is there.
    mutating func markSeen(
        _ name: String,
        _ stamp: FileStamp,
        in id: NodeID,
        _ node: WatchTree.Node,
        because reason: Reason,
        inSweep: Bool
    ) {
        let identity = FolderIdentity(stamp)
        if let child = node.children[ExactName(name)], let known = tree[child] {
            // Where inotify isn't to be had, inode numbers are not to be trusted either.
            if known.identity == identity || !roots[node.inbox].isWatched && known.identity.device == identity.device {
                if inSweep {
                    roots[node.inbox].sweep?.open.append(child)
                } else if known.content == .unreadable {
                    work.add(child, because: reason)
                }
                return
            }
            // Another folder under the old name. What was known below it and isn't found again, the next pass misses.
            _ = noteAbsentMount(child, below: node, now: identity)
            drop(child, isGone: false, because: reason)
            appointments.set(.sweep(node.inbox), noLaterThan: .now + ScanIntervals.afterOverflow)
        }
        guard node.depth < Self.deepest else {
            noteTooDeep(id, in: node.inbox)
            return
        }
        guard let new = tree.addChild(name, identity: identity, of: id) else { return }
        if identity.device != node.identity.device { noteMount(at: tree.path(of: new), in: node.inbox) }
        if inSweep { roots[node.inbox].sweep?.open.append(new) } else { work.add(new, because: reason) }
    }

    /// Takes a folder and all below it out of the tree.
    ///
    /// - Parameter isGone: Its stations are said to have vanished; otherwise they may be found again.
    mutating func drop(_ id: NodeID, isGone: Bool, because reason: Reason) {
        guard let node = tree[id] else { return }
        var isMissed = false
        for folder in tree.remove(id) {
            forget(folder, in: node.inbox)
            let hindrances = roots[node.inbox].hindrances.note([], in: folder.id)
            if isGone, roots[node.inbox].emptied.remove(ExactName(folder.path)) != nil { passSoon(node.inbox) }
            guard isGone, !isAbsent(folder.path, in: node.inbox) else { continue }
            if roots[node.inbox].known[ExactName(folder.path)] != nil {
                isMissed = true
                sayVanished(folder.path, in: node.inbox)
            }
            for path in hindrances {
                isMissed = true
                sayVanished(path.text, in: node.inbox)
            }
            for name in roots[node.inbox].finished.removeValue(forKey: ExactName(folder.path))?.allNames ?? [] {
                sayVanished(folder.path + "/" + name, in: node.inbox)
            }
        }
        if isMissed, let parent = node.parent { credit(parent, because: reason) }
    }

    /// Lets go of everything that was kept of a folder that is out of the tree.
    mutating func forget(_ folder: WatchTree.Removed, in inbox: Int) {
        if let watch = folder.watch { release(watch) }
        roots[inbox].settling.remove(folder.id)
        for appointment: Appointment in [
            .relook(folder.id), .readAgain(folder.id), .suspect(folder.id), .openFiles(folder.id),
        ] {
            appointments.cancel(appointment)
        }
        relookPauses[folder.id] = nil
        beingWritten[folder.id] = nil
        unwatched.remove(folder.id)
        unreadable.remove(folder.id)
        suspects.remove(folder.id)
    }

    mutating func sayVanished(_ path: String, in inbox: Int) {
        roots[inbox].known[ExactName(path)] = nil
        outgoing.append(.vanished(ItemPath(inbox: roots[inbox].settings.root, path: path)))
    }

    /// Counts by what a change was found.
    mutating func credit(_ id: NodeID, because reason: Reason) {
        switch reason {
        case .event: status.foundByEvent += 1
        case .poll: status.foundByPolling += 1
        case .rescan where unwatched.contains(id): status.foundByPolling += 1
        // Growth of an open file makes no event.
        case .rescan where beingWritten[id]?.isEmpty == false: break
        case .rescan:
            // The event may be on its way.
            suspects.insert(id)
            appointments.set(.suspect(id), noLaterThan: .now + .seconds(1))
        case .arrival, .recheck: break
        }
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
