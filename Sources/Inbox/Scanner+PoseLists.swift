import DropFolder
import Station

// What decides about the folders below: a pose list has poses for them, and faces or a pose alone make theirs part of the same station.
extension Scanner {
    /// Has the stations below said again where a pose list came, changed or went, or the folder became half of a station or stopped being that.
    ///
    /// Not those that are finished: a list that grows every day would have a whole season read again. Neither is it asked which rows
    /// have changed; inspection finds that out.
    mutating func comparePoseLists(
        of id: NodeID,
        _ path: String,
        _ node: WatchTree.Node,
        with entries: [FolderEntry],
        half: String
    ) {
        let lists = entries.filter { $0.stamp.kind == .file && FolderSnapshot.isPoseList($0.name) }
        let listed = lists.map { "\($0.name)/\($0.stamp.size)/\($0.stamp.modified)/\($0.stamp.changed)" }
            .joined(separator: "|")
        let now = listed + "\n" + half
        guard now != node.poseLists else { return }
        tree.note(poseLists: now, of: id)
        // What half of a station it is does not concern the folder itself.
        let isListChanged = listed != node.poseLists.prefix { $0 != "\n" }
        // Most folders that become half of a station have nothing below.
        guard isListChanged || entries.contains(where: { $0.role == .folder }) else { return }
        guard let root = roots[node.inbox].node else { return }
        let below = path.isEmpty ? "" : path + "/"
        for (name, known) in roots[node.inbox].known
        where known.standing != .finished && (isListChanged && name.text == path || name.text.hasPrefix(below)) {
            roots[node.inbox].known[name]?.stamp = nil
            let found = tree.find(name.text, below: root)
            if found.isWhole, found.id != id { work.add(found.id, because: .recheck) }
        }
    }
}
