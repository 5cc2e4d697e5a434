package import Station

/// One site in the list of sites.
package struct SiteSummary: Sendable, Equatable {
    package var id: String
    /// Items of any kind by state, without those that were withdrawn.
    package var counts: [ItemState.Name: Int]
    /// Around all stations with a place, also those that stand wrong; nil without any.
    package var extent: PlanExtent?

    package init(id: String, counts: [ItemState.Name: Int], extent: PlanExtent?) {
        self.id = id
        self.counts = counts
        self.extent = extent
    }

    package var total: Int { counts.values.reduce(0, +) }
}
