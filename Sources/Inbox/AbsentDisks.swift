/// Places inside one inbox whose stations may be hidden by a disk that is not mounted; a plain value.
struct AbsentDisks: Sendable {
    /// Where disks were mounted and no longer are: their stations are not gone.
    private var unmounted: Set<ExactName> = []
    /// Folders that were found empty though they had undelivered stations whose removal no event showed: this is how a disk
    /// looks that was unmounted while drop360 was not running.
    private var emptied: Set<ExactName> = []
    /// What was mounted below the inbox at the last check.
    private var mounts: [MountTable.Mount] = []

    /// For the status.
    var paths: [String] { unmounted.union(emptied).sorted().map(\.text) }

    /// Whether a station is on a disk that is not mounted now.
    func hides(_ path: String) -> Bool {
        func holds(_ place: ExactName) -> Bool { path == place.text || path.hasPrefix(place.text + "/") }
        return unmounted.contains(where: holds) || emptied.contains(where: holds)
    }

    /// Records the mounts below the inbox; returns whether they have changed.
    mutating func note(_ now: [MountTable.Mount]) -> Bool {
        defer { mounts = now }
        return mounts != now
    }

    mutating func noteUnmounted(_ path: String) { unmounted.insert(ExactName(path)) }

    /// Whether a disk is back that was away.
    mutating func noteMounted(_ path: String) -> Bool {
        let wasEmptied = emptied.remove(ExactName(path)) != nil
        return unmounted.remove(ExactName(path)) != nil || wasEmptied
    }

    /// Whether that is new.
    mutating func noteEmptied(_ path: String) -> Bool { emptied.insert(ExactName(path)).inserted }

    /// Records that something is in the folder again, or the folder is gone; returns whether it had been emptied.
    mutating func endEmptied(_ path: String) -> Bool { emptied.remove(ExactName(path)) != nil }

    /// Places that are not there any more keep no station.
    ///
    /// - Parameter isThere: Whether a folder is there, or may be.
    mutating func keepEmptied(where isThere: (String) -> Bool) {
        emptied = emptied.filter { place in
            unmounted.contains { place.text.hasPrefix($0.text + "/") } || isThere(place.text)
        }
    }
}
