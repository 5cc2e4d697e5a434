import Foundation
import Ledger
import Station
import Status
import TestSupport
import Testing

struct DaemonStatusTests {
    private static let now = Date(timeIntervalSince1970: 1_777_629_600)

    private static func status() -> DaemonStatus {
        DaemonStatus(
            version: "1",
            running: true,
            pid: 1,
            startedAt: now,
            counts: [:],
            online: true,
            offlineSince: nil,
            offlineReason: nil,
            pausedSince: nil,
            inboxes: [],
            detection: nil,
            transfers: [],
            bytesSent: 0,
            recent: []
        )
    }

    @Test func `a daemon that hangs is stuck, before everything else that is wrong`() {
        var status = Self.status()
        #expect(!status.isStuck)
        status.stalled = []
        #expect(!status.isStuck && status.health == "ok")
        status.stalled = ["the inboxes have not been looked at for 6 min"]
        status.online = false
        #expect(status.isStuck)
        #expect(status.health == "stuck: the inboxes have not been looked at for 6 min; connecting to CDF")
    }

    @Test func `health begins with ok or degraded, and says what is not well`() {
        func health(_ change: (inout DaemonStatus) -> Void) -> String {
            var status = Self.status()
            change(&status)
            return status.health
        }
        #expect(health { _ in } == "ok")
        let offline = health {
            ($0.online, $0.offlineSince, $0.offlineReason) = (
                false, Date(timeIntervalSince1970: 1_777_629_600), "No\nroute."
            )
        }
        #expect(offline.hasPrefix("degraded: offline since 2026-05-01T10:00:00Z: No") && !offline.contains("\n"))
        #expect(health { $0.online = false } == "degraded: connecting to CDF")
        #expect(
            health { $0.inboxes = [.init(path: "/in", available: false, reason: "It is gone.")] }
                == "degraded: inbox /in: It is gone."
        )
        #expect(health { $0.pausedSince = Date(timeIntervalSince1970: 0) }.hasPrefix("degraded: paused since 1970"))
    }

    @Test func `a failed station shows its reason with the advice`() {
        let digest = ContentDigest(over: ["x"])
        let summary = StationSummary(
            .sample("a/b", .failed(digest, .init(summary: "CDF refused.", advice: "Fix it.")))
        )
        #expect(summary.words == "CDF refused. Fix it.")
        #expect(summary.state == .failed)
    }
}
