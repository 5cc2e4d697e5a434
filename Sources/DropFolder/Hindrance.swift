package import Station

/// Something in a drop folder that looks like a station's, and that drop360 cannot take as one where and as it lies.
///
/// The watcher and `drop360 check` find it by the same code, and it goes through the ledger like a station that is refused.
package struct Hindrance: Equatable, Sendable {
    package enum Kind: String, Sendable {
        /// A station's files in the inbox itself.
        case looseFiles
        /// A folder whose name is not UTF-8: neither ledger nor ids nor a report can name it.
        case nameNotUTF8
        /// A packed folder. drop360 does not unpack.
        case archive
        /// A symbolic link in a folder's place, or what Windows' Explorer makes of one: a shortcut.
        case link
        /// Files whose names are whole paths of Windows: `site\st-1\front.jpg`.
        case backslashes
    }

    package var kind: Kind
    /// The inbox, as the configuration spells it.
    package var inbox: String
    /// What the ledger calls it, below the inbox.
    ///
    /// It ends in a slash where nothing on the disk bears this very name, so that it is never taken for a folder's path.
    package var path: String
    /// The names in the folder that it is made of, sorted.
    package var names: [String]
    /// What a link leads to.
    package var target: String?

    package init(kind: Kind, inbox: String, path: String, names: [String], target: String? = nil) {
        self.kind = kind
        self.inbox = inbox
        self.path = path
        self.names = names
        self.target = target
    }

    package var item: ItemPath { ItemPath(inbox: inbox, path: path) }

    /// Differs wherever there is something else to say.
    package var stamp: Stamp {
        Stamp(over: [kind.rawValue, path, target ?? ""] + names)
    }

    /// The path of what is wrong with an inbox's own files.
    package static let looseFiles = "loose files/"
}

extension FolderSnapshot {
    /// What looks like a station's in the folder and cannot be taken.
    package var hindrances: [Hindrance] {
        var found: [Hindrance] = []
        if let loose = looseFiles { found.append(loose) }
        for entry in entries where !entry.nameIsUTF8 && (entry.role == .folder || !isStation && isLinkToFolder(entry)) {
            found.append(hindrance(.nameNotUTF8, below(entry.name) + "/", [entry.name]))
        }
        // In a station they are files that nobody needs, and a note says so.
        guard !isStation else { return found }
        let folders = Set(entries.filter { $0.stamp.kind == .folder }.map { $0.name.lowercased() })
        for entry in entries where entry.nameIsUTF8 {
            if entry.stamp.kind == .file, entry.name.lowercased().hasSuffix(".lnk") {
                found.append(hindrance(.link, below(entry.name), [entry.name]))
            } else if isLinkToFolder(entry) {
                var link = hindrance(.link, below(entry.name), [entry.name])
                link.target = entry.linkTarget
                found.append(link)
            } else if entry.role == .other, entry.stamp.kind == .file, let stem = ArchiveNaming.stem(of: entry.name) {
                // It was unpacked beside itself.
                guard !folders.contains(stem.lowercased()) else { continue }
                found.append(hindrance(.archive, below(entry.name), [entry.name]))
            }
        }
        return found + unpackedAsFiles
    }

    private func hindrance(_ kind: Hindrance.Kind, _ path: String, _ names: [String]) -> Hindrance {
        Hindrance(kind: kind, inbox: inbox, path: path, names: names)
    }

    private func below(_ name: String) -> String { path.isEmpty ? name : path + "/" + name }

    /// The files that make any other folder a station: told where they leave no doubt, since an inbox may hold a picture, too.
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

    /// A link that a crew may take for a folder: one without a file's ending that does not lead to another place in the inbox, where what
    /// it leads to is found anyway.
    private func isLinkToFolder(_ entry: FolderEntry) -> Bool {
        guard entry.stamp.kind == .symlink, entry.role == .other || entry.role == .folder else { return false }
        guard !Self.hasFileEnding(entry.name), ArchiveNaming.stem(of: entry.name) == nil else { return false }
        return !leadsIntoInbox(entry.linkTarget ?? "")
    }

    /// `README.txt`, but neither `st-1.2` nor `2026.05.01`.
    private static func hasFileEnding(_ name: String) -> Bool {
        let ending = FaceNaming.fileExtension(of: name)
        return (1...5).contains(ending.utf8.count) && ending.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
            && ending.contains(where: \.isLetter)
    }

    /// Told by the link's text alone, since nothing is followed.
    private func leadsIntoInbox(_ target: String) -> Bool {
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

    /// The files in a station whose names are paths of Windows and end in those of a station's files.
    package var facesUnderPaths: [String] {
        entries.filter { entry in
            entry.stamp.kind == .file && entry.role == .other
                && Self.split(atBackslash: entry.name).map { Self.isStationFile($0.name) } == true
        }.map(\.name)
    }

    /// Whether a name that came, went or changed in a folder without a station may have something to do with a hindrance.
    package static func mayHinder(_ name: String, _ stamp: FileStamp) -> Bool {
        stamp.kind == .symlink || name.lowercased().hasSuffix(".lnk") || name.contains("\\")
            || ArchiveNaming.stem(of: name) != nil
    }
}
