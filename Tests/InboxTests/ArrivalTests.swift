import DropFolder
import Foundation
import Glibc
import Inbox
import Station
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(15)))
struct ArrivalTests {
    let inbox: TemporaryFolder
    /// Beside the inbox on the same file system.
    let elsewhere: TemporaryFolder

    init() throws {
        inbox = try TemporaryFolder()
        elsewhere = try TemporaryFolder()
    }

    @Test func `a station that is already there is emitted once`() async throws {
        try inbox.drop("site/first")
        try await RunningInbox.run([.quick(inbox)]) { session in
            let snapshot = try await session.nextQuiet()
            #expect(snapshot.path == "site/first")
            #expect(snapshot.inbox == inbox.path)
            #expect(snapshot.entries.map(\.name) == TemporaryFolder.stationFiles.sorted())
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `files copied one by one make one station`() async throws {
        try await RunningInbox.run([.quick(inbox)]) { session in
            await session.until { $0.firstScanDone }
            try inbox.copy("a")
            // On a busy machine the copying may halt for longer than the quiet time; then a part is said first.
            let parts = try await session.until("a") { $0.entries.count == 7 }
            #expect(session.watcher.status.foundByEvent == UInt64(parts.count + 1))
            #expect(session.watcher.status.foundByRescan == 0)
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `a finished folder that is moved in makes no file events and is found`() async throws {
        try elsewhere.drop("station")
        try await RunningInbox.run([.quick(inbox)]) { session in
            await session.until { $0.firstScanDone }
            #expect(rename(elsewhere.path("station"), inbox.path("station")) == 0)
            try await session.expectQuiet("station")
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `stations deep down in folders made in a rush are found`() async throws {
        try await RunningInbox.run([.quick(inbox)]) { session in
            await session.until { $0.firstScanDone }
            var expected: Set<String> = []
            for branch in 0..<10 {
                let path = "a\(branch)/b/c/d/e\(branch)"
                try inbox.copy(path)
                expected.insert(path)
            }
            var found: Set<String> = []
            while found.count < expected.count { found.insert(try await session.nextQuiet().path) }
            #expect(found == expected)
            #expect(session.watcher.status.foundByRescan == 0)
        }
    }

    @Test func `300 stations at once are emitted once each, by events alone`() async throws {
        try await RunningInbox.run([.quick(inbox, settle: .milliseconds(100))]) { session in
            await session.until { $0.firstScanDone }
            let started = ContinuousClock.now
            for number in 0..<300 { try inbox.copy("site-\(number % 7)/s\(number)") }
            let written = ContinuousClock.now
            var counts: [String: Int] = [:]
            while counts.count < 300 {
                let snapshot = try await session.nextQuiet()
                // While the copying thread is held up, a half-copied station may be quiet for so short a time.
                if snapshot.entries.count == 7 { counts[snapshot.path, default: 0] += 1 }
            }
            let ended = ContinuousClock.now
            await session.untilIdle()
            #expect(counts.values.allSatisfy { $0 == 1 })
            let status = session.watcher.status
            #expect(status.foundByRescan == 0)
            #expect(status.overflows == 0)
            #expect(status.rescans == 0)
            #expect(status.folders == 308)
            #expect(status.watches == 309)
            Attachment.record(
                "written in \(started.duration(to: written)), all said \(written.duration(to: ended)) later; \(status)",
                named: "measured.txt"
            )
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `more stations than the stream holds wait for its reader`() async throws {
        for number in 0..<600 { try inbox.write("{}", to: try station("s\(number)") + "/pose.json") }
        try await RunningInbox.run([.quick(inbox, settle: .milliseconds(10))]) { session in
            await session.until { $0.firstScanDone && $0.emitted >= 256 }
            #expect(session.watcher.status.emitted < 600)
            #expect(session.watcher.status.settling > 0)
            var found: Set<String> = []
            for _ in 0..<600 { found.insert(try await session.nextQuiet().path) }
            #expect(found.count == 600)
            await session.untilIdle()
        }
    }

    private func station(_ name: String) throws -> String {
        try inbox.makeFolder(name)
        return name
    }

    /// Fails where anything in the folder changed less than `settle` ago.
    private func expectRest(
        _ snapshot: FolderSnapshot,
        _ settle: Duration,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let nanoseconds = Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
        let newest = snapshot.entries.map(\.stamp.changed).max() ?? 0
        #expect(Duration.nanoseconds(nanoseconds - newest) >= settle, sourceLocation: sourceLocation)
    }

    @Test func `each change starts the quiet period again`() async throws {
        let settle = Duration.milliseconds(400)
        try await RunningInbox.run([.quick(inbox, settle: settle)]) { session in
            await session.until { $0.firstScanDone }
            try inbox.makeFolder("slow")
            for count in 1...8 {
                let before = session.watcher.status.eventsRead
                try inbox.write("", to: "slow/front\(count).jpg")
                try inbox.write("", to: "slow/front.jpg")
                session.hold { $0.eventsRead > before }
                session.hold { $0.settling == 1 || $0.emitted > 0 }
            }
            try await session.until("slow") { snapshot in
                expectRest(snapshot, settle)
                return snapshot.entries.count == 9
            }
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `growth of an open file, which makes no event, is seen while the station settles`() async throws {
        let settle = Duration.milliseconds(1200)
        try await RunningInbox.run([.quick(inbox, settle: settle)]) { session in
            await session.until { $0.firstScanDone }
            try inbox.makeFolder("slow")
            let file = open(inbox.path("slow/front.jpg"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
            session.hold { $0.foundByEvent == 1 }
            #expect(write(file, "x", 1) == 1)
            try await session.until("slow") { snapshot in
                expectRest(snapshot, settle)
                return snapshot.entries.map(\.stamp.size) == [1]
            }
            close(file)
        }
    }

    @Test func `a station renamed while it is written is emitted under its new name`() async throws {
        try await RunningInbox.run([.quick(inbox, settle: .milliseconds(200))]) { session in
            await session.until { $0.firstScanDone }
            try inbox.makeFolder("old")
            try inbox.write("x", to: "old/front.jpg")
            session.hold { $0.foundByEvent == 1 }
            try inbox.move("old", to: "new")
            for file in TemporaryFolder.stationFiles { try inbox.write("y", to: "new/" + file) }
            let before = try await session.until("new") { $0.entries.count == 7 }
            // Said under the old name only where the machine halted before the move; then it has vanished there, too.
            let old = before.count {
                if case .quiet(.folder(let snapshot)) = $0 { snapshot.path == "old" } else { false }
            }
            #expect(before.count { $0 == .vanished(inbox.item("old")) } == old)
            try inbox.write("later", to: "new/front.jpg")
            try await session.expectQuiet("new")
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `a renamed station has vanished under its old name`() async throws {
        try inbox.drop("site/old")
        try await RunningInbox.run([.quick(inbox)]) { session in
            try await session.expectQuiet("site/old")
            try inbox.move("site", to: "place")
            #expect(await session.next() == .vanished(inbox.item("site/old")))
            try await session.expectQuiet("place/old")
            // The watches have come along.
            try inbox.write("later", to: "place/old/front.jpg")
            try await session.expectQuiet("place/old")
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `hard links as the last step are seen`() async throws {
        try elsewhere.drop("station")
        try inbox.makeFolder("linked")
        try await RunningInbox.run([.quick(inbox)]) { session in
            await session.until { $0.firstScanDone }
            for file in TemporaryFolder.stationFiles {
                #expect(link(elsewhere.path("station/" + file), inbox.path("linked/" + file)) == 0)
            }
            let snapshot = try await session.nextQuiet()
            #expect(snapshot.path == "linked")
            #expect(snapshot.entries.count == 7)
        }
    }

    @Test func `a station with a temporary file is emitted once quiet, and again when that file is gone`() async throws
    {
        try inbox.drop("a")
        try inbox.write("half", to: "a/.top.jpg.Ab12Cd")
        try await RunningInbox.run([.quick(inbox)]) { session in
            #expect(try await session.nextQuiet().names(.temporary) == [".top.jpg.Ab12Cd"])
            try inbox.move("a/.top.jpg.Ab12Cd", to: "a/top2.jpg")
            #expect(try await session.nextQuiet().names(.temporary) == [])
        }
    }

    @Test func `links and pipes are neither followed nor opened`() async throws {
        try elsewhere.drop("outside/station")
        try inbox.drop("a")
        #expect(symlink(elsewhere.path("outside"), inbox.path("link")) == 0)
        #expect(symlink(elsewhere.path("outside/station"), inbox.path("a/inner")) == 0)
        #expect(symlink("/etc/passwd", inbox.path("a/left2.jpg")) == 0)
        #expect(mkfifo(inbox.path("a/back2.jpg"), 0o600) == 0)
        try await RunningInbox.run([.quick(inbox)]) { session in
            var snapshot: FolderSnapshot?
            var links: [String] = []
            while snapshot == nil || links.isEmpty, let event = await session.next() {
                switch event {
                case .quiet(.folder(let quiet)): snapshot = quiet
                case .hindrance(let link): links.append(link.path)
                default: Issue.record("\(event)")
                }
            }
            let a = try #require(snapshot)
            #expect(a.path == "a" && links == ["link"])
            #expect(a.entries.first { $0.name == "back2.jpg" }?.stamp.kind == .fifo)
            #expect(a.entries.first { $0.name == "left2.jpg" }?.stamp.kind == .symlink)
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `junk in a station and reports beside it cause no event`() async throws {
        try inbox.drop("a")
        try await RunningInbox.run([.quick(inbox)]) { session in
            try await session.expectQuiet("a")
            try inbox.write("junk", to: "a/.DS_Store")
            try inbox.write("junk", to: "a/._front.jpg")
            try inbox.write("notes", to: "a/readme.txt")
            try inbox.write("words", to: "a.REJECTED.txt")
            try inbox.drop("lost+found/x")
            try await session.expectNothingElse(in: inbox)
            #expect(session.taken == 2)
        }
    }

    @Test func `stations inside stations are stations`() async throws {
        try inbox.drop("a")
        try inbox.drop("a/b")
        try await RunningInbox.run([.quick(inbox)]) { session in
            let found = Set([try await session.nextQuiet().path, try await session.nextQuiet().path])
            #expect(found == ["a", "a/b"])
        }
    }
}
