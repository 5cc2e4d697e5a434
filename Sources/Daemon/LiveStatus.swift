import CDF
import ConfigFile
import Delivery
import Foundation
import Inbox
import Ledger
import Settings
import Status
import Timing

/// The status as page, `/status.json` and `/healthz` show it: what the ledger says, and what only this process knows.
final class LiveStatus: Sendable {
    /// The parts of the turn that are asked.
    struct Parts: Sendable {
        var inboxes: InboxOverview
        var watcher: InboxWatcher
        var board: TransferBoard
        var link: Link
        var progress: ProgressCheck
        /// The E57 files that are being checked.
        var checks: @Sendable () -> [DaemonStatus.Check]
        var pageTrouble: PageTrouble
        /// Bytes per second; nil where nothing is being sent.
        var sendingRate: @Sendable () -> Double?
    }

    private let turn: Turn
    private let parts: Parts
    private let disks = DiskSpace()

    init(_ turn: Turn, _ parts: Parts) {
        self.turn = turn
        self.parts = parts
    }

    func read(_ breadth: DaemonStatus.Breadth = .everything) async throws -> DaemonStatus {
        let now = turn.timeSource.now()
        var status = try await DaemonStatus.read(from: turn.ledger, running: true, breadth, now: now)
        let picture = parts.board.now
        status.inboxes = parts.inboxes.shown
        status.detection = .init(parts.watcher.status)
        status.transfers = picture.transfers.map {
            .init(station: $0.station.rawValue, path: $0.path, total: $0.total, sent: $0.sent)
        }
        status.checks = parts.checks()
        status.stalled = parts.progress.stalls.map(\.words)
        status.reading = picture.reading.map {
            .init(scan: $0.scan.rawValue, path: $0.path, position: $0.position, count: $0.count)
        }
        status.bytesSent = picture.bytes
        status.sending?.bytesPerSecond = parts.sendingRate()
        status.rateLimit = turn.client.budget.limit(at: now)
        status.nextRateLimit = turn.configuration.nextLimit(after: now).map {
            .init(at: $0.at, rateLimit: $0.bytesPerSecond)
        }
        if case .ready = parts.link.state { status.online = true } else { status.online = false }
        status.pageTrouble = parts.pageTrouble.words
        if breadth == .everything { status.disks = await freeSpace(of: status.inboxes) }
        return status
    }

    /// The free space of the state directory and of the inboxes that are there; a share that does not answer is left out.
    private func freeSpace(of inboxes: [DaemonStatus.Inbox]) async -> [DaemonStatus.Disk] {
        let places = [turn.configuration.state] + inboxes.filter(\.available).map(\.path)
        let free = await disks.free(at: Set(places)) { [turn] in try await turn.timeSource.sleep(.seconds(1)) }
        return places.compactMap { place in free[place].map { .init(path: place, free: $0) } }
    }
}
