import DropFolder
import Foundation
import Station
import TestSupport
import Testing

@testable import Inbox

/// Disks that come and go, and file systems that tell nothing: with real mounts, which needs root.
@Suite(.serialized, .timeLimit(.minutes(15)), .enabled(if: Mounts.areAllowed, "mounting needs root"))
struct MountTests {
    let inbox: TemporaryFolder
    let disk: TemporaryFolder
    let mounts = Mounts()

    init() throws {
        inbox = try TemporaryFolder()
        disk = try TemporaryFolder()
        try mounts.mount("tmpfs", at: disk.path)
    }

    /// With the probe, whose file must not make an empty folder look like one that holds something.
    private var settings: InboxSettings {
        var settings = InboxSettings.quick(inbox, detection: .auto)
        settings.mayProbe = true
        return settings
    }

    @Test
    func `an empty disk mounted over the inbox is not believed, and everything is as before once it is unmounted`()
        async throws
    {
        try inbox.drop("a")
        try await RunningInbox.run([settings]) { session in
            try await session.expectQuiet("a")
            try mounts.bind(disk.path, to: inbox.path)
            #expect(await session.next() == .rootLost(inbox: inbox.path, .emptied(root: inbox.path, stations: 1)))
            try mounts.unmount(inbox.path)
            #expect(await session.next() == .rootFound(inbox: inbox.path))
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `a mount point that holds nothing but reports counts as empty`() async throws {
        try inbox.write("old", to: "a.WAITING.txt")
        let other = try TemporaryFolder()
        // Of the same file system: by its number it is no other disk.
        try other.drop("a")
        try mounts.bind(other.path, to: inbox.path)
        try await RunningInbox.run([settings]) { session in
            try await session.expectQuiet("a")
            try mounts.unmount(inbox.path)
            #expect(await session.next() == .rootLost(inbox: inbox.path, .emptied(root: inbox.path, stations: 1)))
            try inbox.remove("a.WAITING.txt")
            session.watcher.rescan()
            await session.until { $0.roots[inbox.path] == .lost(.emptied(root: inbox.path, stations: 1)) }
            try mounts.bind(other.path, to: inbox.path)
            #expect(await session.next() == .rootFound(inbox: inbox.path))
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `another disk in the inbox's place is accepted, and the stations of the first one are not gone`()
        async throws
    {
        try inbox.drop("a")
        try disk.drop("b")
        try await RunningInbox.run([settings]) { session in
            try await session.expectQuiet("a")
            try mounts.bind(disk.path, to: inbox.path)
            try await session.expectQuiet("b")
            // Removed before our eyes is removed.
            try disk.remove("b")
            #expect(await session.next() == .vanished(inbox.item("b")))
            try mounts.unmount(inbox.path)
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `a disk that is mounted late is found at once`() async throws {
        try disk.drop("site/a")
        let known = ["site/a": try disk.stamp(of: "site/a"), "site/b": "x"]
        try await RunningInbox.run([settings], known: [inbox.path: known]) { session in
            #expect(await session.next() == .rootLost(inbox: inbox.path, .emptied(root: inbox.path, stations: 2)))
            try mounts.bind(disk.path, to: inbox.path)
            #expect(await session.next() == .rootFound(inbox: inbox.path))
            // It is the disk that they were on: what is not there now is gone.
            #expect(await session.next() == .vanished(inbox.item("site/b")))
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `a disk inside the inbox may be unmounted and mounted again, and no station is gone`() async throws {
        try inbox.makeFolder("usb")
        try inbox.drop("here")
        try disk.drop("site/a")
        try mounts.bind(disk.path, to: inbox.path("usb"))
        try await RunningInbox.run([settings]) { session in
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

    @Test func `no station is gone when a disk inside the inbox was unmounted while nobody watched`() async throws {
        try inbox.makeFolder("usb")
        try inbox.drop("here/c")
        try disk.drop("site/a")
        let known = [
            "usb/site/a": try disk.stamp(of: "site/a"), "usb/b": "x", "here/c": try inbox.stamp(of: "here/c"),
            "here/d": "y",
        ]
        try await RunningInbox.run([settings], known: [inbox.path: known]) { session in
            // A folder that still holds something is believed.
            #expect(await session.next() == .vanished(inbox.item("here/d")))
            await session.untilIdle()
            session.watcher.rescan()
            await session.until { $0.rescans > 0 && $0.settling == 0 }
            #expect(session.watcher.status.absentMounts[inbox.path] == ["usb"])
            #expect(session.watcher.status.emitted == 1)
            try mounts.bind(disk.path, to: inbox.path("usb"))
            await session.until { $0.absentMounts[inbox.path] == [] }
            #expect(await session.next() == .vanished(inbox.item("usb/b")))
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `the stations of an emptied folder are gone once it is removed or written into`() async throws {
        for isRemoved in [true, false] {
            try inbox.makeFolder("site")
            if !inbox.contains("here") { try inbox.drop("here") }
            let known = ["site/a": "x", "here": try inbox.stamp(of: "here")]
            try await RunningInbox.run([settings], known: [inbox.path: known]) { session in
                await session.until { $0.absentMounts[inbox.path] == ["site"] && $0.settling == 0 }
                #expect(session.watcher.status.emitted == 0)
                if isRemoved { try inbox.remove("site") } else { try inbox.drop("site/b") }
                var events: [InboxEvent] = []
                while events.count < (isRemoved ? 1 : 2), let event = await session.next() { events.append(event) }
                #expect(events.contains(.vanished(inbox.item("site/a"))))
                #expect(session.watcher.status.absentMounts[inbox.path] == [])
            }
        }
    }

    /// A service's table has 7 kB and more; what is mounted last stands last in it.
    private func fillTable() throws -> TemporaryFolder {
        let many = try TemporaryFolder()
        for number in 0..<120 {
            try mounts.bind(
                disk.path,
                to: many.makeFolder("a-mount-with-a-long-name-so-that-the-table-grows-\(number)")
            )
        }
        return many
    }

    @Test func `the mount table is read to its end, however long it is`() throws {
        let many = try fillTable()
        try mounts.mount("ramfs", at: inbox.path)
        let text = try #require(KernelFile.text("/proc/self/mountinfo"))
        #expect(text.utf8.count > 3 * 4096)
        #expect(MountTable.current().mount(of: inbox.path)?.kind == "ramfs")
        #expect(MountTable.current().mounts.count { $0.point.hasPrefix(many.path) } == 120)
    }

    @Test func `a silent file system is polled even at the end of a long mount table`() async throws {
        let many = try fillTable()
        let (lower, upper, work) = (try TemporaryFolder(), try TemporaryFolder(), try TemporaryFolder())
        let options = "lowerdir=\(lower.path),upperdir=\(upper.path),workdir=\(work.path)"
        try mounts.mount("overlay", at: inbox.path, options: options)
        try await RunningInbox.run([settings]) { session in
            await session.until { $0.firstScanDone }
            #expect(session.watcher.status.roots[inbox.path] == .available(polled: true))
        }
        withExtendedLifetime(many) {}
    }

    @Test func `disks that are mounted while a listing is under way are all found`() async throws {
        let many = try fillTable()
        for number in 0..<40 { try inbox.makeFolder("usb-\(number)") }
        for number in 0..<300 { try inbox.makeFolder("site/plain-\(number)/deep") }
        try await RunningInbox.run([settings]) { session in
            await session.until { $0.firstScanDone }
            for number in 0..<40 {
                let other = inbox.path("usb-\(number)")
                session.watcher.rescan()
                try mounts.mount("tmpfs", at: other)
                try inbox.copy("usb-\(number)/station")
            }
            var missing = Set((0..<40).map { "usb-\($0)/station" })
            while !missing.isEmpty, case .quiet(.folder(let snapshot))? = await session.next() {
                missing.remove(snapshot.path)
            }
            #expect(missing == [])
        }
        withExtendedLifetime(many) {}
    }

    @Test func `a station written below an overlay, which sends no events, is found`() async throws {
        let (lower, upper, work) = (try TemporaryFolder(), try TemporaryFolder(), try TemporaryFolder())
        let options = "lowerdir=\(lower.path),upperdir=\(upper.path),workdir=\(work.path)"
        try mounts.mount("overlay", at: inbox.path, options: options)
        try await RunningInbox.run([settings]) { session in
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

    @Test(.enabled(if: Mounts.haveFUSE, "bindfs needs /dev/fuse"))
    func `a station written behind a FUSE mount, which sends no events, is found`() async throws {
        let (source, log) = (try TemporaryFolder(), try TemporaryFolder())
        let bindfs = try mounts.bindfs(source.path, at: inbox.path, log: log.path("bindfs"))
        _ = try await eventually("the mount; bindfs said: \(bindfs.errors)") {
            MountTable.current().mount(of: inbox.path)?.kind.hasPrefix("fuse") == true ? true : nil
        }
        try await RunningInbox.run([settings]) { session in
            await session.until { $0.firstScanDone }
            #expect(session.watcher.status.roots[inbox.path] == .available(polled: true))
            try source.drop("a")
            try await session.expectQuiet("a")
            try inbox.drop("b")
            try await session.expectQuiet("b")
        }
        try mounts.unmount(inbox.path)
        try await bindfs.ended()
    }
}
