package import Station

/// What one folder below an inbox held at one moment.
package struct FolderSnapshot: Equatable, Sendable {
    /// The inbox, spelled as in the configuration.
    package var inbox: String
    /// The folder's path below it: `site/station`, without leading or trailing slashes.
    package var path: String
    /// Sorted by name, without junk.
    package var entries: [FolderEntry]
    /// Files that a program has open for writing, as far as inotify reported; only a hint: the contents decide whether a file is complete.
    package var beingWritten: Set<String>
    /// Whether E57 files are items here, so that something else under such a name is a hindrance.
    package var wantsE57 = false

    /// Keeps `entries` without junk.
    package init(inbox: String, path: String, entries: [FolderEntry], beingWritten: Set<String> = []) {
        self.inbox = inbox
        self.path = path
        self.entries = entries.filter { $0.role != .junk }
        self.beingWritten = beingWritten
    }

    /// Lists the folder; blocks.
    package static func take(
        inbox: String,
        path: String,
        ignoring rules: IgnoreRules,
        wantsE57: Bool = false
    ) throws(DropFolderError) -> FolderSnapshot {
        let folder = try OpenFolder.at(root: inbox, relativePath: path)
        var snapshot = FolderSnapshot(inbox: inbox, path: path, entries: try folder.entries(ignoring: rules))
        snapshot.wantsE57 = wantsE57
        return snapshot
    }

    package var item: ItemPath { ItemPath(inbox: inbox, path: path) }

    /// The folder's absolute path.
    package var absolutePath: String { path.isEmpty ? inbox : inbox + "/" + path }

    package func names(_ role: EntryRole) -> [String] { entries.filter { $0.role == role }.map(\.name) }

    /// The subfolders that may contain stations, without those whose name is not UTF-8.
    package var subfolders: [FolderEntry] {
        entries.filter { $0.role == .folder && $0.stamp.kind == .folder && $0.nameIsUTF8 }
    }

    /// The names of a sidecar, in order of preference.
    package static let sidecarNames = ["pose.json", "station.json"]

    private static let poseListNames: Set<String> = [
        "poses.csv", "pano-poses.csv", "poses.tsv", "poses.txt", "poses.tum",
    ]

    /// Whether a file with this name lists the poses of many stations.
    package static func isPoseList(_ name: String) -> Bool { poseListNames.contains(name.lowercased()) }

    /// The name of the pose sidecar: `pose.json`, else `station.json`, else the only `*.json`; nil if there is none, or
    /// several under other names.
    package var sidecarName: String? {
        let candidates = names(.json)
        for wanted in Self.sidecarNames {
            if let exact = candidates.first(where: { $0 == wanted }) { return exact }
            if let folded = candidates.first(where: { $0.lowercased() == wanted }) { return folded }
        }
        return candidates.count == 1 ? candidates[0] : nil
    }

    /// Whether the folder directly contains at least one face or a sidecar.
    ///
    /// A single `*.json` under another name counts only next to an image: site folders contain such files, too.
    package var isStation: Bool {
        guard !path.isEmpty else { return false }
        if holdsFaces { return true }
        guard let sidecar = sidecarName else {
            return intendedNames.contains { Self.sidecarNames.contains($0.lowercased()) }
        }
        return Self.sidecarNames.contains(sidecar.lowercased()) || holdsImages
    }

    /// The names that files will have once they are renamed or downloaded.
    private var intendedNames: [String] {
        names(.misnamed).compactMap(FaceNaming.intendedName)
            + names(.temporary).compactMap(IgnoreRules.originalName)
    }

    /// Whether the folder contains an image of any format.
    package var holdsImages: Bool { entries.contains { $0.role == .image || $0.role == .foreignImage } }

    /// Whether the folder directly contains at least one image that is a face by its own name or by the names of the others.
    package var holdsFaces: Bool {
        let isFace = entries.contains {
            ($0.role == .image || $0.role == .foreignImage) && FaceNaming.isFaceWord($0.name)
        }
        if isFace || intendedNames.contains(where: FaceNaming.isFaceWord) { return true }
        let images = names(.image) + intendedNames
        return FaceNaming.isLetterSet(images) || FaceNaming.isPresetSet(images)
    }

    /// Whether the folder has faces and no pose file.
    package var holdsFacesOnly: Bool { holdsFaces && names(.json).isEmpty }

    /// Whether the folder has a pose and no image.
    package var holdsPoseOnly: Bool { !holdsImages && Self.sidecarNames.contains(sidecarName?.lowercased() ?? "") }

    /// Which half of a station the folder has, if the other half may be in another folder; empty if neither.
    package var half: String { holdsPoseOnly ? "pose" : holdsFacesOnly ? "faces" : "" }

    /// Whether this file may turn a folder into a station, or give those below it their poses.
    package static func mayMakeStation(_ name: String, _ stamp: FileStamp, ignoring rules: IgnoreRules) -> Bool {
        switch rules.role(of: name, kind: stamp.kind) {
        case .image, .foreignImage, .json, .misnamed: true
        case .other: isPoseList(name)
        case .temporary: IgnoreRules.originalName(ofPlaceholder: name) != nil
        case .junk, .folder: false
        }
    }

    /// A short text that changes whenever a face, sidecar or temporary file is added, removed or changed.
    ///
    /// The key of the stat cache: a folder with the same stamp as last time need not be inspected again.
    package var stamp: Stamp {
        let parts = entries.filter(Self.counts).map { entry in
            "\(entry.name)/\(entry.stamp.kind.rawValue)/\(entry.stamp.size)/\(entry.stamp.modified)/\(entry.stamp.changed)"
        }
        return Stamp(over: parts)
    }

    /// Whether inspection looks at an entry: at a folder only if it has the name of a face or sidecar.
    private static func counts(_ entry: FolderEntry) -> Bool {
        guard entry.role == .folder else { return entry.role != .other || isPoseList(entry.name) }
        let ending = FaceNaming.fileExtension(of: entry.name)
        return FaceNaming.imageExtensions.contains(ending) || ending == "json"
    }
}
