package import CoreMetrics
package import Meters

/// What the inspector counts: how long it took to judge what was dropped.
package struct InspectionMeters: Sendable {
    /// What was inspected.
    enum Kind: String, MetricLabel {
        case station
        /// An E57 file, or an archive.
        case file
        /// One position of an E57 file.
        case position
    }

    private static let durations = MetricDeclaration(
        "drop360_inspection_seconds",
        .histogram(upTo: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800]),
        labels: ["kind"],
        help: "How long one inspection took, from its first to its last byte, without waiting for its turn."
    )
    package static let declarations = [durations]

    let duration: TimerFamily<Kind>

    /// - Parameter factory: Where the counts go; without one, nowhere.
    package init(_ factory: any MetricsFactory = NOOPMetricsHandler.instance) {
        duration = TimerFamily(Self.durations, factory: factory)
    }
}
