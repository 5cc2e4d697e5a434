package import CoreMetrics
package import Meters

/// What the ledger counts: how long the disk takes to make writes durable.
package struct LedgerMeters: Sendable {
    private static let commits = MetricDeclaration(
        "drop360_ledger_commit_seconds",
        .histogram(upTo: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]),
        help: "How long one transaction of the ledger took until it was on the disk; writers that wait share one."
    )
    package static let declarations = [commits]

    let commit: CoreMetrics.Timer

    /// - Parameter factory: Where the counts go; without one, nowhere.
    package init(_ factory: any MetricsFactory = NOOPMetricsHandler.instance) {
        commit = CoreMetrics.Timer(label: Self.commits.name, factory: factory)
    }
}
