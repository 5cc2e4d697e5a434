package import Foundation
package import Ledger
package import Station

/// All that a ``StationStory`` is made of.
package struct StoryFacts: Sendable {
    package var record: ItemRecord
    /// The oldest first.
    package var history: [HistoryEntry]
    /// Of the present content.
    package var files: [FileRecord]
    /// The path of the scan that the station was read from, absolute; nil for others.
    package var scan: String?
    /// Of a scan: how many positions are in each state.
    package var positions: [ItemState.Name: Int]
    /// Of its images: what is being taken out of CDF, or could not be.
    package var retractions: [Retraction]
    /// What becomes of its files in the inbox; nil where they simply stay.
    package var clearing: ClearingOutlook?
    /// What the daemon does, for what comes next.
    package var daemon: DaemonStatus
    package var now: Date

    package init(
        record: ItemRecord,
        history: [HistoryEntry],
        files: [FileRecord] = [],
        scan: String? = nil,
        positions: [ItemState.Name: Int] = [:],
        retractions: [Retraction] = [],
        clearing: ClearingOutlook? = nil,
        daemon: DaemonStatus,
        now: Date
    ) {
        self.record = record
        self.history = history
        self.files = files
        self.scan = scan
        self.positions = positions
        self.retractions = retractions
        self.clearing = clearing
        self.daemon = daemon
        self.now = now
    }

    /// What the ledger knows of an item.
    package static func read(
        _ record: ItemRecord,
        from ledger: ItemLedger,
        daemon: DaemonStatus,
        now: Date
    ) async throws(LedgerError) -> StoryFacts {
        var scan: String?
        if let number = record.scan { scan = try await ledger.item(number).folder }
        return StoryFacts(
            record: record,
            history: try await ledger.history(of: record.id),
            files: try await ledger.files(of: record.id),
            scan: scan,
            positions: record.kind == .scan ? try await ledger.positionCounts(of: record.id) : [:],
            retractions: try await ledger.retractions(of: record.id),
            clearing: try await ledger.clearingOutlook(of: record, at: now),
            daemon: daemon,
            now: now
        )
    }

    /// The inbox that the item is in; nil if the daemon does not know it, or does not run.
    var inbox: DaemonStatus.Inbox? { daemon.running ? daemon.inboxes.first { $0.path == record.inbox } : nil }

    /// The command that retries the item, or has it inspected again.
    var retry: String { "drop360 retry \(record.id)" }
}
