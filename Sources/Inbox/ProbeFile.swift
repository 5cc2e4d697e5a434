import DropFolder
import Glibc

/// An empty file of our own in an inbox, by which inotify has to prove that it reports what happens there.
///
/// Its name is one that drop360 itself skips; it is removed as soon as it was reported.
struct ProbeFile: Sendable {
    private let path: String

    /// Nil where nothing may be written: then inotify is trusted, and the rescan finds what it misses.
    init?(in root: String) {
        // The same name each time, so that the next start removes what a kill left behind; with this machine's name, since others may share
        // the inbox.
        let path = root + "/.drop360-probe-" + Self.machine
        Self.removeLeftover(path)
        // Never through a link that someone has put under this name.
        let file = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { return nil }
        close(file)
        self.path = path
    }

    /// The machine's name, reduced to what is safe in a file's name.
    private static var machine: String {
        var name = [CChar](repeating: 0, count: 65)
        gethostname(&name, name.count - 1)
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            .filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    }

    /// Only a file like a probe: anything else under the name is not ours.
    private static func removeLeftover(_ path: String) {
        var facts = stat()
        guard lstat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, facts.st_size == 0 else { return }
        unlink(path)
    }

    /// Removing it twice does no harm.
    func remove() { unlink(path) }
}
