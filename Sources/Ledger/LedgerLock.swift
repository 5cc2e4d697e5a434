import Foundation
import Glibc

/// Keeps a second daemon away from a state directory for as long as this value lives.
///
/// A `flock` on a file of its own: it ends with the process, however that ends, so there is never a stale lock to remove. Only
/// drop360's user can open the file, so no other user can hold the lock.
struct LedgerLock: ~Copyable {
    private let descriptor: Int32

    init(path: String) throws(LedgerError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .notOpened(path: path, detail: String(cString: strerror(errno))) }
        // One of an older drop360 could be read by the group. If it is another user's, the lock below still counts.
        _ = fchmod(descriptor, 0o600)
        guard Self.take(descriptor) else {
            let holder = LockHolder.find(descriptor)
            close(descriptor)
            throw .inUse(path: path, by: holder)
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
}

extension LedgerLock {
    /// Tries for a fifth of a second: a mere query (``isHeld(path:)``) also holds the lock for an instant.
    private static func take(_ descriptor: Int32) -> Bool {
        for _ in 0..<20 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
            usleep(10_000)
        }
        return flock(descriptor, LOCK_EX | LOCK_NB) == 0
    }

    /// Whether some process holds the lock of the ledger in `directory` now; nil if we are not allowed to know.
    static func isHeld(path: String) -> Bool? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return errno == ENOENT ? false : nil }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0
    }
}
