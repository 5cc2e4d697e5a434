import DropFolder
import Station
import TestSupport
import Testing

@testable import Inbox

/// One inbox as a value: facts in, actions out.
///
/// No inotify, no thread, no clock.
struct InboxRootTests {
    let inbox: TemporaryFolder
    private let start = ContinuousClock.now
    private var root: Root

    init() throws {
        inbox = try TemporaryFolder()
        var settings = InboxSettings(root: inbox.path, settle: .seconds(2), detection: .inotify)
        settings.fileEndings = ["e57"]
        root = Root(index: 0, settings: settings, known: KnownStations(), now: start)
    }

    /// Finds the inbox as it is on the disk; returns its folder.
    private mutating func find() throws -> NodeID {
        let identity = FolderIdentity(try OpenFolder(root: inbox.path).stamp())
        _ = root.find(identity, mounts: [], canBeWatched: true)
        let top = root.nextInSweep()
        return try #require(top).id
    }

    /// Takes what the folder shows now; returns the actions.
    private mutating func list(_ id: NodeID, _ reason: Reason = .recheck, at second: Double) throws -> [Action] {
        let folder = try FolderReading.open(id, in: root)
        let listing = try FolderReading.list(folder, ignoring: IgnoreRules())
        return root.take(
            listing,
            of: id,
            because: reason,
            isInSweep: false,
            hasRoom: true,
            at: start + .seconds(second)
        )
    }

    private func events(_ actions: [Action]) -> [InboxEvent] {
        actions.compactMap { if case .emit(let event) = $0 { event } else { nil } }
    }

    private func listed(_ actions: [Action]) -> [NodeID] {
        actions.compactMap { if case .list(let id, _, _) = $0 { id } else { nil } }
    }

    /// The folder of the only station, listed until it is quiet.
    private mutating func quietStation(in top: NodeID) throws -> NodeID {
        let found = try list(top, at: 0)
        let station = try #require(listed(found).first)
        #expect(events(try list(station, at: 0)) == [])
        let quiet = events(try list(station, at: 2)).map {
            if case .quiet(let candidate) = $0 { candidate.item.path } else { "" }
        }
        #expect(quiet == ["a"])
        return station
    }

    @Test mutating func `a station is emitted once when it has been quiet, and so is its removal`() throws {
        try inbox.drop("a")
        try inbox.write("", to: "README")
        let top = try find()
        let station = try quietStation(in: top)
        #expect(events(try list(station, at: 9)) == [])
        try inbox.remove("a")
        let gone = try list(top, .event, at: 10)
        #expect(events(gone) == [.vanished(inbox.item("a"))])
        #expect(root.folder(station) == nil)
    }

    /// What once made an inbox lost and found again, when its last station was removed.
    @Test
    mutating func `an inbox whose last station is removed is not lost, whichever of listing and event comes first`()
        throws
    {
        try inbox.drop("a")
        let top = try find()
        _ = try quietStation(in: top)
        try inbox.remove("a")
        // The listing is quicker than the event: nothing is concluded, and it counts as settling.
        let early = try list(top, at: 10)
        #expect(events(early) == [])
        #expect(root.settlingCount > 0)
        #expect(root.status == .available(polled: false))
        var news = Mailbox.FolderEvents()
        news.add(NotifyEvent(watch: 1, mask: NotifyMask.departure | NotifyMask.ofFolder, name: "a"))
        _ = root.take(news, in: top, at: start + .seconds(10))
        #expect(events(try list(top, .event, at: 10.1)) == [.vanished(inbox.item("a"))])
    }

    @Test mutating func `an inbox that is empty and stays so without an event is lost`() throws {
        try inbox.drop("a")
        let top = try find()
        _ = try quietStation(in: top)
        try inbox.remove("a")
        #expect(events(try list(top, at: 10)) == [])
        let lost = InboxTrouble.emptied(root: inbox.path, stations: 1)
        #expect(events(try list(top, at: 11)) == [.rootLost(inbox: inbox.path, lost)])
        #expect(root.status == .lost(lost))
        try inbox.write("", to: "README")
        #expect(events(try list(top, at: 12)) == [.rootFound(inbox: inbox.path)])
    }

    @Test mutating func `no full listing declares a station gone while the inbox is in doubt`() throws {
        try inbox.drop("a")
        let top = try find()
        let station = try quietStation(in: top)
        let ended = root.endSweep(ScanIntervals(rescanInterval: .seconds(5)), at: start)
        #expect(events(ended.actions) == [] && !ended.isRescan)
        try inbox.remove("a")
        root.startSweep(isAwaited: true, at: start + .seconds(10))
        _ = root.nextInSweep()
        #expect(events(try list(top, .rescan, at: 10)) == [])
        #expect(
            events(root.endSweep(ScanIntervals(rescanInterval: .seconds(5)), at: start + .seconds(10)).actions) == []
        )
        #expect(root.folder(station) != nil)
    }

    @Test mutating func `a file is held back while its writer has it open, and given up after a time`() throws {
        let top = try find()
        try inbox.write("points", to: "scan.e57")
        var news = Mailbox.FolderEvents()
        news.add(NotifyEvent(watch: 1, mask: NotifyMask.created, name: "scan.e57"))
        _ = root.take(news, in: top, at: start)
        _ = try list(top, .event, at: 0)
        let held = try list(top, at: 30)
        #expect(events(held) == [])
        let isScheduled = held.contains { if case .schedule(.openFiles(top), _) = $0 { true } else { false } }
        #expect(isScheduled)
        #expect(listed(root.giveUpOpenFiles(in: top, at: start + .seconds(300))) == [])
        #expect(listed(root.giveUpOpenFiles(in: top, at: start + .seconds(600))) == [top])
        #expect(events(try list(top, at: 600)).count == 1)
    }

    @Test mutating func `a station that is finished leaves the tree, and comes back when it is asked for`() throws {
        try inbox.drop("a")
        try inbox.write("", to: "README")
        let top = try find()
        let station = try quietStation(in: top)
        let actions = root.acknowledge("a", try inbox.stamp(of: "a"), as: .finished)
        #expect(actions.contains { if case .forget(station) = $0 { true } else { false } })
        #expect(root.folder(station) == nil && root.finishedCount == 1)
        #expect(listed(root.recheck("a")) == [top])
        #expect(root.finishedCount == 0)
        #expect(!listed(try list(top, at: 5)).isEmpty)
    }
}
