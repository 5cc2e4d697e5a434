import Dashboard
import Ledger
import Station
import Status

/// Fills the table of stations from the ledger.
struct StationTables: Sendable {
    let ledger: ItemLedger
    let status: @Sendable () async throws -> DaemonStatus

    var source: StationTableSource { StationTableSource { try await table($0) } }

    private func table(_ query: StationTableQuery) async throws -> StationTable {
        let filter = ItemFilter(
            state: query.state,
            site: query.site,
            inbox: query.inbox,
            kind: query.kind,
            text: query.text
        )
        let page = try await ledger.page(filter, PagePosition(query.position))
        let progress = page.items.contains { $0.record.state.name != .registered } ? try await status().progress : [:]
        return StationTable(
            stations: page.items.map { ListedStation($0, progress: progress) },
            newer: page.newer.map(StationTableQuery.Position.init),
            older: page.older.map(StationTableQuery.Position.init),
            sites: try await ledger.sites(limit: 201),
            inboxes: try await ledger.inboxes(limit: 201)
        )
    }
}

extension PagePosition {
    fileprivate init(_ position: StationTableQuery.Position) {
        self =
            switch position {
            case .newest: .newest
            case .after(let number): .after(ItemNumber(rawValue: number))
            case .before(let number): .before(ItemNumber(rawValue: number))
            }
    }
}

extension StationTableQuery.Position {
    fileprivate init(_ position: PagePosition) {
        self =
            switch position {
            case .newest: .newest
            case .after(let number): .after(number.rawValue)
            case .before(let number): .before(number.rawValue)
            }
    }
}
