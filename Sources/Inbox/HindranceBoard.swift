import DropFolder

/// What stood in the folders of one inbox at their last listings and cannot be taken as a station; a plain value.
struct HindranceBoard: Sendable {
    private struct Entry: Sendable {
        /// By what the ledger calls them.
        var paths: Set<ExactName> = []
        /// Names whose coming, change or going may change something about them.
        var names: Set<ExactName> = []
        var holdsLooseFiles = false
    }

    private var folders: [NodeID: Entry] = [:]
    private var all: Set<ExactName> = []

    func contains(_ path: ExactName) -> Bool { all.contains(path) }

    func isEmpty(in folder: NodeID) -> Bool { folders[folder] == nil }

    /// Whether something that happened to one of the names may concern what stands in the folder.
    func concerns(_ names: Set<String>, in folder: NodeID) -> Bool {
        guard let entry = folders[folder] else { return false }
        return entry.holdsLooseFiles || names.contains { entry.names.contains(ExactName($0)) }
    }

    /// Takes what a listing showed, and returns the paths that stood there before and don't any more.
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
