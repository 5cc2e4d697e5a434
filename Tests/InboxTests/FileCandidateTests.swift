import DropFolder
import Foundation
import Glibc
import Inbox
import Station
import TestSupport
import Testing

/// Single files that an inbox is told to watch for.
@Suite(.timeLimit(.minutes(15)))
struct FileCandidateTests {
    let inbox: TemporaryFolder

    init() throws { inbox = try TemporaryFolder() }

    private var settings: InboxSettings {
        var settings = InboxSettings.quick(inbox)
        settings.fileEndings = ["e57"]
        return settings
    }

    private func nextFile(_ session: RunningInbox) async throws -> FileSnapshot {
        let event = try #require(await session.next())
        guard case .quiet(.file(let snapshot)) = event else {
            Issue.record("not a quiet file: \(event)")
            throw RunningInbox.UnexpectedEvent()
        }
        return snapshot
    }

    @Test func `no file is a candidate unless the inbox is told to watch for it`() async throws {
        try inbox.write("points", to: "scan.e57")
        try await RunningInbox.run([.quick(inbox)]) { session in
            await session.untilIdle()
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `a file is emitted once it is quiet, and again when it was written to`() async throws {
        try inbox.makeFolder("site")
        try inbox.write("points", to: "site/Scan.E57")
        try await RunningInbox.run([settings]) { session in
            let first = try await nextFile(session)
            #expect(first.item == inbox.item("site/Scan.E57"))
            #expect(first.size == 6)
            #expect(try FileSnapshot.take(first.item).stamp == first.stamp)
            try inbox.write("more points", to: "site/Scan.E57")
            let second = try await nextFile(session)
            #expect(second.size == 11 && second.stamp != first.stamp)
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `a large file is not emitted while its writer has it open`() async throws {
        try await RunningInbox.run([settings]) { session in
            await session.until { $0.firstScanDone }
            let file = open(inbox.path("scan.e57"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
            #expect(write(file, "one", 3) == 3)
            await session.until { $0.settling > 0 }
            // A station that comes later is emitted before it.
            try inbox.drop("a")
            try await session.expectQuiet("a")
            #expect(write(file, "two", 3) == 3)
            close(file)
            let whole = try await nextFile(session)
            #expect(whole.size == 6)
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `a file that is renamed into place is emitted under its new name alone`() async throws {
        try await RunningInbox.run([settings]) { session in
            await session.until { $0.firstScanDone }
            try inbox.write("points", to: "scan.e57.filepart")
            try inbox.move("scan.e57.filepart", to: "scan.e57")
            #expect(try await nextFile(session).item == inbox.item("scan.e57"))
            try inbox.move("scan.e57", to: "other.e57")
            var rest: Set<ItemPath> = []
            while rest.count < 2, let event = await session.next() {
                switch event {
                case .vanished(let item): #expect(item == inbox.item("scan.e57") && rest.insert(item).inserted)
                case .quiet(let file): #expect(file.item == inbox.item("other.e57") && rest.insert(file.item).inserted)
                default: Issue.record("\(event)")
                }
            }
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `a removed file has vanished, also when its folder was removed`() async throws {
        try inbox.write("points", to: "scan.e57")
        try inbox.makeFolder("site")
        try inbox.write("points", to: "site/deep.e57")
        try inbox.write("so that nothing looks unmounted", to: "README")
        try await RunningInbox.run([settings]) { session in
            let two = Set([try await nextFile(session).item.path, try await nextFile(session).item.path])
            #expect(two == ["scan.e57", "site/deep.e57"])
            try inbox.remove("scan.e57")
            #expect(await session.next() == .vanished(inbox.item("scan.e57")))
            try inbox.remove("site")
            #expect(await session.next() == .vanished(inbox.item("site/deep.e57")))
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `links, FIFOs and folders in a file's place are refused under its name, and nothing opens them`()
        async throws
    {
        let elsewhere = try TemporaryFolder()
        try elsewhere.write("points", to: "real.e57")
        #expect(symlink(elsewhere.path("real.e57"), inbox.path("link.e57")) == 0)
        #expect(mkfifo(inbox.path("pipe.e57"), 0o600) == 0)
        try inbox.makeFolder("folder.e57")
        try await RunningInbox.run([settings]) { session in
            var found: [String: EntryKind] = [:]
            while found.count < 3, case .hindrance(let hindrance)? = await session.next() {
                #expect(hindrance.kind == .notAFile)
                found[hindrance.path] = hindrance.found
            }
            #expect(found == ["link.e57": .symlink, "pipe.e57": .fifo, "folder.e57/": .folder])
            // What is in such a folder is found as in any other, and the right thing in its place is taken.
            try inbox.drop("folder.e57/a")
            try await session.expectQuiet("folder.e57/a")
            try inbox.remove("pipe.e57")
            #expect(await session.next() == .vanished(inbox.item("pipe.e57")))
            try inbox.write("points", to: "pipe.e57")
            #expect(try await nextFile(session).item == inbox.item("pipe.e57"))
            try await session.expectNothingElse(in: inbox)
        }
        for name in ["link.e57", "folder.e57"] {
            #expect(throws: DropFolderError.self) { try FileSnapshot.take(inbox.item(name)) }
        }
    }

    @Test func `in an inbox that leaves E57 files alone, what has their name is left alone as well`() async throws {
        #expect(symlink("/nowhere", inbox.path("link.e57")) == 0)
        try inbox.makeFolder("folder.e57")
        try inbox.write("points", to: "scan.e57")
        try inbox.write("{}", to: "scan.e57.json")
        try await RunningInbox.run([.quick(inbox)]) { session in
            await session.untilIdle()
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `a sidecar that comes, changes or goes has its file emitted again`() async throws {
        try inbox.makeFolder("site")
        try inbox.write("points", to: "site/hall.e57")
        try await RunningInbox.run([settings]) { session in
            let alone = try await nextFile(session)
            #expect(alone.sidecar == nil)
            try inbox.write("{}", to: "site/hall.e57.json")
            let first = try await nextFile(session)
            #expect(first.sidecar?.name == "hall.e57.json" && first.stamp != alone.stamp)
            #expect(try FileSnapshot.take(first.item) == first)
            try inbox.write("{ }", to: "site/hall.e57.json")
            #expect(try await nextFile(session).stamp != first.stamp)
            try inbox.remove("site/hall.e57.json")
            #expect(try await nextFile(session) == alone)
            // Another file's changes nothing.
            try inbox.write("{}", to: "site/other.e57.json")
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `a file's sidecar makes no station, alone or beside pictures`() async throws {
        try inbox.makeFolder("site")
        try inbox.makeFolder("pictures")
        try inbox.write("{}", to: "site/hall.e57.json")
        try inbox.write("bytes", to: "pictures/DSC1.jpg")
        try inbox.write("{}", to: "pictures/hall.e57.json")
        try await RunningInbox.run([settings]) { session in
            await session.untilIdle()
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `an archive is a candidate where archives may hold scans, else it is refused at once`() async throws {
        try inbox.makeFolder("site")
        try inbox.write("PK", to: "site/scans.zip")
        try await RunningInbox.run([settings]) { session in
            guard case .hindrance(let hindrance)? = await session.next() else { throw RunningInbox.UnexpectedEvent() }
            #expect(hindrance.kind == .archive)
        }
        var both = settings
        both.fileEndings = ["e57", "zip"]
        try await RunningInbox.run([both]) { session in
            let packed = try await nextFile(session)
            #expect(packed.item.path == "site/scans.zip" && packed.isHindrance)
            // Unpacked beside itself it is none; what it holds may have to be judged anew.
            try inbox.makeFolder("site/scans")
            let unpacked = try await nextFile(session)
            #expect(!unpacked.isHindrance && unpacked.stamp != packed.stamp)
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test(arguments: [".hall.e57.a1B2c3", "hall.e57.partial", "hall.e57.filepart", "~$hall.e57", ".hall.e57"])
    func `a copying tool's temporary file is no candidate`(name: String) async throws {
        try inbox.write("points", to: name)
        try await RunningInbox.run([settings]) { session in
            await session.untilIdle()
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `a known file is not emitted again, a changed one is, and one that is gone has vanished`() async throws {
        try inbox.write("points", to: "same.e57")
        try inbox.write("points", to: "changed.e57")
        let same = try FileSnapshot.take(inbox.item("same.e57")).stamp
        var known = KnownStations()
        for name in ["same.e57", "changed.e57", "gone.e57"] {
            known.add(name, stamp: name == "same.e57" ? same : "x", standing: .finished, isFile: true)
        }
        try await RunningInbox.run([settings], knownItems: [inbox.path: known]) { session in
            var found: Set<String> = []
            while found.count < 2, let event = await session.next() {
                switch event {
                case .vanished(let item): found.insert("vanished " + item.path)
                case .quiet(let file): found.insert("quiet " + file.item.path)
                default: Issue.record("\(event)")
                }
            }
            #expect(found == ["vanished gone.e57", "quiet changed.e57"])
            session.watcher.recheck(inbox.item("same.e57"))
            #expect(try await nextFile(session).item == inbox.item("same.e57"))
            session.watcher.rescan()
            await session.until { $0.rescans > 0 }
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `a file beside the faces of a station is a candidate of its own`() async throws {
        try inbox.drop("a")
        try inbox.write("points", to: "a/scan.e57")
        try await RunningInbox.run([settings]) { session in
            var found: Set<String> = []
            while found.count < 2, case .quiet(let candidate)? = await session.next() {
                found.insert(candidate.item.path)
            }
            #expect(found == ["a", "a/scan.e57"])
            session.watcher.acknowledge(inbox.item("a"), stamp: try inbox.stamp(of: "a"), as: .finished)
            try inbox.remove("a/scan.e57")
            #expect(await session.next() == .vanished(inbox.item("a/scan.e57")))
        }
    }

    @Test func `a file that is added beside a finished station is found, and remains known after a restart`()
        async throws
    {
        try inbox.drop("a")
        try await RunningInbox.run([settings]) { session in
            guard case .quiet(let station)? = await session.next() else { throw RunningInbox.UnexpectedEvent() }
            session.watcher.acknowledge(station.item, stamp: station.stamp, as: .finished)
            await session.until { $0.finished == 1 }
            try inbox.write("points", to: "a/scan.e57")
            #expect(try await nextFile(session).item == inbox.item("a/scan.e57"))
        }
        var known = KnownStations()
        known.add("a", stamp: try inbox.stamp(of: "a"), standing: .finished, isFile: false)
        let scan = try FileSnapshot.take(inbox.item("a/scan.e57")).stamp
        known.add("a/scan.e57", stamp: scan, standing: .finished, isFile: true)
        try await RunningInbox.run([settings], knownItems: [inbox.path: known]) { session in
            await session.until { $0.firstScanDone && $0.settling == 0 }
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `a pose list does not have single files checked again`() async throws {
        try inbox.makeFolder("site")
        try inbox.write("points", to: "site/scan.e57")
        try await RunningInbox.run([settings]) { session in
            let file = try await nextFile(session)
            session.watcher.acknowledge(file.item, stamp: file.stamp, as: .refused)
            try inbox.write("name,x\n", to: "site/poses.csv")
            try inbox.drop("site/a")
            guard case .quiet(let station)? = await session.next() else { throw RunningInbox.UnexpectedEvent() }
            #expect(station.item == inbox.item("site/a"))
            try await session.expectNothingElse(in: inbox)
        }
    }
}
