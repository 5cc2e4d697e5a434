package import Foundation
import Synchronization

/// One token bucket for all bytes that are sent, first come first served.
///
/// The rate may change at any moment (a timetable). A piece is taken from the bucket before it is sent; each transfer waits until its own
/// debt is paid, so concurrent transfers share the rate by taking turns.
package final class TransferBudget: Sendable {
    private struct Bucket {
        /// Bytes that may be sent immediately; below zero: debt.
        var tokens: Double = 0
        var filledAt: Date?
    }

    /// Bytes per second at a moment; nil for no limit.
    private let rate: @Sendable (Date) -> Int64?
    private let bucket = Mutex(Bucket())
    /// What may be sent immediately after a pause, in seconds of the rate.
    private static let burst = 0.25

    package init(rate: @escaping @Sendable (Date) -> Int64?) { self.rate = rate }

    package static var unlimited: TransferBudget { TransferBudget { _ in nil } }

    /// Bytes per second now; nil for no limit.
    package func limit(at now: Date) -> Int64? { rate(now) }

    /// How much to read and take in one piece: little at a low rate, so that turns and waits are short.
    func pieceSize(at now: Date) -> Int64 {
        guard let rate = rate(now) else { return FileBody.pieceSize }
        return min(max(rate / 8, 1 << 10), FileBody.pieceSize)
    }

    /// Takes `bytes`; returns how long to wait before they are sent, zero for no wait.
    func take(_ bytes: Int64, at now: Date) -> Duration {
        guard let rate = rate(now).map(Double.init) else {
            bucket.withLock { $0 = Bucket() }
            return .zero
        }
        return bucket.withLock { bucket in
            let full = rate * Self.burst
            if let before = bucket.filledAt {
                // A clock that jumped back adds nothing; one that jumped forward fills it once.
                bucket.tokens = min(full, bucket.tokens + max(0, now.timeIntervalSince(before)) * rate)
            }
            bucket.filledAt = now
            bucket.tokens -= Double(bytes)
            return bucket.tokens >= 0 ? .zero : .milliseconds(Int64((-bucket.tokens / rate * 1000).rounded(.up)))
        }
    }
}
