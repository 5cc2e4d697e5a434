import Dashboard
import Ledger
import Station
import Status

/// Fills the plans of sites from the ledger.
struct PlanPages: Sendable {
    let ledger: ItemLedger

    var source: PlanSource {
        PlanSource(
            sites: { try await ledger.siteTallies().map(SiteSummary.init) },
            stations: { site, numbers, labelled in
                try await ledger.plannedStations(of: site, only: numbers, labelled: labelled)?.map(PlanStation.init)
            }
        )
    }
}

extension SiteSummary {
    fileprivate init(_ tally: SiteTally) {
        let extent = tally.bounds.map { PlanExtent(minX: $0.minX, maxX: $0.maxX, minY: $0.minY, maxY: $0.maxY) }
        self.init(id: tally.id, counts: tally.counts, extent: extent)
    }
}

extension PlanStation {
    fileprivate init(_ item: PlannedItem) {
        // The id within the site, as the sidecar has it; without a content the folder is all that is known.
        let head = (item.collection ?? "") + "/"
        let own = item.place.map { $0.hasPrefix(head) ? String($0.dropFirst(head.count)) : $0 }
        self.init(
            number: item.id.rawValue,
            path: item.path,
            place: item.place,
            name: item.label ?? own ?? item.path,
            state: item.state,
            position: item.position,
            heading: item.heading,
            time: item.time,
            isStated: item.isStated
        )
    }
}
