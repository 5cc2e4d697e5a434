import Glibc

/// Owner, group and rights of a file.
package struct FileRights: Sendable, Equatable {
    package let owner: UInt32
    package let group: UInt32
    /// The nine bits of `chmod`.
    package let mode: UInt32

    /// Of the file or folder at `path`, behind links; nil where there is none or it may not be seen.
    package init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        (owner, group, mode) = (status.st_uid, status.st_gid, status.st_mode & 0o777)
    }

    /// Whether users who neither own the file nor are in its group may read, change or execute it.
    package var isOpenToOthers: Bool { mode & 0o007 != 0 }
}
