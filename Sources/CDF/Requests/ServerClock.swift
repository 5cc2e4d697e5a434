import Foundation
import NIOHTTP1
import Synchronization

/// What the servers' answers say of this machine's clock, also those that refuse a request: a wrong clock is a reason to refuse one.
final class ServerClock: Sendable {
    private let measured = Mutex<TimeInterval?>(nil)

    /// Seconds by which this machine's clock is ahead of the last answer's date; nil without one.
    var ahead: TimeInterval? { measured.withLock { $0 } }

    func note(_ answer: Answer, at now: Date) {
        guard let date = answer.headers.first(name: "date").flatMap(Backoff.httpDate) else { return }
        measured.withLock { $0 = now.timeIntervalSince(date) }
    }
}
