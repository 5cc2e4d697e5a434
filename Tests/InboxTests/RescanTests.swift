import DropFolder
import Foundation
import Glibc
import Logging
import TestSupport
import Testing

@testable import Inbox

@Suite(.timeLimit(.minutes(1)))
struct RescanTests {
    let inbox: TemporaryFolder

    init() throws { inbox = try TemporaryFolder() }

    @Test func `without any watch, changes are found by listing`() async throws {
        try inbox.drop("a")
        try await Session.run([.quick(inbox, detection: .poll)]) { session in
            try await session.expectQuiet("a")
            try inbox.drop("site/b")
            try await session.expectQuiet("site/b")
            try inbox.remove("a")
            #expect(await session.next() == .vanished(inbox: inbox.path, path: "a"))
            let status = session.watcher.status
            #expect(status.watches == 0)
            #expect(status.eventsRead == 0)
            #expect(status.foundByPolling >= 2)
            #expect(status.foundByRescan == 0)
            #expect(status.roots[inbox.path] == .available(polled: true))
        }
    }

    @Test func `what inotify missed the rescan finds, and says so in the count`() async throws {
        try inbox.drop("a")
        let known = ["a": try inbox.stamp(of: "a")]
        try await Session.run([.quick(inbox)], known: [inbox.path: known]) { session in
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

    @Test func `a rescan that comes before the event is not taken for a miss`() async throws {
        try await Session.run([.quick(inbox)]) { session in
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
        try await Session.run([.quick(inbox)], known: [inbox.path: known]) { session in
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
            await session.untilIdle()
            #expect(session.watcher.status.rescans == 1)
        }
    }

    @Test func `a rescan of an unchanged inbox says nothing`() async throws {
        try inbox.drop("site/a")
        try await Session.run([.quick(inbox)]) { session in
            try await session.nextQuiet()
            for count in 1...3 {
                session.watcher.rescan()
                await session.until { $0.rescans == UInt64(count) }
            }
            #expect(session.watcher.status.emitted == 1)
        }
    }

    @Test func `ending takes the watcher down while files pour in`() async throws {
        let (inbox, dry) = (inbox, Box())
        async let pouring: Void = onOwnThread("pouring") {
            var number = 0
            while dry.value.isEmpty {
                close(open(inbox.path("s/front\(number % 50).jpg"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o644))
                number += 1
            }
        }
        try inbox.makeFolder("s")
        weak var mailbox: Mailbox?
        var took: Duration = .zero
        do {
            let watcher = InboxWatcher(
                inboxes: [.quick(inbox)],
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            mailbox = watcher.mailbox
            let run = Task { try await watcher.run() }
            while watcher.status.eventsRead < 100 { await Task.yield() }
            let asked = ContinuousClock.now
            run.cancel()
            try await run.value
            took = asked.duration(to: .now)
            for await _ in watcher.events {}
        }
        dry.set("yes")
        await pouring
        #expect(took < .seconds(1))
        // The threads, which hold it, let go of it.
        while mailbox != nil { await Task.yield() }
    }

    @Test func `a thread of our own bears its name`() async {
        let name = Box()
        await onOwnThread("inbox-test") {
            name.set((try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)) ?? "")
        }
        #expect(name.value == "inbox-test\n")
    }
}
