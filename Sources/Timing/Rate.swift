/// Bytes per second over the last few seconds.
package struct Rate: Sendable {
    private let window: Duration
    private var samples: [(at: ContinuousClock.Instant, bytes: Int64)] = []

    package init(over window: Duration = .seconds(5)) { self.window = window }

    /// - Parameters:
    ///   - bytes: The sum of everything sent so far.
    ///   - now: Not before the last sample.
    package mutating func record(_ bytes: Int64, at now: ContinuousClock.Instant) {
        samples.append((now, bytes))
        while samples.count > 2, now - samples[0].at > window { samples.removeFirst() }
    }

    /// 0 before the second sample.
    package var bytesPerSecond: Double {
        guard let first = samples.first, let last = samples.last, last.at > first.at else { return 0 }
        return Double(last.bytes - first.bytes) / (last.at - first.at).inSeconds
    }
}
