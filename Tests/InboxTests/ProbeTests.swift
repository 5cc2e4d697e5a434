import DropFolder
import Foundation
import Logging
import Station
import TestSupport
import Testing

@testable import Inbox

/// Whether inotify is believed where only a trial can tell.
@Suite(.timeLimit(.minutes(15)))
struct ProbeTests {
    let inbox: TemporaryFolder

    init() throws { inbox = try TemporaryFolder() }

    private func settings(mayProbe: Bool) -> InboxSettings {
        InboxSettings(root: inbox.path, settle: .milliseconds(60), detection: .auto, mayProbe: mayProbe)
    }

    @Test func `an inbox is watched where inotify reports the probe file, and no probe file is left behind`()
        async throws
    {
        try await RunningInbox.run([settings(mayProbe: true)]) { session in
            await session.until { $0.firstScanDone && $0.eventsRead > 0 }
            try inbox.drop("a")
            try await session.expectQuiet("a")
            #expect(session.watcher.status.roots[inbox.path] == .available(polled: false))
            try await session.expectNothingElse(in: inbox)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: inbox.path).filter { $0.hasPrefix(".") } == [])
    }

    @Test func `a probe file left by a kill is removed at the next start, and a file of the crew is not`()
        async throws
    {
        _ = try #require(ProbeFile(in: inbox.path))
        let leftover = try #require(try FileManager.default.contentsOfDirectory(atPath: inbox.path).first)
        try await RunningInbox.run([settings(mayProbe: true)]) { session in
            await session.until { $0.firstScanDone && $0.eventsRead > 0 }
            try inbox.drop("a")
            try await session.expectQuiet("a")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: inbox.path).filter { $0.hasPrefix(".") } == [])
        try inbox.write("not a probe", to: leftover)
        #expect(ProbeFile(in: inbox.path) == nil)
        #expect(try inbox.read(leftover) == Data("not a probe".utf8))
    }

    @Test func `no probe file is written where nothing may be written`() async throws {
        // In a folder of its own: events of the folder above an inbox are read, too.
        let inner = InboxSettings(root: try inbox.makeFolder("in"), settle: .milliseconds(60), detection: .auto)
        try await RunningInbox.run([inner]) { session in
            await session.untilIdle()
            #expect(session.watcher.status.eventsRead == 0)
        }
    }

    @Test func `an inbox is polled where inotify stays silent`() async throws {
        let settings = settings(mayProbe: true)
        let mailbox = Mailbox(status: InboxStatus(lastProgress: .now))
        let instance = try NotifyInstance()
        let events = InboxEvents {}
        // Nobody reads the instance: that is what a file system without events looks like.
        async let scanning: Void = onOwnThread("scanning") {
            var scanner = Scanner(
                inboxes: [settings],
                known: [:],
                pace: ScanIntervals(rescanInterval: .seconds(3600)),
                mailbox: mailbox,
                events: events,
                instance: instance,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            scanner.run()
        }
        while mailbox.status.roots[inbox.path] != .available(polled: true), !Task.isCancelled { await Task.yield() }
        try inbox.drop("a")
        var found = events.makeAsyncIterator()
        guard case .quiet(.folder(let snapshot)) = await found.next() else {
            mailbox.stop()
            throw RunningInbox.UnexpectedEvent()
        }
        #expect(snapshot.path == "a")
        mailbox.stop()
        await scanning
        #expect(try FileManager.default.contentsOfDirectory(atPath: inbox.path) == ["a"])
    }
}
