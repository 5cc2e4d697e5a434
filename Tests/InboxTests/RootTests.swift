import DropFolder
import Foundation
import Inbox
import Station
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(15)))
struct RootTests {
    let folder: TemporaryFolder
    /// The inbox, which not every test has made yet.
    let root: String

    init() throws {
        folder = try TemporaryFolder()
        root = folder.path("inbox")
    }

    private var settings: InboxSettings { InboxSettings(root: root, settle: .milliseconds(60), detection: .inotify) }

    @Test func `an inbox that is not there yet is lost, then found, and nothing has vanished`() async throws {
        try await RunningInbox.run([settings], known: [root: ["a": "x"]]) { session in
            #expect(await session.next() == .rootLost(inbox: root, .unreadable(.missing(path: root))))
            #expect(session.watcher.status.firstScanDone)
            #expect(session.watcher.status.roots[root] == .lost(.unreadable(.missing(path: root))))
            try folder.drop("waiting/a")
            try folder.move("waiting", to: "inbox")
            #expect(await session.next() == .rootFound(inbox: root))
            try await session.expectQuiet("a")
            #expect(session.watcher.status.roots[root] == .available(polled: false))
        }
    }

    @Test func `an inbox that is renamed away is lost, and what is in its place is listed`() async throws {
        try folder.drop("inbox/a")
        try folder.drop("inbox/b")
        try await RunningInbox.run([settings]) { session in
            let first = Set([try await session.nextQuiet().path, try await session.nextQuiet().path])
            #expect(first == ["a", "b"])
            try folder.move("inbox", to: "away")
            #expect(await session.next() == .rootLost(inbox: root, .unreadable(.missing(path: root))))
            try folder.drop("unseen/x")
            try folder.move("away", to: "inbox")
            #expect(await session.next() == .rootFound(inbox: root))
            // The same disk with the same stations: nothing to say about them.
            await session.untilIdle()
            try folder.drop("inbox/c")
            try await session.expectQuiet("c")
        }
    }

    @Test func `another folder in the inbox's place is listed from the start`() async throws {
        try folder.drop("inbox/a")
        try folder.drop("next/b")
        try await RunningInbox.run([settings]) { session in
            try await session.expectQuiet("a")
            #expect(putInPlace(folder.path("next"), root))
            var missing: [InboxEvent] = [.vanished(ItemPath(inbox: root, path: "a"))]
            while let event = await session.next() {
                if case .quiet(.folder(let snapshot)) = event {
                    #expect(snapshot.path == "b")
                    break
                }
                missing.removeAll { $0 == event }
            }
            if !missing.isEmpty { #expect(await session.next() == missing.first) }
        }
    }

    /// Makes the inbox a link to another folder; for an instant there is none.
    private func putInPlace(_ new: String, _ place: String) -> Bool {
        let fresh = place + ".link"
        return rename(place, place + ".old") == 0 && symlink(new, fresh) == 0 && rename(fresh, place) == 0
    }

    @Test func `an empty folder in the inbox's place looks unmounted, and nothing has vanished`() async throws {
        try folder.drop("inbox/a")
        try folder.makeFolder("empty")
        try await RunningInbox.run([settings]) { session in
            try await session.expectQuiet("a")
            try folder.move("inbox", to: "disk")
            try folder.move("empty", to: "inbox")
            var event = await session.next()
            if event == .rootLost(inbox: root, .unreadable(.missing(path: root))) { event = await session.next() }
            #expect(event == .rootLost(inbox: root, .emptied(root: root, stations: 1)))
            try FileManager.default.removeItem(atPath: root)
            try folder.move("disk", to: "inbox")
            event = await session.next()
            while case .rootLost = event { event = await session.next() }
            #expect(event == .rootFound(inbox: root))
            try folder.drop("inbox/b")
            try await session.expectQuiet("b")
        }
    }

    @Test func `an inbox that is empty at the start though stations were known looks unmounted`() async throws {
        try folder.makeFolder("inbox")
        try await RunningInbox.run([settings], known: [root: ["a": "x", "b": "y"]]) { session in
            #expect(await session.next() == .rootLost(inbox: root, .emptied(root: root, stations: 2)))
            try folder.drop("inbox/b")
            #expect(await session.next() == .rootFound(inbox: root))
            var seen: [InboxEvent] = []
            while seen.count < 2, let event = await session.next() { seen.append(event) }
            #expect(seen.contains(.vanished(ItemPath(inbox: root, path: "a"))))
        }
    }

    @Test func `an inbox may be empty once its stations are finished`() async throws {
        try folder.makeFolder("inbox")
        try await RunningInbox.run([settings], known: [root: ["a": "x"]], as: .refused) { session in
            #expect(await session.next() == .vanished(ItemPath(inbox: root, path: "a")))
            #expect(session.watcher.status.roots[root] == .available(polled: false))
        }
    }

    @Test func `the last station has vanished when it is moved out while the inbox is watched`() async throws {
        try folder.drop("inbox/a")
        try await RunningInbox.run([settings]) { session in
            try await session.expectQuiet("a")
            try folder.move("inbox/a", to: "a")
            #expect(await session.next() == .vanished(ItemPath(inbox: root, path: "a")))
            try folder.drop("inbox/b")
            try await session.expectQuiet("b")
        }
    }

    @Test func `one lost inbox does not hold up another`() async throws {
        let other = try TemporaryFolder()
        try other.drop("a")
        try await RunningInbox.run([settings, .quick(other)]) { session in
            #expect(await session.next() == .rootLost(inbox: root, .unreadable(.missing(path: root))))
            let found = try await session.nextQuiet()
            #expect(found.inbox == other.path)
            await session.untilIdle()
        }
    }

    @Test func `the message about a lost inbox says what happens and what to do`() {
        let missing = InboxTrouble.unreadable(.missing(path: "/srv/in"))
        #expect(missing.description.contains("/srv/in does not exist"))
        #expect(missing.advice == "Create or mount /srv/in.")
        #expect(InboxTrouble.emptied(root: "/srv/in", stations: 1).summary.contains("1 undelivered station was in it"))
    }
}
