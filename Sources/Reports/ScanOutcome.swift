import Ledger
import Station

/// What became of the positions of one scan, as far as a report shows it.
struct ScanOutcome: Equatable, Sendable {
    /// Those that need help before the others; not all where there are very many.
    var positions: [ItemRecord]
    var counts: [ItemState.Name: Int]
    /// What was lost with a file that went away while it was being read.
    var loss: String?

    /// Positions that a report lists.
    static let limit = 1000

    var total: Int { counts.values.reduce(0, +) }

    /// Positions for which a person has to do something.
    var inNeed: Int { count(ItemState.Name.needingHelp) }

    func count(_ states: [ItemState.Name]) -> Int { states.reduce(0) { $0 + (counts[$1] ?? 0) } }

    /// Reads what a report of `scan` needs.
    static func read(of scan: ItemRecord, from ledger: ItemLedger) async throws(LedgerError) -> ScanOutcome {
        var loss: String?
        if scan.state == .withdrawn {
            loss = try await ledger.history(of: scan.id).last { $0.state == .withdrawn }?.detail
        }
        return ScanOutcome(
            positions: try await ledger.positions(of: scan.id, limit: limit),
            counts: try await ledger.positionCounts(of: scan.id),
            loss: loss
        )
    }
}
