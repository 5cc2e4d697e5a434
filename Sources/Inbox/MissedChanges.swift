/// Counts by what changes were found, and which of them inotify missed; a plain value.
struct MissedChanges: Sendable {
    /// What inotify could have reported of a folder.
    enum Hearing: Sendable {
        case watched
        case unwatched
        /// A program is writing files there: their growth makes no event.
        case growing
    }

    private var suspects: Set<NodeID> = []
    private(set) var foundByEvent: UInt64 = 0
    private(set) var foundByRescan: UInt64 = 0
    private(set) var foundByPolling: UInt64 = 0

    /// Changes that a rescan found, and that inotify may still report.
    var unexplained: Int { suspects.count }

    /// Counts a change.
    ///
    /// - Returns: Whether its event may be on its way: it has a second before ``takeMiss(_:)``.
    mutating func count(_ id: NodeID, foundBy reason: Reason, _ hearing: Hearing) -> Bool {
        switch (reason, hearing) {
        case (.event, _): foundByEvent += 1
        case (.poll, _), (.rescan, .unwatched): foundByPolling += 1
        case (.rescan, .watched):
            suspects.insert(id)
            return true
        case (.rescan, .growing), (.arrival, _), (.recheck, _): break
        }
        return false
    }

    /// Records that inotify reported something; returns the changes that are explained by it.
    mutating func explain(where isExplained: (NodeID) -> Bool) -> [NodeID] {
        let explained = suspects.filter(isExplained)
        suspects.subtract(explained)
        foundByEvent += UInt64(explained.count)
        return Array(explained)
    }

    /// Whether the change still is unexplained; then it counts as missed.
    mutating func takeMiss(_ id: NodeID) -> Bool {
        guard suspects.remove(id) != nil else { return false }
        foundByRescan += 1
        return true
    }

    mutating func forget(_ id: NodeID) { suspects.remove(id) }
}
