import Daemon
import Delivery
import Foundation
import Ledger
import ServiceLifecycle
import Station
import Status
import Timing

/// The live line at the bottom of a terminal: stations, the one being sent, bytes, rate, remaining.
struct ProgressDisplay: Service {
    let view: DaemonRun.View
    let output: OperatorOutput

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var rate = Rate()
            var counts: [ItemState.Name: Int] = [:]
            /// The number of the last change that they count.
            var counted: UInt64?
            while !Task.isCancelled {
                let picture = view.board.now
                rate.record(picture.bytes, at: .now)
                let changes = view.feed.count
                // After a failed read the old counts stay until the next look; the ledger's error is already in the log.
                if counted != changes, let fresh = try? await view.ledger.counts() {
                    (counts, counted) = (fresh, changes)
                }
                output.setFooter(
                    Self.line(
                        picture,
                        counts: counts,
                        link: view.link.state,
                        rate: rate.bytesPerSecond,
                        checks: view.checks()
                    )
                )
                // Throws only when the task is cancelled.
                try? await Task.sleep(for: .milliseconds(500))
            }
        }
        output.setFooter("")
    }

    static func line(
        _ picture: TransferBoard.Picture,
        counts: [ItemState.Name: Int],
        link: LinkState,
        rate: Double,
        checks: [DaemonStatus.Check] = []
    ) -> String {
        let done = counts[.registered] ?? 0
        let open = ItemState.Name.underWay.reduce(0) { $0 + (counts[$1] ?? 0) }
        var parts = ["\(done) registered", "\(open) in progress"]
        if let processing = counts[.processing], processing > 0 { parts.append("\(processing) processed by CDF") }
        if let refused = counts[.rejected], refused > 0 { parts.append("\(refused) rejected") }
        if let waiting = counts[.incomplete], waiting > 0 { parts.append("\(waiting) incomplete") }
        if case .down(let outage) = link {
            parts.append("offline since \(outage.since.formatted(date: .omitted, time: .standard))")
        }
        for check in checks { parts.append("checking \(printable(check.path, limit: 40)): \(check.percent) %") }
        if let reading = picture.reading {
            parts.append(
                "reading \(printable(reading.path, limit: 40)): position \(reading.position) of \(reading.count)"
            )
        }
        if let transfer = picture.transfers.first {
            let sent = max(0, picture.transfers.reduce(0) { $0 + $1.sent })
            let total = picture.transfers.reduce(0) { $0 + $1.total }
            parts.append("\(printable(transfer.path, limit: 40)) \(amount(Double(sent)))/\(amount(Double(total)))")
            parts.append("\(amount(rate))/s")
            if rate > 1 { parts.append("\(Int((Double(total - sent) / rate).rounded(.up))) s left") }
        }
        return parts.joined(separator: " · ")
    }

    private static func amount(_ bytes: Double) -> String {
        bytes < 1e6 ? "\(Int(bytes / 1e3)) kB" : String(format: "%.1f MB", bytes / 1e6)
    }
}
