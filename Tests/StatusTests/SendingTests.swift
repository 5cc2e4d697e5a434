import Foundation
import Station
import Status
import TestSupport
import Testing

/// What the overview says of what is being sent.
struct SendingTests {
    @Test(
        arguments: [
            (nil, "1.2 GB to send."), (0, "1.2 GB to send."),
            (2_000_000, "1.2 GB to send, at 2.0 MB/s: 10 minutes to go."),
        ] as [(Double?, String)]
    )
    func `amount, rate and time are said as far as they are known`(rate: Double?, words: String) {
        #expect(DaemonStatus.Sending(bytes: 1_200_000_000, bytesPerSecond: rate).words == words)
    }
    private static let noon = Date(timeIntervalSince1970: 1_796_040_000)

    private func status() -> DaemonStatus {
        var status = DaemonStatus(
            version: "1",
            running: true,
            pid: 1,
            startedAt: nil,
            counts: [.accepted: 3],
            online: true,
            offlineSince: nil,
            offlineReason: nil,
            pausedSince: nil,
            inboxes: [.init(path: "/in", available: true)],
            detection: nil,
            transfers: [],
            bytesSent: 0,
            recent: []
        )
        status.sending = .init(bytes: 1, isEstimate: false)
        return status
    }

    @Test func `why nothing is sent is said, the first reason first`() {
        var status = status()
        #expect(status.obstacle == nil)
        status.inboxes[0].available = false
        #expect(status.obstacle == "What waits in an inbox that is not available is sent when it is back.")
        status.nextSending = Self.noon.addingTimeInterval(61)
        #expect(status.obstacle == "Nothing is sent until 12:01:01 UTC: the last try failed.")
        (status.online, status.nextProbe) = (false, Self.noon)
        #expect(status.obstacle == "Nothing is sent while CDF cannot be reached; it is tried again at 12:00 UTC.")
        status.paused = true
        #expect(status.obstacle == "Nothing is sent while drop360 is paused.")
        status.transfers = [.init(station: 1, path: "a", total: 2, sent: 1)]
        #expect(status.obstacle == nil)
        (status.transfers, status.sending) = ([], nil)
        #expect(status.obstacle == nil)
    }

    @Test(
        arguments: [
            (nil, nil, nil), (250_000, nil, "Limited to 2 Mbit/s."),
            (250_000, .some(nil), "Limited to 2 Mbit/s until 12:00 UTC, then without a limit."),
            (nil, 187_500, "Without a limit until 12:00 UTC, then limited to 1.5 Mbit/s."),
        ] as [(Int64?, Int64??, String?)]
    )
    func `the limit and what follows it are said`(now: Int64?, next: Int64??, words: String?) {
        var status = status()
        status.rateLimit = now
        status.nextRateLimit = next.map { .init(at: Self.noon, rateLimit: $0) }
        #expect(status.limitWords == words)
    }

    @Test func `an estimate is called one`() {
        let sending = DaemonStatus.Sending(bytes: 1_200_000_000, isEstimate: true, bytesPerSecond: 2_000_000)
        #expect(sending.words == "About 1.2 GB to send, at 2.0 MB/s: 10 minutes to go.")
    }
}
