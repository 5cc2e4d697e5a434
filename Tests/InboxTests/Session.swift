import DropFolder
import Foundation
import Glibc
import Inbox
import Logging
import Station
import TestSupport
import Testing

/// One watcher at work, and its consumer.
final class Session {
    let watcher: InboxWatcher
    private var events: InboxEvents.AsyncIterator
    /// Events taken so far.
    private(set) var taken: UInt64 = 0

    /// Runs a watcher for as long as `body` takes, and fails where the watcher does not end after it.
    static func run(
        _ inboxes: [InboxSettings],
        known: [String: [String: Stamp]] = [:],
        as standing: KnownStations.Standing = .open,
        knownItems: [String: KnownStations] = [:],
        rescanInterval: Duration = .seconds(3600),
        _ body: (Session) async throws -> Void
    ) async throws {
        let watcher = InboxWatcher(
            inboxes: inboxes,
            known: knownItems.merging(
                known.mapValues { stamps in
                    stamps.reduce(into: KnownStations()) { known, station in
                        known.add(station.key, stamp: station.value, standing: standing, isFile: false)
                    }
                }
            ) { $1 },
            rescanInterval: rescanInterval,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try await withThrowingTaskGroup { group in
            group.addTask { try await watcher.run() }
            let session = Session(watcher: watcher)
            try await body(session)
            group.cancelAll()
            try await group.waitForAll()
            while await session.next() != nil {}
        }
    }

    func next() async -> InboxEvent? {
        let event = await events.next()
        if event != nil { taken += 1 }
        return event
    }

    /// The next event must be that a station is quiet; returns its folder.
    @discardableResult
    func nextQuiet(sourceLocation: SourceLocation = #_sourceLocation) async throws -> FolderSnapshot {
        let event = try #require(await next(), sourceLocation: sourceLocation)
        guard case .quiet(.folder(let snapshot)) = event else {
            Issue.record("not quiet: \(event)", sourceLocation: sourceLocation)
            throw UnexpectedEvent()
        }
        return snapshot
    }

    /// The next event must be that the station at `path` is quiet.
    func expectQuiet(_ path: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let snapshot = try await nextQuiet(sourceLocation: sourceLocation)
        #expect(snapshot.path == path, sourceLocation: sourceLocation)
    }

    struct UnexpectedEvent: Error {}

    private init(watcher: InboxWatcher) {
        self.watcher = watcher
        events = watcher.events.makeAsyncIterator()
    }

    /// Waits until a fact about the status holds.
    func until(_ fact: (InboxStatus) -> Bool) async {
        // A test that has run out of its time must end.
        while !fact(watcher.status), !Task.isCancelled {
            breathe()
            await Task.yield()
        }
    }

    /// The same without giving up the test's thread, so that what follows comes at once: the facts come from the
    /// watcher's own threads.
    func hold(until fact: (InboxStatus) -> Bool) {
        while !fact(watcher.status) { breathe() }
    }

    /// Leaves the processor to the watcher's threads between two looks at a fact. (`sched_yield` in a loop starves its
    /// caller on recent kernels.)
    private func breathe() { poll(nil, 0, 1) }

    /// What `run --until-idle` waits for.
    func untilIdle() async { await until { $0.firstScanDone && $0.settling == 0 && $0.emitted == taken } }

    /// Takes events until the station at `path` is said to be quiet with what `isWanted` asks for; returns those before it.
    @discardableResult
    func until(_ path: String, _ isWanted: (FolderSnapshot) -> Bool) async throws -> [InboxEvent] {
        var before: [InboxEvent] = []
        while let event = await next() {
            if case .quiet(.folder(let snapshot)) = event, snapshot.path == path, isWanted(snapshot) { return before }
            before.append(event)
        }
        throw UnexpectedEvent()
    }

    /// Proves that nothing else was to be said: a station that is dropped now is the next event.
    func expectNothingElse(in folder: TemporaryFolder, sourceLocation: SourceLocation = #_sourceLocation)
        async throws
    {
        let name = "marker-\(taken)"
        try folder.drop(name)
        let next = await next()
        guard case .quiet(.folder(let snapshot)) = next, snapshot.path == name else {
            Issue.record("said besides: \(String(describing: next))", sourceLocation: sourceLocation)
            return
        }
    }
}

extension Stamp: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) { self.init(rawValue: text) }
}

extension InboxSettings {
    static func quick(_ folder: TemporaryFolder, settle: Duration = .milliseconds(60), detection: Detection = .inotify)
        -> Self
    {
        InboxSettings(root: folder.path, settle: settle, detection: detection)
    }
}

extension TemporaryFolder {
    static let stationFiles = ["front.jpg", "back.jpg", "left.jpg", "right.jpg", "top.jpg", "bottom.jpg", "pose.json"]

    /// Makes a station's folder and copies its seven files into it, one by one.
    func copy(_ name: String) throws {
        try makeFolder(name)
        for file in Self.stationFiles { try write("some bytes of \(file)", to: name + "/" + file) }
    }

    /// Makes a finished station appear at once, so that no busy machine shows half of it.
    func drop(_ name: String) throws {
        let workshop = try TemporaryFolder()
        try workshop.copy("station")
        if let slash = name.lastIndex(of: "/") { try makeFolder(String(name[..<slash])) }
        try FileManager.default.moveItem(atPath: workshop.path("station"), toPath: path(name))
    }

    func item(_ path: String) -> ItemPath { ItemPath(inbox: self.path, path: path) }

    func stamp(of name: String) throws -> Stamp {
        try FolderSnapshot.take(inbox: path, path: name, ignoring: IgnoreRules()).stamp
    }
}
