package import Foundation

/// How many wrong passwords are checked, from one client and from all of them: each costs a quarter of a second of a core.
///
/// A plain value: it is told what was tried and when. A right password costs nothing in the end.
package struct LoginAllowance: Sendable {
    /// A number of tries that grows again with time.
    private struct Bucket {
        var tries: Double
        var at: Date

        /// - Parameters:
        ///   - size: The most tries that it holds.
        ///   - pace: Tries per second.
        mutating func fill(to size: Double, pace: Double, at now: Date) {
            // Where the clock was put back, nothing is gained.
            tries = min(size, tries + max(0, now.timeIntervalSince(at)) * pace)
            at = now
        }
    }

    private static let (ofOne, ofAll) = (10.0, 60.0)
    private static let (paceOfOne, paceOfAll) = (1 / 30.0, 1 / 2.0)
    private static let mostClients = 1000

    private var clients: [String: Bucket] = [:]
    private var all: Bucket

    package init(at now: Date) { all = Bucket(tries: Self.ofAll, at: now) }

    /// Takes one try of this client.
    ///
    /// - Returns: Nil where the password may be checked; otherwise the seconds to wait.
    package mutating func take(_ client: String, at now: Date) -> Int? {
        all.fill(to: Self.ofAll, pace: Self.paceOfAll, at: now)
        var own = clients[client] ?? Bucket(tries: Self.ofOne, at: now)
        own.fill(to: Self.ofOne, pace: Self.paceOfOne, at: now)
        defer { keep(own, of: client, at: now) }
        let wait = max((1 - own.tries) / Self.paceOfOne, (1 - all.tries) / Self.paceOfAll)
        guard wait <= 0 else { return max(1, Int(wait.rounded(.up))) }
        own.tries -= 1
        all.tries -= 1
        return nil
    }

    /// Gives a try back: the password was right, or it was not checked.
    package mutating func giveBack(_ client: String) {
        all.tries = min(Self.ofAll, all.tries + 1)
        if let tries = clients[client]?.tries { clients[client]?.tries = min(Self.ofOne, tries + 1) }
    }

    private mutating func keep(_ bucket: Bucket, of client: String, at now: Date) {
        clients[client] = bucket
        guard clients.count > Self.mostClients else { return }
        // Whoever has been quiet long enough has all tries again and need not be remembered.
        let rest = Self.ofOne / Self.paceOfOne
        clients = clients.filter { now.timeIntervalSince($0.value.at) < rest }
        // An attacker from very many addresses is held by what all may try together.
        while clients.count > Self.mostClients, let any = clients.keys.first { clients[any] = nil }
    }
}
