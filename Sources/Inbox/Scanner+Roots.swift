import DropFolder
import Foundation
import Logging
import Station

// The inboxes themselves: there or lost, and their full listings.
extension Scanner {
    /// Whether the inbox is still the folder that was listed.
    func isStanding(_ index: Int, as identity: FolderIdentity) -> Bool {
        guard let id = roots[index].node, let node = tree[id] else { return false }
        // Shares make up inode numbers as they go.
        return roots[index].isWatched ? node.identity == identity : node.identity.device == identity.device
    }

    /// Finds out whether the inbox is there and is the same one, and begins anew where it is not.
    mutating func checkRoot(_ index: Int) {
        watchAbove(index)
        do throws(DropFolderError) {
            let folder = try OpenFolder(root: roots[index].settings.root)
            let identity = FolderIdentity(try folder.stamp())
            appointments.set(.root(index), at: .now + InboxPace.standingRoot)
            if isStanding(index, as: identity) {
                guard let trouble = roots[index].trouble, let node = roots[index].node else { return }
                // Seemed unmounted; perhaps something has come into it.
                work.add(node, because: .recheck)
                if case .emptied = trouble { appointments.set(.root(index), at: .now + InboxPace.lostRoot) }
                return
            }
            if roots[index].node != nil {
                logger.notice(
                    "Another folder or disk has taken the inbox's place; it is listed anew.",
                    metadata: ["inbox.root": "\(printable(roots[index].settings.root))"]
                )
                clear(index)
            }
            roots[index].isWatched = canWatch(index, folder)
            let node = tree.addRoot(inbox: index, identity: identity)
            roots[index].node = node
            roots[index].pass = Root.Pass(open: [node], reason: .arrival, isAwaited: true)
        } catch {
            lose(index, .unreadable(error))
        }
    }

    private func canWatch(_ index: Int, _ folder: borrowing OpenFolder) -> Bool {
        guard instance != nil else { return false }
        switch roots[index].settings.detection {
        case .poll: return false
        case .inotify: return true
        case .auto:
            // Where the link cannot be read, the path as it was given is looked up.
            let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(folder.descriptor)")
            guard let mount = MountTable.current().mount(of: path ?? folder.path), MountTable.isSilent(mount.kind)
            else { return true }
            logger.info(
                "The inbox lies on a file system that does not tell of all changes; it is listed every few seconds.",
                metadata: ["inbox.root": "\(printable(folder.path))", "file-system": "\(mount.kind)"]
            )
            return false
        }
    }

    /// Notes that the inbox cannot be looked into; nothing below it is given up.
    mutating func lose(_ index: Int, _ trouble: InboxTrouble) {
        note(trouble, of: index)
        clear(index)
        appointments.set(.root(index), at: .now + InboxPace.lostRoot)
    }

    /// Notes that the inbox seems unmounted; its folder keeps its watch, so that what comes into it is heard of.
    private mutating func distrust(_ index: Int) {
        let stations = roots[index].undelivered
        note(.emptied(root: roots[index].settings.root, stations: stations), of: index)
        if let node = roots[index].node {
            for child in tree[node]?.children.values.map(\.self) ?? [] { drop(child, isGone: false, because: .arrival) }
        }
        forgetProgress(of: index)
        appointments.set(.root(index), at: .now + InboxPace.lostRoot)
    }

    private mutating func note(_ trouble: InboxTrouble, of index: Int) {
        if !trouble.isLike(roots[index].trouble) {
            outgoing.append(.rootLost(inbox: roots[index].settings.root, trouble))
            logger.warning("An inbox is lost.", metadata: ["error": "\(trouble)"])
        }
        roots[index].trouble = trouble
    }

    private mutating func clear(_ index: Int) {
        if let node = roots[index].node { drop(node, isGone: false, because: .arrival) }
        roots[index].node = nil
        forgetProgress(of: index)
    }

    private mutating func forgetProgress(of index: Int) {
        roots[index].settling.removeAll()
        roots[index].pass = nil
        roots[index].passAgain = false
        roots[index].isListed = false
        roots[index].sawDepartures = false
        appointments.cancel(.pass(index))
    }

    /// Whether the listing of the inbox itself can be what it seems: an unmounted disk looks like an empty folder.
    mutating func believes(_ entries: [FolderEntry], of index: Int) -> Bool {
        if entries.isEmpty {
            guard roots[index].undelivered == 0 || (roots[index].isWatched && roots[index].sawDepartures) else {
                distrust(index)
                return false
            }
        } else {
            roots[index].sawDepartures = false
        }
        guard roots[index].trouble != nil else { return true }
        roots[index].trouble = nil
        outgoing.append(.rootFound(inbox: roots[index].settings.root))
        logger.notice("An inbox is there again.", metadata: ["inbox.root": "\(printable(roots[index].settings.root))"])
        guard roots[index].pass == nil, let node = roots[index].node else { return true }
        roots[index].pass = Root.Pass(open: [node], reason: .arrival, isAwaited: true)
        return false
    }

    // MARK: Full listings

    /// Lists the inbox from its top; after the listing under way where there is one.
    mutating func startPass(of index: Int, isAwaited: Bool) {
        guard let node = roots[index].node else { return }
        guard roots[index].pass == nil else {
            roots[index].passAgain = true
            return
        }
        let reason: Reason = roots[index].isWatched ? .rescan : .poll
        roots[index].pass = Root.Pass(open: [node], reason: reason, isAwaited: isAwaited)
    }

    /// Goes on with the inbox's listing for some folders.
    mutating func proceed(with index: Int) {
        guard let reason = roots[index].pass?.reason else { return }
        let began = Instant.now
        var left = Self.turn
        while left > 0, !mailbox.isStopped, let id = roots[index].pass?.open.popLast() {
            look(at: id, because: reason, inPass: true)
            left -= 1
        }
        roots[index].pass?.busy += began.duration(to: .now)
        if roots[index].pass?.open.isEmpty == true { endPass(of: index) }
    }

    private mutating func endPass(of index: Int) {
        guard let pass = roots[index].pass else { return }
        roots[index].pass = nil
        if roots[index].isListed { status.rescans += 1 }
        roots[index].isListed = true
        missKnown(of: index)
        let pause =
            if roots[index].passAgain {
                InboxPace.afterOverflow
            } else if roots[index].isWatched {
                pace.pauseAfterRescan(taking: pass.busy)
            } else {
                pace.pauseAfterPoll(taking: pass.busy, settle: roots[index].settings.settle)
            }
        appointments.set(.pass(index), noLaterThan: .now + pause)
    }

    /// Says of all known stations that the full listing has not met that they have vanished.
    private mutating func missKnown(of index: Int) {
        guard let root = roots[index].node else { return }
        for path in roots[index].known.keys.sorted().map(\.text) {
            let found = tree.find(path, below: root)
            guard let content = tree[found.id]?.content else { continue }
            // What could not be listed, or is still to be, may well hold it.
            if content == .unreadable || content == .unlisted || (found.isWhole && content == .station) { continue }
            sayVanished(path, in: index)
        }
    }
}

extension InboxTrouble {
    /// Whether an operator would take it for the same.
    fileprivate func isLike(_ other: InboxTrouble?) -> Bool {
        if case .emptied = self, case .emptied = other { return true }
        return self == other
    }
}
