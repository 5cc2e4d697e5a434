import Foundation
import Glibc
import Station

/// What a name in a drop folder is to drop360.
package enum EntryRole: String, Sendable {
    /// `.jpg .jpeg .png`: may be a face.
    case image
    /// An image in a format that the viewer can't show.
    case foreignImage
    /// `*.json`: may be the pose sidecar.
    case json
    /// An image or sidecar by its name, but for the ending: `front.jfif`, `left.jpg.txt`, `pose.json.txt`.
    case misnamed
    /// A name that copying tools give to files in the making: the folder is still being written.
    case temporary
    /// Left by operating systems and file servers, or written by drop360 itself: as if it were not there.
    case junk
    /// A folder that may hold stations.
    case folder
    /// Anything else: left alone and mentioned.
    case other
}

/// Tells junk and temporaries from what crews deliver (rules 14 and 15 of the pitfalls).
package struct IgnoreRules: Sendable, Equatable {
    /// Shell patterns of the configuration, compared with the name alone.
    ///
    /// One that begins with `!` takes names out of drop360's own list. The last one that fits decides.
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
    /// The endings of drop360's own reports, which stand beside station folders.
    package static let reportSuffixes = [".REJECTED.txt", ".WAITING.txt", ".UPLOADED.txt"]

    /// The role of `name`, by its name and kind alone.
    package func role(of name: String, kind: EntryKind) -> EntryRole {
        let lower = name.lowercased()
        if lower.hasPrefix(".drop360") { return .junk }
        // A folder of such a name is the crew's.
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
        // A folder that bears a face's or sidecar's name stands where a file should: inspection says so.
        if kind == .folder { return .folder }
        // What a program made that took a path for a name; nobody can tell whose face it is.
        if name.contains("\\") { return .other }
        let ending = FaceNaming.fileExtension(of: name)
        if FaceNaming.imageExtensions.contains(ending) { return .image }
        if FaceNaming.foreignImageExtensions.contains(ending) { return .foreignImage }
        if ending == "json" { return .json }
        return FaceNaming.intendedName(of: name) == nil ? .other : .misnamed
    }

    /// What sync tools and browsers leave in the place of a file that is not here yet.
    private static let placeholderSuffixes = [
        ".icloud", ".nextcloud", ".owncloud", ".rsls", ".bts", ".cloud", ".crdownload", ".opdownload", ".download",
    ]

    /// These stand behind other things as well (`scan.cloud`): only behind a whole file name they are a placeholder.
    private static let commonSuffixes: Set<String> = [".cloud", ".bts"]

    /// Whether `name` stands for a file that is still in the cloud, or on its way out of it: to be downloaded, not removed.
    package static func isPlaceholder(_ name: String) -> Bool { nameBehind(placeholder: name) != nil }

    /// The name of the file that a placeholder stands for: `front.jpg` for `.front.jpg.icloud`.
    package static func nameBehind(placeholder name: String) -> String? {
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
        junkNames.contains(lower) || junkPrefixes.contains(where: lower.hasPrefix) || NeverEntered.holds(lower)
    }

    private enum Word { case ignored, wanted }

    /// What the configuration says of a name; nil where it says nothing.
    private func configured(_ name: String) -> Word? {
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

    /// `.front.jpg.a1B2c3`: rsync's name for a file in the making.
    private func isRsyncTemporary(_ lower: String) -> Bool {
        // `.hidden` has no second dot, and nothing between two.
        guard lower.hasPrefix("."), let dot = lower.lastIndex(of: "."), dot != lower.startIndex else { return false }
        let tail = lower[lower.index(after: dot)...]
        let head = lower[lower.index(after: lower.startIndex)..<dot]
        return tail.count == 6 && head.contains(".") && tail.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
    }
}
