package import LocalServer
package import NIOCore

/// How much event streams may take, and how often they send.
package struct EventLimits: Sendable {
    /// Streams at a time; a browser that gets none asks every few seconds.
    package var streams: Int
    /// Between two events of one stream.
    package var pause: Duration = .seconds(1)
    /// Without anything to say, a comment shows both sides that the other is there.
    package var heartbeat: Duration = .seconds(15)
    /// A connection that takes nothing for this long is closed.
    package var patience: TimeAmount = .seconds(30)
    /// The clock's sleep.
    package var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

    /// A quarter of the page's connections: the others remain for what takes moments.
    package init(_ limits: ConnectionLimits) { streams = max(1, limits.connections / 4) }
}
