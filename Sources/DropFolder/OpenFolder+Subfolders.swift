import Glibc

// Folders inside a folder, by name alone: a tree of a hundred thousand is walked without asking about each file.
extension OpenFolder {
    /// The names of the folders in this one that are wanted, and what `fstat` says of it before it is listed.
    ///
    /// Links are not followed, and names that are not UTF-8 are left out.
    package func subfolders(
        where isWanted: (String) -> Bool
    ) throws(DropFolderError) -> (stamp: FileStamp, names: [String]) {
        let stamp = try stamp()
        return (stamp, try folderNames(where: isWanted))
    }

    /// What `fstat` says of the folder at `path` below this one.
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
