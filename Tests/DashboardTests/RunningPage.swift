import Foundation
import LocalServer
import Logging
import ServiceLifecycle
import Status
import Synchronization
import TestSupport

@testable import Dashboard

/// A status page that is served for as long as a test takes.
enum RunningPage {
    /// Keeps the address that the page logs.
    private struct Listener: LogHandler {
        let port: @Sendable (Int) -> Void
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            guard let url = event.metadata?["url"].flatMap({ URL(string: "\($0)") }), let port = url.port else {
                return
            }
            self.port(port)
        }
    }

    static func serve(
        host: String = "127.0.0.1",
        limits: ConnectionLimits = .page(),
        events: EventLimits? = nil,
        door: PageDoor? = nil,
        identity: ServerIdentity? = nil,
        sources: DashboardSources? = nil,
        _ body: (_ port: Int) async throws -> Void
    ) async throws {
        let (ports, found) = AsyncStream<Int>.makeStream()
        let page = DashboardServer(
            host: host,
            port: 0,
            sources: sources ?? DashboardSources(status: { StatusPageTests.status() }),
            now: { Date() },
            logger: Logger(label: "test") { _ in Listener { found.yield($0) } },
            limits: limits,
            events: events,
            door: door,
            identity: identity
        )
        let quiet = Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() }
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: page)], gracefulShutdownSignals: [], logger: quiet)
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            for await port in ports {
                do {
                    try await body(port)
                } catch {
                    tasks.cancelAll()
                    throw error
                }
                break
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}
