package import DropFolder
import Foundation
import Station

/// The file system that an inbox lies on, and what follows for watching it.
package struct InboxFileSystem: Sendable, Equatable {
    /// The kernel's name of it: `ext4`, `nfs4`, `fuse.sshfs`; nil where that is not known.
    package var fileSystem: String?
    /// Whether inotify reports all changes there, by its kind and as configured.
    package var canBeWatched: Bool

    /// Blocks.
    package init(_ folder: borrowing OpenFolder, settings: InboxSettings) {
        // If the link cannot be read, the path is looked up as it was given.
        let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(folder.descriptor)")
        fileSystem = MountTable.current().mount(of: path ?? folder.path)?.kind
        switch settings.detection {
        case .poll: canBeWatched = false
        case .inotify: canBeWatched = true
        case .auto: canBeWatched = fileSystem.map { !MountTable.isSilent($0) } ?? true
        }
    }
}

/// The number of folders below an inbox: what a full set of watches would need.
package struct FolderCount: Sendable, Equatable {
    package var folders: Int
    /// Whether counting took too long, and there are more.
    package var isCutShort: Bool

    /// Counts; blocks for about `patience` at most.
    package static func below(_ settings: InboxSettings, patience: Duration = .seconds(5)) -> FolderCount {
        let end = ContinuousClock.now + patience
        var count = FolderCount(folders: 1, isCutShort: false)
        var open = [""]
        while let path = open.popLast() {
            guard ContinuousClock.now < end else { return FolderCount(folders: count.folders, isCutShort: true) }
            // A folder that cannot be read counts as one without folders in it.
            guard let snapshot = try? FolderSnapshot.take(inbox: settings.root, path: path, ignoring: settings.ignore)
            else { continue }
            count.folders += snapshot.subfolders.count
            open += snapshot.subfolders.map { path.isEmpty ? $0.name : path + "/" + $0.name }
        }
        return count
    }
}
