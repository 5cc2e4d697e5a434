import DropFolder
import Logging
import Station

/// Why a folder could not be listed.
enum LookFailure: Error {
    case rootLost(DropFolderError)
    /// Another folder stands in the inbox's place.
    case rootReplaced
    /// Another folder, or none, stands in the folder's place.
    case moved
    case unreadable(DropFolderError)
}

/// What a folder showed.
private struct Listing {
    /// Without the finished stations.
    var entries: [FolderEntry]
    /// Finished stations that are there.
    var finished = 0
    /// What ``FinishedStations/removeUnseen(by:)`` tells the others by; nil where all are there.
    var number: UInt32?
}

// Listing one folder, and what follows from it.
extension Scanner {
    /// Folders deeper than this below an inbox are not looked at.
    static let deepest = 64
    /// In a folder with more subfolders than this an event's names alone are looked at.
    private static let manySubfolders = 256

    /// Watches the folder, lists it, and takes the listing as what happened; doing so twice does no harm.
    ///
    /// - Parameters:
    ///   - id: Which.
    ///   - reason: Why.
    ///   - names: The names in it that something happened to; nil for all.
    ///   - inSweep: It is part of a full listing, which goes on below it.
    mutating func look(at id: NodeID, because reason: Reason, only names: Set<String>? = nil, inSweep: Bool = false) {
        guard let node = tree[id] else { return }
        let path = tree.path(of: id)
        do throws(LookFailure) {
            let folder = try open(id, node)
            if let names, try look(for: names, in: folder, path, id, node, because: reason) { return }
            let listing = try list(folder, path, id, node, isDeep: inSweep && roots[node.inbox].sweep?.isDeep == true)
            take(listing, of: path, id, node, because: reason, inSweep: inSweep)
        } catch {
            take(error, of: id, node, because: reason)
        }
    }

    private mutating func take(
        _ listing: Listing,
        of path: String,
        _ id: NodeID,
        _ node: WatchTree.Node,
        because reason: Reason,
        inSweep: Bool
    ) {
        if unreadable.remove(id) != nil { appointments.cancel(.readAgain(id)) }
        // Reports and the probe may well be in the folder below a disk that is not mounted.
        let isEmpty = listing.entries.allSatisfy { $0.role == .junk } && listing.finished == 0
        if node.parent == nil, !believes(isEmpty: isEmpty, of: node.inbox) { return }
        noteWhetherEmptied(path, isEmpty: isEmpty, node)
        if let number = listing.number, !hides(path, isEmpty: isEmpty, in: node.inbox) {
            let gone = roots[node.inbox].finished[ExactName(path)]?.removeUnseen(by: number) ?? []
            for name in gone { sayVanished(path.isEmpty ? name : path + "/" + name, in: node.inbox) }
        }
        let snapshot = FolderSnapshot(
            inbox: roots[node.inbox].settings.root,
            path: path,
            entries: listing.entries,
            beingWritten: beingWritten[id] ?? []
        )
        comparePoseLists(of: id, path, node, with: listing.entries, half: snapshot.half)
        tree.note(snapshot.isStation ? .station : .plain, of: id)
        compareSubfolders(of: id, node, with: snapshot.subfolders, because: reason, inSweep: inSweep)
        let isWaiting = judgeHindrances(snapshot, id, in: node.inbox, because: reason)
        if !snapshot.isStation, !isWaiting { roots[node.inbox].settling.remove(id) }
        judge(snapshot, id, in: node.inbox, because: reason)
    }

    private mutating func take(_ failure: LookFailure, of id: NodeID, _ node: WatchTree.Node, because reason: Reason) {
        switch failure {
        case .rootLost(let cause) where cause.isOwnShortage: noteUnreadable(id, cause)
        case .rootLost(let cause): lose(node.inbox, .unreadable(cause))
        case .rootReplaced: checkRoot(node.inbox)
        case .moved:
            // What stands above knows what became of it.
            if let parent = node.parent { work.add(parent, because: reason) } else { checkRoot(node.inbox) }
        case .unreadable(let cause): noteUnreadable(id, cause)
        }
    }

    /// Opens a folder of the tree, sees that it still is the same one, and gives it its watch.
    mutating func open(_ id: NodeID, _ node: WatchTree.Node) throws(LookFailure) -> OpenFolder {
        var folder = try openRoot(node.inbox)
        do throws(DropFolderError) {
            for name in tree.names(of: id) { folder = try folder.folder(name) }
            if roots[node.inbox].isWatched, FolderIdentity(try folder.stamp()) != node.identity {
                throw .missing(path: folder.path)
            }
            // Watch first: what comes in between is then told, and what was there before is listed.
            try watch(id, node, folder)
            return folder
        } catch {
            throw LookFailure(error)
        }
    }

    private func openRoot(_ index: Int) throws(LookFailure) -> OpenFolder {
        do throws(DropFolderError) {
            let folder = try OpenFolder(root: roots[index].settings.root)
            if isStanding(index, as: FolderIdentity(try folder.stamp())) { return folder }
        } catch {
            throw .rootLost(error)
        }
        throw .rootReplaced
    }

    private mutating func list(
        _ folder: borrowing OpenFolder,
        _ path: String,
        _ id: NodeID,
        _ node: WatchTree.Node,
        isDeep: Bool
    ) throws(LookFailure) -> Listing {
        let rules = roots[node.inbox].settings.ignore
        do throws(DropFolderError) {
            guard var finished = roots[node.inbox].finished.removeValue(forKey: ExactName(path)) else {
                return Listing(entries: try folder.entries(ignoring: rules))
            }
            // Also where the listing fails.
            defer { roots[node.inbox].finished[ExactName(path)] = finished.count > 0 ? finished : nil }
            lastListing &+= 1
            let number = lastListing
            var met = 0
            let entries = try folder.entries(ignoring: rules) { name, stamp in
                guard stamp.kind == .folder,
                    finished.markSeen(name, mark: FolderMark(stamp), listing: number, isDeep: isDeep)
                else { return false }
                met += 1
                return true
            }
            if finished.dueCount > 0 { glances.add(id, because: .poll) }
            return Listing(entries: entries, finished: met, number: met < finished.count ? number : nil)
        } catch {
            throw LookFailure(error)
        }
    }

    /// Looks at some names alone where the folder is so large that listing it for each event would keep a core busy.
    ///
    /// - Returns: Whether that says all there is to say.
    private mutating func look(
        for names: Set<String>,
        in folder: borrowing OpenFolder,
        _ path: String,
        _ id: NodeID,
        _ node: WatchTree.Node,
        because reason: Reason
    ) throws(LookFailure) -> Bool {
        let key = ExactName(path)
        let subfolders = node.children.count + (roots[node.inbox].finished[key]?.count ?? 0)
        guard subfolders > Self.manySubfolders, node.content == .plain,
            !roots[node.inbox].hindrances.concerns(names, in: id)
        else { return false }
        for name in names {
            let stamp: FileStamp?
            do throws(DropFolderError) {
                stamp = try folder.stamp(of: name)
            } catch {
                guard case .missing = error else { throw LookFailure(error) }
                stamp = nil
            }
            guard let stamp, stamp.kind == .folder else {
                if let child = node.children[ExactName(name)] { drop(child, isGone: true, because: reason) }
                if !hides(path, isEmpty: false, in: node.inbox), roots[node.inbox].finished[key]?.remove(name) != nil {
                    sayVanished(path.isEmpty ? name : path + "/" + name, in: node.inbox)
                }
                if let stamp,
                    FolderSnapshot.mayMakeStation(name, stamp, ignoring: roots[node.inbox].settings.ignore)
                        || FolderSnapshot.mayHinder(name, stamp)
                {
                    return false
                }
                continue
            }
            let mark = FolderMark(stamp)
            if roots[node.inbox].finished[key]?.markSeen(name, mark: mark, listing: 0, isDeep: false) == true {
                glances.add(id, because: .poll)
                continue
            }
            guard roots[node.inbox].settings.ignore.role(of: name, kind: .folder) == .folder else { continue }
            markSeen(name, stamp, in: id, node, because: reason, inSweep: false)
        }
        return true
    }

    /// Takes what a listing says of the folder as a station.
    private mutating func judge(_ snapshot: FolderSnapshot, _ id: NodeID, in inbox: Int, because reason: Reason) {
        let path = ExactName(snapshot.path)
        let known = roots[inbox].known[path]
        guard snapshot.isStation else {
            if known != nil {
                credit(id, because: reason)
                sayVanished(snapshot.path, in: inbox)
            }
            return
        }
        let stamp = snapshot.stamp
        let isWritten = known?.wasBeingWritten == true && snapshot.beingWritten.isEmpty
        guard known?.stamp == nil || known?.stamp != PackedStamp(stamp) || isWritten else {
            roots[inbox].settling.remove(id)
            if known?.standing == .finished { finish(id, in: inbox) }
            return
        }
        if !roots[inbox].settling.contains(id) { credit(id, because: reason) }
        guard roots[inbox].settling.saw(id, stamp: stamp, at: .now), events.room > outgoing.count else { return }
        roots[inbox].settling.remove(id)
        let isOpen = !snapshot.beingWritten.isEmpty
        roots[inbox].known[path] = Root.Known(stamp: PackedStamp(stamp), wasBeingWritten: isOpen)
        if isOpen { appointments.set(.openFiles(id), at: rounded(.now + ScanIntervals.openFile)) }
        outgoing.append(.quiet(.folder(snapshot)))
        guard roots[inbox].isWatched else { return }
        relookPauses[id] = ScanIntervals.glance
        appointments.set(.relook(id), at: rounded(.now + ScanIntervals.glance))
    }

    private mutating func noteUnreadable(_ id: NodeID, _ error: DropFolderError) {
        guard let node = tree[id] else { return }
        roots[node.inbox].settling.remove(id)
        appointments.set(.readAgain(id), at: .now + ScanIntervals.unwatched)
        tree.note(.unreadable, of: id)
        guard unreadable.insert(id).inserted else { return }
        logger.warning("A folder cannot be listed; it is tried again.", metadata: ["error": "\(error)"])
    }
}

extension LookFailure {
    fileprivate init(_ error: DropFolderError) {
        switch error {
        case .missing, .notRegular: self = .moved
        case .noPermission, .unavailable: self = .unreadable(error)
        }
    }
}
