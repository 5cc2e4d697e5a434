import Foundation
import Logging
import NIOHTTP1
import Station
import Synchronization
import Timing

/// How fast CDF lets us go: slowed down by its 429, quickened by what gets through.
///
/// Two measures. The ``Window`` says how many faces may be under way at once. The hold says until when no request of a family begins:
/// the `Retry-After` of a 429 is told to one request and meant for the client.
package final class RequestPace: Sendable {
    /// What CDF counts together.
    enum Family: Hashable, Sendable {
        case files, store, instances, other

        /// By the address of a request to CDF: `…/projects/plant/files?overwrite=true`.
        init(url: String) {
            let parts = (url.split(separator: "?").first ?? "").split(separator: "/")
            // Behind the project's name, which may be any.
            let below = parts.firstIndex(of: "projects").map { parts.dropFirst($0 + 2).prefix(2) } ?? []
            self = below.first == "files" ? .files : below.elementsEqual(["models", "instances"]) ? .instances : .other
        }
    }

    /// How many may be under way: additive increase, multiplicative decrease, as TCP has it.
    package struct Window: Equatable, Sendable {
        package let most: Int
        private var size: Double
        /// Whether nothing was throttled since it was at its smallest: it then grows by one with each that gets through.
        private var isRamping = false
        /// Counts the decreases: those who began before the last one tell nothing new.
        package private(set) var epoch = 0

        package init(most: Int) {
            self.most = max(1, most)
            size = Double(self.most)
        }

        /// How many may be under way now; at least one, at most ``most``.
        package var allowed: Int { Int(size) }

        /// One got through.
        package mutating func recordSuccess() { size = min(Double(most), size + (isRamping ? 1 : 1 / size)) }

        /// One that began in `epoch` was told to slow down.
        package mutating func throttled(in epoch: Int) {
            guard epoch == self.epoch else { return }
            self.epoch += 1
            isRamping = false
            size = max(1, size / 2)
        }

        /// After an outage: one at first, twice as many in each round.
        package mutating func restart() {
            size = 1
            isRamping = true
        }
    }

    private struct State {
        var window: Window
        var holds: [Family: Date] = [:]
    }

    private let state: Mutex<State>

    init(most: Int) { state = Mutex(State(window: Window(most: most))) }

    /// How many faces may be under way now.
    package var allowed: Int { state.withLock { $0.window.allowed } }

    /// The way to CDF is open again after an outage: no burst.
    package func restart() { state.withLock { $0.window.restart() } }

    /// To be given back with what comes of a request that begins now.
    var epoch: Int { state.withLock { $0.window.epoch } }

    func recordSuccess() { state.withLock { $0.window.recordSuccess() } }

    /// A request was told to slow down.
    ///
    /// - Parameters:
    ///   - epoch: In which it began.
    ///   - family: What it asked.
    ///   - until: Until when nothing of the family is to begin; nil where CDF did not say.
    func throttled(in epoch: Int, _ family: Family, until: Date?) {
        state.withLock { state in
            state.window.throttled(in: epoch)
            if let until { state.holds[family] = max(until, state.holds[family] ?? until) }
        }
    }

    /// How long a request of the family has to wait yet.
    func hold(_ family: Family, now: Date) -> Duration? {
        let left = state.withLock { $0.holds[family]?.timeIntervalSince(now) ?? 0 }
        // Longer than any hold that is kept: the clock was put back.
        guard left > 0, left <= Backoff.longestInside.inSeconds else { return nil }
        return .milliseconds(Int64(left * 1000) + 1)
    }
}

extension CDFClient {
    /// Waits where CDF has asked for a pause.
    func waitForTurn(_ family: RequestPace.Family) async throws(CDFError) {
        // Meanwhile another one may have been told to wait longer.
        while let wait = pace.hold(family, now: timeSource.now()) {
            // All wait for the same moment; a little apart they do not come back at once.
            do { try await timeSource.sleep(wait + .milliseconds(Int64(250 * timeSource.random()))) } catch {
                throw .interrupted
            }
        }
    }

    /// Slows down where the answer to a request asks for it.
    func applyBackpressure(_ answer: Answer, _ family: RequestPace.Family, begunIn epoch: Int) {
        let now = timeSource.now()
        let after = Backoff.retryAfter(answer.headers.first(name: "retry-after"), now: now)
        // A 503 that says when to come back is a server under load; one that does not may be anything.
        guard answer.status == 429 || (answer.status == 503 && after != nil) else { return }
        let hold = answer.status == 429 ? after.map { min($0, Backoff.longestInside) } : nil
        pace.throttled(in: epoch, family, until: hold.map { now.addingTimeInterval($0.inSeconds) })
        logger.debug(
            "CDF asks for fewer requests",
            metadata: [
                "answer.status": "\(answer.status)", "pace.allowed": "\(pace.allowed)", "hold": "\(hold ?? .zero)",
            ]
        )
    }
}
