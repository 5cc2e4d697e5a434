import Glibc
package import Station

/// One regular file of the crew, open for reading.
///
/// It is opened without following links and without blocking (a FIFO would otherwise hang the reader), and closed again if it
/// is not a regular file. All calls block: use them on a separate thread.
package struct RegularFile: ~Copyable, Sendable {
    private let descriptor: Int32
    /// For messages only.
    package let path: String
    /// What the file was when it was opened.
    package let stamp: FileStamp

    /// Opens `name` directly inside `folder`.
    package init(_ name: String, in folder: borrowing OpenFolder) throws(DropFolderError) {
        let path = folder.path + "/" + name
        guard OpenFolder.isSingleName(name) else { throw .missing(path: path) }
        let descriptor = openat(folder.descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw DropFolderError(errno: errno, path: path) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let error = DropFolderError(errno: errno, path: path)
            close(descriptor)
            throw error
        }
        let stamp = FileStamp(status)
        guard stamp.kind == .file else {
            close(descriptor)
            throw .notRegular(path: path, kind: stamp.kind)
        }
        self.descriptor = descriptor
        self.path = path
        self.stamp = stamp
    }

    /// Opens the file at `item`, component by component below the inbox.
    ///
    /// - Throws: ``DropFolderError/notRegular(path:kind:)`` also where a link, or something else that is not a folder, is on the way to it.
    package init(at item: ItemPath) throws(DropFolderError) {
        let parts = item.path.split(separator: "/").map(String.init)
        guard let name = parts.last else { throw .notRegular(path: item.inbox, kind: .folder) }
        var folder = try OpenFolder(root: item.inbox)
        for part in parts.dropLast() { folder = try Self.folder(part, in: folder) }
        try self.init(name, in: folder)
    }

    /// Opens a folder on the way to a file; says what is in its place where that is none.
    private static func folder(_ name: String, in above: borrowing OpenFolder) throws(DropFolderError) -> OpenFolder {
        do throws(DropFolderError) {
            return try above.folder(name)
        } catch {
            guard case .missing(let path) = error else { throw error }
            let kind = try above.stamp(of: name).kind
            throw kind == .folder ? error : .notRegular(path: path, kind: kind)
        }
    }

    deinit { close(descriptor) }

    /// The file's stamp now; differs from ``stamp`` if the file was written in the meantime.
    package func currentStamp() throws(DropFolderError) -> FileStamp {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw DropFolderError(errno: errno, path: path) }
        return FileStamp(status)
    }

    /// Reads up to `count` bytes at `offset`; fewer only at the end of the file.
    package func read(at offset: Int64, count: Int) throws(DropFolderError) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                guard let base = buffer.baseAddress else { return }
                let got = pread(descriptor, base + filled, count - filled, off_t(offset) + off_t(filled))
                if got > 0 {
                    filled += got
                } else if got == 0 {
                    return
                } else if errno != EINTR {
                    failure = errno
                    return
                }
            }
        }
        guard failure == 0 else { throw DropFolderError(errno: failure, path: path) }
        return bytes
    }
}
