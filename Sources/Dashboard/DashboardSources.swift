package import Status

/// Where the page's areas get what they show: closures and values that the daemon fills from the ledger.
///
/// An area without its source is not served, and not in the navigation.
package struct DashboardSources: Sendable {
    /// For the overview, `/status.json` and `/healthz`.
    package var status: @Sendable () async throws -> DaemonStatus
    /// Sends what changes, so that open pages update themselves.
    package var changes: ChangeFeed
    /// For the page of one station.
    package var station: StationPageSource?
    /// For forms; nil where nothing can be done on the page.
    package var actions: ActionSource?
    /// For `/sites` and the plan of each.
    package var plans: PlanSource?
    /// For the table of stations.
    package var table: StationTableSource?

    package init(status: @escaping @Sendable () async throws -> DaemonStatus, changes: ChangeFeed = ChangeFeed()) {
        self.status = status
        self.changes = changes
    }
}
