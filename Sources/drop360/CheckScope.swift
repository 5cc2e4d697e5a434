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
    /// How E57 files below the path are checked; nil where they are left alone.
    ///
    /// One named on the command line is always checked.
    let fileRules: FileRules?

    init(path: String, configuration: Configuration?) {
        let inbox = configuration?.inboxes.first { path == $0.path || path.hasPrefix($0.path + "/") }
        let prefix = configuration?.target.externalIDPrefix ?? ""
        fileRules = inbox?.fileRules(externalIDPrefix: prefix, now: { Date() })
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

    /// Whether the file's name is that of an E57 file, or of an archive that may hold some.
    static func isPointCloud(_ name: String) -> Bool {
        let lower = name.lowercased()
        return lower.hasSuffix(".e57") || lower.hasSuffix(".zip")
    }

    /// The rules for a file that is named on the command line: outside of inboxes with `e57:` as if CDF got it.
    var rulesForNamedFile: FileRules { fileRules ?? FileRules(.cdf(.name("")), inspection: rules) }

    /// Whether a file below the path is an item of its own.
    private func isFile(_ name: String) -> Bool {
        guard let fileRules, rules.ignore.role(of: name, kind: .file) == .other else { return false }
        return fileRules.endings.contains(FaceNaming.fileExtension(of: name))
    }

    /// What was found at and below the path.
    struct Listing: Sendable {
        /// Every station, in path order.
        var snapshots: [FolderSnapshot] = []
        /// What looks like part of a station but cannot be read as one.
        var hindrances: [Hindrance] = []
        /// E57 files, and archives that may hold some.
        var files: [FileSnapshot] = []
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
            snapshot = try FolderSnapshot.take(
                inbox: root,
                path: path,
                ignoring: rules.ignore,
                wantsE57: fileRules != nil
            )
        } catch {
            if depth == 0, let hindrance = hindrance(at: path) {
                listing.hindrances.append(hindrance)
            } else {
                listing.errors.append(error)
            }
            return
        }
        // Archives that may be items are judged by what they hold.
        listing.hindrances += snapshot.hindrances.filter { $0.kind != .archive || !$0.names.contains(where: isFile) }
        if snapshot.isStation { listing.snapshots.append(snapshot) }
        listing.files += snapshot.files(where: isFile)
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
