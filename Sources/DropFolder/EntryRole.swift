import Foundation
import Glibc
import Station

/// What drop360 takes an entry of a drop folder for.
package enum EntryRole: String, Sendable {
    /// `.jpg .jpeg .png`: perhaps a face.
    case image
    /// An image in a format that the viewer can't show.
    case foreignImage
    /// `*.json`: perhaps the pose sidecar.
    case json
    /// An image or sidecar with a wrong extension: `front.jfif`, `left.jpg.txt`, `pose.json.txt`.
    case misnamed
    /// A name that copying tools give unfinished files: the folder is still being written.
    case temporary
    /// Left by operating systems and file servers, or written by drop360 itself: ignored.
    case junk
    /// A folder that may contain stations.
    case folder
    /// Anything else: ignored, with a note.
    case other
}

/// Separates junk and temporary files from what crews deliver (rules 14 and 15 of the pitfalls).
package struct IgnoreRules: Sendable, Equatable {
    /// Shell patterns from the configuration, matched against the name alone.
    ///
    /// One that starts with `!` exempts names from drop360's built-in list. The last one that matches decides.
    package var patterns: [String]

    package init(patterns: [String] = []) { self.patterns = patterns }

    private static let junkNames: Set<String> = [
        ".ds_store", "desktop.ini", "thumbs.db", "ehthumbs.db", ".directory", ".stignore", ".localized", ".apdisk",
        ".nomedia",
    ]
    private static let junkPrefixes = ["._"]
    private static let temporaryNames: Set<String> = [".~tmp~", ".rsync-partial", ".rsync-tmp"]
    private static let temporaryPrefixes = [
        "~$", ".syncthing.", "~syncthing~", ".goutputstream-", ".nfs", ".fuse_hidden", ".sb-", ".smbdelete",
    ]
    private static let temporarySuffixes = [
        ".partial", ".filepart", ".part", ".crdownload", ".tmp", ".temp", ".download", ".swp", ".swx", "~", ".!ut",
        ".aria2",
        ".upload", ".uploading", ".inprogress",
    ]
    /// The suffixes of drop360's reports, which are written next to station folders.
    package static let reportSuffixes = [".REJECTED.txt", ".WAITING.txt", ".UPLOADED.txt", ".WITHDRAWN.txt"]

    /// The role of `name`, by its spelling and kind alone.
    package func role(of name: String, kind: EntryKind) -> EntryRole {
        let lower = name.lowercased()
        if lower.hasPrefix(".drop360") { return .junk }
        // A folder with such a name is the crew's.
        if kind != .folder, Self.reportSuffixes.contains(where: name.hasSuffix) { return .junk }
        let isWanted: Bool
        switch configured(name) {
        case .ignored: return .junk
        case .wanted: isWanted = true
        case nil:
            isWanted = false
            if Self.isJunk(lower) { return .junk }
        }
        if isTemporary(lower, kind: kind) || kind != .folder && Self.isPlaceholder(lower) { return .temporary }
        if lower.hasPrefix("."), !isWanted { return .junk }
        // A folder with a face's or sidecar's name is where a file should be: inspection reports it.
        if kind == .folder { return .folder }
        // Written by a program that took a path for a name; it is unclear which station's face it is.
        if name.contains("\\") { return .other }
        let ending = FaceNaming.fileExtension(of: name)
        if FaceNaming.imageExtensions.contains(ending) { return .image }
        if FaceNaming.foreignImageExtensions.contains(ending) { return .foreignImage }
        // The sidecar of an E57 file is never that of a station.
        if Self.isFileSidecar(name) { return .other }
        if ending == "json" { return .json }
        return FaceNaming.intendedName(of: name) == nil ? .other : .misnamed
    }

    /// Whether `name` is that of an E57 file's sidecar: `hall.e57.json`.
    package static func isFileSidecar(_ name: String) -> Bool {
        let lower = name.lowercased()
        return lower.hasSuffix(".e57.json") && lower != ".e57.json"
    }

    /// The suffixes of placeholders that sync tools and browsers write for a file that has not been downloaded.
    private static let placeholderSuffixes = [
        ".icloud", ".nextcloud", ".owncloud", ".rsls", ".bts", ".cloud", ".crdownload", ".opdownload", ".download",
    ]

    /// Suffixes with other uses too (`scan.cloud`): they mark a placeholder only after a complete file name.
    private static let commonSuffixes: Set<String> = [".cloud", ".bts"]

    /// Whether `name` is the placeholder of a file that is still in the cloud or being downloaded: to be downloaded, not removed.
    package static func isPlaceholder(_ name: String) -> Bool { originalName(ofPlaceholder: name) != nil }

    /// The name of the file that a placeholder represents: `front.jpg` for `.front.jpg.icloud`.
    package static func originalName(ofPlaceholder name: String) -> String? {
        let lower = name.lowercased()
        guard let suffix = placeholderSuffixes.first(where: lower.hasSuffix), lower.count > suffix.count else {
            return nil
        }
        let stem = name.dropLast(suffix.count)
        let behind = String(suffix == ".icloud" ? stem.drop { $0 == "." } : stem)
        let ending = FaceNaming.fileExtension(of: behind)
        let isFile = FaceNaming.imageExtensions.contains(ending) || ending == "json"
        return isFile || !commonSuffixes.contains(suffix) ? behind : nil
    }

    private static func isJunk(_ lower: String) -> Bool {
        junkNames.contains(lower) || junkPrefixes.contains(where: lower.hasPrefix) || ExcludedFolders.contains(lower)
    }

    private enum Decision { case ignored, wanted }

    /// What the configuration says about a name; nil if nothing.
    private func configured(_ name: String) -> Decision? {
        guard
            let last = patterns.last(where: {
                fnmatch($0.hasPrefix("!") ? String($0.dropFirst()) : $0, name, FNM_PERIOD) == 0
            })
        else { return nil }
        return last.hasPrefix("!") ? .wanted : .ignored
    }

    private func isTemporary(_ lower: String, kind: EntryKind) -> Bool {
        if Self.temporaryNames.contains(lower) { return true }
        guard kind != .folder else { return false }
        if Self.temporaryPrefixes.contains(where: lower.hasPrefix) { return true }
        if Self.temporarySuffixes.contains(where: lower.hasSuffix) { return true }
        return isRsyncTemporary(lower)
    }

    /// `.front.jpg.a1B2c3`: rsync's name for an unfinished file.
    private func isRsyncTemporary(_ lower: String) -> Bool {
        // `.hidden` has no second dot.
        guard lower.hasPrefix("."), let dot = lower.lastIndex(of: "."), dot != lower.startIndex else { return false }
        let tail = lower[lower.index(after: dot)...]
        let head = lower[lower.index(after: lower.startIndex)..<dot]
        return tail.count == 6 && head.contains(".") && tail.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
    }
}
