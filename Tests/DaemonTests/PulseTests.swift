import CDF
import Delivery
import Foundation
import Ledger
import Station
import Status
import Synchronization
import TestSupport
import Testing
import Timing

@testable import Daemon
@testable import Delivery

/// What systemd and other processes are told.
@Suite(.timeLimit(.minutes(15)))
struct PulseTests {
    /// What the daemon's parts say, set by the test.
    private final class Parts: Sendable {
        let link = Mutex(LinkState.unknown)
        let inboxes = Mutex([DaemonStatus.Inbox(path: "/in", available: true)])
        let detection = Mutex(DaemonStatus.Detection())
        let scanner = Mutex(ContinuousClock.now)
        let busy = Mutex(false)
        let changes = Mutex(UInt64(0))
        let sendingRate = Mutex(Double?.none)
        let pageTrouble = Mutex<String?>(nil)

        var signs: Pulse.Signs {
            .init(
                scanner: { self.scanner.withLock { $0 } },
                isBusy: { self.busy.withLock { $0 } },
                steps: { 0 },
                link: { self.link.withLock { $0 } },
                inboxes: { self.inboxes.withLock { $0 } },
                detection: { self.detection.withLock { $0 } },
                changes: { self.changes.withLock { $0 } },
                sendingRate: { self.sendingRate.withLock { $0 } },
                pageTrouble: { self.pageTrouble.withLock { $0 } }
            )
        }
    }

    private func pulse(_ desk: Desk, _ parts: Parts, _ environment: [String: String] = [:]) -> Pulse {
        Pulse(
            notifier: ServiceNotifier(environment: environment),
            ledger: desk.ledger,
            signs: parts.signs,
            progress: ProgressCheck(parts.signs),
            bell: Doorbell(),
            timeSource: desk.timeSource,
            logger: Desk.silent
        )
    }

    private func outage(_ desk: Desk) -> LinkState {
        LinkState.ready(.init(model: ModelChoice.image360(space: "s").presumed, dataSetID: nil)).lost(
            .unreachable(host: "cdf.example.com", detail: "no\nroute"),
            at: desk.clock.date,
            probed: false
        )
    }

    @Test func `systemd hears of life, of the state and of the end`() async throws {
        let desk = try Desk()
        let parts = Parts()
        let ear = try ServiceNotifierTests.Ear(desk.state.path("notify"))
        try await desk.record("a", rejected: "bad")
        try await desk.record("b", .accepted(.sample()))
        let environment = ["NOTIFY_SOCKET": desk.state.path("notify"), "WATCHDOG_USEC": "6000000"]
        try await desk.run(pulse(desk, parts, environment)) { turns in
            #expect(ear.heard() == ["WATCHDOG=1", "STATUS=Connecting to CDF. 1 accepted, 1 rejected"])
            // A third of what systemd allows.
            await turns.next(after: .seconds(2))
            #expect(ear.heard() == ["WATCHDOG=1"])
            parts.link.withLock { $0 = .ready(.init(model: ModelChoice.image360(space: "s").presumed, dataSetID: nil)) }
            await turns.next(after: .seconds(2))
            #expect(ear.heard() == ["WATCHDOG=1", "STATUS=Connected. 1 accepted, 1 rejected"])
            parts.link.withLock { $0 = outage(desk) }
            await turns.next(after: .seconds(2))
            try await desk.record("c", rejected: "bad")
            parts.changes.withLock { $0 += 1 }
            let last = ear.heard().last ?? ""
            #expect(last.hasPrefix("STATUS=Offline since 2026-05-01T12:00:04Z: cdf.example.com cannot be reached"))
            #expect(!last.contains("\n"))
            await turns.next(after: .seconds(2))
            #expect(ear.heard().last?.hasSuffix("1 accepted, 2 rejected") == true)
        }
    }

    @Test func `the rate and its end are published seldom, and a clock set back does not silence it`() {
        var (rate, now) = (PublishedRate(), Date(timeIntervalSince1970: 1_777_629_600))
        func told(_ bytesPerSecond: Double?, after seconds: Double) -> String? {
            now += seconds
            rate.take(bytesPerSecond, at: now)
            return rate.text
        }
        #expect(told(nil, after: 0) == nil)
        #expect(told(100.7, after: 1) == "100")
        #expect(told(200, after: 10) == "100" && told(300, after: 10) == "300")
        #expect(told(nil, after: 1) == "300" && told(400, after: 10) == "300")
        #expect(told(nil, after: 10) == nil && told(400, after: 1) == nil)
        #expect(told(500, after: -3600) == "500")
    }

    @Test func `the rate reaches other processes`() async throws {
        let desk = try Desk()
        let parts = Parts()
        parts.sendingRate.withLock { $0 = 1000 }
        try await desk.record("a", .accepted(.sample()))
        try await desk.run(pulse(desk, parts)) { turns in
            var status = try await DaemonStatus.read(from: desk.ledger, running: true)
            #expect(status.sending?.bytesPerSecond == 1000)
            status = try await DaemonStatus.read(from: desk.ledger, running: false)
            #expect(status.sending != nil && status.sending?.bytesPerSecond == nil)
            parts.sendingRate.withLock { $0 = nil }
            await turns.next(after: .seconds(20))
            status = try await DaemonStatus.read(from: desk.ledger, running: true)
            #expect(status.sending != nil && status.sending?.bytesPerSecond == nil)
        }
    }

    @Test func `a status page that cannot be served is told to systemd and to other processes, until it is there`()
        async throws
    {
        let desk = try Desk()
        let parts = Parts()
        let ear = try ServiceNotifierTests.Ear(desk.state.path("notify"))
        parts.pageTrouble.withLock { $0 = "The users' file is gone. Bring it back." }
        try await desk.run(pulse(desk, parts, ["NOTIFY_SOCKET": desk.state.path("notify")])) { turns in
            #expect(
                ear.heard().last == "STATUS=Connecting to CDF. No status page: The users' file is gone. Bring it back."
            )
            var status = try await DaemonStatus.read(from: desk.ledger, running: true)
            #expect(status.pageTrouble == "The users' file is gone. Bring it back.")
            #expect(status.health.hasSuffix("no status page: The users' file is gone. Bring it back."))
            #expect(!status.isStuck)
            #expect(try await DaemonStatus.read(from: desk.ledger, running: false).pageTrouble == nil)
            parts.pageTrouble.withLock { $0 = nil }
            await turns.next(after: .seconds(20))
            status = try await DaemonStatus.read(from: desk.ledger, running: true)
            #expect(status.pageTrouble == nil && ear.heard().last == "STATUS=Connecting to CDF. ")
        }
    }

    @Test func `a scanner that hangs starves the watchdog`() async throws {
        let desk = try Desk()
        let parts = Parts()
        parts.scanner.withLock { $0 = .now - .seconds(301) }
        let ear = try ServiceNotifierTests.Ear(desk.state.path("notify"))
        try await desk.run(pulse(desk, parts, ["NOTIFY_SOCKET": desk.state.path("notify")])) { turns in
            #expect(ear.heard().contains("WATCHDOG=1") == false)
            parts.scanner.withLock { $0 = .now }
            await turns.next(after: .seconds(20))
            #expect(ear.heard().contains("WATCHDOG=1"))
        }
    }

    @Test func `other processes read whether CDF can be reached, since when not, and why`() async throws {
        let desk = try Desk()
        let parts = Parts()
        parts.link.withLock { $0 = outage(desk) }
        try await desk.run(pulse(desk, parts)) { turns in
            var status = try await DaemonStatus.read(from: desk.ledger, running: true)
            #expect(!status.online)
            #expect(status.offlineSince == Date(timeIntervalSince1970: 1_777_636_800))
            #expect(status.offlineReason?.contains("cdf.example.com") == true)
            #expect(status.inboxes == [.init(path: "/in", available: true)])
            // Without the daemon, its last words on the network mean nothing.
            let without = try await DaemonStatus.read(from: desk.ledger, running: false)
            #expect(without.offlineReason == nil)

            parts.link.withLock { $0 = .ready(.init(model: ModelChoice.image360(space: "s").presumed, dataSetID: 1)) }
            parts.inboxes.withLock { $0 = [.init(path: "/in", available: false, reason: "unmounted")] }
            await turns.next(after: .seconds(20))
            status = try await DaemonStatus.read(from: desk.ledger, running: true)
            #expect(status.online)
            #expect(status.offlineSince == nil)
            #expect(status.offlineReason == nil)
            #expect(status.inboxes.first?.reason == "unmounted")
        }
    }

    @Test func `the model stays known while CDF cannot be reached, and after a restart`() async throws {
        let desk = try Desk()
        let parts = Parts()
        try await desk.run(pulse(desk, parts)) { turns in
            #expect(try await DaemonStatus.read(from: desk.ledger, running: true).model == nil)
            let core = ModelChoice.core(space: "s").presumed
            parts.link.withLock { $0 = .ready(.init(model: core, reason: .only, dataSetID: nil)) }
            await turns.next(after: .seconds(20))
            parts.link.withLock { $0 = outage(desk) }
            await turns.next(after: .seconds(20))
            let status = try await DaemonStatus.read(from: desk.ledger, running: true)
            #expect(!status.online)
            #expect(status.model == .init(name: "core", reason: ChosenModel.Reason.only.words))
        }
        _ = try await desk.ledger.claimModel("core", viewerLoadsAll: true)
        try await desk.run(pulse(desk, parts)) { _ in }
        let status = try await DaemonStatus.read(from: desk.ledger, running: true)
        #expect(status.model == .init(name: "core", reason: ChosenModel.Reason.delivered.words))
    }

    @Test func `what a killed daemon had said does not outlive it`() async throws {
        let desk = try Desk()
        try await desk.ledger.setDaemonValue("false", for: "online")
        try await desk.ledger.setDaemonValue("1000", for: "offline-since")
        try await desk.ledger.setDaemonValue("the moon", for: "offline-reason")
        let parts = Parts()
        parts.link.withLock { $0 = .ready(.init(model: ModelChoice.image360(space: "s").presumed, dataSetID: nil)) }
        try await desk.run(pulse(desk, parts)) { _ in }
        let status = try await DaemonStatus.read(from: desk.ledger, running: true)
        #expect(status.online)
        #expect(status.offlineSince == nil)
        #expect(status.offlineReason == nil)
    }
}
