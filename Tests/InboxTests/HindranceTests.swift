import DropFolder
import Foundation
import Glibc
import Station
import TestSupport
import Testing

@testable import Inbox

/// What looks like a station's and cannot be taken is said like a station, and its end, too.
@Suite(.timeLimit(.minutes(15)))
struct HindranceTests {
    let inbox: TemporaryFolder

    init() throws { inbox = try TemporaryFolder() }

    private func expectHindrance(
        _ session: RunningInbox,
        _ path: String,
        sourceLocation: SourceLocation = #_sourceLocation
    )
        async
    {
        let event = await session.next()
        guard case .hindrance(let hindrance) = event, hindrance.path == path else {
            Issue.record("not \(path): \(String(describing: event))", sourceLocation: sourceLocation)
            return
        }
        // As the daemon does.
        session.watcher.acknowledge(inbox.item(path), stamp: hindrance.stamp, as: .refused)
    }

    @Test func `loose files are reported once quiet, and again when they are gone`() async throws {
        try await RunningInbox.run([.quick(inbox)]) { session in
            await session.until { $0.firstScanDone }
            try inbox.write("x", to: "front.jpg")
            try inbox.write("x", to: "back.jpg")
            await expectHindrance(session, "loose files/")
            try inbox.makeFolder("st-1")
            try inbox.move("front.jpg", to: "st-1/front.jpg")
            try inbox.move("back.jpg", to: "st-1/back.jpg")
            var rest = Set<String>()
            while rest != ["gone", "st-1"], let event = await session.next() {
                switch event {
                case .vanished(inbox.item("loose files/")): rest.insert("gone")
                case .quiet(.folder(let snapshot)): rest.insert(snapshot.path)
                // One of the two files was still there.
                case .hindrance: break
                default: Issue.record("\(event)")
                }
            }
        }
    }

    @Test func `a link that is replaced by the folder itself is gone, and the station is emitted`() async throws {
        #expect(symlink("/elsewhere/st-1", inbox.path("st-1")) == 0)
        try await RunningInbox.run([.quick(inbox)]) { session in
            await expectHindrance(session, "st-1")
            try inbox.remove("st-1")
            try inbox.drop("st-1")
            #expect(await session.next() == .vanished(inbox.item("st-1")))
            try await session.expectQuiet("st-1")
        }
    }

    @Test func `a hindrance is gone with its folder`() async throws {
        try inbox.makeFolder("site/a")
        try inbox.write("x", to: "site/a/st.zip")
        try await RunningInbox.run([.quick(inbox)]) { session in
            await expectHindrance(session, "site/a/st.zip")
            try inbox.remove("site")
            #expect(await session.next() == .vanished(inbox.item("site/a/st.zip")))
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `a hindrance that the ledger knows is not emitted again, and one removed meanwhile has vanished`()
        async throws
    {
        try inbox.write("x", to: "a.zip")
        let a = try #require(
            try FolderSnapshot.take(inbox: inbox.path, path: "", ignoring: IgnoreRules()).hindrances.first
        )
        let known = ["a.zip": a.stamp, "b.zip": a.stamp, "site/x%FF/": a.stamp, "loose files/": a.stamp]
        try await RunningInbox.run([.quick(inbox)], known: [inbox.path: known], as: .refused) { session in
            var gone = Set<String>()
            while gone.count < 3, case .vanished(let item)? = await session.next() { gone.insert(item.path) }
            #expect(gone == ["b.zip", "site/x%FF/", "loose files/"])
            session.watcher.rescan()
            await session.until { $0.rescans > 0 && $0.settling == 0 }
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `a hindrance is emitted again on request`() async throws {
        try inbox.write("x", to: "a.zip")
        try await RunningInbox.run([.quick(inbox)]) { session in
            await expectHindrance(session, "a.zip")
            session.watcher.recheck(inbox.item("a.zip"))
            await expectHindrance(session, "a.zip")
        }
    }

    @Test
    func `a hindrance in a folder with very many others, which is listed by names alone, is found, and so is its end`()
        async throws
    {
        for number in 0..<300 { try inbox.makeFolder("site/s\(number)") }
        try await RunningInbox.run([.quick(inbox)]) { session in
            await session.untilIdle()
            try inbox.write("x", to: "site/late.zip")
            await expectHindrance(session, "site/late.zip")
            try inbox.drop("site/s300")
            try await session.expectQuiet("site/s300")
            try inbox.makeFolder("site/late")
            #expect(await session.next() == .vanished(inbox.item("site/late.zip")))
            #expect(symlink("/elsewhere", inbox.path("site/link")) == 0)
            await expectHindrance(session, "site/link")
            try inbox.remove("site/link")
            #expect(await session.next() == .vanished(inbox.item("site/link")))
        }
    }

    @Test func `a folder whose name is not UTF-8 is reported, also inside a station`() async throws {
        try inbox.drop("st-1")
        let path = Array((inbox.path + "/st-1/visit-").utf8) + [0xE4, 0]
        #expect(mkdir(path.map { CChar(bitPattern: $0) }, 0o755) == 0)
        try await RunningInbox.run([.quick(inbox)]) { session in
            await expectHindrance(session, "st-1/visit-%E4/")
            let station = try await session.nextQuiet()
            session.watcher.acknowledge(inbox.item("st-1"), stamp: station.stamp, as: .finished)
            session.watcher.rescan()
            await session.until { $0.rescans > 0 && $0.settling == 0 }
            try await session.expectNothingElse(in: inbox)
        }
    }
}
