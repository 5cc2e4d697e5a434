package import DropFolder
import Glibc
package import Inbox
import Logging
package import Station

/// A watcher at work, and the consumer of its events.
package final class RunningInbox {
    package let watcher: InboxWatcher
    private var events: InboxEvents.AsyncIterator
    /// Events taken so far.
    package private(set) var taken: UInt64 = 0

    /// An event came that the test does not expect, or none.
    package struct UnexpectedEvent: Error, CustomStringConvertible {
        package var event: InboxEvent?

        package init(event: InboxEvent? = nil) { self.event = event }

        package var description: String { "unexpected: " + (event.map { "\($0)" } ?? "no event") }
    }

    private init(watcher: InboxWatcher) {
        self.watcher = watcher
        events = watcher.events.makeAsyncIterator()
    }

    /// Runs a watcher for as long as `body` takes; does not return before the watcher has ended.
    package static func run(
        _ inboxes: [InboxSettings],
        known: [String: [String: Stamp]] = [:],
        as standing: KnownStations.Standing = .open,
        knownItems: [String: KnownStations] = [:],
        rescanInterval: Duration = .seconds(3600),
        meters: InboxMeters = .init(),
        _ body: (RunningInbox) async throws -> Void
    ) async throws {
        let stamped = known.mapValues { stamps in
            stamps.reduce(into: KnownStations()) { known, station in
                known.add(station.key, stamp: station.value, standing: standing, isFile: false)
            }
        }
        let watcher = InboxWatcher(
            inboxes: inboxes,
            known: knownItems.merging(stamped) { $1 },
            rescanInterval: rescanInterval,
            meters: meters,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try await withThrowingTaskGroup { group in
            group.addTask { try await watcher.run() }
            let running = RunningInbox(watcher: watcher)
            try await body(running)
            group.cancelAll()
            try await group.waitForAll()
            while await running.next() != nil {}
        }
    }

    package func next() async -> InboxEvent? {
        let event = await events.next()
        if event != nil { taken += 1 }
        return event
    }

    /// The folder that the next event says is quiet.
    ///
    /// - Throws: ``UnexpectedEvent``.
    package func nextFolder() async throws -> FolderSnapshot {
        let event = await next()
        guard case .quiet(.folder(let snapshot)) = event else { throw UnexpectedEvent(event: event) }
        return snapshot
    }

    /// Waits until a fact about the status holds.
    package func until(_ fact: (InboxStatus) -> Bool) async {
        // A test that has run out of its time must end.
        while !fact(watcher.status), !Task.isCancelled {
            breathe()
            await Task.yield()
        }
    }

    /// The same without giving up the test's thread, so that what follows comes at once: the facts come from the
    /// watcher's own threads.
    package func hold(until fact: (InboxStatus) -> Bool) {
        while !fact(watcher.status) { breathe() }
    }

    /// Leaves the processor to the watcher's threads between two looks at a fact. (`sched_yield` in a loop starves its
    /// caller on recent kernels.)
    private func breathe() { poll(nil, 0, 1) }

    /// What `run --until-idle` waits for.
    package func untilIdle() async { await until { $0.firstScanDone && $0.settling == 0 && $0.emitted == taken } }

    /// Takes events until the station at `path` is quiet with what `isWanted` asks for; returns those before it.
    ///
    /// - Throws: ``UnexpectedEvent`` if the events end.
    @discardableResult
    package func until(_ path: String, _ isWanted: (FolderSnapshot) -> Bool) async throws -> [InboxEvent] {
        var before: [InboxEvent] = []
        while let event = await next() {
            if case .quiet(.folder(let snapshot)) = event, snapshot.path == path, isWanted(snapshot) { return before }
            before.append(event)
        }
        throw UnexpectedEvent(event: nil)
    }
}

extension InboxSettings {
    /// With little waiting.
    package static func quick(
        _ folder: TemporaryFolder,
        settle: Duration = .milliseconds(60),
        detection: Detection = .inotify
    ) -> Self {
        InboxSettings(root: folder.path, settle: settle, detection: detection)
    }
}
