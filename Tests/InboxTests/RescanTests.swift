import DropFolder
import Foundation
import Glibc
import Logging
import Meters
import Station
import TestSupport
import Testing

@testable import Inbox

@Suite(.timeLimit(.minutes(15)))
struct RescanTests {
    let inbox: TemporaryFolder

    init() throws { inbox = try TemporaryFolder() }

    @Test func `without any watch, changes are found by listing`() async throws {
        try inbox.drop("a")
        try await RunningInbox.run([.quick(inbox, detection: .poll)]) { session in
            try await session.expectQuiet("a")
            try inbox.drop("site/b")
            try await session.expectQuiet("site/b")
            try inbox.remove("a")
            #expect(await session.next() == .vanished(inbox.item("a")))
            let status = session.watcher.status
            #expect(status.watches == 0)
            #expect(status.eventsRead == 0)
            #expect(status.foundByPolling >= 2)
            #expect(status.foundByRescan == 0)
            #expect(status.roots[inbox.path] == .available(polled: true))
        }
    }

    @Test func `the rescan finds what inotify missed, and counts it`() async throws {
        try inbox.drop("a")
        let known = ["a": try inbox.stamp(of: "a")]
        try await RunningInbox.run([.quick(inbox)], known: [inbox.path: known]) { session in
            await session.untilIdle()
            // Writing to an open file makes no event that drop360 asks for.
            let file = open(inbox.path("a/front.jpg"), O_WRONLY | O_APPEND | O_CLOEXEC)
            #expect(write(file, "more", 4) == 4)
            session.watcher.rescan()
            try await session.expectQuiet("a")
            await session.until { $0.foundByRescan == 1 }
            #expect(session.watcher.status.foundByEvent == 0)
            #expect(session.watcher.status.rescans == 1)
            close(file)
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `a rescan that precedes the event does not count as a miss`() async throws {
        try await RunningInbox.run([.quick(inbox)]) { session in
            await session.until { $0.firstScanDone }
            for number in 0..<40 {
                session.watcher.rescan()
                try inbox.drop("s\(number)")
            }
            var found: Set<String> = []
            while found.count < 40 { found.insert(try await session.nextQuiet().path) }
            await session.untilIdle()
            await session.until { $0.unexplained == 0 }
            #expect(session.watcher.status.foundByRescan == 0)
            #expect(session.watcher.status.rescans > 0)
        }
    }

    @Test func `after an overflow everything is listed again`() async throws {
        try inbox.drop("a")
        let known = ["a": try inbox.stamp(of: "a")]
        let registry = PrometheusRegistry(InboxMeters.declarations)
        let meters = InboxMeters(registry)
        try await RunningInbox.run([.quick(inbox)], known: [inbox.path: known], meters: meters) { session in
            await session.untilIdle()
            let file = open(inbox.path("a/front.jpg"), O_WRONLY | O_APPEND | O_CLOEXEC)
            #expect(write(file, "more", 4) == 4)
            session.watcher.mailbox.deliver([NotifyEvent(watch: -1, mask: NotifyMask.overflow)])
            // The command that waits for idleness must not leave now.
            #expect(session.watcher.status.settling > 0)
            let found = try await session.nextQuiet()
            #expect(found.path == "a")
            close(file)
            #expect(session.watcher.status.overflows == 1)
            #expect(registry.exposition().text.contains("\ndrop360_overflows_total 1\n"))
            await session.untilIdle()
            #expect(session.watcher.status.rescans == 1)
        }
    }

    @Test func `a rescan of an unchanged inbox emits nothing`() async throws {
        try inbox.drop("site/a")
        try await RunningInbox.run([.quick(inbox)]) { session in
            try await session.nextQuiet()
            for count in 1...3 {
                session.watcher.rescan()
                await session.until { $0.rescans == UInt64(count) }
            }
            #expect(session.watcher.status.emitted == 1)
        }
    }

    @Test func `the threads end at once while files pour in`() async throws {
        let settings = InboxSettings.quick(inbox)
        let root = try inbox.makeFolder("s")
        let mailbox = Mailbox(status: InboxStatus(lastProgress: .now))
        let instance = try NotifyInstance()
        let (stopped, ended) = (Moment(), Moment())
        // Three threads, so that no crowd of other tests holds the measurement up.
        async let reading: Void = onOwnThread("reading") { instance.read(into: mailbox) }
        async let scanning: Void = onOwnThread("scanning") {
            var scanner = Scanner(
                inboxes: [settings],
                known: [:],
                pace: ScanIntervals(rescanInterval: .seconds(60)),
                mailbox: mailbox,
                events: InboxEvents {},
                instance: instance,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            scanner.run()
            instance.stop()
            ended.set()
        }
        async let pouring: Void = onOwnThread("pouring") {
            var number = 0
            while ended.instant == nil {
                close(open(root + "/front\(number % 50).jpg", O_WRONLY | O_CREAT | O_CLOEXEC, 0o644))
                number += 1
                if stopped.instant == nil, mailbox.status.eventsRead > 1000 {
                    stopped.set()
                    mailbox.stop()
                }
            }
        }
        _ = await (reading, scanning, pouring)
        let (from, to) = (try #require(stopped.instant), try #require(ended.instant))
        #expect(from.duration(to: to) < .seconds(1))
    }

    @Test func `a cancelled watcher ends its stream and releases everything`() async throws {
        try inbox.drop("a")
        weak var mailbox: Mailbox?
        do {
            let watcher = InboxWatcher(
                inboxes: [.quick(inbox)],
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            mailbox = watcher.mailbox
            let run = Task { try await watcher.run() }
            while !watcher.status.firstScanDone { await Task.yield() }
            run.cancel()
            try await run.value
            for await _ in watcher.events {}
        }
        // The threads hold it until they are gone.
        while mailbox != nil { await Task.yield() }
    }

    @Test func `a thread has the name that it was given`() async {
        let name = Name()
        await onOwnThread("inbox-test") {
            name.set((try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)) ?? "")
        }
        #expect(name.value == "inbox-test\n")
    }
}
