package import Station

/// One file below an inbox at one moment.
package struct FileSnapshot: Equatable, Sendable {
    package var item: ItemPath
    /// From `fstat` of the open file, or `fstatat` of its name without following links.
    package var fileStamp: FileStamp

    package init(item: ItemPath, fileStamp: FileStamp) {
        self.item = item
        self.fileStamp = fileStamp
    }

    /// Opens the file without following any link below the inbox, and records its stamp; blocks.
    ///
    /// - Throws: ``DropFolderError/notRegular(path:kind:)`` if it is not a regular file.
    package static func take(_ item: ItemPath) throws(DropFolderError) -> FileSnapshot {
        FileSnapshot(item: item, fileStamp: try RegularFile(at: item).stamp)
    }

    /// Bytes.
    package var size: Int64 { fileStamp.size }

    /// The file's absolute path.
    package var absolutePath: String { item.inbox + "/" + item.path }

    /// Changes whenever the file is written or replaced.
    ///
    /// The inode is not included: shares assign arbitrary inode numbers.
    package var stamp: Stamp {
        Stamp(over: ["file", "\(fileStamp.size)", "\(fileStamp.modified)", "\(fileStamp.changed)"])
    }
}
