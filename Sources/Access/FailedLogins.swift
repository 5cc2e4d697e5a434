package import Foundation

/// Which failed logins are logged: the first of a client, and then at most one line an hour with the number since.
package struct FailedLogins: Sendable {
    /// What a line of the log says.
    package struct Line: Sendable, Equatable {
        package var client: String
        /// Since the last line about this client.
        package var count: Int

        package init(client: String, count: Int) { (self.client, self.count) = (client, count) }
    }

    private struct Seen {
        var loggedAt: Date
        var since = 0
    }

    private static let interval: TimeInterval = 3600
    private static let mostClients = 1000

    private var clients: [String: Seen] = [:]

    package init() {}

    /// Counts one; nil where nothing is to be logged now.
    package mutating func note(_ client: String, at now: Date) -> Line? {
        guard var seen = clients[client] else {
            if clients.count >= Self.mostClients { clients.removeAll() }
            clients[client] = Seen(loggedAt: now)
            return Line(client: client, count: 1)
        }
        seen.since += 1
        let isDue = abs(now.timeIntervalSince(seen.loggedAt)) >= Self.interval
        let line = Line(client: client, count: seen.since)
        if isDue { seen = Seen(loggedAt: now) }
        clients[client] = seen
        return isDue ? line : nil
    }
}
