import DropFolder
import Logging
import Station

// What comes to the scanner: events, wishes, and the time.
extension Scanner {
    mutating func take(_ post: Mailbox.Post) {
        for place in post.finals { settle(place) }
        for look in post.looks {
            guard let index = index(of: look.place.inbox) else { continue }
            let appointment = Appointment.lookAgain(index, ExactName(look.place.path))
            appointments.set(appointment, noLaterThan: look.due)
            laterLooks.insert(appointment)
        }
        if post.rescan {
            for index in roots.indices { startPass(of: index, isAwaited: true) }
        }
        if post.overflowed { recoverFromOverflow() }
        for (watch, mask) in post.events { hear(mask, on: watch) }
    }

    mutating func keepAppointments(at now: Instant) {
        for appointment in appointments.takeDue(at: now) {
            switch appointment {
            case .root(let index): checkRoot(index)
            case .pass(let index):
                let isAwaited = roots[index].passAgain
                if roots[index].pass == nil { roots[index].passAgain = false }
                startPass(of: index, isAwaited: isAwaited)
            case .relook(let id): relook(id, at: now)
            case .readAgain(let id): work.add(id, because: .recheck)
            case .lookAgain(let index, let path): lookAgain(index, path.text, at: now)
            case .unwatched: listUnwatched(at: now)
            case .suspect(let id): blameInotify(for: id)
            }
        }
    }

    private func index(of inbox: String) -> Int? { roots.firstIndex { $0.settings.root == inbox } }

    private mutating func settle(_ place: Mailbox.Place) {
        guard let index = index(of: place.inbox) else { return }
        roots[index].known[ExactName(place.path)]?.isFinal = true
        guard let node = roots[index].node else { return }
        let found = tree.find(place.path, below: node)
        guard found.isWhole else { return }
        appointments.cancel(.relook(found.id))
        relookPauses[found.id] = nil
    }

    private mutating func recoverFromOverflow() {
        status.overflows += 1
        logger.notice(
            "Events were lost in a rush of changes; every inbox is listed again.",
            metadata: ["inotify.overflows": "\(status.overflows)"]
        )
        for index in roots.indices where roots[index].node != nil {
            roots[index].passAgain = true
            appointments.set(.pass(index), noLaterThan: .now + InboxPace.afterOverflow)
        }
    }

    /// Any event makes its folder due for a listing; which one it was hardly matters.
    private mutating func hear(_ mask: UInt32, on watch: Int32) {
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
        if node.parent == nil, mask & NotifyMask.departure != 0 { roots[node.inbox].sawDepartures = true }
        roots[node.inbox].settling.noteEvent(in: id, at: .now)
        work.add(id, because: .event)
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
        appointments.set(.relook(id), at: now + pause * 2)
    }

    private mutating func lookAgain(_ index: Int, _ path: String, at now: Instant) {
        guard let node = roots[index].node else {
            appointments.set(.lookAgain(index, ExactName(path)), at: now + InboxPace.lostRoot)
            return
        }
        laterLooks.remove(.lookAgain(index, ExactName(path)))
        roots[index].known[ExactName(path)]?.stamp = nil
        work.add(tree.find(path, below: node).id, because: .recheck)
    }

    private mutating func listUnwatched(at now: Instant) {
        for id in unwatched { work.add(id, because: .poll) }
        // About 50 µs each: 5 % of a core at most.
        let pause = max(InboxPace.unwatched, .microseconds(50) * unwatched.count * 20)
        if !unwatched.isEmpty { appointments.set(.unwatched, at: now + pause) }
    }
}
