import Station
import Status

/// The list of sites, in words; `sites.mustache` lays it out.
struct SiteListPage {
    struct Row {
        var name: PageText
        var plan: String
        var table: String
        var total: Int
        var counts: [StateCount]
        var extent: String
    }

    let rows: [Row]
    let hasRows: Bool

    init(_ sites: [SiteSummary]) {
        rows = sites.map { site in
            Row(
                name: PageText(site.id),
                plan: SiteAddress.plan(of: site.id),
                table: SiteAddress.table(of: site.id),
                total: site.total,
                counts: StateCount.all(site.counts, site: site.id),
                extent: site.extent.map(PlanWords.extent) ?? "no positions yet"
            )
        }
        hasRows = !rows.isEmpty
    }
}

/// How many stations of a site are in one state, with the address of their table.
struct StateCount {
    var state: String
    var count: Int
    var table: String

    /// Without states that nothing is in.
    static func all(_ counts: [ItemState.Name: Int], site: String) -> [StateCount] {
        ItemState.Name.allCases.compactMap { state in
            guard let count = counts[state], count > 0 else { return nil }
            return StateCount(
                state: state.rawValue,
                count: count,
                table: SiteAddress.table(of: site, state: state)
            )
        }
    }
}
