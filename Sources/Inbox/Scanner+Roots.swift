import DropFolder
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
            roots[index].saidShortage = false
            appointments.set(.root(index), at: rounded(.now + ScanIntervals.standingRoot))
            if isStanding(index, as: identity) {
                guard let trouble = roots[index].trouble, let node = roots[index].node else { return }
                // Seemed unmounted; perhaps something has come into it.
                work.add(node, because: .recheck)
                if case .emptied = trouble { appointments.set(.root(index), at: .now + ScanIntervals.lostRoot) }
                return
            }
            if roots[index].node != nil {
                logger.notice(
                    "Another folder or disk has taken the inbox's place; it is listed anew.",
                    metadata: ["inbox.root": "\(printable(roots[index].settings.root))"]
                )
                clear(index)
            }
            noteDisk(identity.device, of: index)
            roots[index].mountsBelow = mountsBelow(index)
            roots[index].isWatched = canWatch(index, folder)
            let node = tree.addRoot(inbox: index, identity: identity)
            roots[index].node = node
            roots[index].sweep = Root.Sweep(open: [node], reason: .arrival, isAwaited: true, isDeep: true)
            if roots[index].isWatched { sendProbe(to: index) }
        } catch {
            guard error.isOwnShortage else { return lose(index, .unreadable(error)) }
            // Nothing is known of the inbox just now; that is no reason to say that it is lost.
            appointments.set(.root(index), at: .now + ScanIntervals.lostRoot)
            guard roots[index].saidShortage == false else { return }
            roots[index].saidShortage = true
            logger.warning(
                "An inbox cannot be looked at for the moment; it is tried again.",
                metadata: ["error": "\(error)"]
            )
        }
    }

    /// Where another disk stands in the place of the one that the known stations are on, they are not gone: they are elsewhere.
    private mutating func noteDisk(_ device: UInt64, of index: Int) {
        if roots[index].known.isEmpty, roots[index].finishedCount == 0 { roots[index].homeDevice = nil }
        // Which one it is, is known as soon as something was seen on it: the folder below a late mount is none.
        roots[index].isOnAnotherDisk = roots[index].homeDevice.map { $0 != device } ?? false
        guard roots[index].isOnAnotherDisk else { return }
        logger.warning(
            "Another disk is in the inbox's place. Stations of the one before are not given up; what is on this one is taken as well.",
            metadata: [
                "inbox.root": "\(printable(roots[index].settings.root))",
                "inbox.waiting": "\(roots[index].undelivered)",
            ]
        )
    }

    private func canWatch(_ index: Int, _ folder: borrowing OpenFolder) -> Bool {
        guard instance != nil, !roots[index].isDeaf else { return false }
        let ground = InboxFileSystem(folder, settings: roots[index].settings)
        if roots[index].settings.detection == .auto, !ground.canBeWatched {
            logger.info(
                "The inbox lies on a file system that does not tell of all changes; it is listed every few seconds.",
                metadata: [
                    "inbox.root": "\(printable(folder.path))", "file-system": "\(ground.fileSystem ?? "unknown")",
                ]
            )
        }
        return ground.canBeWatched
    }

    /// Notes that the inbox cannot be looked into; nothing below it is given up.
    mutating func lose(_ index: Int, _ trouble: InboxTrouble) {
        note(trouble, of: index)
        clear(index)
        appointments.set(.root(index), at: .now + ScanIntervals.lostRoot)
    }

    /// Notes that the inbox seems unmounted; its folder keeps its watch, so that what comes into it is heard of.
    private mutating func distrust(_ index: Int) {
        let stations = roots[index].undelivered
        note(.emptied(root: roots[index].settings.root, stations: stations), of: index)
        if let node = roots[index].node {
            for child in tree[node]?.children.values.map(\.self) ?? [] { drop(child, isGone: false, because: .arrival) }
        }
        forgetProgress(of: index)
        appointments.set(.root(index), at: .now + ScanIntervals.lostRoot)
    }

    private mutating func note(_ trouble: InboxTrouble, of index: Int) {
        if !trouble.isEquivalent(to: roots[index].trouble) {
            outgoing.append(.rootLost(inbox: roots[index].settings.root, trouble))
        }
        roots[index].trouble = trouble
    }

    /// Forgets the folders of an inbox, and nothing of its stations.
    mutating func clear(_ index: Int) {
        if let node = roots[index].node { drop(node, isGone: false, because: .arrival) }
        roots[index].node = nil
        forgetProgress(of: index)
    }

    private mutating func forgetProgress(of index: Int) {
        roots[index].settling.removeAll()
        roots[index].sweep = nil
        roots[index].sweepAgain = false
        roots[index].isListed = false
        roots[index].sawDepartures = false
        roots[index].probe?.remove()
        roots[index].probe = nil
        appointments.cancel(.probe(index))
        appointments.cancel(.sweep(index))
    }

    /// Whether the listing of the inbox itself can be what it seems: an unmounted disk looks like an empty folder.
    mutating func believes(isEmpty: Bool, of index: Int) -> Bool {
        roots[index].isEmpty = isEmpty
        if isEmpty {
            guard roots[index].undelivered == 0 || (roots[index].isWatched && roots[index].sawDepartures) else {
                distrust(index)
                return false
            }
        } else {
            roots[index].sawDepartures = false
            if roots[index].homeDevice == nil {
                roots[index].homeDevice = roots[index].node.flatMap { tree[$0]?.identity.device }
            }
        }
        guard roots[index].trouble != nil else { return true }
        roots[index].trouble = nil
        outgoing.append(.rootFound(inbox: roots[index].settings.root))
        guard roots[index].sweep == nil, let node = roots[index].node else { return true }
        roots[index].sweep = Root.Sweep(open: [node], reason: .arrival, isAwaited: true, isDeep: true)
        return false
    }

    // MARK: Full listings

    /// Lists the inbox from its top; after the listing under way where there is one.
    ///
    /// - Parameters:
    ///   - index: Which inbox.
    ///   - isAwaited: Somebody waits for the end of it.
    ///   - isDeep: Finished stations are looked into whether or not it is time for that.
    mutating func startPass(of index: Int, isAwaited: Bool, isDeep: Bool = false) {
        guard let node = roots[index].node else { return }
        guard roots[index].sweep == nil else {
            roots[index].sweepAgain = true
            if isDeep { roots[index].nextDeepSweep = .now }
            return
        }
        roots[index].sweep = Root.Sweep(
            open: [node],
            reason: roots[index].isWatched ? .rescan : .poll,
            isAwaited: isAwaited,
            isDeep: isDeep || roots[index].nextDeepSweep <= .now
        )
    }

    /// Goes on with the inbox's listing for some folders.
    mutating func proceed(with index: Int) {
        guard let reason = roots[index].sweep?.reason else { return }
        let began = Instant.now
        var left = Self.turn
        while left > 0, !mailbox.isStopped, let id = roots[index].sweep?.open.popLast() {
            look(at: id, because: reason, inSweep: true)
            left -= 1
        }
        roots[index].sweep?.busy += began.duration(to: .now)
        // The finished stations that it found in need of a look are part of it.
        if roots[index].sweep?.open.isEmpty == true, glances.count == 0 { endSweep(of: index) }
    }

    private mutating func endSweep(of index: Int) {
        guard let sweep = roots[index].sweep else { return }
        roots[index].sweep = nil
        if roots[index].isListed { status.rescans += 1 }
        roots[index].isListed = true
        forgetEmptied(of: index)
        missKnown(of: index)
        let isWatched = roots[index].isWatched
        if sweep.isDeep {
            roots[index].nextDeepSweep =
                .now
                + (isWatched
                    ? pace.pauseAfterDeepRescan(taking: sweep.busy) : pace.pauseAfterDeepPoll(taking: sweep.busy))
        }
        let pause =
            if roots[index].sweepAgain {
                ScanIntervals.afterOverflow
            } else if isWatched {
                pace.pauseAfterRescan(taking: sweep.busy)
            } else {
                pace.pauseAfterPoll(taking: sweep.busy, settle: roots[index].settings.settle)
            }
        appointments.set(.sweep(index), noLaterThan: rounded(.now + pause))
        if roots[index].nextDeepSweep > .now {
            appointments.set(.sweep(index), noLaterThan: rounded(roots[index].nextDeepSweep))
        }
    }

    /// Says of all known stations that the full listing has not met that they have vanished.
    private mutating func missKnown(of index: Int) {
        guard let root = roots[index].node, !roots[index].isOnAnotherDisk else { return }
        for path in roots[index].known.keys.sorted().map(\.text) where isMissing(path, below: root, in: index) {
            sayVanished(path, in: index)
        }
        guard !hides("", isEmpty: roots[index].isEmpty, in: index) else { return }
        // Those in folders that are there were compared when these were listed.
        for parent in roots[index].finished.keys.map(\.text) where tree.find(parent, below: root).isWhole == false {
            guard isMissing(parent, below: root, in: index) else { continue }
            for name in roots[index].finished.removeValue(forKey: ExactName(parent))?.allNames ?? [] {
                sayVanished(parent + "/" + name, in: index)
            }
        }
    }

    /// Places that are not there any more keep no station.
    private mutating func forgetEmptied(of index: Int) {
        guard let root = roots[index].node, !roots[index].isOnAnotherDisk else { return }
        roots[index].emptied = roots[index].emptied.filter { place in
            let found = tree.find(place.text, below: root)
            guard !found.isWhole, let content = tree[found.id]?.content else { return true }
            let isHidden = roots[index].absentMounts.contains { place.text.hasPrefix($0.text + "/") }
            return isHidden || content == .unlisted || content == .unreadable
        }
    }

    private func isMissing(_ path: String, below root: NodeID, in index: Int) -> Bool {
        guard !roots[index].hindrances.contains(ExactName(path)) else { return false }
        let found = tree.find(path, below: root)
        guard let content = tree[found.id]?.content, !isAbsent(path, in: index) else { return false }
        // What could not be listed, or is still to be, may well hold it.
        return content != .unreadable && content != .unlisted && !(found.isWhole && content == .station)
    }
}

extension InboxTrouble {
    /// Whether an operator would take it for the same.
    fileprivate func isEquivalent(to other: InboxTrouble?) -> Bool {
        if case .emptied = self, case .emptied = other { return true }
        return self == other
    }
}
