import Glibc

/// Whether a command may use an existing ledger, found out before SQLite fails with fewer words.
enum LedgerAccess {
    /// Also who only reads writes: SQLite keeps its readers in files beside the ledger.
    ///
    /// - Parameters:
    ///   - path: The ledger.
    ///   - directory: The state directory.
    static func expect(_ path: String, in directory: String) throws(LedgerError) {
        for (place, mode) in [(path, F_OK), (path, R_OK | W_OK), (directory, W_OK)] where access(place, mode) != 0 {
            switch errno {
            case EROFS: throw .readOnly(path: path)
            // The files beside it are there while a daemon runs.
            case EACCES where place == directory && access(path + "-shm", R_OK | W_OK) == 0: return
            case EACCES, EPERM: throw .forbidden(path: path)
            case ENOENT:
                throw .notOpened(path: path, detail: "it does not exist, so no daemon has run with this configuration")
            case let code: throw .notOpened(path: path, detail: String(cString: strerror(code)))
            }
        }
    }
}
