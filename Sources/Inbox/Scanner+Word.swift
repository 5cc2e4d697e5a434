import DropFolder
import Logging
import Station

// What comes to the scanner: events, wishes, and the time.
extension Scanner {
    mutating func take(_ post: Mailbox.Post) {
        for outcome in post.outcomes { take(outcome) }
        for recheck in post.rechecks {
            guard let index = index(of: recheck.item.inbox) else { continue }
            let appointment = Appointment.recheck(index, ExactName(recheck.item.path))
            appointments.set(appointment, noLaterThan: recheck.due)
            pendingRechecks[appointment] = recheck.isAwaited || pendingRechecks[appointment] == true
        }
        if post.rescan {
            for index in roots.indices { startPass(of: index, isAwaited: true, isDeep: true) }
        }
        if post.mountsChanged { checkMounts() }
        if post.overflowed { recoverFromOverflow() }
        for (watch, news) in post.events { hear(news, on: watch) }
    }

    mutating func keepAppointments(at now: Instant) {
        for appointment in appointments.takeDue(at: now) {
            switch appointment {
            case .root(let index): checkRoot(index)
            case .sweep(let index):
                let isAwaited = roots[index].sweepAgain
                if roots[index].sweep == nil { roots[index].sweepAgain = false }
                startPass(of: index, isAwaited: isAwaited)
            case .relook(let id): relook(id, at: now)
            case .readAgain(let id): work.add(id, because: .recheck)
            case .recheck(let index, let path): recheck(index, path.text, at: now)
            case .unwatched: listUnwatched(at: now)
            case .suspect(let id): blameInotify(for: id)
            case .glance(let index, let path): glance(at: path.text, of: index, at: now)
            case .probe(let index): missProbe(of: index)
            case .openFiles(let id): giveUpOpenFiles(of: id)
            case .instance: askForInstance()
            }
        }
    }

    private func index(of inbox: String) -> Int? { roots.firstIndex { $0.settings.root == inbox } }

    private mutating func take(_ outcome: Mailbox.Outcome) {
        guard let index = index(of: outcome.item.inbox) else { return }
        let path = ExactName(outcome.item.path)
        // It may have been emitted with other content since.
        guard let known = roots[index].known[path], known.stamp == PackedStamp(outcome.stamp) else { return }
        roots[index].known[path]?.standing = outcome.standing
        guard let node = roots[index].node else { return }
        let found = tree.find(path.text, below: node)
        guard found.isWhole else { return }
        appointments.cancel(.relook(found.id))
        relookPauses[found.id] = nil
        if outcome.standing == .finished { finish(found.id, in: index) }
    }

    private mutating func recoverFromOverflow() {
        status.overflows += 1
        logger.notice(
            "Events were lost in a rush of changes; every inbox is listed again.",
            metadata: ["inotify.overflows": "\(status.overflows)"]
        )
        bystander?.ring()
        for index in roots.indices where roots[index].node != nil { passSoon(index) }
    }

    mutating func passSoon(_ index: Int) {
        roots[index].sweepAgain = true
        appointments.set(.sweep(index), noLaterThan: .now + ScanIntervals.afterOverflow)
    }

    func mountsBelow(_ index: Int) -> [MountTable.Mount] {
        let root = roots[index].settings.root + "/"
        return MountTable.current().mounts.filter { $0.point.hasPrefix(root) }
    }

    /// A disk that is mounted over a folder makes no event there.
    private mutating func checkMounts() {
        for index in roots.indices {
            checkRoot(index)
            let now = mountsBelow(index)
            guard roots[index].mountsBelow != now else { continue }
            roots[index].mountsBelow = now
            // A listing under way may have been past the place already: another one follows it.
            if roots[index].node != nil { passSoon(index) }
        }
    }

    /// Any event makes its folder due for a listing; which one it was hardly matters.
    private mutating func hear(_ news: Mailbox.News, on watch: Int32) {
        let mask = news.mask
        if watch == bystanderWatch, let bystander {
            if mask & NotifyMask.ended != 0 { bystanderWatch = nil }
            if news.names?.contains(where: { $0.hasPrefix(bystander.prefix) }) ?? true { bystander.ring() }
        }
        if let above = watchesAbove[watch] {
            if mask & (NotifyMask.ended | NotifyMask.selfGone) != 0 {
                watchesAbove[watch] = nil
                for index in above { roots[index].watchAbove = nil }
                if mask & NotifyMask.ended == 0, tree.node(watching: watch) == nil { instance?.unwatch(watch) }
            }
            for index in above { checkRoot(index) }
        }
        if mask & NotifyMask.unmounted != 0 {
            for index in roots.indices { checkRoot(index) }
        }
        // Late events of a watch that is gone are dropped: what replaced its folder was listed after it was watched.
        guard let id = tree.node(watching: watch), let node = tree[id] else { return }
        if mask & NotifyMask.ended != 0 { _ = tree.endWatch(watch) }
        if mask & (NotifyMask.selfGone | NotifyMask.ended) != 0 {
            if let parent = node.parent { work.add(parent, because: .event) } else { checkRoot(node.inbox) }
        }
        guard tree[id] != nil else { return }
        if node.parent == nil, mask & NotifyMask.created != 0 { hearProbe(of: node.inbox) }
        note(news.writing, in: id)
        // Our own reports and probes, thumbnails and the like; the mask tells of folders where names don't.
        let rules = roots[node.inbox].settings.ignore
        if let names = news.names, !names.isEmpty, mask & NotifyMask.ofFolder == 0,
            names.allSatisfy({ rules.role(of: $0, kind: .file) == .junk })
        {
            return
        }
        if node.parent == nil, mask & NotifyMask.departure != 0 { roots[node.inbox].sawDepartures = true }
        roots[node.inbox].settling.noteEvent(in: id, at: .now)
        work.add(id, because: .event, names: news.names)
        for suspect in suspects where tree.isAt(suspect, orBelow: id) {
            suspects.remove(suspect)
            appointments.cancel(.suspect(suspect))
            status.foundByEvent += 1
        }
    }

    private mutating func blameInotify(for id: NodeID) {
        guard suspects.remove(id) != nil, let node = tree[id] else { return }
        status.foundByRescan += 1
        logger.notice(
            "The rescan found a change that inotify did not tell of.",
            metadata: [
                "inbox.root": "\(printable(roots[node.inbox].settings.root))",
                "station.path": "\(printable(tree.path(of: id)))",
            ]
        )
    }

    /// Looks at a station that was said but isn't final, each time after twice the pause, until the rescan takes over.
    private mutating func relook(_ id: NodeID, at now: Instant) {
        guard let pause = relookPauses[id] else { return }
        work.add(id, because: .recheck)
        guard pause * 2 < pace.rescanInterval else {
            relookPauses[id] = nil
            return
        }
        relookPauses[id] = pause * 2
        appointments.set(.relook(id), at: rounded(now + pause * 2))
    }

    private mutating func recheck(_ index: Int, _ path: String, at now: Instant) {
        guard let node = roots[index].node else {
            appointments.set(.recheck(index, ExactName(path)), at: now + ScanIntervals.lostRoot)
            return
        }
        pendingRechecks[.recheck(index, ExactName(path))] = nil
        reopen(path, of: index)
        roots[index].known[ExactName(path)]?.stamp = nil
        work.add(tree.find(path, below: node).id, because: .recheck)
    }
}
