import DropFolder
import Logging
import Station

// Disks mounted below an inbox, which take their stations with them when they go.
extension Scanner {
    /// Notes that a disk which was mounted below the inbox is gone: what was on it is not given up.
    ///
    /// - Returns: Whether the folder was such a disk, and now is none or another one.
    mutating func noteAbsentMount(_ id: NodeID, below above: WatchTree.Node, now: FolderIdentity? = nil) -> Bool {
        guard let node = tree[id], node.identity.device != above.identity.device,
            now?.device != node.identity.device
        else { return false }
        let path = tree.path(of: id)
        roots[node.inbox].absentMounts.insert(ExactName(path))
        logger.warning(
            "A disk or share inside the inbox was unmounted. Its stations are not given up; drop360 goes on when it is back.",
            metadata: [
                "inbox.root": "\(printable(roots[node.inbox].settings.root))", "folder.path": "\(printable(path))",
            ]
        )
        return true
    }

    mutating func noteMount(at path: String, in inbox: Int) {
        let wasEmptied = roots[inbox].emptied.remove(ExactName(path)) != nil
        guard roots[inbox].absentMounts.remove(ExactName(path)) != nil || wasEmptied else { return }
        logger.notice(
            "A disk or share inside the inbox is there again.",
            metadata: [
                "inbox.root": "\(printable(roots[inbox].settings.root))", "folder.path": "\(printable(path))",
            ]
        )
    }

    /// Takes from a folder's listing whether its stations went while nobody looked, or something has come into it again.
    mutating func noteWhetherEmptied(_ path: String, isEmpty: Bool, _ node: WatchTree.Node) {
        let (inbox, name) = (node.inbox, ExactName(path))
        guard node.parent != nil else { return }
        if !isEmpty {
            guard roots[inbox].emptied.remove(name) != nil else { return }
            // What is not there now is gone.
            return passSoon(inbox)
        }
        guard node.content == .unlisted || node.content == .unreadable, roots[inbox].known[name] == nil else { return }
        let below = path + "/"
        // Delivered ones may well have been cleared away.
        let isMissed = roots[inbox].known.contains { $0.value.standing == .open && $0.key.text.hasPrefix(below) }
        guard isMissed, roots[inbox].emptied.insert(name).inserted else { return }
        logger.warning(
            "A folder is empty though undelivered stations were in it: a disk may not be mounted there. They are not given up.",
            metadata: [
                "inbox.root": "\(printable(roots[inbox].settings.root))", "folder.path": "\(printable(path))",
                "advice": "Mount the disk. If the stations were removed for good, remove the folder, too.",
            ]
        )
    }

    /// Whether stations that a listing does not show may be hidden behind a disk that is not mounted, or by another one.
    ///
    /// - Parameters:
    ///   - path: Of the folder that was listed.
    ///   - isEmpty: It held nothing but junk and our own reports.
    ///   - inbox: Whose.
    func hides(_ path: String, isEmpty: Bool, in inbox: Int) -> Bool {
        if isEmpty, path.isEmpty, !roots[inbox].sawDepartures { return true }
        return roots[inbox].isOnAnotherDisk || isAbsent(path, in: inbox)
    }

    /// Whether a station is on a disk that is not mounted now.
    func isAbsent(_ path: String, in inbox: Int) -> Bool {
        func holds(_ place: ExactName) -> Bool { path == place.text || path.hasPrefix(place.text + "/") }
        return roots[inbox].absentMounts.contains(where: holds) || roots[inbox].emptied.contains(where: holds)
    }
}
