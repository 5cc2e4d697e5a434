import CDF
package import ConfigFile
package import Delivery
import Foundation
import Glibc
import Inbox
import Inspection
package import Ledger
package import Logging
package import ServiceLifecycle
import Settings
import Station
import Status
import Synchronization
import Timing
import UnixSignals

/// What `drop360 run` does: opens the ledger, wires the targets together, and runs them until told to stop.
package struct DaemonRun: Sendable {
    /// What a display may look at while the daemon runs.
    package struct View: Sendable {
        package var ledger: ItemLedger
        package var board: TransferBoard
        package var link: Link
    }

    /// How a run ended.
    package enum Ending: Equatable, Sendable {
        /// Told to stop, or everything that was there is registered.
        case done
        /// `--until-idle`: something was refused, failed or is not complete.
        case unfinished
        /// `--until-idle`: CDF could not be reached.
        case offline
    }

    /// What a daemon works by, read from its file.
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
    private let timeSource: TimeSource
    /// Reads the instructions anew; nil where they stand in no file.
    private let reload: (@Sendable () throws -> Instructions)?

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
        timeSource = TimeSource()
    }

    /// Runs until a signal, or until idle; SIGHUP ends one turn and begins the next with what the file says then.
    ///
    /// - Parameters:
    ///   - display: Makes a further service that shows what is going on; nil for none.
    ///   - changed: Told of each change of a station.
    /// - Throws: ``LedgerError`` or `SecretError` before anything was begun; whatever ended the daemon afterwards.
    package func run(
        display: (@Sendable (View) -> any Service)? = nil,
        changed: @escaping @Sendable (ItemRecord) -> Void = { _ in }
    ) async throws -> Ending {
        let notifier = ServiceNotifier(environment: environment)
        var now = (instructions: first, settings: try first.configuration.cdfSettings(environment: environment))
        let ledger = try ItemLedger(directory: first.configuration.state, exclusively: true) {
            [logger = first.logger] error in
            logger.critical("a station is passed over: this is a bug in drop360", metadata: ["error": "\(error)"])
        }
        let mailbox = SignalMailbox(hangupStops: reload == nil || untilIdle || isatty(STDERR_FILENO) == 1)
        let signals = await UnixSignalsSequence(trapping: .sighup, .sigterm, .sigint)
        let listening = Task { await mailbox.listen(to: signals) }
        defer { listening.cancel() }
        // Configuration and ledger are good: whatever takes long comes after this.
        notifier.send("READY=1\nSTATUS=Looking through the inboxes")
        try await sayHello(ledger, now.instructions)
        var ending: Result<Ending, any Error>
        var credential = credential(of: now.instructions)
        repeat {
            let next = Mutex<Turn?>(nil)
            let isStopping = Flag()
            let turn = StopOrReload(
                mailbox: mailbox,
                prepare: { [now] in
                    let prepared = self.prepare(replacing: now.instructions)
                    next.withLock { $0 = prepared }
                    return prepared != nil
                },
                notifier: notifier,
                stopping: { isStopping.raise() }
            )
            ending = await run(
                ledger,
                now,
                turn: turn,
                isStopping: isStopping,
                notifier: notifier,
                display: display,
                changed: changed
            )
            if case .failure(let error) = ending, error is CancellationError, isStopping.isUp {
                // It took longer than a stop may; what was in hand is written down as it stands.
                now.instructions.logger.warning("not all that was in hand came to its end in time")
                ending = .success(.done)
            }
            guard case .success = ending, let prepared = next.withLock({ $0 }), !mailbox.wantsStop else { break }
            now = prepared
            notifier.send("READY=1\nSTATUS=Looking through the inboxes")
            now.instructions.logger.notice(
                "the configuration was read anew",
                metadata: ["inboxes": "\(now.instructions.configuration.inboxes.map(\.path))"]
            )
            let before = credential
            credential = self.credential(of: now.instructions)
            if let credential, credential == before {
                now.instructions.logger.notice(
                    "the client secret is the same as before the reload",
                    metadata: [
                        "advice": "systemd hands over a changed one when the service starts: systemctl restart drop360"
                    ]
                )
            } else if credential != nil, before != nil {
                now.instructions.logger.notice("systemd has handed over another client secret; it is in use")
            }
        } while true
        try await ledger.setDaemonValue(nil, for: "pid")
        try ledger.close()
        let how = try ending.get()
        now.instructions.logger.info("drop360 has stopped", metadata: ["ending": "\(how)"])
        return how
    }

    /// The secret that systemd handed over; nil where it comes from elsewhere.
    ///
    /// Whether a reload brings a changed one depends on systemd's version, so it is looked at and not promised.
    private func credential(of instructions: Instructions) -> Secret? {
        guard instructions.configuration.cognite.authentication.secret == .systemdCredential else { return nil }
        // Where it cannot be read just now, the turn itself says so.
        return try? instructions.configuration.clientSecret(environment: environment)
    }

    /// Up once, for good.
    private final class Flag: Sendable {
        private let value = Atomic(false)
        var isUp: Bool { value.load(ordering: .relaxed) }
        func raise() { value.store(true, ordering: .relaxed) }
    }

    /// What one turn works by, checked.
    private typealias Turn = (instructions: Instructions, settings: CDFSettings)

    /// Reads and checks everything anew; nil, with words in the log, where it is not to be used.
    private func prepare(replacing now: Instructions) -> Turn? {
        do {
            guard let reload else {
                now.logger.notice("there is no configuration file to read anew; everything stays as it is")
                return nil
            }
            let fresh = try reload()
            guard fresh.configuration.state == now.configuration.state else {
                now.logger.error(
                    "the configuration was not read anew: `state` has changed. Restart drop360 for it; until then everything stays as it is"
                )
                return nil
            }
            return (fresh, try fresh.configuration.cdfSettings(environment: environment))
        } catch {
            now.logger.error(
                "the new configuration has problems; everything stays as it is",
                metadata: ["problems": "\(error)"]
            )
            return nil
        }
    }

    private func sayHello(_ ledger: ItemLedger, _ instructions: Instructions) async throws(LedgerError) {
        try await ledger.setDaemonValue(String(ProcessInfo.processInfo.processIdentifier), for: "pid")
        let configuration = instructions.configuration
        try await ledger.setDaemonValue(String(Int64(timeSource.now().timeIntervalSince1970 * 1000)), for: "started")
        instructions.logger.info(
            "drop360 is running",
            metadata: [
                "version": "\(Release.version)", "inboxes": "\(configuration.inboxes.map(\.path))",
                "state": "\(configuration.state)", "cdf.host": "\(configuration.cognite.host)",
                "cdf.project": "\(configuration.cognite.project)",
            ]
        )
    }

    private func run(
        _ ledger: ItemLedger,
        _ now: Turn,
        turn: StopOrReload,
        isStopping: Flag,
        notifier: ServiceNotifier,
        display: (@Sendable (View) -> any Service)?,
        changed: @escaping @Sendable (ItemRecord) -> Void
    ) async -> Result<Ending, any Error> {
        let (configuration, logger) = (now.instructions.configuration, now.instructions.logger)
        var known: [String: KnownStations] = [:]
        do {
            let (converted, needed) = (ConvertedFaces(state: configuration.state), try await ledger.storedPlaces())
            Thread.detachNewThread { converted.sweep(keeping: needed) }
            for inbox in configuration.inboxes {
                known[inbox.path] = try await KnownStations.read(from: ledger, inbox: inbox.path)
            }
        } catch {
            return .failure(error)
        }
        let client = CDFClient(
            settings: now.settings,
            budget: configuration.budget,
            timeSource: timeSource,
            logger: logger
        )
        let parts = ServiceGraph(
            configuration: configuration,
            ledger: ledger,
            known: known,
            client: client,
            timeSource: timeSource,
            logger: logger,
            isStopping: { isStopping.isUp },
            changed: changed
        )
        let services = parts.services(notifier: notifier, untilIdle: untilIdle)
        let shown = display.map { [$0(View(ledger: ledger, board: parts.board, link: parts.link))] } ?? []
        var group = ServiceGroupConfiguration(
            services: (shown + services.lasting).map { .init(service: $0) }
                + (services.ending + [turn]).map {
                    .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
                },
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: Self.quiet(logger)
        )
        group.maximumGracefulShutdownDuration = .seconds(20)
        let result: Result<Ending, any Error>
        do {
            try await ServiceGroup(configuration: group).run()
            result = .success(untilIdle ? try await ending(ledger, parts) : .done)
        } catch {
            result = .failure(error)
        }
        do { try await client.shutdown() } catch {
            logger.debug("connections were not closed in order", metadata: ["error": "\(error)"])
        }
        return result
    }

    /// The service group's own chatter is of no use to operators.
    private static func quiet(_ logger: Logger) -> Logger {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        return quiet
    }

    private func ending(_ ledger: ItemLedger, _ parts: ServiceGraph) async throws(LedgerError) -> Ending {
        let link = parts.link
        let counts = try await ledger.counts()
        let open = counts.filter { ![.registered, .withdrawn].contains($0.key) && $0.value > 0 }
        // An inbox that could not be looked into may hold anything.
        if open.isEmpty { return parts.inboxes.allSatisfy(\.available) ? .done : .unfinished }
        if case .down = link.state, open.keys.contains(where: { [.accepted, .uploading, .uploaded].contains($0) }) {
            return .offline
        }
        return .unfinished
    }
}
