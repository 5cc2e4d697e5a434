import DropFolder
import Foundation
import Station
import Synchronization

/// The pose list of a station without a sidecar: in its folder, or in the nearest folder above it up to the inbox.
struct PoseListFinding {
    /// The path below the inbox; problems name it.
    let path: String
    let stamp: FileStamp
    /// The list's folder below the inbox.
    let folder: String
    /// The station's path below the list's folder; the folder's name if the list is in the station's folder.
    let station: String
    /// Whether the list is in the station's own folder, and so for no other station.
    let isOwn: Bool

    /// Bytes; a larger list is refused before it is read.
    static let sizeLimit: Int64 = 16 << 20
    /// A list that was written this recently may end in the middle of a row.
    static let writingWindow: TimeInterval = 10

    /// The result of the search for a list.
    enum Outcome {
        case none
        case found(PoseListFinding)
        /// Not a list, but something else with the name of one.
        case blocked(path: String, EntryKind)
        /// Several lists in one folder.
        case ambiguous([String])
    }

    /// Whether one of the folders from `folder` down to `path` below it, except `folder` itself, contains another list.
    static func hasOwnList(
        _ path: String,
        in folder: borrowing OpenFolder
    ) throws(DropFolderError) -> Bool {
        let parts = path.split(separator: "/")
        for count in parts.indices {
            let inner = try folder.descendant(parts[...count].joined(separator: "/"))
            for name in try inner.names(where: FolderSnapshot.isPoseList) where try inner.stamp(of: name).kind == .file
            {
                return true
            }
        }
        return false
    }

    static func find(_ snapshot: FolderSnapshot) throws(Interruption) -> Outcome {
        var above = snapshot.path.split(separator: "/").map(String.init)
        var below: [String] = []
        var blocked: (path: String, kind: EntryKind)?
        while true {
            let folder = above.joined(separator: "/")
            do throws(DropFolderError) {
                let open = try OpenFolder.at(root: snapshot.inbox, relativePath: folder)
                var names: [(name: String, stamp: FileStamp)] = []
                for name in try open.names(where: FolderSnapshot.isPoseList) {
                    let stamp = try open.stamp(of: name)
                    if stamp.kind == .file {
                        names.append((name, stamp))
                    } else if blocked == nil {
                        blocked = (folder.isEmpty ? name : folder + "/" + name, stamp.kind)
                    }
                }
                if names.count > 1 { return .ambiguous(names.map(\.name)) }
                if let (name, stamp) = names.first {
                    // A list inside the station's folder has one row for it.
                    let own = below.isEmpty ? (above.last ?? "") : below.joined(separator: "/")
                    return .found(
                        PoseListFinding(
                            path: folder.isEmpty ? name : folder + "/" + name,
                            stamp: stamp,
                            folder: folder,
                            station: own,
                            isOwn: below.isEmpty
                        )
                    )
                }
            } catch {
                // Parent folders that can be traversed but not listed are skipped.
                guard case .noPermission = error else { throw Interruption(error) }
            }
            guard let last = above.popLast() else { return blocked.map { .blocked(path: $0.path, $0.kind) } ?? .none }
            below.insert(last, at: 0)
        }
    }
}

/// Recently read pose lists: one list serves many stations.
final class PoseListCache: Sendable {
    private struct Entry {
        var stamp: FileStamp
        var rule: PoseListRule
        var list: Result<PoseList, PoseListRefusal>
        var lastUse: UInt64
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var uses: UInt64 = 0
    }

    private static let capacity = 3
    private let state = Mutex(State())

    /// The current list at `path`, read only if it has changed since last time.
    func list(
        at path: String,
        stamp: FileStamp,
        rule: PoseListRule,
        stop: StopSignal,
        read: () throws(Interruption) -> [UInt8]
    ) throws(Interruption) -> Result<PoseList, PoseListRefusal> {
        let known = state.withLock { state -> Result<PoseList, PoseListRefusal>? in
            state.uses += 1
            guard let entry = state.entries[path], entry.stamp == stamp, entry.rule == rule else { return nil }
            state.entries[path]?.lastUse = state.uses
            return entry.list
        }
        if let known { return known }
        let bytes = try read()
        let list: Result<PoseList, PoseListRefusal>
        let table: Result<PoseTable, PoseListRefusal>
        do throws(TableFailure) {
            table = .success(try PoseTable(bytes, stop: stop))
        } catch {
            switch error {
            case .refused(let refusal): table = .failure(refusal)
            case .interrupted(let interruption): throw interruption
            }
        }
        do throws(PoseListRefusal) { list = .success(try PoseList(table.get(), rule: rule)) } catch {
            list = .failure(error)
        }
        state.withLock { state in
            state.entries[path] = Entry(stamp: stamp, rule: rule, list: list, lastUse: state.uses)
            if state.entries.count > Self.capacity,
                let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse })
            {
                state.entries[oldest.key] = nil
            }
        }
        return list
    }
}
