import CRename
import DropFolder
import Foundation
import Glibc
import Ledger
import Station

/// Carries out a plan that has been written down.
///
/// It blocks. Each step may be repeated: what an earlier run has moved or deleted is found so.
struct ClearingWork {
    let inbox: String
    let plan: ClearingPlan
    /// Those by which the inbox was listed; nil where the configuration no longer has it.
    let rules: IgnoreRules?
    let isStopping: @Sendable () -> Bool

    struct Outcome {
        /// How many names are left in the item's own folder.
        var remaining: Int
        /// The folders above in which nothing is left.
        var emptied: [EmptiedFolder]
    }

    func carryOut() throws(ClearingObstacle) -> Outcome {
        try expectInbox()
        let remaining: Int
        switch plan.way {
        case .move(let top):
            try move(below: top)
            remaining = 0
        case .delete: remaining = try delete()
        }
        let path = plan.removesFolder ? plan.folder : plan.folder + "/" + (plan.entries.first?.name ?? "")
        return Outcome(remaining: remaining, emptied: remaining > 0 ? [] : EmptyFolders(inbox: inbox).above(path))
    }

    private func opened(_ root: String, _ path: String) throws(ClearingObstacle) -> OpenFolder {
        do throws(DropFolderError) { return try OpenFolder.at(root: root, relativePath: path) } catch {
            throw .trouble(error.description)
        }
    }

    /// A folder that is missing says something only where the inbox's own disk is there.
    private func expectInbox() throws(ClearingObstacle) {
        let root = try opened(inbox, "")
        let stamp: FileStamp
        do throws(DropFolderError) { stamp = try root.stamp() } catch { throw .trouble(error.description) }
        guard let inode = plan.inbox, stamp.inode != inode else { return }
        throw .trouble("\(printable(inbox)) is another folder than it was: its disk is not mounted.")
    }

    // MARK: Moving

    private func move(below top: String) throws(ClearingObstacle) {
        let target = try made(below: top)
        let source: OpenFolder
        do throws(DropFolderError) { source = try OpenFolder.at(root: inbox, relativePath: plan.folder) } catch {
            // With all that was in it: then it was moved before, or by somebody else.
            guard case .missing = error else { throw .trouble(error.description) }
            for entry in plan.entries where try stamp(entry.name, in: target)?.inode != entry.inode {
                throw Self.taken(entry)
            }
            return
        }
        for entry in plan.entries { try move(entry, from: source, to: target) }
        try expectUnchanged(below: top, from: source, to: target)
        // A power cut must not bring back the one name and take the other, too. Not every file system supports this.
        fsync(target.descriptor)
        fsync(source.descriptor)
    }

    private func move(
        _ entry: ClearingPlan.Entry,
        from source: borrowing OpenFolder,
        to target: borrowing OpenFolder
    ) throws(ClearingObstacle) {
        guard let now = try stamp(entry.name, in: source), now.inode == entry.inode else {
            guard try stamp(entry.name, in: target)?.inode == entry.inode else { throw Self.taken(entry) }
            return
        }
        // A file that somebody is writing again; a folder is looked at afterwards.
        if let modified = entry.modified, now.size != entry.size || now.modified != modified {
            throw .changed("\(printable(entry.name)) has been written since; it stays.")
        }
        guard rename_without_replacing(source.descriptor, entry.name, target.descriptor, entry.name) == 0 else {
            throw .failed("It cannot be moved to", target.path + "/" + entry.name, code: errno)
        }
    }

    /// Puts back a folder in which somebody wrote while it was moved: what is new in it has not been delivered.
    private func expectUnchanged(
        below top: String,
        from source: borrowing OpenFolder,
        to target: borrowing OpenFolder
    ) throws(ClearingObstacle) {
        guard let stamp = plan.stamp, let rules, let name = plan.entries.first?.name else { return }
        let path = plan.folder.isEmpty ? name : plan.folder + "/" + name
        let now: FolderSnapshot
        do throws(DropFolderError) {
            now = try FolderSnapshot.take(inbox: top, path: path, ignoring: rules)
        } catch { throw .trouble(error.description) }
        guard now.stamp != stamp || DeliveredFiles.passenger(in: now) != nil else { return }
        guard rename_without_replacing(target.descriptor, name, source.descriptor, name) == 0 else {
            throw .failed(
                "Somebody wrote in it while it was moved, and it cannot be put back from",
                target.path,
                code: errno
            )
        }
        throw .changed("Somebody wrote in it while it was moved; it was put back.")
    }

    private static func taken(_ entry: ClearingPlan.Entry) -> ClearingObstacle {
        .changed("\(printable(entry.name)) is not what was to be moved: somebody has moved or replaced it.")
    }

    /// Nil if there is nothing of this name.
    private func stamp(_ name: String, in folder: borrowing OpenFolder) throws(ClearingObstacle) -> FileStamp? {
        do throws(DropFolderError) { return try folder.stamp(of: name) } catch {
            guard case .missing = error else { throw .trouble(error.description) }
            return nil
        }
    }

    /// The folder that the item is moved to, made where it is missing; the folder of the configuration must be there.
    private func made(below top: String) throws(ClearingObstacle) -> OpenFolder {
        var folder = try opened(top, "")
        for name in plan.folder.split(separator: "/").map(String.init) {
            if mkdirat(folder.descriptor, name, 0o775) != 0, errno != EEXIST {
                throw .failed("This folder cannot be made:", folder.path + "/" + name, code: errno)
            }
            fsync(folder.descriptor)
            do throws(DropFolderError) { folder = try folder.folder(name) } catch {
                throw .trouble("\(error.description) Delivered stations cannot be moved there.")
            }
        }
        return folder
    }

    // MARK: Deleting

    private func delete() throws(ClearingObstacle) -> Int {
        let folder: OpenFolder
        do throws(DropFolderError) { folder = try OpenFolder.at(root: inbox, relativePath: plan.folder) } catch {
            guard case .missing = error else { throw .trouble(error.description) }
            return 0
        }
        for entry in plan.entries { try delete(entry, in: folder) }
        fsync(folder.descriptor)
        guard plan.removesFolder else { return 0 }
        return try removeIfEmpty(folder)
    }

    /// Compares it once more, since that may be long ago.
    private func delete(_ entry: ClearingPlan.Entry, in folder: borrowing OpenFolder) throws(ClearingObstacle) {
        do throws(DropFolderError) {
            let file = try RegularFile(entry.name, in: folder)
            let digest = try DeliveredFiles.digest(of: file, isStopping: isStopping)
            if isStopping() { return try Self.stop(file.path) }
            guard digest == entry.digest, try folder.stamp(of: entry.name).inode == file.stamp.inode else {
                throw DropFolderError.notRegular(path: file.path, kind: .file)
            }
        } catch {
            switch error {
            case .missing: return
            case .notRegular: throw .changed("\(printable(entry.name)) is not what was delivered; it stays.")
            case .noPermission, .unavailable: throw .trouble(error.description)
            }
        }
        guard unlinkat(folder.descriptor, entry.name, 0) == 0 || errno == ENOENT else {
            throw .failed("It cannot be deleted:", folder.path + "/" + entry.name, code: errno)
        }
    }

    private static func stop(_ path: String) throws(DropFolderError) { throw .unavailable(path: path, code: EINTR) }

    private func removeIfEmpty(_ folder: borrowing OpenFolder) throws(ClearingObstacle) -> Int {
        var parts = plan.folder.split(separator: "/").map(String.init)
        guard let name = parts.popLast() else { return 0 }
        let parent = try opened(inbox, parts.joined(separator: "/"))
        if unlinkat(parent.descriptor, name, AT_REMOVEDIR) == 0 || errno == ENOENT {
            fsync(parent.descriptor)
            return 0
        }
        guard errno == ENOTEMPTY || errno == EEXIST else {
            throw .failed("The empty folder cannot be removed:", parent.path + "/" + name, code: errno)
        }
        do throws(DropFolderError) { return max(1, try folder.names { $0 != "." && $0 != ".." }.count) } catch {
            return 1
        }
    }
}
