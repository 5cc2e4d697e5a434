package import Station

/// One file below an inbox at one moment, with its sidecar.
package struct FileSnapshot: Equatable, Sendable {
    package var item: ItemPath
    /// From `fstat` of the open file, or `fstatat` of its name without following links.
    package var fileStamp: FileStamp
    /// What stands beside an E57 file under its sidecar's name, whatever kind it is of; nil for nothing.
    package var sidecar: Sidecar?
    /// The file is an archive that is refused unless it holds E57 files: it has not been unpacked beside itself.
    package var isHindrance = false

    /// `NAME.e57.json`: site, offset and the like of the E57 file beside it.
    package struct Sidecar: Equatable, Sendable {
        package var name: String
        package var stamp: FileStamp
    }

    package init(item: ItemPath, fileStamp: FileStamp, sidecar: Sidecar? = nil, isHindrance: Bool = false) {
        self.item = item
        self.fileStamp = fileStamp
        self.sidecar = sidecar
        self.isHindrance = isHindrance
    }

    /// Opens the file without following any link below the inbox, and records its stamp and what its folder holds beside it; blocks.
    ///
    /// - Throws: ``DropFolderError/notRegular(path:kind:)`` if it is not a regular file.
    package static func take(_ item: ItemPath, ignoring rules: IgnoreRules = IgnoreRules()) throws(DropFolderError)
        -> FileSnapshot
    {
        let stamp = try RegularFile(at: item).stamp
        var parts = item.path.split(separator: "/").map(String.init)
        let name = parts.popLast() ?? ""
        let folder = try FolderSnapshot.take(
            inbox: item.inbox,
            path: parts.joined(separator: "/"),
            ignoring: rules
        )
        return folder.files { $0 == name }.first ?? FileSnapshot(item: item, fileStamp: stamp)
    }

    /// Bytes.
    package var size: Int64 { fileStamp.size }

    /// The file's absolute path.
    package var absolutePath: String { item.inbox + "/" + item.path }

    package var name: String { item.path.split(separator: "/").last.map(String.init) ?? item.path }

    /// Changes whenever the file or its sidecar is written or replaced, and when the sidecar comes or goes.
    ///
    /// The inode is not included: shares assign arbitrary inode numbers.
    package var stamp: Stamp {
        var parts = ["file"] + Self.parts(fileStamp)
        if let sidecar { parts += [sidecar.name, sidecar.stamp.kind.rawValue] + Self.parts(sidecar.stamp) }
        if isHindrance { parts.append("hindrance") }
        return Stamp(over: parts)
    }

    private static func parts(_ stamp: FileStamp) -> [String] {
        ["\(stamp.size)", "\(stamp.modified)", "\(stamp.changed)"]
    }
}

extension FolderSnapshot {
    /// The regular files of this folder whose names are wanted, each with what belongs to it.
    package func files(where isWanted: (String) -> Bool) -> [FileSnapshot] {
        let found = entries.filter { $0.stamp.kind == .file && $0.nameIsUTF8 && isWanted($0.name) }
        guard !found.isEmpty else { return [] }
        let besides = entries.filter { $0.nameIsUTF8 && IgnoreRules.isFileSidecar($0.name) }
        let sidecars = Dictionary(grouping: besides) { $0.name.lowercased() }
        let holdsArchives = found.contains { ArchiveNaming.stem(of: $0.name) != nil }
        let packed = Set(holdsArchives ? hindrances.filter { $0.kind == .archive }.flatMap(\.names) : [])
        return found.map { entry in
            let rivals = sidecars[entry.name.lowercased() + ".json"] ?? []
            // The exact name is preferred to one in other letters.
            let sidecar = rivals.first { $0.name == entry.name + ".json" } ?? rivals.first
            return FileSnapshot(
                item: ItemPath(inbox: inbox, path: path.isEmpty ? entry.name : path + "/" + entry.name),
                fileStamp: entry.stamp,
                sidecar: sidecar.map { .init(name: $0.name, stamp: $0.stamp) },
                isHindrance: packed.contains(entry.name)
            )
        }
    }
}
