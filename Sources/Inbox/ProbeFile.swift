import DropFolder
import Glibc

/// An empty file of our own in an inbox, by which inotify has to prove that it tells of what happens there.
///
/// Its name is one that drop360 itself passes over; it is removed as soon as it has been heard of.
struct ProbeFile: Sendable {
    private let path: String

    /// Nil where nothing may be written: then inotify is believed, and the rescan is behind it.
    init?(in root: String) {
        let path = root + "/.drop360-probe-\(getpid())"
        // Never through a link that somebody has laid out under this name.
        let file = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { return nil }
        close(file)
        self.path = path
    }

    /// Removing it twice does no harm.
    func remove() { unlink(path) }
}
