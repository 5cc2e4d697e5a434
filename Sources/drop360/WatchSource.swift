import Foundation
import Ledger
import Station
import Status

/// What `status --watch` shows at one moment.
struct WatchPicture: Sendable {
    var status: DaemonStatus
    var transfers: [LedgerTransfer] = []
    /// What needs attention, the newest first, and how many there are.
    var open: [StationSummary] = []
    var openCount = 0
}

/// Reads what `status --watch` shows from the ledger, which any process can see; a daemon need not run.
///
/// How fast it goes is the daemon's figure: only a running one sends.
struct WatchSource {
    let ledger: ItemLedger
    let isRunning: @Sendable () throws -> Bool

    private static let most = 8

    init(ledger: ItemLedger, isRunning: @escaping @Sendable () throws -> Bool) {
        (self.ledger, self.isRunning) = (ledger, isRunning)
    }

    /// A number that changes with every write of another process; costs next to nothing.
    func version() async throws -> Int { try await ledger.versionSeenByOthers() }

    func picture() async throws -> WatchPicture {
        var picture = WatchPicture(status: try await .read(from: ledger, running: try isRunning()))
        picture.transfers = try await ledger.transfers(limit: 64)
        for name in ItemState.Name.needingHelp {
            picture.openCount += picture.status.counts[name.rawValue] ?? 0
            picture.open += try await ledger.newestRows(.init(state: name), limit: Self.most).items.map(
                StationSummary.init
            )
        }
        picture.open = Array(picture.open.sorted { $0.changedAt > $1.changedAt }.prefix(Self.most))
        return picture
    }
}
