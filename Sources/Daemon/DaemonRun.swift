import CDF
package import ConfigFile
package import Delivery
import Foundation
import Glibc
package import Ledger
package import Logging
import Messages
package import ServiceLifecycle
import Station
package import Status
import Synchronization
import Timing
import UnixSignals

/// What `drop360 run` does: opens the ledger, wires the targets together, and runs them until it is stopped.
///
///     start ──▶ turn ──(SIGHUP, and the new configuration is valid)──▶ turn ──▶ … ──(SIGTERM, or idle)──▶ end
package struct DaemonRun: Sendable {
    /// What a display may read during one turn.
    package struct View: Sendable {
        package var ledger: ItemLedger
        package var board: TransferBoard
        package var link: Link
        package var feed: ChangeFeed
        package var checks: @Sendable () -> [DaemonStatus.Check]
    }

    /// How a run ended.
    package enum Ending: Equatable, Sendable {
        /// Stopped on request, or everything in the inboxes is registered.
        case done
        /// `--until-idle`: something was refused, has failed, is incomplete or was skipped because of a bug.
        case unfinished
        /// `--until-idle`: CDF could not be reached.
        case offline
    }

    /// What the daemon needs from its configuration file.
    package struct Instructions: Sendable {
        package var configuration: Configuration
        package var logger: Logger

        package init(configuration: Configuration, logger: Logger) {
            self.configuration = configuration
            self.logger = logger
        }
    }

    private let first: Instructions
    private let environment: [String: String]
    private let untilIdle: Bool
    private let timeSource = TimeSource()
    private let meters = DaemonMeters()
    private let reload: (@Sendable () throws -> Instructions)?

    /// - Parameters:
    ///   - instructions: For the first turn.
    ///   - environment: The process's environment variables.
    ///   - untilIdle: Whether to end when there is nothing left to do.
    ///   - reload: Called on SIGHUP to read the instructions again; nil where they are not from a file.
    package init(
        _ instructions: Instructions,
        environment: [String: String],
        untilIdle: Bool,
        reload: (@Sendable () throws -> Instructions)? = nil
    ) {
        first = instructions
        self.environment = environment
        self.untilIdle = untilIdle
        self.reload = reload
    }

    /// Runs until a signal, or until idle; SIGHUP ends one turn and starts the next with the file as it is then.
    ///
    /// - Parameter display: Called in each turn to make a service that shows progress; nil for none.
    /// - Throws: ``LedgerError`` or `SecretError` before anything has started; afterwards, the error that ended the daemon.
    package func run(display: (@Sendable (View) -> any Service)? = nil) async throws -> Ending {
        let notifier = ServiceNotifier(environment: environment)
        let reloading = Reloading(read: reload, environment: environment)
        var now = try reloading.firstPlan(for: first)
        let ledger = try openLedger()
        let mailbox = SignalMailbox(hangupStops: reload == nil || untilIdle || isatty(STDERR_FILENO) == 1)
        let signals = await UnixSignalsSequence(trapping: .sighup, .sigterm, .sigint)
        let listening = Task { await mailbox.listen(to: signals) }
        defer { listening.cancel() }
        // Configuration and ledger are valid: everything that takes long comes after this.
        notifier.send("READY=1\nSTATUS=Scanning the inboxes")
        try await sayHello(ledger)
        var ending: Result<Ending, any Error>
        while true {
            let next = Mutex<TurnPlan?>(nil)
            let isStopping = Flag()
            let end = StopOrReload(
                mailbox: mailbox,
                prepare: { [now] in
                    let plan = reloading.plan(replacing: now)
                    next.withLock { $0 = plan }
                    return plan != nil
                },
                notifier: notifier,
                stopping: { isStopping.raise() }
            )
            let turn = Turn(
                now,
                ledger: ledger,
                meters: meters,
                timeSource: timeSource,
                isStopping: { isStopping.isUp }
            )
            ending = await run(turn, until: end, notifier: notifier, display: display)
            if case .failure(let error) = ending, error is CancellationError, isStopping.isUp {
                // Stopping took too long; unfinished work is in the ledger as far as it got.
                turn.logger.warning("unfinished work is deferred to the next start: it did not finish in time")
                ending = .success(.done)
            }
            guard case .success = ending, let plan = next.withLock({ $0 }), !mailbox.wantsStop else { break }
            notifier.send("READY=1\nSTATUS=Scanning the inboxes")
            reloading.announce(plan, after: now)
            now = plan
        }
        try await ledger.setDaemonValue(nil, for: "pid")
        try ledger.close()
        let how = try ending.get()
        now.logger.info("drop360 has stopped", metadata: ["ending": "\(how)"])
        return how
    }

    private func openLedger() throws -> ItemLedger {
        try ItemLedger(directory: first.configuration.state, exclusively: true, meters: meters.ledger) {
            [logger = first.logger] error in
            logger.critical("a station is skipped: this is a bug in drop360", metadata: ["error": "\(error)"])
        }
    }

    private func sayHello(_ ledger: ItemLedger) async throws(LedgerError) {
        try await ledger.setDaemonValue(String(ProcessInfo.processInfo.processIdentifier), for: "pid")
        try await ledger.setDaemonValue(String(Int64(timeSource.now().timeIntervalSince1970 * 1000)), for: "started")
        let configuration = first.configuration
        first.logger.info(
            "drop360 is running",
            metadata: [
                "version": "\(Release.version)", "inboxes": "\(configuration.inboxes.map(\.path))",
                "state": "\(configuration.state)", "cdf.host": "\(configuration.cognite.host)",
                "cdf.project": "\(configuration.cognite.project)",
            ]
        )
    }

    /// Runs one turn to its end.
    private func run(
        _ turn: Turn,
        until end: StopOrReload,
        notifier: ServiceNotifier,
        display: (@Sendable (View) -> any Service)?
    ) async -> Result<Ending, any Error> {
        let result: Result<Ending, any Error>
        do {
            let delivered = try await turn.ledger.deliveredModel()
            try await turn.ledger.prepareMessages(for: turn.configuration.recipients.map(\.key))
            let graph = ServiceGraph(turn, known: try await turn.knownStations(), delivered: delivered)
            let view = View(
                ledger: turn.ledger,
                board: graph.board,
                link: graph.link,
                feed: graph.feed,
                checks: { graph.checks }
            )
            let services = graph.services(notifier: notifier, untilIdle: untilIdle)
            let lasting = (display.map { [$0(view)] } ?? []) + services.lasting
            defer { graph.feed.finish() }
            try await ServiceGroup(
                configuration: Self.group(lasting, endedBy: services.ending + [end], logger: turn.logger)
            ).run()
            result = .success(untilIdle ? try await ending(turn.ledger, graph) : .done)
        } catch {
            result = .failure(error)
        }
        do { try await turn.client.shutdown() } catch {
            turn.logger.debug("connections were not closed in order", metadata: ["error": "\(error)"])
        }
        return result
    }

    private static func group(
        _ lasting: [any Service],
        endedBy ending: [any Service],
        logger: Logger
    ) -> ServiceGroupConfiguration {
        // The service group's own log lines are of no use to operators.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        var group = ServiceGroupConfiguration(
            services: lasting.map { .init(service: $0) }
                + ending.map { .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup) },
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: quiet
        )
        group.maximumGracefulShutdownDuration = .seconds(20)
        return group
    }

    private func ending(_ ledger: ItemLedger, _ graph: ServiceGraph) async throws(LedgerError) -> Ending {
        let counts = try await ledger.counts()
        let open = counts.filter { ![.registered, .withdrawn].contains($0.key) && $0.value > 0 }
        // An inbox that could not be read may hold anything.
        if open.isEmpty {
            return graph.skipped == 0 && graph.inboxes.shown.allSatisfy(\.available) ? .done : .unfinished
        }
        let isUnderWay = open.keys.contains { ItemState.Name.underWay.contains($0) }
        if case .down = graph.link.state, isUnderWay { return .offline }
        return .unfinished
    }
}

/// A flag that is raised once and stays up.
private final class Flag: Sendable {
    private let value = Atomic(false)
    var isUp: Bool { value.load(ordering: .relaxed) }
    func raise() { value.store(true, ordering: .relaxed) }
}
