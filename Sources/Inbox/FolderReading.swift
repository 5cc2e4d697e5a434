import DropFolder
import Station
import Timing

/// Reads folders of an inbox from the disk, without keeping anything; blocks.
enum FolderReading {
    /// Opens a folder below the inbox's root and sees that both still are the same.
    static func open(_ id: NodeID, in root: Root) throws(ListingFailure) -> OpenFolder {
        guard let (identity, names) = root.folder(id) else { throw .moved }
        var folder = try openTop(of: root)
        do throws(DropFolderError) {
            for name in names { folder = try folder.folder(name) }
            if root.isWatched, FolderIdentity(try folder.stamp()) != identity { throw .missing(path: folder.path) }
            return folder
        } catch {
            throw ListingFailure(error)
        }
    }

    private static func openTop(of root: Root) throws(ListingFailure) -> OpenFolder {
        do throws(DropFolderError) {
            let folder = try OpenFolder(root: root.settings.root)
            if root.isStanding(as: FolderIdentity(try folder.stamp())) { return folder }
        } catch {
            throw .rootLost(error)
        }
        throw .rootReplaced
    }

    /// Lists a folder, without the finished stations in it where their table is known.
    static func list(
        _ folder: borrowing OpenFolder,
        ignoring rules: IgnoreRules,
        finished: inout FinishedStations,
        number: UInt32,
        isDeep: Bool
    ) throws(ListingFailure) -> Listing {
        do throws(DropFolderError) {
            var seen = 0
            let entries = try folder.entries(ignoring: rules) { name, stamp in
                guard stamp.kind == .folder,
                    finished.markSeen(name, mark: FolderMark(stamp), listing: number, isDeep: isDeep)
                else { return false }
                seen += 1
                return true
            }
            return Listing(entries: entries, finished: seen, number: seen < finished.count ? number : nil)
        } catch {
            throw ListingFailure(error)
        }
    }

    /// Lists a folder without finished stations.
    static func list(_ folder: borrowing OpenFolder, ignoring rules: IgnoreRules) throws(ListingFailure) -> Listing {
        do throws(DropFolderError) {
            return Listing(entries: try folder.entries(ignoring: rules))
        } catch {
            throw ListingFailure(error)
        }
    }

    /// What is under some names; nil where nothing is.
    static func stamps(
        of names: Set<String>,
        in folder: borrowing OpenFolder
    ) throws(ListingFailure) -> [(name: String, stamp: FileStamp?)] {
        var found: [(name: String, stamp: FileStamp?)] = []
        for name in names {
            do throws(DropFolderError) {
                found.append((name, try folder.stamp(of: name)))
            } catch {
                guard case .missing = error else { throw ListingFailure(error) }
                found.append((name, nil))
            }
        }
        return found
    }

    /// Looks whether a finished station still is what it was.
    static func glance(
        at item: ItemPath,
        _ name: String,
        in folder: borrowing OpenFolder,
        by settings: InboxSettings,
        finishedAs stamp: PackedStamp
    ) -> Glance {
        do throws(DropFolderError) {
            let station = try folder.folder(name)
            let own = try station.stamp()
            var snapshot = FolderSnapshot(
                inbox: item.inbox,
                path: item.path,
                entries: try station.entries(ignoring: settings.ignore)
            )
            snapshot.wantsE57 = settings.wantsE57
            // What is an item of its own does not show in the station's stamp.
            let holdsOthers =
                !snapshot.subfolders.isEmpty || !snapshot.hindrances.isEmpty
                || snapshot.entries.contains { $0.stamp.kind == .file && settings.watchesFile($0.name) }
            guard snapshot.isStation, PackedStamp(snapshot.stamp) == stamp, !holdsOthers else {
                return .changed(FolderIdentity(own))
            }
            return .unchanged(FolderMark(own, at: WallClock.nanoseconds))
        } catch {
            switch error {
            case .missing, .notRegular: return .elsewhere
            case .noPermission, .unavailable: return .unknown
            }
        }
    }
}
