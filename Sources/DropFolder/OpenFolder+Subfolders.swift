import Glibc

// Subfolders by name alone: a tree of a hundred thousand folders is walked without a `stat` of each file.
extension OpenFolder {
    /// The names of the wanted subfolders, and this folder's stamp from before it was listed.
    ///
    /// Links are not followed, and names that are not UTF-8 are omitted.
    package func subfolders(
        where isWanted: (String) -> Bool
    ) throws(DropFolderError) -> (stamp: FileStamp, names: [String]) {
        let stamp = try stamp()
        return (stamp, try folderNames(where: isWanted))
    }

    /// The stamp of the folder at `path` below this one.
    package func stamp(ofFolder path: String) throws(DropFolderError) -> FileStamp { try descendant(path).stamp() }

    /// The folder at `path` below this one.
    package func descendant(_ path: String) throws(DropFolderError) -> OpenFolder {
        var parts = path.split(separator: "/").map(String.init)
        guard !parts.isEmpty else { return try reopened() }
        var folder = try folder(parts.removeFirst())
        for part in parts { folder = try folder.folder(part) }
        return folder
    }
}
