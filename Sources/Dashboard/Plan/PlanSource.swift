package import Status

/// Where the plans of sites come from.
package struct PlanSource: Sendable {
    /// All sites, by their ids.
    package var sites: @Sendable () async throws -> [SiteSummary]
    /// The stations of a site, without those that were withdrawn, or only those with the given numbers; nil where there is no such site.
    ///
    /// `labelled` asks for their labels, which takes longer than all the rest: without, a station is called by its id.
    package var stations: @Sendable (_ site: String, _ only: [Int64]?, _ labelled: Bool) async throws -> [PlanStation]?

    package init(
        sites: @escaping @Sendable () async throws -> [SiteSummary],
        stations:
            @escaping @Sendable (_ site: String, _ only: [Int64]?, _ labelled: Bool) async throws -> [PlanStation]?
    ) {
        self.sites = sites
        self.stations = stations
    }
}
