import DropFolder
import Foundation
import Synchronization

/// The folders below a pose list's folder whose names are in the list, to detect rows that match more than one.
///
/// The tree is walked once; its changed parts are walked again when a folder is requested that is missing here. So a known folder may have
/// namesakes that are still unknown: but those are requested later, and then the conflict is found.
final class NamedFolders: Sendable {
    private struct Branch {
        var stamp: FileStamp
        /// Hashes of the names of its subfolders; a collision only costs another walk.
        var children: Set<Int>
    }

    private struct State {
        /// Paths below the list's folder by their folded last component.
        var paths: [String: [String]] = [:]
        /// Folders that have subfolders, by their path.
        var branches: [String: Branch] = [:]
        var count = 0
    }

    /// The limits of the walk.
    private static let depth = 64
    private static let limit = 2_000_000

    private let wanted: Set<String>
    private let state = Mutex(State())

    init(_ wanted: Set<String>) { self.wanted = wanted }

    /// The folders whose folded name is `name`, below the list's folder `root`, in a tree that contains `path`.
    ///
    /// Blocks.
    func folders(
        named name: String,
        inTreeWith path: String,
        in root: borrowing OpenFolder,
        ignoring rules: IgnoreRules,
        stop: StopSignal
    ) throws(Interruption) -> [String] {
        let own = path.split(separator: "/").last.map { PoseListNames.folded(String($0)) } ?? ""
        do throws(Interruption) {
            return try state.withLock { state throws(Interruption) in
                if state.paths[own]?.contains(path) == true { return state.paths[name] ?? [] }
                let walk = FolderWalk(rules: rules, stop: stop)
                try Self.refresh(&state, wanted, root, walk)
                if state.paths[own]?.contains(path) == true { return state.paths[name] ?? [] }
                // Its parent had no subfolders before, or the file system's timestamps are coarse.
                state = State()
                try Self.walk(&state, wanted, root, "", 0, walk)
                return state.paths[name] ?? []
            }
        } catch {
            state.withLock { $0 = State() }
            throw error
        }
    }

    private struct FolderWalk {
        var rules: IgnoreRules
        var stop: StopSignal
    }

    /// Walks the folders that have subfolders and have changed.
    private static func refresh(
        _ state: inout State,
        _ wanted: Set<String>,
        _ root: borrowing OpenFolder,
        _ walk: FolderWalk
    ) throws(Interruption) {
        for path in state.branches.keys.sorted() {
            try walk.stop.check()
            guard let branch = state.branches[path] else { continue }
            do throws(DropFolderError) {
                let stamp = try root.stamp(ofFolder: path)
                if stamp == branch.stamp { continue }
            } catch {
                guard case .unavailable = error else {
                    state.branches[path] = nil
                    continue
                }
                throw Interruption(error)
            }
            let folder: OpenFolder
            do throws(DropFolderError) { folder = try root.descendant(path) } catch {
                guard case .unavailable = error else { continue }
                throw Interruption(error)
            }
            let depth = path.split(separator: "/").count
            try Self.walk(&state, wanted, folder, path, depth, walk, known: branch.children)
        }
    }

    /// Adds the subfolders of `folder`, which is at `path`, recursively; those whose hash is `known` have been added before.
    private static func walk(
        _ state: inout State,
        _ wanted: Set<String>,
        _ folder: borrowing OpenFolder,
        _ path: String,
        _ depth: Int,
        _ walk: FolderWalk,
        known: Set<Int> = []
    ) throws(Interruption) {
        guard depth < Self.depth, state.count < limit else { return }
        try walk.stop.check()
        let listing: (stamp: FileStamp, names: [String])
        do throws(DropFolderError) {
            listing = try folder.subfolders { walk.rules.role(of: $0, kind: .folder) == .folder }
        } catch {
            // It is gone, or not readable: it contains no station of ours either.
            guard case .unavailable = error else { return }
            throw Interruption(error)
        }
        guard !listing.names.isEmpty || path.isEmpty else {
            state.branches[path] = nil
            return
        }
        var children: Set<Int> = []
        for name in listing.names {
            children.insert(name.hashValue)
            if known.contains(name.hashValue) { continue }
            state.count += 1
            let inner = path.isEmpty ? name : path + "/" + name
            let folded = PoseListNames.folded(name)
            if wanted.contains(folded), state.paths[folded]?.contains(inner) != true {
                state.paths[folded, default: []].append(inner)
            }
            let child: OpenFolder
            do throws(DropFolderError) { child = try folder.folder(name) } catch {
                guard case .unavailable = error else { continue }
                throw Interruption(error)
            }
            try Self.walk(&state, wanted, child, inner, depth + 1, walk)
        }
        state.branches[path] = Branch(stamp: listing.stamp, children: children)
    }
}
