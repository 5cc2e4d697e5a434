import DropFolder
import Station

// Pose lists: every station at or below their folder may have its pose in them.
extension Scanner {
    /// Has the stations below said again where a pose list came, changed or went.
    ///
    /// Not those that are finished: a list that grows every day would have a whole season read again. Neither is it asked which rows
    /// have changed; inspection finds that out.
    mutating func comparePoseLists(
        of id: NodeID,
        _ path: String,
        _ node: WatchTree.Node,
        with entries: [FolderEntry]
    ) {
        let lists = entries.filter { $0.stamp.kind == .file && FolderSnapshot.isPoseList($0.name) }
        let now = lists.map { "\($0.name)/\($0.stamp.size)/\($0.stamp.modified)/\($0.stamp.changed)" }
            .joined(separator: "|")
        guard now != node.poseLists else { return }
        tree.note(poseLists: now, of: id)
        guard let root = roots[node.inbox].node else { return }
        let below = path.isEmpty ? "" : path + "/"
        for (name, known) in roots[node.inbox].known
        where known.standing != .finished && (name.text == path || name.text.hasPrefix(below)) {
            roots[node.inbox].known[name]?.stamp = nil
            let found = tree.find(name.text, below: root)
            if found.isWhole, found.id != id { work.add(found.id, because: .recheck) }
        }
    }
}
