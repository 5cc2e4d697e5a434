import ConfigFile
import DropFolder
import Foundation
import Inspection
import Settings
import Station

/// Where the stations of one PATH are, and the rules that apply there.
struct CheckScope {
    let root: String
    /// Below the root; empty means everything below it.
    let start: String
    let rules: InspectionRules
    /// Whether E57 files below the path are checked too: only in inboxes that deliver them.
    ///
    /// One named on the command line is always checked.
    let wantsPointClouds: Bool

    init(path: String, configuration: Configuration?) {
        let inbox = configuration?.inboxes.first { path == $0.path || path.hasPrefix($0.path + "/") }
        let prefix = configuration?.target.externalIDPrefix ?? ""
        wantsPointClouds = inbox?.e57 != nil
        if let inbox {
            root = inbox.path
            start = String(path.dropFirst(inbox.path.count).drop { $0 == "/" })
            rules = inbox.inspectionRules(externalIDPrefix: prefix, now: { Date() })
        } else if Self.isInboxName(path) {
            root = path
            start = ""
            var plain = InspectionRules()
            plain.externalIDPrefix = prefix
            rules = plain
        } else {
            // The parent counts as the inbox, so that the default site is the same as in a real one.
            let slash = path.lastIndex(of: "/") ?? path.startIndex
            root = slash == path.startIndex ? "/" : String(path[..<slash])
            start = String(path[slash...].dropFirst())
            var plain = InspectionRules()
            plain.externalIDPrefix = prefix
            rules = plain
        }
    }

    /// Whether a folder with this name counts as an inbox when no configuration names the inboxes: that of `run --sandbox`, and any
    /// called `inbox`.
    private static func isInboxName(_ path: String) -> Bool {
        let name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
        return name == RunCommand.sandboxInbox || name == "inbox"
    }

    /// Whether the file's name is that of an E57 file.
    static func isPointCloud(_ name: String) -> Bool { name.lowercased().hasSuffix(".e57") }

    /// What was found at and below the path.
    struct Listing: Sendable {
        /// Every station, in path order.
        var snapshots: [FolderSnapshot] = []
        /// What looks like part of a station but cannot be read as one.
        var hindrances: [Hindrance] = []
        /// E57 files.
        var pointClouds: [ItemPath] = []
        /// Folders that could not be listed; the others are checked all the same.
        var errors: [DropFolderError] = []
    }

    /// Lists everything at and below the path.
    func stations() async -> Listing {
        await withCheckedContinuation { continuation in
            // Listing blocks; a command has nothing else to do, but the cooperative pool stays free.
            Thread.detachNewThread {
                var listing = Listing()
                walk(start, depth: 0, into: &listing)
                continuation.resume(returning: listing)
            }
        }
    }

    private func walk(_ path: String, depth: Int, into listing: inout Listing) {
        let snapshot: FolderSnapshot
        do throws(DropFolderError) {
            snapshot = try FolderSnapshot.take(inbox: root, path: path, ignoring: rules.ignore)
        } catch {
            if depth == 0, let hindrance = hindrance(at: path) {
                listing.hindrances.append(hindrance)
            } else {
                listing.errors.append(error)
            }
            return
        }
        listing.hindrances += snapshot.hindrances
        if snapshot.isStation { listing.snapshots.append(snapshot) }
        if wantsPointClouds {
            listing.pointClouds += snapshot.entries.map(\.name).filter(Self.isPointCloud).map {
                ItemPath(inbox: root, path: path.isEmpty ? $0 : path + "/" + $0)
            }
        }
        // As deep as the watcher goes.
        guard depth < 64 else { return }
        for folder in snapshot.subfolders {
            walk(path.isEmpty ? folder.name : path + "/" + folder.name, depth: depth + 1, into: &listing)
        }
    }

    /// What the parent folder's listing shows for a path that is not a folder, or has a name that is not valid text.
    private func hindrance(at path: String) -> Hindrance? {
        var parts = path.split(separator: "/").map(String.init)
        guard let name = parts.popLast() else { return nil }
        // If the parent can't be read either, the path's own error is reported.
        let above = try? FolderSnapshot.take(inbox: root, path: parts.joined(separator: "/"), ignoring: rules.ignore)
        return above?.hindrances.first { hindrance in
            hindrance.kind != .looseFiles
                && hindrance.names.contains { $0 == name || EscapedName(text: $0)?.repaired == name }
        }
    }
}
