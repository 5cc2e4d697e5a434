package import CoreMetrics

/// One counter for each value of a label, all of them there from the start: a series that appears with its first failure shows no increase.
package struct CounterFamily<Label: MetricLabel>: Sendable {
    private let counters: [Label: Counter]

    /// - Parameter metric: Has one label.
    package init(_ metric: MetricDeclaration, factory: any MetricsFactory) {
        let name = metric.labels.first ?? ""
        counters = Dictionary(
            uniqueKeysWithValues: Label.allCases.map {
                ($0, Counter(label: metric.name, dimensions: [(name, $0.rawValue)], factory: factory))
            }
        )
    }

    package func increment(_ label: Label) { counters[label]?.increment() }
}

/// One histogram of durations for each value of a label, all of them there from the start.
package struct TimerFamily<Label: MetricLabel>: Sendable {
    private let timers: [Label: CoreMetrics.Timer]

    /// - Parameter metric: Has one label.
    package init(_ metric: MetricDeclaration, factory: any MetricsFactory) {
        let name = metric.labels.first ?? ""
        timers = Dictionary(
            uniqueKeysWithValues: Label.allCases.map {
                ($0, CoreMetrics.Timer(label: metric.name, dimensions: [(name, $0.rawValue)], factory: factory))
            }
        )
    }

    package func record(_ label: Label, since begun: ContinuousClock.Instant) {
        timers[label]?.record(since: begun)
    }
}

extension CoreMetrics.Timer {
    /// Records the time that has passed since a moment.
    package func record(since begun: ContinuousClock.Instant) {
        let (seconds, attoseconds) = (ContinuousClock.now - begun).components
        recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
