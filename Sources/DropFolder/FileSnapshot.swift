package import Station

/// What one file below an inbox was at one moment.
package struct FileSnapshot: Equatable, Sendable {
    package var item: ItemPath
    /// As `fstat` said of the open file, or `fstatat` of its name without following it.
    package var fileStamp: FileStamp

    package init(item: ItemPath, fileStamp: FileStamp) {
        self.item = item
        self.fileStamp = fileStamp
    }

    /// Opens the file without following a link anywhere below the inbox, and takes what it is; blocks.
    ///
    /// - Throws: ``DropFolderError/notRegular(path:kind:)`` for whatever stands in a file's place.
    package static func take(_ item: ItemPath) throws(DropFolderError) -> FileSnapshot {
        FileSnapshot(item: item, fileStamp: try RegularFile(at: item).stamp)
    }

    /// Bytes.
    package var size: Int64 { fileStamp.size }

    /// The file's absolute path.
    package var absolutePath: String { item.inbox + "/" + item.path }

    /// Differs wherever the file was written or another one stands in its place.
    ///
    /// The inode has no part in it: shares make up inode numbers as they go.
    package var stamp: Stamp {
        Stamp(over: ["file", "\(fileStamp.size)", "\(fileStamp.modified)", "\(fileStamp.changed)"])
    }
}
