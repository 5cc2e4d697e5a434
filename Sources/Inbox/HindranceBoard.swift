import DropFolder

/// What the last listings of one inbox's folders showed that cannot be taken as a station; a plain value.
struct HindranceBoard: Sendable {
    private struct Entry: Sendable {
        /// By their paths in the ledger.
        var paths: Set<ExactName> = []
        /// Names that affect them when they appear, change or disappear.
        var names: Set<ExactName> = []
        var holdsLooseFiles = false
    }

    private var folders: [NodeID: Entry] = [:]
    private var all: Set<ExactName> = []

    func contains(_ path: ExactName) -> Bool { all.contains(path) }

    func isEmpty(in folder: NodeID) -> Bool { folders[folder] == nil }

    /// Whether a change of one of the names may affect the hindrances in the folder.
    func concerns(_ names: Set<String>, in folder: NodeID) -> Bool {
        guard let entry = folders[folder] else { return false }
        return entry.holdsLooseFiles || names.contains { entry.names.contains(ExactName($0)) }
    }

    /// Records what a listing showed, and returns the paths that are no longer there.
    mutating func note(_ found: [Hindrance], in folder: NodeID) -> [ExactName] {
        var now = Entry()
        for hindrance in found {
            now.paths.insert(ExactName(hindrance.path))
            for name in hindrance.names {
                now.names.insert(ExactName(name))
                if let stem = ArchiveNaming.stem(of: name) { now.names.insert(ExactName(stem)) }
            }
            if hindrance.kind == .looseFiles { now.holdsLooseFiles = true }
        }
        let gone = (folders[folder]?.paths ?? []).subtracting(now.paths)
        all.subtract(gone)
        all.formUnion(now.paths)
        folders[folder] = found.isEmpty ? nil : now
        return gone.sorted()
    }
}
