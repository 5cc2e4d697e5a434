package import CoreMetrics
import Synchronization

/// A backend of swift-metrics that keeps everything in memory and says it in Prometheus' words.
///
/// It lives as long as the process. Asking for a series again returns the one that is there, so that counts go on across the daemon's turns.
/// It keeps declared metrics only, with exactly their labels, and a bounded number of series of each: whatever else is counted goes nowhere.
package final class PrometheusRegistry: MetricsFactory {
    /// The most series of one metric.
    static let mostSeries = 512

    private let declarations: [String: MetricDeclaration]
    /// By metric and label values.
    private let series = Mutex<[String: [[String]: any Instrument]]>([:])

    package init(_ declarations: [MetricDeclaration]) {
        self.declarations = Dictionary(declarations.map { ($0.name, $0) }) { first, _ in first }
    }

    /// Everything that has been counted, and what was looked up for this occasion.
    package func exposition(with readings: [Reading] = []) -> Exposition {
        var exposition = Exposition(declarations.values)
        for (name, all) in series.withLock({ $0 }) {
            guard let metric = declarations[name] else { continue }
            for (labels, instrument) in all { exposition.add(metric, labels, instrument.samples) }
        }
        for reading in readings {
            exposition.add(reading.metric, reading.labelValues, [.init(value: reading.value)])
        }
        return exposition
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        instrument(label, dimensions) { kind in kind == .counter ? CounterInstrument() : nil }
            ?? NOOPMetricsHandler.instance
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard aggregate else {
            return instrument(label, dimensions) { kind in kind == .gauge ? GaugeInstrument() : nil }
                ?? NOOPMetricsHandler.instance
        }
        return instrument(label, dimensions, histogram) ?? NOOPMetricsHandler.instance
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        instrument(label, dimensions, histogram) ?? NOOPMetricsHandler.instance
    }

    private func histogram(_ kind: MetricDeclaration.Kind) -> HistogramInstrument? {
        guard case .histogram(let bounds) = kind else { return nil }
        return HistogramInstrument(upTo: bounds)
    }

    private func instrument<Made: Instrument>(
        _ name: String,
        _ dimensions: [(String, String)],
        _ make: (MetricDeclaration.Kind) -> Made?
    ) -> Made? {
        guard let metric = declarations[name], dimensions.map(\.0) == metric.labels else { return nil }
        let labels = dimensions.map(\.1)
        return series.withLock { series in
            if let known = series[name]?[labels] { return known as? Made }
            guard series[name, default: [:]].count < Self.mostSeries, let made = make(metric.kind) else { return nil }
            series[name, default: [:]][labels] = made
            return made
        }
    }

    // What was counted stays: Prometheus would take a series that begins again for a restart.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}
}
