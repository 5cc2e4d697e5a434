import Foundation
import Glibc

/// The rights of the ledger's files.
///
/// Addresses of parts stand in them, and whoever knows one may write to CDF there. So they are for drop360's user alone, whatever
/// the process's umask and the folder's rights are.
enum OwnFile {
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
