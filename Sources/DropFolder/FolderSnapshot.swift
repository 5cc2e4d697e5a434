package import Station

/// What one folder below an inbox held at one moment.
package struct FolderSnapshot: Equatable, Sendable {
    /// The inbox, as the configuration spells it.
    package var inbox: String
    /// The folder below it: `site/station`, without slashes at the ends.
    package var path: String
    /// Sorted by name; junk is not among them.
    package var entries: [FolderEntry]
    /// Files that a program holds open for writing, as far as inotify told; a hint only: what is whole by content is whole.
    package var beingWritten: Set<String>

    /// Keeps what counts of `entries`.
    package init(inbox: String, path: String, entries: [FolderEntry], beingWritten: Set<String> = []) {
        self.inbox = inbox
        self.path = path
        self.entries = entries.filter { $0.role != .junk }
        self.beingWritten = beingWritten
    }

    /// Lists the folder now; blocks.
    package static func take(
        inbox: String,
        path: String,
        ignoring rules: IgnoreRules
    ) throws(DropFolderError) -> FolderSnapshot {
        let folder = try OpenFolder.at(root: inbox, relativePath: path)
        return FolderSnapshot(inbox: inbox, path: path, entries: try folder.entries(ignoring: rules))
    }

    package var item: ItemPath { ItemPath(inbox: inbox, path: path) }

    /// The folder's absolute path.
    package var absolutePath: String { path.isEmpty ? inbox : inbox + "/" + path }

    package func names(_ role: EntryRole) -> [String] { entries.filter { $0.role == role }.map(\.name) }

    /// The subfolders that may hold stations, without those whose name is not UTF-8.
    package var subfolders: [FolderEntry] {
        entries.filter { $0.role == .folder && $0.stamp.kind == .folder && $0.nameIsUTF8 }
    }

    /// The names that the sidecar is looked for under, best first.
    package static let sidecarNames = ["pose.json", "station.json"]

    private static let poseListNames: Set<String> = [
        "poses.csv", "pano-poses.csv", "poses.tsv", "poses.txt", "poses.tum",
    ]

    /// Whether a file of this name lists the poses of many stations.
    package static func isPoseList(_ name: String) -> Bool { poseListNames.contains(name.lowercased()) }

    /// The name of the pose sidecar: `pose.json`, else `station.json`, else the only `*.json`; nil where there is none or
    /// several others.
    package var sidecarName: String? {
        let candidates = names(.json)
        for wanted in Self.sidecarNames {
            if let exact = candidates.first(where: { $0 == wanted }) { return exact }
            if let folded = candidates.first(where: { $0.lowercased() == wanted }) { return folded }
        }
        return candidates.count == 1 ? candidates[0] : nil
    }

    /// Whether the folder directly holds at least one face or a sidecar.
    ///
    /// A lone `*.json` under another name counts only beside an image: site folders hold such files, too.
    package var isStation: Bool {
        guard !path.isEmpty else { return false }
        if holdsFaces { return true }
        guard let sidecar = sidecarName else {
            return meant.contains { Self.sidecarNames.contains($0.lowercased()) }
        }
        return Self.sidecarNames.contains(sidecar.lowercased()) || holdsImages
    }

    /// What files will be called once they are renamed or downloaded.
    private var meant: [String] {
        names(.misnamed).compactMap(FaceNaming.intendedName)
            + names(.temporary).compactMap(IgnoreRules.nameBehind)
    }

    /// Whether an image is in the folder, of whatever kind.
    package var holdsImages: Bool { entries.contains { $0.role == .image || $0.role == .foreignImage } }

    /// Whether the folder directly holds at least one image that is a face by its name, or by the names beside it.
    package var holdsFaces: Bool {
        let isFace = entries.contains {
            ($0.role == .image || $0.role == .foreignImage) && FaceNaming.isFaceWord($0.name)
        }
        if isFace || meant.contains(where: FaceNaming.isFaceWord) { return true }
        let images = names(.image) + meant
        return FaceNaming.isLetterSet(images) || FaceNaming.isPresetSet(images)
    }

    /// Whether the folder has faces and no pose file.
    package var holdsFacesOnly: Bool { holdsFaces && names(.json).isEmpty }

    /// Whether the folder has a pose and no picture.
    package var holdsPoseOnly: Bool { !holdsImages && Self.sidecarNames.contains(sidecarName?.lowercased() ?? "") }

    /// The half of a station that is in the folder, whose other half may be in another one; empty where it is none.
    package var half: String { holdsPoseOnly ? "pose" : holdsFacesOnly ? "faces" : "" }

    /// Whether a folder that holds no station so far may become one by this file, or those below it get their poses by it.
    package static func mayMakeStation(_ name: String, _ stamp: FileStamp, ignoring rules: IgnoreRules) -> Bool {
        switch rules.role(of: name, kind: stamp.kind) {
        case .image, .foreignImage, .json, .misnamed: true
        case .other: isPoseList(name)
        case .temporary: IgnoreRules.nameBehind(placeholder: name) != nil
        case .junk, .folder: false
        }
    }

    /// A short text that differs wherever a face, a sidecar or a temporary came, went or changed.
    ///
    /// It is the key of the stat cache: a folder whose stamp is the one that was inspected needs no second look.
    package var stamp: Stamp {
        let parts = entries.filter(Self.counts).map { entry in
            "\(entry.name)/\(entry.stamp.kind.rawValue)/\(entry.stamp.size)/\(entry.stamp.modified)/\(entry.stamp.changed)"
        }
        return Stamp(over: parts)
    }

    /// Whether inspection looks at an entry: a folder only where its name is that of a face or sidecar.
    private static func counts(_ entry: FolderEntry) -> Bool {
        guard entry.role == .folder else { return entry.role != .other || isPoseList(entry.name) }
        let ending = FaceNaming.fileExtension(of: entry.name)
        return FaceNaming.imageExtensions.contains(ending) || ending == "json"
    }
}
