import DropFolder
import Station
import Timing

// Stations for which nothing is left to do: no watch, no node in the tree, and still never out of sight.
extension Scanner {
    /// Takes a station that is finished as it stands out of the tree, with its watch.
    mutating func finish(_ id: NodeID, in index: Int) {
        guard let node = tree[id], node.parent != nil, node.children.isEmpty, node.content == .station,
            !roots[index].settling.contains(id), roots[index].hindrances.isEmpty(in: id)
        else { return }
        let path = tree.path(of: id)
        guard let known = roots[index].known[ExactName(path)], known.standing == .finished, let stamp = known.stamp
        else { return }
        roots[index].known[ExactName(path)] = nil
        for folder in tree.remove(id) { forget(folder, in: index) }
        let (parent, name) = KnownStations.split(path)
        roots[index].finished[ExactName(parent), default: FinishedStations()].add(name, stamp: stamp)
        // What happened since the last listing is told by no event any more: the first glance sees it.
        roots[index].glancePauses[ExactName(path)] = ScanIntervals.finishedGlances.first
        appointments.set(.glance(index, ExactName(path)), at: rounded(.now + ScanIntervals.finishedGlances.first))
    }

    /// Has a station that was finished a short while ago looked at, and again after twice the pause: corrections come soon or hardly ever.
    mutating func glance(at path: String, of index: Int, at now: Instant) {
        guard let pause = roots[index].glancePauses[ExactName(path)], let root = roots[index].node else { return }
        let (parent, name) = KnownStations.split(path)
        let found = tree.find(parent, below: root)
        guard found.isWhole, roots[index].finished[ExactName(parent)]?.makeDue(name) == true else {
            roots[index].glancePauses[ExactName(path)] = nil
            return
        }
        glances.add(found.id, because: .poll)
        // From then on the rescan is as quick.
        guard pause * 2 <= min(ScanIntervals.finishedGlances.last, now.duration(to: roots[index].nextDeepSweep)) else {
            roots[index].glancePauses[ExactName(path)] = nil
            return
        }
        roots[index].glancePauses[ExactName(path)] = pause * 2
        appointments.set(.glance(index, ExactName(path)), at: rounded(now + pause * 2))
    }

    /// Looks at some of the finished stations that are due for it.
    mutating func glanceAtFinished() {
        var left = Self.turn
        while left > 0, !mailbox.isStopped, let next = glances.takeFirst() {
            let began = Instant.now
            guard let node = tree[next.id] else { continue }
            let looked = glance(below: next.id, node, limit: left)
            left -= max(looked, 1)
            roots[node.inbox].sweep?.busy += began.duration(to: .now)
        }
    }

    /// Returns how many were looked at.
    private mutating func glance(below id: NodeID, _ node: WatchTree.Node, limit: Int) -> Int {
        let (path, index) = (tree.path(of: id), node.inbox)
        let due = roots[index].finished[ExactName(path)]?.takeDue(limit: limit) ?? []
        guard !due.isEmpty else { return 0 }
        do throws(LookFailure) {
            let folder = try open(id, node)
            for (name, stamp) in due {
                let verdict = glance(at: name, in: folder, path, index, stamp)
                switch verdict {
                case .unchanged(let mark): roots[index].finished[ExactName(path)]?.note(mark, of: name)
                case .changed(let identity): reopen(name, stamp, identity, below: id, path, index)
                case .elsewhere: work.add(id, because: .poll, names: [name])
                case .unknown: break
                }
            }
        } catch {
            // The listing of the folder above says what is the matter; these are looked at by the next rescan.
            work.add(id, because: .recheck)
        }
        if roots[index].finished[ExactName(path)]?.dueCount ?? 0 > 0 { glances.add(id, because: .poll) }
        return due.count
    }

    private enum Glance {
        case unchanged(FolderMark)
        case changed(FolderIdentity)
        /// No folder stands there.
        case elsewhere
        /// It may not or cannot be read: nothing is concluded.
        case unknown
    }

    private func glance(
        at name: String,
        in folder: borrowing OpenFolder,
        _ path: String,
        _ index: Int,
        _ stamp: PackedStamp
    ) -> Glance {
        do throws(DropFolderError) {
            let station = try folder.folder(name)
            let own = try station.stamp()
            let snapshot = FolderSnapshot(
                inbox: roots[index].settings.root,
                path: path.isEmpty ? name : path + "/" + name,
                entries: try station.entries(ignoring: roots[index].settings.ignore)
            )
            guard snapshot.isStation, PackedStamp(snapshot.stamp) == stamp, snapshot.subfolders.isEmpty else {
                return .changed(FolderIdentity(own))
            }
            return .unchanged(FolderMark(own, at: WallClock.nanoseconds))
        } catch {
            switch error {
            case .missing, .notRegular: return .elsewhere
            case .noPermission, .unavailable: return .unknown
            }
        }
    }

    /// Puts a station back into the tree: something can happen there again.
    private mutating func reopen(
        _ name: String,
        _ stamp: PackedStamp,
        _ identity: FolderIdentity,
        below parent: NodeID,
        _ path: String,
        _ index: Int
    ) {
        roots[index].finished[ExactName(path)]?.remove(name)
        let own = ExactName(path.isEmpty ? name : path + "/" + name)
        roots[index].glancePauses[own] = nil
        roots[index].known[own] = Root.Known(stamp: stamp, standing: .finished)
        guard let node = tree.addChild(name, identity: identity, of: parent) else { return }
        work.add(node, because: .poll)
    }

    /// Puts a station back into the tree because somebody asks for it.
    mutating func reopen(_ path: String, of index: Int) {
        let (parent, name) = KnownStations.split(path)
        guard let stamp = roots[index].finished[ExactName(parent)]?.remove(name) else { return }
        roots[index].glancePauses[ExactName(path)] = nil
        roots[index].known[ExactName(path)] = Root.Known(stamp: stamp, standing: .finished)
    }
}
