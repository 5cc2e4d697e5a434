import Foundation
import Glibc

/// What kind of thing an entry of a folder is; a symlink is never followed.
package enum EntryKind: String, Sendable, Codable {
    case file, folder, symlink, fifo, socket, device, other

    init(mode: mode_t) {
        self =
            switch mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFLNK: .symlink
            case S_IFIFO: .fifo
            case S_IFSOCK: .socket
            case S_IFBLK, S_IFCHR: .device
            default: .other
            }
    }

    /// With an article, for a sentence.
    package var words: String {
        switch self {
        case .file: "a file"
        case .folder: "a folder"
        case .symlink: "a symbolic link"
        case .fifo: "a named pipe"
        case .socket: "a socket"
        case .device: "a device"
        case .other: "a special file"
        }
    }
}

/// What `fstatat` returns for one name, without following links.
package struct FileStamp: Equatable, Hashable, Sendable {
    package var kind: EntryKind
    /// Bytes.
    package var size: Int64
    /// Nanoseconds since 1970; compared for equality only, since clocks of cameras and servers are wrong.
    package var modified: Int64
    /// Nanoseconds since 1970; changes with contents, permissions and names, even if `modified` was reset.
    package var changed: Int64
    package var device: UInt64
    package var inode: UInt64

    init(_ status: stat) {
        kind = EntryKind(mode: status.st_mode)
        size = Int64(status.st_size)
        modified = Self.nanoseconds(status.st_mtim)
        changed = Self.nanoseconds(status.st_ctim)
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }

    /// Wraps around after the year 2262: a file's time can be set to anything, and it is compared for equality only.
    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }

    /// Whether both have the same contents, as far as the file system can tell.
    package func sameContent(as other: FileStamp) -> Bool {
        kind == other.kind && size == other.size && modified == other.modified && changed == other.changed
    }
}

/// One name in a folder.
package struct FolderEntry: Equatable, Sendable {
    package var name: String
    package var stamp: FileStamp
    package var role: EntryRole
    /// False if the name on disk is not UTF-8; `name` is then an ``EscapedName``, for display only.
    package var nameIsUTF8: Bool
    /// A symbolic link's target; it is never followed.
    package var linkTarget: String?
}
