package import Foundation
import Synchronization

/// One token bucket for all bytes that go out, first come first served.
///
/// The rate may be another one at every moment (a timetable). A piece is taken from the bucket before it is sent; what is owed is waited for
/// by whoever took it, so many transfers share the rate by taking turns.
package final class TransferBudget: Sendable {
    private struct Bucket {
        /// Bytes that may go out at once; below zero: owed.
        var tokens: Double = 0
        var filledAt: Date?
    }

    /// Bytes per second at a moment; nil for no limit.
    private let rate: @Sendable (Date) -> Int64?
    private let bucket = Mutex(Bucket())
    /// What may go out at once after a pause, in seconds of the rate.
    private static let burst = 0.25

    package init(rate: @escaping @Sendable (Date) -> Int64?) { self.rate = rate }

    package static var unlimited: TransferBudget { TransferBudget { _ in nil } }

    /// Bytes per second now; nil for no limit.
    package func limit(at now: Date) -> Int64? { rate(now) }

    /// How much to read and take at once: little where the rate is low, so that nobody waits long and turns are short.
    func pieceSize(at now: Date) -> Int64 {
        guard let rate = rate(now) else { return FaceBody.pieceSize }
        return min(max(rate / 8, 1 << 10), FaceBody.pieceSize)
    }

    /// Takes `bytes`; returns how long to wait before they are sent, zero for not at all.
    func take(_ bytes: Int64, at now: Date) -> Duration {
        guard let rate = rate(now).map(Double.init) else {
            bucket.withLock { $0 = Bucket() }
            return .zero
        }
        return bucket.withLock { bucket in
            let full = rate * Self.burst
            if let before = bucket.filledAt {
                // A clock that was put back fills nothing; one that was put forward fills it once.
                bucket.tokens = min(full, bucket.tokens + max(0, now.timeIntervalSince(before)) * rate)
            }
            bucket.filledAt = now
            bucket.tokens -= Double(bytes)
            return bucket.tokens >= 0 ? .zero : .milliseconds(Int64((-bucket.tokens / rate * 1000).rounded(.up)))
        }
    }
}
