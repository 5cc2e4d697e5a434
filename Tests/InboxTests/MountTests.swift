import DropFolder
import Foundation
import Glibc
import Inbox
import Synchronization
import TestSupport
import Testing

/// Disks that come and go, and file systems that tell nothing: with real mounts, which needs root.
@Suite(.serialized, .timeLimit(.minutes(1)), .enabled(if: Mounts.areAllowed, "mounting needs root"))
struct MountTests {
    let inbox: TemporaryFolder
    let disk: TemporaryFolder
    let mounts = Mounts()

    init() throws {
        inbox = try TemporaryFolder()
        disk = try TemporaryFolder()
        try mounts.mount("tmpfs", at: disk.path)
    }

    private var settings: InboxSettings { .quick(inbox, detection: .auto) }

    @Test func `an empty disk mounted over the inbox is not believed, and unmounted all is as before`() async throws {
        try inbox.drop("a")
        try await Session.run([settings]) { session in
            try await session.expectQuiet("a")
            try mounts.bind(disk.path, to: inbox.path)
            #expect(await session.next() == .rootLost(inbox: inbox.path, .emptied(root: inbox.path, stations: 1)))
            try mounts.unmount(inbox.path)
            #expect(await session.next() == .rootFound(inbox: inbox.path))
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `another disk in the inbox's place is taken in, and the stations of the first are not gone`()
        async throws
    {
        try inbox.drop("a")
        try disk.drop("b")
        try await Session.run([settings]) { session in
            try await session.expectQuiet("a")
            try mounts.bind(disk.path, to: inbox.path)
            try await session.expectQuiet("b")
            // Removed before our eyes is removed.
            try disk.remove("b")
            #expect(await session.next() == .vanished(inbox: inbox.path, path: "b"))
            try mounts.unmount(inbox.path)
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `a disk that is mounted late is found at once`() async throws {
        try disk.drop("site/a")
        let known = ["site/a": try disk.stamp(of: "site/a"), "site/b": "x"]
        try await Session.run([settings], known: [inbox.path: known]) { session in
            #expect(await session.next() == .rootLost(inbox: inbox.path, .emptied(root: inbox.path, stations: 2)))
            try mounts.bind(disk.path, to: inbox.path)
            #expect(await session.next() == .rootFound(inbox: inbox.path))
            // It is the disk that they were on: what is not there now is gone.
            #expect(await session.next() == .vanished(inbox: inbox.path, path: "site/b"))
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `a disk inside the inbox may go and come, and no station is gone`() async throws {
        try inbox.makeFolder("usb")
        try inbox.drop("here")
        try disk.drop("site/a")
        try mounts.bind(disk.path, to: inbox.path("usb"))
        try await Session.run([settings]) { session in
            let two = Set([try await session.nextQuiet().path, try await session.nextQuiet().path])
            #expect(two == ["here", "usb/site/a"])
            try mounts.unmount(inbox.path("usb"))
            await session.until { $0.absentMounts[inbox.path] == ["usb"] }
            session.watcher.rescan()
            await session.until { $0.rescans > 0 && $0.settling == 0 }
            #expect(session.watcher.status.emitted == 2)
            try mounts.bind(disk.path, to: inbox.path("usb"))
            await session.until { $0.absentMounts[inbox.path] == [] }
            try await session.expectNothingElse(in: inbox)
            try disk.drop("site/b")
            try await session.expectQuiet("usb/site/b")
        }
    }

    @Test func `what is written below an overlay, of which nothing tells, is found`() async throws {
        let (lower, upper, work) = (try TemporaryFolder(), try TemporaryFolder(), try TemporaryFolder())
        let options = "lowerdir=\(lower.path),upperdir=\(upper.path),workdir=\(work.path)"
        try mounts.mount("overlay", at: inbox.path, options: options)
        try await Session.run([settings]) { session in
            await session.until { $0.firstScanDone }
            #expect(session.watcher.status.roots[inbox.path] == .available(polled: true))
            #expect(session.watcher.status.watches <= 1)
            try upper.drop("a")
            try await session.expectQuiet("a")
            try inbox.drop("b")
            try await session.expectQuiet("b")
            #expect(session.watcher.status.foundByRescan == 0)
        }
    }
}

/// What a test has mounted; gone with it.
final class Mounts: Sendable {
    struct Failed: Error, CustomStringConvertible { let description: String }

    /// Root, and not in a box that forbids it.
    static let areAllowed: Bool = {
        guard geteuid() == 0, let folder = try? TemporaryFolder() else { return false }
        // Where it fails, these tests are shown as skipped with the reason.
        do { try Mounts().mount("tmpfs", at: folder.path) } catch { return false }
        return true
    }()

    private let places = Places()
    private final class Places: Sendable {
        let all = Mutex<[String]>([])
    }

    func mount(_ kind: String, at place: String, options: String = "") throws {
        try check(Glibc.mount("drop360-test", place, kind, 0, options), "mount \(kind) \(place)")
        note(place)
    }

    func bind(_ folder: String, to place: String) throws {
        try check(Glibc.mount(folder, place, nil, UInt(MS_BIND), nil), "bind \(place)")
        note(place)
    }

    func unmount(_ place: String) throws {
        // As an operator would whose disk is in use.
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
