import DropFolder
import Glibc
import Ledger
import Station

/// The folders above cleared items, once nothing is left in them.
///
/// It blocks.
struct EmptyFolders {
    let inbox: String

    /// The folders that an item has left behind empty, from the one that it was in up to the inbox, which does not count.
    ///
    /// Those above the first hold only what was emptied as well, or other things, and then they are not removed.
    func above(_ path: String) -> [EmptiedFolder] {
        var parts = path.split(separator: "/").map(String.init)
        var found: [EmptiedFolder] = []
        _ = parts.popLast()
        do throws(DropFolderError) {
            while !parts.isEmpty {
                let path = parts.joined(separator: "/")
                let folder = try OpenFolder.at(root: inbox, relativePath: path)
                // Names that are not UTF-8 are not listed; removal finds them.
                if found.isEmpty, try !folder.names(where: { $0 != "." && $0 != ".." }).isEmpty { return [] }
                let stamp = try folder.stamp()
                found.append(.init(inbox: inbox, path: path, inode: stamp.inode, modified: stamp.modified))
                parts.removeLast()
            }
        } catch {
            // Only tidying: one that cannot be read is left alone.
        }
        return found
    }

    enum Outcome: Equatable {
        /// With the changes of the folder above, in nanoseconds.
        case removed(before: Int64, after: Int64)
        /// It holds something, somebody has used it since, or it cannot be removed.
        case kept
    }

    /// Removes one that is as drop360 left it.
    func remove(_ folder: EmptiedFolder) -> Outcome {
        var parts = folder.path.split(separator: "/").map(String.init)
        guard let name = parts.popLast() else { return .kept }
        do throws(DropFolderError) {
            let parent = try OpenFolder.at(root: inbox, relativePath: parts.joined(separator: "/"))
            let before = try parent.stamp()
            let now = try parent.folder(name).stamp()
            guard now.inode == folder.inode, now.modified == folder.modified,
                unlinkat(parent.descriptor, name, AT_REMOVEDIR) == 0
            else { return .kept }
            fsync(parent.descriptor)
            return .removed(before: before.modified, after: try parent.stamp().modified)
        } catch {
            return .kept
        }
    }
}
