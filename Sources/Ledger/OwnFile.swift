import Foundation
import Glibc

/// The permissions of the ledger's files.
///
/// They contain addresses of parts, and anyone who knows one can write to CDF there. So only drop360's user may read them, whatever
/// the process's umask and the folder's permissions are.
enum OwnFile {
    /// Creates the state directory, closed to others, if it is missing; takes others' write permission from an existing one.
    ///
    /// Anyone who can write there could remove the lock file and lock another one in its place.
    static func prepare(directory: String, of path: String) throws(LedgerError) {
        do {
            try FileManager.default.createDirectory(
                atPath: (directory as NSString).deletingLastPathComponent,
                withIntermediateDirectories: true
            )
        } catch {
            throw .notOpened(path: path, detail: "\(directory) cannot be created (\(error.localizedDescription))")
        }
        guard mkdir(directory, 0o700) != 0 else { return }
        let code = errno
        var status = stat()
        guard code == EEXIST, stat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw .notOpened(path: path, detail: "\(directory) cannot be created (\(String(cString: strerror(code))))")
        }
        // Another user's folder is left alone; `drop360 doctor` mentions it.
        if status.st_uid == geteuid(), status.st_mode & 0o022 != 0 { _ = chmod(directory, status.st_mode & 0o7755) }
    }

    /// Creates the file if it is missing, and takes others' permissions from it and from SQLite's files next to it.
    ///
    /// SQLite gives the files that it creates next to a ledger the ledger's own permissions.
    static func prepare(path: String) throws(LedgerError) {
        // Never opened if it exists: closing it would drop the locks that SQLite has on it in this process.
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            close(descriptor)
        } else if errno != EEXIST {
            throw .notOpened(path: path, detail: String(cString: strerror(errno)))
        }
        for file in [path, path + "-wal", path + "-shm"] {
            var status = stat()
            guard stat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            // Another user's file that we may write all the same: its permissions are left alone.
            _ = chmod(file, status.st_mode & 0o600)
        }
    }

    /// What an ordinary user may still write on the disk that holds `path`, in bytes; nil where that is not known, with the reason in `errno`.
    static func freeSpace(at path: String) -> Int64? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        return Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
    }
}
