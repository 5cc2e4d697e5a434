import DropFolder
import Foundation
import Glibc
import Inbox
import Station
import TestSupport
import Testing

/// Stations for which nothing is left to do: no watch, and still never out of sight.
@Suite(.timeLimit(.minutes(15)))
struct FinishingTests {
    let inbox: TemporaryFolder

    init() throws { inbox = try TemporaryFolder() }

    /// Drops a station, has it said, and finishes it as it stands.
    private func finish(_ path: String, _ session: RunningInbox) async throws {
        try inbox.drop(path)
        let snapshot = try await session.nextQuiet()
        #expect(snapshot.path == path)
        session.watcher.acknowledge(inbox.item(path), stamp: snapshot.stamp, as: .finished)
        await session.until { $0.finished > 0 && $0.watches == 3 }
    }

    @Test func `a finished station holds no watch, and its site still does`() async throws {
        try await RunningInbox.run([.quick(inbox)]) { session in
            await session.until { $0.firstScanDone }
            try await finish("site/a", session)
            let status = session.watcher.status
            // The inbox, the folder that it stands in, the site.
            #expect(status.watches == 3)
            #expect(status.folders == 3)
            #expect(status.finished == 1)
            try inbox.drop("site/b")
            try await session.expectQuiet("site/b")
            #expect(session.watcher.status.foundByRescan == 0)
        }
    }

    @Test func `a finished station is emitted again when it is written into, in whatever way`() async throws {
        try await RunningInbox.run([.quick(inbox)]) { session in
            await session.until { $0.firstScanDone }
            try await finish("site/a", session)
            // Rewritten in place: nothing tells, and its folder looks the same.
            try inbox.write("other bytes", to: "site/a/front.jpg")
            let snapshot = try await session.nextQuiet()
            #expect(snapshot.path == "site/a")
            session.watcher.acknowledge(inbox.item("site/a"), stamp: snapshot.stamp, as: .finished)
            await session.until { $0.finished == 1 }
            // Replaced by name, as rsync does.
            try inbox.write("more bytes", to: "new.jpg")
            #expect(rename(inbox.path("new.jpg"), inbox.path("site/a/top.jpg")) == 0)
            try await session.expectQuiet("site/a")
            #expect(session.watcher.status.foundByRescan == 0)
            #expect(session.watcher.status.foundByPolling >= 2)
        }
    }

    @Test func `a change just before a station is acknowledged as finished is not lost`() async throws {
        try await RunningInbox.run([.quick(inbox)]) { session in
            await session.until { $0.firstScanDone }
            try inbox.drop("a")
            let first = try await session.nextQuiet()
            try inbox.write("other bytes", to: "a/front.jpg")
            session.watcher.acknowledge(inbox.item("a"), stamp: first.stamp, as: .finished)
            try await session.expectQuiet("a")
            // The word about the first content says nothing of the second.
            session.watcher.acknowledge(inbox.item("a"), stamp: first.stamp, as: .finished)
            try inbox.write("third bytes", to: "a/front.jpg")
            try await session.expectQuiet("a")
            #expect(session.watcher.status.finished == 0)
        }
    }

    @Test func `a finished station that is removed has vanished, and so have those of a removed site`() async throws {
        try inbox.drop("site/a")
        try inbox.drop("site/b")
        try inbox.drop("other/c")
        let known = [
            "site/a": try inbox.stamp(of: "site/a"), "site/b": try inbox.stamp(of: "site/b"),
            "other/c": try inbox.stamp(of: "other/c"),
        ]
        try await RunningInbox.run([.quick(inbox)], known: [inbox.path: known], as: .finished) { session in
            await session.untilIdle()
            #expect(session.watcher.status.finished == 3)
            try inbox.remove("site/a")
            #expect(await session.next() == .vanished(inbox.item("site/a")))
            try inbox.remove("site")
            #expect(await session.next() == .vanished(inbox.item("site/b")))
            try inbox.move("other", to: "another")
            let two = [await session.next(), await session.next()]
            #expect(two.contains(.vanished(inbox.item("other/c"))))
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `at the start finished stations are listed once, after new ones, and are not emitted`()
        async throws
    {
        var known: [String: Stamp] = [:]
        for number in 0..<600 {
            let path = "site/s\(number)"
            try inbox.copy(path)
            known[path] = try inbox.stamp(of: path)
        }
        try inbox.write("changed while nobody looked", to: "site/s300/front.jpg")
        try inbox.drop("site/new")
        try await RunningInbox.run([.quick(inbox)], known: [inbox.path: known], as: .finished) { session in
            var said: Set<String> = []
            while said.count < 2 { said.insert(try await session.nextQuiet().path) }
            #expect(said == ["site/new", "site/s300"])
            await session.untilIdle()
            let status = session.watcher.status
            #expect(status.finished == 599)
            #expect(status.watches == 5)
            #expect(status.emitted == 2)
            // In a folder of that size events are followed by name.
            try inbox.drop("site/later")
            try await session.expectQuiet("site/later")
            try inbox.remove("site/s7")
            #expect(await session.next() == .vanished(inbox.item("site/s7")))
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `an emptied inbox does not forget its finished stations`() async throws {
        try inbox.drop("keep/a")
        let known = ["keep/a": try inbox.stamp(of: "keep/a")]
        let elsewhere = try TemporaryFolder()
        try FileManager.default.moveItem(atPath: inbox.path("keep"), toPath: elsewhere.path("keep"))
        try await RunningInbox.run([.quick(inbox)], known: [inbox.path: known], as: .finished) { session in
            await session.untilIdle()
            #expect(session.watcher.status.emitted == 0)
            try FileManager.default.moveItem(atPath: elsewhere.path("keep"), toPath: inbox.path("keep"))
            try await session.expectNothingElse(in: inbox)
            #expect(session.watcher.status.finished == 1)
        }
    }

    @Test func `a new station inside a finished one is found`() async throws {
        try await RunningInbox.run([.quick(inbox)]) { session in
            await session.until { $0.firstScanDone }
            try await finish("site/a", session)
            try inbox.drop("site/a/inner")
            try await session.expectQuiet("site/a/inner")
        }
    }

    @Test func `a finished station is emitted again on request`() async throws {
        try await RunningInbox.run([.quick(inbox)]) { session in
            await session.until { $0.firstScanDone }
            try await finish("site/a", session)
            session.watcher.recheck(inbox.item("site/a"))
            try await session.expectQuiet("site/a")
        }
    }
}
