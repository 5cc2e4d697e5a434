import CoreMetrics
import Synchronization

/// What keeps the values of one series, and can say them.
protocol Instrument: AnyObject, Sendable {
    var samples: [Exposition.Sample] { get }
}

/// Grows only.
final class CounterInstrument: Instrument, CounterHandler {
    private let value = Atomic<Int64>(0)

    func increment(by amount: Int64) {
        // A counter that went down would look like a restart.
        guard amount > 0 else { return }
        value.wrappingAdd(amount, ordering: .relaxed)
    }

    func reset() { value.store(0, ordering: .relaxed) }

    var samples: [Exposition.Sample] { [.init(value: Double(value.load(ordering: .relaxed)))] }
}

/// The last value that was set.
final class GaugeInstrument: Instrument, RecorderHandler {
    private let bits = Atomic<UInt64>(Double(0).bitPattern)

    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

    var samples: [Exposition.Sample] { [.init(value: Double(bitPattern: bits.load(ordering: .relaxed)))] }
}

/// Counts observed values by bucket; as a timer it takes nanoseconds and keeps seconds.
final class HistogramInstrument: Instrument, RecorderHandler, TimerHandler {
    private struct State {
        /// By bucket, not cumulated; the last one is for what is above all bounds.
        var counts: [UInt64]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    /// - Parameter bounds: The upper bounds of the buckets, ascending.
    init(upTo bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard !value.isNaN else { return }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    var samples: [Exposition.Sample] {
        let (counts, sum) = state.withLock { ($0.counts, $0.sum) }
        var (samples, total) = ([Exposition.Sample](), UInt64(0))
        for (bound, count) in zip(bounds + [.infinity], counts) {
            total += count
            samples.append(.init(suffix: "_bucket", bound: bound, value: Double(total)))
        }
        samples.append(.init(suffix: "_sum", value: sum))
        samples.append(.init(suffix: "_count", value: Double(total)))
        return samples
    }
}
