import ConfigFile
import Foundation
import Ledger
import LocalServer
import Logging
import Meters
import ServiceLifecycle
import Status
import Synchronization
import Timing

/// What Prometheus reads: everything that has been counted, and what is looked up at each scrape.
final class MetricsEndpoint: Sendable {
    /// What only this process knows.
    struct Sources: Sendable {
        var isLinkUp: @Sendable () -> Bool
        var inboxes: @Sendable () -> [DaemonStatus.Inbox]
        var watches: @Sendable () -> Int
        var stalls: @Sendable () -> [Stall]
        var isPageServed: @Sendable () -> Bool
    }

    private struct Facts {
        var tally: Tally
        var isPaused: Bool
    }

    private let registry: PrometheusRegistry
    private let ledger: ItemLedger
    private let stateDirectory: String
    private let sources: Sources
    private let timeSource: TimeSource
    private let disks: DiskSpace
    /// What the ledger said last.
    private let last = Mutex<(facts: Facts, at: Date)?>(nil)
    /// The ledger has one connection: whoever asks often must not keep those who write from it.
    private static let freshness: TimeInterval = 1
    private static let diskPatience = Duration.seconds(1)

    init(
        registry: PrometheusRegistry,
        ledger: ItemLedger,
        stateDirectory: String,
        sources: Sources,
        timeSource: TimeSource,
        disks: DiskSpace = DiskSpace()
    ) {
        self.registry = registry
        self.ledger = ledger
        self.stateDirectory = stateDirectory
        self.sources = sources
        self.timeSource = timeSource
        self.disks = disks
    }

    /// Everything, as Prometheus reads it.
    func text() async throws -> String {
        let facts = try await facts()
        let inboxes = sources.inboxes()
        let readings = DaemonReadings(
            tally: facts.tally,
            isLinkUp: sources.isLinkUp(),
            isPaused: facts.isPaused,
            isPageServed: sources.isPageServed(),
            stalls: Set(sources.stalls().map(\.part)),
            inboxes: Dictionary(inboxes.map { ($0.path, $0.available) }) { first, _ in first },
            watchCount: sources.watches(),
            freeBytes: await free(inboxes)
        )
        return registry.exposition(with: readings.all(at: timeSource.now()) + ProcessReadings.take()).text
    }

    private func free(_ inboxes: [DaemonStatus.Inbox]) async -> [String: UInt64] {
        // A lost inbox is a folder on another disk, or none.
        let places = Set(inboxes.filter(\.available).map(\.path) + [stateDirectory])
        var free = await disks.free(at: places) { [timeSource] in try await timeSource.sleep(Self.diskPatience) }
        free["state"] = free.removeValue(forKey: stateDirectory)
        return free
    }

    private func facts() async throws -> Facts {
        let now = timeSource.now()
        if let last = last.withLock({ $0 }), (0..<Self.freshness).contains(now.timeIntervalSince(last.at)) {
            return last.facts
        }
        let facts = Facts(tally: try await ledger.tally(), isPaused: try await ledger.pausedSince() != nil)
        last.withLock { $0 = (facts, now) }
        return facts
    }

    /// Its server.
    ///
    /// - Parameters:
    ///   - settings: Where it listens.
    ///   - logger: For its address, and for what goes wrong.
    ///   - health: Called for each request to `/healthz`.
    func server(
        _ settings: Configuration.Metrics,
        logger: Logger,
        health: @escaping @Sendable () async throws -> TextServer.Text
    ) -> TextServer {
        TextServer(
            host: settings.listen.host,
            port: settings.listen.port,
            names: settings.names,
            label: .init(what: "metrics", path: "/metrics", key: "metrics.listen"),
            logger: logger,
            routes: [
                "/metrics": { TextServer.Text(try await self.text(), type: Exposition.contentType) },
                "/healthz": health,
            ]
        )
    }
}
