import Glibc
import Synchronization

/// What a test has mounted; unmounted with the last reference.
package final class Mounts: Sendable {
    package struct Failed: Error, CustomStringConvertible { package let description: String }

    /// Whether this user may mount: root, and not in a container that forbids it.
    package static let areAllowed: Bool = {
        guard geteuid() == 0, let folder = try? TemporaryFolder() else { return false }
        // If it fails, these tests are skipped with that reason.
        do { try Mounts().mount("tmpfs", at: folder.path) } catch { return false }
        return true
    }()

    private let places = Places()
    private final class Places: Sendable {
        let all = Mutex<[String]>([])
    }

    package init() {}

    package func mount(_ kind: String, at place: String, options: String = "") throws {
        try check(Glibc.mount("drop360-test", place, kind, 0, options), "mount \(kind) \(place)")
        note(place)
    }

    /// An empty file system that nobody can write to.
    package func mountReadOnly(at place: String) throws {
        try check(Glibc.mount("drop360-test", place, "tmpfs", UInt(MS_RDONLY), nil), "mount \(place)")
        note(place)
    }

    package func bind(_ folder: String, to place: String) throws {
        try check(Glibc.mount(folder, place, nil, UInt(MS_BIND), nil), "bind \(place)")
        note(place)
    }

    /// A mount of `folder` at `place` by bindfs, which runs until it is unmounted.
    package func bindfs(_ folder: String, at place: String, log: String) throws -> ChildProcess {
        note(place)
        let environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
        return try ChildProcess("/usr/bin/bindfs", ["-f", folder, place], environment: environment, in: "/", log: log)
    }

    package static var haveFUSE: Bool { access("/dev/fuse", R_OK | W_OK) == 0 }

    package func unmount(_ place: String) throws {
        // Lazily, as an operator would with a disk that is in use.
        try check(umount2(place, Int32(MNT_DETACH)), "umount \(place)")
        places.all.withLock { all in
            if let index = all.lastIndex(of: place) { all.remove(at: index) }
        }
    }

    private func note(_ place: String) { places.all.withLock { $0.append(place) } }

    private func check(_ result: Int32, _ call: String) throws {
        guard result == 0 else { throw Failed(description: "\(call): \(String(cString: strerror(errno)))") }
    }

    deinit {
        for place in places.all.withLock({ $0 }).reversed() { umount2(place, Int32(MNT_DETACH)) }
    }
}
