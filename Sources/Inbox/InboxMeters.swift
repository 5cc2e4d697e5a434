package import CoreMetrics
package import Meters

/// What the inboxes count: how often inotify lost events.
package struct InboxMeters: Sendable {
    private static let overflows = MetricDeclaration(
        "drop360_overflows_total",
        .counter,
        help: "How often more changed at once than inotify could report, so that every inbox was listed again."
    )
    package static let declarations = [overflows]

    let overflow: Counter

    /// - Parameter factory: Where the counts go; without one, nowhere.
    package init(_ factory: any MetricsFactory = NOOPMetricsHandler.instance) {
        overflow = Counter(label: Self.overflows.name, factory: factory)
    }
}
