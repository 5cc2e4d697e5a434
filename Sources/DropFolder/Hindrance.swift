package import Station

/// Something in a drop folder that looks like part of a station but that drop360 cannot use in this form or place.
///
/// The watcher and `drop360 check` find it with the same code; the ledger treats it like a refused station.
package struct Hindrance: Equatable, Sendable {
    package enum Kind: String, Sendable {
        /// A station's files in the inbox itself.
        case looseFiles
        /// A folder whose name is not UTF-8: the ledger, ids and reports cannot name it.
        case nameNotUTF8
        /// A packed folder. drop360 does not unpack archives.
        case archive
        /// A symbolic link, or a Windows shortcut, where a folder should be.
        case link
        /// Files whose names are complete Windows paths: `site\st-1\front.jpg`.
        case backslashes
        /// A link, named pipe, folder or the like with the name of an E57 file.
        case notAFile
    }

    package var kind: Kind
    /// The inbox, spelled as in the configuration.
    package var inbox: String
    /// Its path in the ledger, below the inbox.
    ///
    /// It ends in a slash if nothing on disk has exactly this name, so that it is never taken for a folder's path.
    package var path: String
    /// The names in the folder that belong to it, sorted.
    package var names: [String]
    /// The target of a link.
    package var target: String?
    /// What is in the place of an E57 file.
    package var found: EntryKind?

    package init(
        kind: Kind,
        inbox: String,
        path: String,
        names: [String],
        target: String? = nil,
        found: EntryKind? = nil
    ) {
        self.found = found
        self.kind = kind
        self.inbox = inbox
        self.path = path
        self.names = names
        self.target = target
    }

    package var item: ItemPath { ItemPath(inbox: inbox, path: path) }

    /// Changes whenever the problem changes.
    package var stamp: Stamp {
        Stamp(over: [kind.rawValue, path, target ?? "", found?.rawValue ?? ""] + names)
    }

    /// The path of loose files in an inbox.
    package static let looseFiles = "loose files/"
}

extension FolderSnapshot {
    /// What looks like part of a station in the folder but cannot be used.
    package var hindrances: [Hindrance] {
        var found: [Hindrance] = []
        if let loose = looseFiles { found.append(loose) }
        for entry in entries
        where !entry.nameIsUTF8 && (entry.role == .folder || !isStation && looksLikeFolderLink(entry)) {
            found.append(hindrance(.nameNotUTF8, below(entry.name) + "/", [entry.name]))
        }
        found += entries.filter(isInPlaceOfFile).map { entry in
            // A folder's own path belongs to what is in it.
            let path = below(entry.name) + (entry.stamp.kind == .folder ? "/" : "")
            var hindrance = hindrance(.notAFile, path, [entry.name])
            (hindrance.found, hindrance.target) = (entry.stamp.kind, entry.linkTarget)
            return hindrance
        }
        // In a station they are unused files, and a note says so.
        guard !isStation else { return found }
        let folders = Set(entries.filter { $0.stamp.kind == .folder }.map { $0.name.lowercased() })
        for entry in entries where entry.nameIsUTF8 {
            if entry.stamp.kind == .file, entry.name.lowercased().hasSuffix(".lnk") {
                found.append(hindrance(.link, below(entry.name), [entry.name]))
            } else if looksLikeFolderLink(entry) {
                var link = hindrance(.link, below(entry.name), [entry.name])
                link.target = entry.linkTarget
                found.append(link)
            } else if entry.role == .other, entry.stamp.kind == .file, let stem = ArchiveNaming.stem(of: entry.name) {
                // It has been unpacked next to itself.
                guard !folders.contains(stem.lowercased()) else { continue }
                found.append(hindrance(.archive, below(entry.name), [entry.name]))
            }
        }
        return found + unpackedAsFiles
    }

    /// Whether the entry has the name of a file that is wanted here, and is none.
    private func isInPlaceOfFile(_ entry: FolderEntry) -> Bool {
        wantsE57 && entry.nameIsUTF8 && entry.stamp.kind != .file && entry.role != .junk
            && FaceNaming.fileExtension(of: entry.name) == "e57"
    }

    private func hindrance(_ kind: Hindrance.Kind, _ path: String, _ names: [String]) -> Hindrance {
        Hindrance(kind: kind, inbox: inbox, path: path, names: names)
    }

    private func below(_ name: String) -> String { path.isEmpty ? name : path + "/" + name }

    /// The files that would make any other folder a station; reported only if there is no doubt, since an inbox may also contain a picture.
    private var looseFiles: Hindrance? {
        guard path.isEmpty else { return nil }
        let images = entries.filter { $0.role == .image || $0.role == .foreignImage }.map(\.name)
        let words = images.filter(FaceNaming.isFaceWord)
        let sidecars = names(.json).filter { Self.sidecarNames.contains($0.lowercased()) }
        let isPlain = words.contains(where: FaceNaming.isFaceWordAlone)
        guard
            !sidecars.isEmpty || isPlain || words.count > 1 || FaceNaming.isLetterSet(images)
                || FaceNaming.isPresetSet(images)
        else { return nil }
        return hindrance(.looseFiles, Hindrance.looseFiles, (images + sidecars).sorted())
    }

    /// A link that a crew may take for a folder: it has no file extension and does not point into the inbox, where its target
    /// is found anyway.
    private func looksLikeFolderLink(_ entry: FolderEntry) -> Bool {
        guard entry.stamp.kind == .symlink, entry.role == .other || entry.role == .folder else { return false }
        guard !Self.hasFileExtension(entry.name), ArchiveNaming.stem(of: entry.name) == nil else { return false }
        return !pointsIntoInbox(entry.linkTarget ?? "")
    }

    /// `README.txt`, but neither `st-1.2` nor `2026.05.01`.
    private static func hasFileExtension(_ name: String) -> Bool {
        let ending = FaceNaming.fileExtension(of: name)
        return (1...5).contains(ending.utf8.count) && ending.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
            && ending.contains(where: \.isLetter)
    }

    /// Decided by the link's text alone, since links are never followed.
    private func pointsIntoInbox(_ target: String) -> Bool {
        if target.hasPrefix("/") { return target.hasPrefix(inbox + "/") && !target.contains("/../") }
        var depth = path.split(separator: "/").count
        for part in target.split(separator: "/") where part != "." {
            depth += part == ".." ? -1 : 1
            if depth < 0 { return false }
        }
        return depth > 0 && !target.isEmpty
    }

    /// `site\st-1\front.jpg`: the files of each such folder.
    private var unpackedAsFiles: [Hindrance] {
        var folders: [String: [String]] = [:]
        for entry in entries where entry.stamp.kind == .file && entry.role == .other {
            guard let (folder, name) = Self.split(atBackslash: entry.name), Self.isStationFile(name) else { continue }
            folders[folder, default: []].append(entry.name)
        }
        return folders.sorted { $0.key < $1.key }.map {
            hindrance(.backslashes, below($0.key) + "/", $0.value.sorted())
        }
    }

    static func split(atBackslash name: String) -> (folder: String, name: String)? {
        guard let last = name.lastIndex(of: "\\") else { return nil }
        let folder = String(name[..<last])
        return (folder.isEmpty ? "\\" : folder, String(name[name.index(after: last)...]))
    }

    private static func isStationFile(_ name: String) -> Bool {
        FaceNaming.imageExtensions.contains(FaceNaming.fileExtension(of: name)) || FaceNaming.isFaceWord(name)
            || sidecarNames.contains(name.lowercased())
    }

    /// The files in a station whose names are Windows paths that end in the name of a station's file.
    package var facesUnderPaths: [String] {
        entries.filter { entry in
            entry.stamp.kind == .file && entry.role == .other
                && Self.split(atBackslash: entry.name).map { Self.isStationFile($0.name) } == true
        }.map(\.name)
    }

    /// Whether a name that was added, removed or changed in a folder without a station may affect a hindrance.
    package static func mayHinder(_ name: String, _ stamp: FileStamp) -> Bool {
        stamp.kind == .symlink || name.lowercased().hasSuffix(".lnk") || name.contains("\\")
            || ArchiveNaming.stem(of: name) != nil
    }
}
