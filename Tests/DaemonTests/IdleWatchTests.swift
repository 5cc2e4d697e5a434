import CDF
import Delivery
import Foundation
import InMemoryLogging
import Ledger
import Logging
import Station
import Synchronization
import TestSupport
import Testing
import Timing

@testable import Daemon
@testable import Inbox

/// When `run --until-idle` may end.
@Suite(.timeLimit(.minutes(15)))
struct IdleWatchTests {
    /// An idle watch whose inbox says what the test wants.
    private final class Stage: Sendable {
        let desk: Desk
        let client: CDFClient
        let link: Link
        let inbox = Mutex(Stage.done)
        let handled = Mutex(UInt64(3))
        let lost = Mutex(Set<String>())
        let log = InMemoryLogHandler()

        static var done: InboxStatus {
            var status = InboxStatus(lastProgress: .now)
            status.firstScanDone = true
            status.emitted = 3
            status.roots = ["/in": .available(polled: false)]
            return status
        }

        init() throws {
            desk = try Desk()
            // Nothing listens there, and nothing is ever asked of it.
            let credentials = CDFSettings.Credentials(
                tokenURL: "http://127.0.0.1:1/token",
                clientID: "c",
                secret: { "s" },
                scopes: []
            )
            client = CDFClient(
                settings: CDFSettings(host: "http://127.0.0.1:1", project: "p", credentials: credentials),
                timeSource: desk.timeSource,
                logger: Desk.silent
            )
            link = Link(
                client: client,
                model: .image360(space: "s"),
                dataSet: nil,
                timeSource: desk.timeSource,
                listeners: [],
                logger: Desk.silent
            )
        }

        var watch: IdleWatch {
            IdleWatch(
                watcherStatus: { self.inbox.withLock { $0 } },
                handled: { self.handled.withLock { $0 } },
                link: link,
                nextDue: { [ledger = desk.ledger] now in
                    let lost = self.lost.withLock { $0 }
                    let waits = [
                        try await ledger.nextDueForUpload(at: now, exceptIn: lost),
                        try await ledger.nextDueForRegistration(at: now), try await ledger.nextDueForFollowing(at: now),
                    ]
                    return waits.compactMap(\.self).min()
                },
                ledger: desk.ledger,
                timeSource: desk.timeSource,
                logger: Logger(label: "test") { [log] _ in log }
            )
        }

        /// A point cloud of which CDF makes a revision.
        func handOver(_ path: String) async throws -> ItemRecord {
            let digest = ContentDigest(over: [path])
            let cloud = PointCloud(
                name: path,
                size: 12_000_000_000,
                fileDigest: FileDigest(rawValue: digest.rawValue),
                digest: digest,
                externalID: path,
                siteID: "site",
                model: .number(7)
            )
            let sighting = Sighting(
                .pointCloud,
                at: ItemPath(inbox: "/in", path: path),
                stamp: Stamp(rawValue: path),
                outcome: .accepted(.pointCloud(cloud))
            )
            let (ledger, now) = (desk.ledger, desk.clock.date)
            let id = try await ledger.record(sighting, at: now).id
            for event in [ItemEvent.uploadStarted(digest), .uploadFinished(digest)] {
                _ = try await ledger.record(event, for: id, at: now)
            }
            return try await ledger.recordHandedOver(
                ModelRevision(model: 7, revision: 8),
                attempt: 1,
                file: FileReceipt(rawValue: 5),
                of: id,
                digest,
                at: now
            )
        }

        /// CDF says that it is still working, and is asked again after `pause` seconds.
        func isProcessed(_ record: ItemRecord, askedAgainAfter pause: TimeInterval) async throws {
            _ = try await desk.ledger.recordProgress(
                "Processing",
                log: nil,
                of: record.id,
                #require(record.state.digest),
                askAgain: desk.clock.date.addingTimeInterval(pause)
            )
        }

        static func with(_ body: (Stage) async throws -> Void) async throws {
            let stage = try Stage()
            do {
                try await body(stage)
            } catch {
                try await stage.client.shutdown()
                throw error
            }
            try await stage.client.shutdown()
        }
    }

    private static let unreachable = CDFError.unreachable(host: "h", detail: "d")

    @Test func `with everything looked at and nothing to do, it is idle`() async throws {
        try await Stage.with { (stage) async throws -> Void in
            #expect(try await stage.watch.isIdle())
        }
    }

    @Test func `as long as folders settle, or an event is not in the ledger, it is not`() async throws {
        try await Stage.with { (stage) async throws -> Void in
            stage.inbox.withLock { $0.firstScanDone = false }
            #expect(try await !stage.watch.isIdle())
            stage.inbox.withLock { $0 = Stage.done }
            stage.inbox.withLock { $0.settling = 1 }
            #expect(try await !stage.watch.isIdle())
            stage.inbox.withLock { $0 = Stage.done }
            stage.handled.withLock { $0 = 2 }
            #expect(try await !stage.watch.isIdle())
            stage.handled.withLock { $0 = 3 }
            #expect(try await stage.watch.isIdle())
        }
    }

    @Test func `an inbox that is lost is not waited for, one of several that is not yet scanned is`() async throws {
        try await Stage.with { (stage) async throws -> Void in
            let trouble = InboxTrouble.emptied(root: "/in", stations: 1)
            stage.inbox.withLock {
                $0.firstScanDone = false
                $0.roots = ["/in": .lost(trouble)]
            }
            #expect(try await stage.watch.isIdle())
            stage.inbox.withLock { $0.roots["/other"] = .unknown }
            #expect(try await !stage.watch.isIdle())
        }
    }

    @Test func `what nobody can move is not waited for`() async throws {
        try await Stage.with { (stage) async throws -> Void in
            let desk = stage.desk
            try await desk.record("rejected", rejected: "bad")
            try await desk.record("incomplete", incomplete: "part")
            try await desk.deliver(desk.record("registered", .accepted(.sample("1", station: "1"))))
            let failed = try await desk.beginUpload(desk.record("failed", .accepted(.sample("2", station: "2"))))
            try await desk.fail(failed, .init(summary: "no"))
            #expect(try await stage.watch.isIdle())
            // A copy of the failed one is delivered itself.
            try await desk.record("copy", .accepted(.sample("2", station: "2")))
            #expect(try await !stage.watch.isIdle())
        }
    }

    @Test func `what is due soon is waited for, what is due later is not`() async throws {
        try await Stage.with { (stage) async throws -> Void in
            let desk = stage.desk
            let record = try await desk.record("a", .accepted(.sample()))
            #expect(try await !stage.watch.isIdle())
            for (seconds, idle) in [(29.0, false), (30, false), (31, true)] {
                _ = try await desk.ledger.postpone(
                    record.id,
                    until: desk.clock.date.addingTimeInterval(seconds),
                    counts: true,
                    reason: "",
                    at: desk.clock.date
                )
                #expect(try await stage.watch.isIdle() == idle, "\(seconds) s")
            }
        }
    }

    @Test func `what CDF is working on is followed to its end, however long that takes`() async throws {
        try await Stage.with { (stage) async throws -> Void in
            let record = try await stage.handOver("hall.e57")
            let digest = try #require(record.state.digest)
            for pause in [10, 60, 600] as [TimeInterval] {
                try await stage.isProcessed(record, askedAgainAfter: pause)
                #expect(try await !stage.watch.isIdle(), "\(pause) s")
                stage.desk.clock.advance(by: .seconds(pause))
            }
            // Only an operator can end a pause, and a broken line has its own limit.
            _ = try await stage.desk.ledger.pause(at: stage.desk.clock.date)
            #expect(try await stage.watch.isIdle())
            _ = try await stage.desk.ledger.resume()
            #expect(try await !stage.watch.isIdle())
            _ = try await stage.desk.ledger.record(.registered(digest), for: record.id, at: stage.desk.clock.date)
            #expect(try await stage.watch.isIdle())
        }
    }

    @Test func `where CDF gives no answer about its work, it is waited for like any other attempt`() async throws {
        try await Stage.with { (stage) async throws -> Void in
            let record = try await stage.handOver("hall.e57")
            for (seconds, idle) in [(29, false), (120, true)] as [(TimeInterval, Bool)] {
                _ = try await stage.desk.ledger.postpone(
                    record.id,
                    until: stage.desk.clock.date.addingTimeInterval(seconds),
                    counts: true,
                    reason: "HTTP 503",
                    at: stage.desk.clock.date
                )
                #expect(try await stage.watch.isIdle() == idle, "\(seconds) s")
            }
        }
    }

    @Test func `a long wait for CDF is mentioned at once, and then ever less often`() async throws {
        var lines = WaitingLines()
        let start = Date(timeIntervalSince1970: 1_777_636_800)
        let said = (0...7200).compactMap { lines.next(at: start.addingTimeInterval(Double($0))) }
        #expect(said.prefix(5) == [0, 30, 60, 90, 135])
        #expect(said.count < 25 && zip(said, said.dropFirst()).allSatisfy { $1 - $0 <= 600 }, "\(said)")
        // A clock that was set back does not silence it.
        #expect(lines.next(at: start.addingTimeInterval(-86_400)) == 0)

        try await Stage.with { (stage) async throws -> Void in
            let record = try await stage.handOver("hall.e57")
            try await stage.isProcessed(record, askedAgainAfter: 600)
            let watch = stage.watch
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await watch.run() }
                await stage.desk.clock.untilAsleep()
                stage.desk.clock.advance(by: .seconds(31))
                await stage.desk.clock.untilAsleep()
                let digest = try #require(record.state.digest)
                _ = try await stage.desk.ledger.record(.registered(digest), for: record.id, at: stage.desk.clock.date)
                stage.desk.clock.advance(by: .seconds(1))
                try await group.waitForAll()
            }
            let lines = stage.log.entries.filter { "\($0.message)".hasPrefix("waiting for CDF") }
            #expect(lines.map { "\($0.metadata["waited.seconds"] ?? "")" } == ["0", "31"])
            #expect(lines.allSatisfy { "\($0.metadata["status"] ?? "")" == "Processing" })
        }
    }

    @Test func `a broken line is waited for a minute`() async throws {
        try await Stage.with { (stage) async throws -> Void in
            let desk = stage.desk
            try await desk.record("a", .accepted(.sample()))
            stage.link.lost(Self.unreachable)
            #expect(try await !stage.watch.isIdle())
            desk.clock.advance(by: .seconds(60))
            #expect(try await !stage.watch.isIdle())
            desk.clock.advance(by: .seconds(1))
            #expect(try await stage.watch.isIdle())
        }
    }

    @Test func `what only an operator can mend is not waited for`() async throws {
        try await Stage.with { (stage) async throws -> Void in
            try await stage.desk.record("a", .accepted(.sample()))
            stage.link.lost(.credentialsRefused(host: "h", detail: "invalid_client"))
            #expect(try await stage.watch.isIdle())
        }
    }

    @Test func `it returns when the last thing is done, which ends the run`() async throws {
        try await Stage.with { (stage) async throws -> Void in
            stage.inbox.withLock { $0.settling = 1 }
            let watch = stage.watch
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await watch.run() }
                await stage.desk.clock.untilAsleep()
                stage.inbox.withLock { $0.settling = 0 }
                stage.desk.clock.advance(by: .milliseconds(200))
                try await group.waitForAll()
            }
        }
    }
}
