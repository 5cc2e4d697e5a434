import DropFolder
import Foundation
import Glibc
import Inbox
import Station
import TestSupport
import Testing

/// Single files that an inbox is told to watch for.
@Suite(.timeLimit(.minutes(5)))
struct FileCandidateTests {
    let inbox: TemporaryFolder

    init() throws { inbox = try TemporaryFolder() }

    private var settings: InboxSettings {
        var settings = InboxSettings.quick(inbox)
        settings.fileEndings = ["e57"]
        return settings
    }

    private func nextFile(_ session: Session) async throws -> FileSnapshot {
        let event = try #require(await session.next())
        guard case .quiet(.file(let snapshot)) = event else {
            Issue.record("not a quiet file: \(event)")
            throw Session.UnexpectedEvent()
        }
        return snapshot
    }

    @Test func `no file is a candidate unless the inbox is told to watch for it`() async throws {
        try inbox.write("points", to: "scan.e57")
        try await Session.run([.quick(inbox)]) { session in
            await session.untilIdle()
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `a file is emitted once it is quiet, and again when it was written to`() async throws {
        try inbox.makeFolder("site")
        try inbox.write("points", to: "site/Scan.E57")
        try await Session.run([settings]) { session in
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
        try await Session.run([settings]) { session in
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
        try await Session.run([settings]) { session in
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
        try await Session.run([settings]) { session in
            let two = Set([try await nextFile(session).item.path, try await nextFile(session).item.path])
            #expect(two == ["scan.e57", "site/deep.e57"])
            try inbox.remove("scan.e57")
            #expect(await session.next() == .vanished(inbox.item("scan.e57")))
            try inbox.remove("site")
            #expect(await session.next() == .vanished(inbox.item("site/deep.e57")))
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `links, FIFOs and folders in a file's place are not candidates, and are not opened`() async throws {
        let elsewhere = try TemporaryFolder()
        try elsewhere.write("points", to: "real.e57")
        #expect(symlink(elsewhere.path("real.e57"), inbox.path("link.e57")) == 0)
        #expect(mkfifo(inbox.path("pipe.e57"), 0o600) == 0)
        try inbox.makeFolder("folder.e57")
        try await Session.run([settings]) { session in
            await session.untilIdle()
            try await session.expectNothingElse(in: inbox)
        }
        for name in ["link.e57", "pipe.e57", "folder.e57"] {
            #expect(throws: DropFolderError.self) { try FileSnapshot.take(inbox.item(name)) }
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
        try await Session.run([settings], knownItems: [inbox.path: known]) { session in
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
        try await Session.run([settings]) { session in
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
        try await Session.run([settings]) { session in
            guard case .quiet(let station)? = await session.next() else { throw Session.UnexpectedEvent() }
            session.watcher.acknowledge(station.item, stamp: station.stamp, as: .finished)
            await session.until { $0.finished == 1 }
            try inbox.write("points", to: "a/scan.e57")
            #expect(try await nextFile(session).item == inbox.item("a/scan.e57"))
        }
        var known = KnownStations()
        known.add("a", stamp: try inbox.stamp(of: "a"), standing: .finished, isFile: false)
        let scan = try FileSnapshot.take(inbox.item("a/scan.e57")).stamp
        known.add("a/scan.e57", stamp: scan, standing: .finished, isFile: true)
        try await Session.run([settings], knownItems: [inbox.path: known]) { session in
            await session.until { $0.firstScanDone && $0.settling == 0 }
            try await session.expectNothingElse(in: inbox)
        }
    }

    @Test func `a pose list does not have single files checked again`() async throws {
        try inbox.makeFolder("site")
        try inbox.write("points", to: "site/scan.e57")
        try await Session.run([settings]) { session in
            let file = try await nextFile(session)
            session.watcher.acknowledge(file.item, stamp: file.stamp, as: .refused)
            try inbox.write("name,x\n", to: "site/poses.csv")
            try inbox.drop("site/a")
            guard case .quiet(let station)? = await session.next() else { throw Session.UnexpectedEvent() }
            #expect(station.item == inbox.item("site/a"))
            try await session.expectNothingElse(in: inbox)
        }
    }
}
