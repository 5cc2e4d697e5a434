import Foundation
import Glibc

/// The rights of the ledger's files.
///
/// Addresses of parts stand in them, and whoever knows one may write to CDF there. So they are for drop360's user alone, whatever
/// the process's umask and the folder's rights are.
enum OwnFile {
    /// Makes the state directory, closed to others, where it is missing; in one that is there nobody else may write.
    ///
    /// Whoever may write there can take the lock's file away and hold one in its place.
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
        // Another user's folder is that user's affair; `drop360 doctor` mentions it.
        if status.st_uid == geteuid(), status.st_mode & 0o022 != 0 { _ = chmod(directory, status.st_mode & 0o7755) }
    }

    /// Makes the file where it is missing, and takes the rights of others from it and from what SQLite keeps beside it.
    ///
    /// SQLite gives the files it makes beside a ledger the ledger's own rights.
    static func prepare(path: String) throws(LedgerError) {
        // Never opened where it exists: closing it would drop the locks that SQLite has on it in this process.
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            close(descriptor)
        } else if errno != EEXIST {
            throw .notOpened(path: path, detail: String(cString: strerror(errno)))
        }
        for file in [path, path + "-wal", path + "-shm"] {
            var status = stat()
            guard stat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            // Another user's file, which we may write all the same: then its rights are that user's affair.
            _ = chmod(file, status.st_mode & 0o600)
        }
    }
}
