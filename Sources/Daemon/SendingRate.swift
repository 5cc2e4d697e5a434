import Delivery
import Foundation
import Synchronization
import Timing

/// How fast bytes go out: one figure for the page, the commands and whoever else asks.
final class SendingRate: Sendable {
    private let board: TransferBoard
    /// Between the looks of those who ask.
    private let rate = Mutex(Rate(over: .seconds(30)))

    init(_ board: TransferBoard) { self.board = board }

    /// Bytes per second; nil where nothing is being sent, or nothing can be said yet.
    var now: Double? {
        let picture = board.now
        let bytesPerSecond = rate.withLock { rate in
            rate.record(picture.bytes, at: .now)
            return rate.bytesPerSecond
        }
        return picture.transfers.isEmpty || bytesPerSecond < 1 ? nil : bytesPerSecond
    }
}

/// The rate as it is published in the ledger: seldom, since each time is a commit.
struct PublishedRate {
    /// Seconds.
    private static let pause = 20.0

    private(set) var text: String?
    private var publishedAt: Date?

    /// Takes the present rate, or that nothing is sent any more, unless something else was published a moment ago.
    mutating func take(_ rate: Double?, at now: Date) {
        let news = rate.map { String(Int64($0)) }
        guard news != text else { return }
        // A clock that was set back must not silence it.
        if let publishedAt, abs(now.timeIntervalSince(publishedAt)) < Self.pause { return }
        (text, publishedAt) = (news, now)
    }
}
