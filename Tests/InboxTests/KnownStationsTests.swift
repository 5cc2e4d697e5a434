import DropFolder
import Foundation
import Glibc
import Inbox
import Station
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(15)))
struct KnownStationsTests {
    let inbox: TemporaryFolder

    init() throws { inbox = try TemporaryFolder() }

    @Test func `an inspected station is not emitted again, and a changed one is`() async throws {
        try inbox.drop("site/same")
        try inbox.drop("site/changed")
        let known = ["site/same": try inbox.stamp(of: "site/same"), "site/changed": "an older stamp"]
        try await RunningInbox.run([.quick(inbox)], known: [inbox.path: known]) { session in
            try await session.expectQuiet("site/changed")
            await session.untilIdle()
            try inbox.write("new bytes", to: "site/same/front.jpg")
            try await session.expectQuiet("site/same")
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `a station that was removed while nobody watched has vanished`() async throws {
        try inbox.drop("there")
        let known = ["there": try inbox.stamp(of: "there"), "gone": "x", "site/gone": "y"]
        try await RunningInbox.run([.quick(inbox)], known: [inbox.path: known]) { session in
            #expect(await session.next() == .vanished(inbox.item("gone")))
            #expect(await session.next() == .vanished(inbox.item("site/gone")))
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `a removed station has vanished, even if its folder stays`() async throws {
        try inbox.drop("a")
        try inbox.drop("b")
        let known = ["a": try inbox.stamp(of: "a"), "b": try inbox.stamp(of: "b")]
        try await RunningInbox.run([.quick(inbox)], known: [inbox.path: known]) { session in
            await session.until { $0.firstScanDone }
            try inbox.remove("a")
            #expect(await session.next() == .vanished(inbox.item("a")))
            for file in TemporaryFolder.stationFiles { try inbox.remove("b/" + file) }
            // With a short quiet time, the half that is still there may be said first.
            var event = await session.next()
            while case .quiet(.folder(let snapshot)) = event, snapshot.path == "b" { event = await session.next() }
            #expect(event == .vanished(inbox.item("b")))
            try inbox.drop("a")
            try await session.expectQuiet("a")
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `a station is emitted again on request`() async throws {
        try inbox.drop("a")
        let known = ["a": try inbox.stamp(of: "a")]
        try await RunningInbox.run([.quick(inbox)], known: [inbox.path: known]) { session in
            await session.untilIdle()
            session.watcher.recheck(inbox.item("a"))
            try await session.expectQuiet("a")
            let asked = ContinuousClock.now
            session.watcher.recheck(inbox.item("a"), after: .milliseconds(300))
            session.watcher.recheck(inbox.item("no such folder"))
            session.watcher.recheck(ItemPath(inbox: "/no such inbox", path: "a"))
            try await session.expectQuiet("a")
            #expect(asked.duration(to: .now) >= .milliseconds(300))
            await session.until { $0.pendingRechecks == 0 }
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `a folder that is replaced by another of its name is listed`() async throws {
        try inbox.drop("a")
        try inbox.drop("other/a")
        let known = ["a": try inbox.stamp(of: "a"), "other/a": try inbox.stamp(of: "other/a")]
        try await RunningInbox.run([.quick(inbox)], known: [inbox.path: known]) { session in
            await session.until { $0.firstScanDone }
            #expect(rename(inbox.path("a"), inbox.path("other/b")) == 0)
            #expect(rename(inbox.path("other/a"), inbox.path("a")) == 0)
            var missing: Set<String> = ["quiet a", "quiet other/b", "vanished other/a"]
            while !missing.isEmpty, let event = await session.next() {
                switch event {
                case .quiet(let candidate): missing.remove("quiet " + candidate.item.path)
                case .vanished(let item): missing.remove("vanished " + item.path)
                case .hindrance, .rootLost, .rootFound: Issue.record("\(event)")
                }
            }
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `a new or changed pose list has the stations below it emitted again, but not the finished ones`()
        async throws
    {
        for name in ["site/a", "site/b", "other/c"] { try inbox.drop(name) }
        let known = ["site/b": try inbox.stamp(of: "site/b")]
        try await RunningInbox.run([.quick(inbox)], known: [inbox.path: known], as: .finished) { session in
            var said = Set([try await session.nextQuiet().path, try await session.nextQuiet().path])
            #expect(said == ["site/a", "other/c"])
            // Renamed into place: one event, one look.
            func list(_ text: String, _ name: String) throws {
                try inbox.write(text, to: "list.part")
                #expect(rename(inbox.path("list.part"), inbox.path(name)) == 0)
            }
            try list("folder,x,y,z,heading\n", "site/poses.csv")
            #expect(try await session.nextQuiet().path == "site/a")
            try list("folder,x,y,z,heading\na,1,2,3,0\n", "site/poses.csv")
            #expect(try await session.nextQuiet().path == "site/a")
            try list("x", "poses.csv")
            said = [try await session.nextQuiet().path, try await session.nextQuiet().path]
            #expect(said == ["site/a", "other/c"])
            try list("x", "site/notes.csv")
            try await session.expectNothingElse(in: inbox)
        }
    }
}
