import DropFolder
import Station

// What looks like a station's and cannot be taken: said once quiet, and again when it is gone, as a station is.
extension Scanner {
    /// Takes what a listing shows of the kind.
    ///
    /// - Returns: Whether something of it is still settling.
    mutating func judgeHindrances(_ snapshot: FolderSnapshot, _ id: NodeID, in inbox: Int, because reason: Reason)
        -> Bool
    {
        let found = snapshot.hindrances
        for path in roots[inbox].hindrances.note(found, in: id) where !isAbsent(path.text, in: inbox) {
            credit(id, because: reason)
            sayVanished(path.text, in: inbox)
        }
        let news = found.filter { hindrance in
            let stamp = roots[inbox].known[ExactName(hindrance.path)]?.stamp
            return stamp == nil || stamp != PackedStamp(hindrance.stamp)
        }
        guard !news.isEmpty else { return false }
        // A station settles by itself; what stands in it beside it is said at once.
        if !snapshot.isStation {
            if !roots[inbox].settling.contains(id) { credit(id, because: reason) }
            let stamp = Stamp(rawValue: found.map(\.stamp.rawValue).joined(separator: "|"))
            guard roots[inbox].settling.saw(id, stamp: stamp, at: .now), events.room > outgoing.count else {
                return true
            }
        }
        for hindrance in news {
            roots[inbox].known[ExactName(hindrance.path)] = Root.Known(stamp: PackedStamp(hindrance.stamp))
            outgoing.append(.hindrance(hindrance))
        }
        return false
    }
}
