import Inbox
import Testing

@testable import Inbox

struct InboxPaceTests {
    private let pace = ScanIntervals(rescanInterval: .seconds(60))

    @Test func `rescans take less than a thousandth of a core, and happen at least hourly`() {
        #expect(pace.pauseAfterRescan(taking: .milliseconds(1)) == .seconds(60))
        #expect(pace.pauseAfterRescan(taking: .milliseconds(400)) == .seconds(500))
        #expect(pace.pauseAfterRescan(taking: .seconds(16)) == .seconds(3600))
        for busy in [Duration.milliseconds(80), .milliseconds(300), .seconds(2)] {
            let (shallow, deep) = (pace.pauseAfterRescan(taking: busy), pace.pauseAfterDeepRescan(taking: busy))
            #expect(busy / shallow + busy / deep <= 0.001)
        }
    }

    @Test func `rescans that look into finished stations happen at least daily`() {
        #expect(pace.pauseAfterDeepRescan(taking: .milliseconds(1)) == .seconds(60))
        #expect(pace.pauseAfterDeepRescan(taking: .seconds(3)) == .seconds(15_000))
        #expect(pace.pauseAfterDeepRescan(taking: .seconds(100)) == .seconds(86_400))
        #expect(pace.pauseAfterDeepPoll(taking: .milliseconds(1)) == .seconds(60))
        #expect(pace.pauseAfterDeepPoll(taking: .seconds(60)) == .seconds(3600))
    }

    @Test func `a polled inbox is listed every few seconds`() {
        #expect(pace.pauseAfterPoll(taking: .milliseconds(1), settle: .milliseconds(100)) == .seconds(2))
        #expect(pace.pauseAfterPoll(taking: .milliseconds(1), settle: .seconds(30)) == .seconds(10))
        #expect(pace.pauseAfterPoll(taking: .milliseconds(300), settle: .seconds(2)) == .seconds(6))
        #expect(pace.pauseAfterPoll(taking: .seconds(25), settle: .seconds(2)) == .seconds(25))
    }
}

struct MountTableTests {
    private let table = MountTable(
        parsing: """
            22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
            30 22 0:40 / /srv/drop\\040box rw - nfs4 server:/x rw
            31 22 0:41 / /srv/usb rw,nosuid shared:2 master:1 - fuseblk /dev/sdb1 rw
            32 22 0:42 / /srv/usb rw - exfat /dev/sdc1 rw
            nonsense
            """
    )

    @Test func `the longest mount point counts, and on it the last mount`() {
        #expect(table.mount(of: "/srv/drop box/in")?.kind == "nfs4")
        #expect(table.mount(of: "/srv/drop")?.kind == "ext4")
        #expect(table.mount(of: "/srv/usb")?.kind == "exfat")
        #expect(table.mount(of: "/srv/usbstick")?.kind == "ext4")
        #expect(MountTable(parsing: "").mount(of: "/") == nil)
    }

    @Test func `network shares and user-space file systems send no events`() {
        for kind in ["nfs4", "cifs", "fuse.sshfs", "fuseblk", "overlay", "9p", "ceph", "virtiofs"] {
            #expect(MountTable.isSilent(kind))
        }
        for kind in ["ext4", "xfs", "btrfs", "tmpfs", "exfat", "vfat", "fusectl"] {
            #expect(!MountTable.isSilent(kind))
        }
    }

    @Test func `the mount table of this machine has a root`() { #expect(MountTable.current().mount(of: "/") != nil) }
}

struct MailboxTests {
    private func mailbox() -> Mailbox { Mailbox(status: InboxStatus(lastProgress: .now)) }

    @Test func `events of one folder become one`() {
        let mailbox = mailbox()
        mailbox.deliver([
            NotifyEvent(watch: 1, mask: 2), NotifyEvent(watch: 1, mask: 8), NotifyEvent(watch: 2, mask: 1),
        ])
        let post = mailbox.take()
        #expect(post.events.mapValues(\.mask) == [1: 10, 2: 1])
        #expect(!post.overflowed)
        #expect(mailbox.status.eventsRead == 3)
    }

    @Test func `an event that has not been handled counts as settling`() {
        let mailbox = mailbox()
        #expect(mailbox.status.settling == 0)
        mailbox.deliver([NotifyEvent(watch: 1, mask: 2)])
        #expect(mailbox.status.settling == 1)
        _ = mailbox.take()
        #expect(mailbox.status.settling == 1)
        mailbox.publish(InboxStatus(lastProgress: .now))
        #expect(mailbox.status.settling == 0)
    }

    @Test func `an overflow of the kernel's queue or of our own has everything listed`() {
        let mailbox = mailbox()
        mailbox.deliver([NotifyEvent(watch: -1, mask: NotifyMask.overflow)])
        #expect(mailbox.take().overflowed)
        mailbox.deliver((0...Int32(Mailbox.capacity)).map { NotifyEvent(watch: $0, mask: 1) })
        let post = mailbox.take()
        #expect(post.overflowed)
        #expect(post.events.isEmpty)
    }

    @Test func `the kernel's records are read with and without names`() {
        var bytes: [UInt8] = []
        for (watch, mask, name) in [(Int32(3), UInt32(0x100), 16), (Int32(-1), UInt32(0x4000), 0)] {
            withUnsafeBytes(of: watch) { bytes += $0 }
            withUnsafeBytes(of: mask) { bytes += $0 }
            bytes += [0, 0, 0, 0]
            withUnsafeBytes(of: UInt32(name)) { bytes += $0 }
            if name > 0 { bytes += Array("front.jpg".utf8) + [UInt8](repeating: 0, count: name - 9) }
        }
        let events = bytes.withUnsafeBytes { NotifyInstance.parse($0) }
        #expect(
            events == [NotifyEvent(watch: 3, mask: 0x100, name: "front.jpg"), NotifyEvent(watch: -1, mask: 0x4000)]
        )
    }
}
