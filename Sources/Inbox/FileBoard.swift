import DropFolder
import Station

/// Single files below one inbox that are candidates of their own: which are there, and which are settling; a plain value.
struct FileBoard: Sendable {
    typealias Instant = ContinuousClock.Instant

    private struct Key: Hashable {
        var folder: NodeID
        var name: ExactName
    }

    /// The names at each folder's last listing, and the folder's path then.
    private var folders: [NodeID: (path: String, names: Set<ExactName>)] = [:]
    private var settling: Settling<Key, Instant>

    init(settle: Duration) { settling = Settling(quietPeriod: settle, interval: ScanIntervals.settlingFolder) }

    func isEmpty(in folder: NodeID) -> Bool { folders[folder] == nil }

    /// Whether a file was at the path when its folder was last listed.
    func contains(_ name: String, in folder: NodeID) -> Bool {
        folders[folder]?.names.contains(ExactName(name)) == true
    }

    /// Takes which files a listing showed, and returns the paths of those that are no longer there.
    mutating func note(_ names: [String], in folder: NodeID, at path: String) -> [String] {
        let now = Set(names.map(ExactName.init))
        guard let before = folders[folder] else {
            if !now.isEmpty { folders[folder] = (path, now) }
            return []
        }
        let gone = before.names.subtracting(now).sorted()
        for name in gone { settling.remove(Key(folder: folder, name: name)) }
        folders[folder] = now.isEmpty ? nil : (path, now)
        return gone.map { before.path.isEmpty ? $0.text : before.path + "/" + $0.text }
    }

    /// Records that the folder is out of the tree; returns the paths of the files that were in it.
    mutating func forget(_ folder: NodeID) -> [String] { note([], in: folder, at: "") }

    // MARK: Settling

    var settlingCount: Int { settling.count }

    func isSettling(_ name: String, in folder: NodeID) -> Bool {
        settling.contains(Key(folder: folder, name: ExactName(name)))
    }

    /// Records what a listing showed of a file, and returns whether it has kept this stamp for the quiet period.
    mutating func saw(_ name: String, in folder: NodeID, stamp: Stamp, at now: Instant) -> Bool {
        settling.saw(Key(folder: folder, name: ExactName(name)), stamp: stamp, at: now)
    }

    mutating func stopSettling(_ name: String, in folder: NodeID) {
        settling.remove(Key(folder: folder, name: ExactName(name)))
    }

    mutating func stopSettling(in folder: NodeID) {
        for name in folders[folder]?.names ?? [] { settling.remove(Key(folder: folder, name: name)) }
    }

    /// Records that something happened to the names, or to any where they are nil.
    mutating func noteEvent(in folder: NodeID, names: Set<String>?, at now: Instant) {
        for name in folders[folder]?.names ?? [] where names?.contains(name.text) ?? true {
            settling.noteEvent(in: Key(folder: folder, name: name), at: now)
        }
    }

    mutating func stopSettling() { settling.removeAll() }

    mutating func nextListing() -> Instant? { settling.nextListing() }

    /// The folders in which a settling file must be listed.
    mutating func takeDue(at now: Instant, limit: Int) -> Set<NodeID> {
        Set(settling.takeDue(at: now, limit: limit).map(\.folder))
    }
}
