import Foundation
import Ledger
import Station
import Status
import Timing

/// What `status --watch` shows at one moment.
struct WatchPicture: Sendable {
    var status: DaemonStatus
    var transfers: [LedgerTransfer] = []
    /// Bytes of files that CDF has not received yet.
    var bytesToSend: Int64 = 0
    /// Bytes per second; nil as long as nothing can be said.
    var rate: Double?
    /// What needs attention, the latest first, and how many there are.
    var open: [StationSummary] = []
    var openCount = 0

    /// Seconds until everything is sent at this rate; nil where that cannot be said.
    var secondsLeft: Double? {
        guard let rate, rate > 1, bytesToSend > 0 else { return nil }
        return Double(bytesToSend) / rate
    }
}

/// Reads what `status --watch` shows from the ledger, which any process can see; a daemon need not run.
///
/// The rate is that of whole files and parts, as CDF receives them: over the last minute.
struct WatchSource {
    let ledger: ItemLedger
    let isRunning: @Sendable () throws -> Bool

    private static let most = 8
    private var rate = Rate(over: .seconds(60))
    /// Bytes that were still to be sent at the last look; what they have become less was sent, what came new was not.
    private var sentOf: [ItemNumber: Int64] = [:]
    private var sum: Int64 = 0

    init(ledger: ItemLedger, isRunning: @escaping @Sendable () throws -> Bool) {
        (self.ledger, self.isRunning) = (ledger, isRunning)
    }

    /// A number that changes with every write of another process; costs next to nothing.
    func version() async throws -> Int { try await ledger.versionSeenByOthers() }

    mutating func picture(at now: ContinuousClock.Instant) async throws -> WatchPicture {
        var picture = WatchPicture(status: try await .read(from: ledger, running: try isRunning()))
        picture.transfers = try await ledger.transfers(limit: 64)
        picture.bytesToSend = try await ledger.bytesToSend()
        for name in ItemState.Name.needingHelp {
            picture.openCount += picture.status.counts[name.rawValue] ?? 0
            let items = try await ledger.items(in: name, limit: Self.most)
            picture.open += items.map(StationSummary.init)
        }
        picture.open = Array(picture.open.sorted { $0.changedAt > $1.changedAt }.prefix(Self.most))
        count(picture.transfers)
        rate.record(sum, at: now)
        if picture.status.running, !picture.transfers.isEmpty { picture.rate = rate.bytesPerSecond }
        return picture
    }

    /// What is no longer among the transfers has been sent entirely, or is not sent any more: either way nothing is added for it.
    private mutating func count(_ transfers: [LedgerTransfer]) {
        for transfer in transfers {
            sum += max(0, transfer.sent - (sentOf[transfer.station] ?? transfer.sent))
        }
        sentOf = Dictionary(transfers.map { ($0.station, $0.sent) }) { first, _ in first }
    }
}
