import Foundation
import Glibc

/// Keeps a second daemon away from a state directory for as long as this value lives.
///
/// A `flock` on a file of its own: it goes when the process goes, however it goes, so there is never a stale lock to remove.
struct LedgerLock: ~Copyable {
    private let descriptor: Int32

    init(path: String) throws(LedgerError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o640)
        guard descriptor >= 0 else { throw .notOpened(path: path, detail: String(cString: strerror(errno))) }
        guard Self.take(descriptor) else {
            var buffer = [UInt8](repeating: 0, count: 32)
            let count = max(0, pread(descriptor, &buffer, buffer.count, 0))
            let holder = String(decoding: buffer.prefix(count), as: UTF8.self)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            close(descriptor)
            throw .inUse(path: path, by: holder.isEmpty ? "process unknown" : "process \(holder)")
        }
        // For the words of the one who comes second; the lock does not depend on it.
        let own = Array("\(getpid())\n".utf8)
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, own, own.count, 0)
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
}

extension LedgerLock {
    /// Tries for a fifth of a second: who only asks (``isHeld(path:)``) has the lock for an instant, too.
    private static func take(_ descriptor: Int32) -> Bool {
        for _ in 0..<20 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
            usleep(10_000)
        }
        return flock(descriptor, LOCK_EX | LOCK_NB) == 0
    }

    /// Whether some process holds the lock of the ledger in `directory` now; nil where we may not know.
    static func isHeld(path: String) -> Bool? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return errno == ENOENT ? false : nil }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0
    }
}
