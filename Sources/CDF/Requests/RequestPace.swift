import Foundation
import Logging
import NIOHTTP1
import Station
import Synchronization
import Timing

/// How fast CDF accepts requests: slowed down by each 429, sped up by each success.
///
/// It has two parts. The ``Window`` limits how many faces may be under way concurrently. The hold is the time before which no request of a
/// family begins: the `Retry-After` of a 429 answers one request and is meant for the whole client.
package final class RequestPace: Sendable {
    /// Requests that CDF counts together.
    enum Family: Hashable, Sendable {
        case files, store, instances, other

        /// By the address of a request to CDF: `…/projects/plant/files?overwrite=true`.
        init(url: String) {
            let below = Self.parts(below: url)
            self = below.first == "files" ? .files : below.elementsEqual(["models", "instances"]) ? .instances : .other
        }

        /// The first two parts of the path below the project, whose name may be anything.
        static func parts(below url: String) -> [Substring] {
            let parts = (url.split(separator: "?").first ?? "").split(separator: "/")
            return parts.firstIndex(of: "projects").map { Array(parts.dropFirst($0 + 2).prefix(2)) } ?? []
        }
    }

    /// How many may be under way: additive increase, multiplicative decrease, as in TCP.
    package struct Window: Equatable, Sendable {
        package let most: Int
        private var size: Double
        /// Whether nothing has been throttled since it was smallest: it then grows by one with each success.
        private var isRamping = false
        /// Counts the decreases: requests that began before the last one add no information.
        package private(set) var epoch = 0

        package init(most: Int) {
            self.most = max(1, most)
            size = Double(self.most)
        }

        /// How many may be under way now; at least one, at most ``most``.
        package var allowed: Int { Int(size) }

        /// A request succeeded.
        package mutating func recordSuccess() { size = min(Double(most), size + (isRamping ? 1 : 1 / size)) }

        /// A request that began in `epoch` was throttled.
        package mutating func throttled(in epoch: Int) {
            guard epoch == self.epoch else { return }
            self.epoch += 1
            isRamping = false
            size = max(1, size / 2)
        }

        /// After an outage: starts with one, twice as many in each round.
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

    /// CDF can be reached again after an outage: avoids a burst.
    package func restart() { state.withLock { $0.window.restart() } }

    /// To be passed back with the outcome of a request that begins now.
    var epoch: Int { state.withLock { $0.window.epoch } }

    func recordSuccess() { state.withLock { $0.window.recordSuccess() } }

    /// A request was throttled.
    ///
    /// - Parameters:
    ///   - epoch: The epoch in which it began.
    ///   - family: The request's family.
    ///   - until: Until when no request of the family may begin; nil if CDF did not say.
    func throttled(in epoch: Int, _ family: Family, until: Date?) {
        state.withLock { state in
            state.window.throttled(in: epoch)
            if let until { state.holds[family] = max(until, state.holds[family] ?? until) }
        }
    }

    /// How long a request of the family still has to wait.
    func hold(_ family: Family, now: Date) -> Duration? {
        let left = state.withLock { $0.holds[family]?.timeIntervalSince(now) ?? 0 }
        // Longer than any possible hold: the clock was set back.
        guard left > 0, left <= Backoff.longestInside.inSeconds else { return nil }
        return .milliseconds(Int64(left * 1000) + 1)
    }
}

extension CDFClient {
    /// Waits if CDF has asked for a pause.
    func waitForTurn(_ family: RequestPace.Family) async throws(CDFError) {
        // Another request may have been asked to wait longer meanwhile.
        while let wait = pace.hold(family, now: timeSource.now()) {
            // All wait for the same moment; spread out a little, they do not come back at the same time.
            do { try await timeSource.sleep(wait + .milliseconds(Int64(250 * timeSource.random()))) } catch {
                throw .interrupted
            }
        }
    }

    /// Slows down if the answer to a request asks for it.
    func applyBackpressure(_ answer: Answer, _ family: RequestPace.Family, begunIn epoch: Int) {
        let now = timeSource.now()
        let after = Backoff.retryAfter(answer.headers.first(name: "retry-after"), now: now)
        // A 503 with a `Retry-After` is a server under load; one without may be anything.
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
