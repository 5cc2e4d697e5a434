import ArgumentParser
import ConfigFile
import Daemon
import Foundation
import Logging
import Sandbox
import ServiceLifecycle

struct RunCommand: AsyncParsableCommand {
    static let sandboxInbox = "drop360-inbox"
    static let sandboxState = "drop360-state"

    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the daemon: watch the inboxes and deliver what arrives.",
        discussion: """
            With --sandbox no configuration is needed: stations dropped into --inbox (default ./\(sandboxInbox)) go to a CDF sandbox \
            inside this process, which keeps everything in --state (default ./\(sandboxState)).
            """
    )

    @Option(
        help: ArgumentHelp("The configuration file (default \(LedgerOptions.defaultConfiguration)).", valueName: "file")
    )
    var config: String?

    @Flag(
        help:
            """
            Deliver what is there, then exit: 0 if everything is registered, 1 if anything was rejected, failed or is incomplete. \
            Point clouds are followed until CDF has processed them, which may take hours; Ctrl-C leaves them to the next run.
            """
    )
    var untilIdle = false

    @Flag(help: "Deliver to an embedded sandbox instead of CDF.")
    var sandbox = false

    @Option(help: ArgumentHelp("The folder to watch, with --sandbox.", valueName: "dir"))
    var inbox: String?

    @Option(help: ArgumentHelp("The folder for the ledger, with --sandbox.", valueName: "dir"))
    var state: String?

    func validate() throws {
        if sandbox, config != nil { throw ValidationError("Give --sandbox or --config, not both.") }
        if !sandbox, inbox != nil || state != nil {
            throw ValidationError("--inbox and --state need --sandbox. Without it, set them in the configuration file.")
        }
    }

    func run() async throws {
        do {
            try await sandbox ? runWithSandbox() : runWithConfiguration()
        } catch {
            throw Exit.code(for: error)
        }
    }

    private func runWithConfiguration() async throws {
        let environment = ProcessInfo.processInfo.environment
        let output = OperatorOutput(environment: environment)
        // Absolute, so that a reload reads the same file whatever the working directory is then.
        let path = absolute(config ?? LedgerOptions.defaultConfiguration)
        let read: @Sendable () throws -> DaemonRun.Instructions = {
            let configuration = try Configuration.load(path: path, environment: environment)
            let logger = output.logger(level: configuration.logger.level.rawValue)
            return .init(configuration: configuration, logger: logger)
        }
        try await run(try read(), environment: environment, output: output, reload: read)
    }

    private func runWithSandbox() async throws {
        let environment = ProcessInfo.processInfo.environment
        let (inbox, state) = (absolute(inbox ?? Self.sandboxInbox), absolute(state ?? Self.sandboxState))
        guard inbox != state, !(state + "/").hasPrefix(inbox + "/") else {
            throw ValidationError("The state directory must not be inside the inbox.")
        }
        for folder in [inbox, state] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        let output = OperatorOutput(environment: environment)
        let logger = output.logger(level: environment["DROP360_LOG_LEVEL"] ?? "info")
        let sandbox = try await EmbeddedSandbox.start(data: state + "/sandbox", logger: logger)
        logger.info(
            "the sandbox stands in for CDF; its page shows its contents",
            metadata: ["url": "\(sandbox.baseURL)/"]
        )
        var configuration = Configuration.sandbox(inbox: inbox, state: state, baseURL: sandbox.baseURL)
        // For running two at once, and for tests.
        if let port = environment["DROP360_DASHBOARD_PORT"].flatMap(Int.init) {
            configuration.dashboard.listen.port = port
        }
        do {
            try await run(
                .init(configuration: configuration, logger: logger),
                environment: environment,
                output: output,
                reload: nil
            )
        } catch {
            await sandbox.stop()
            throw error
        }
        await sandbox.stop()
    }

    private func run(
        _ instructions: DaemonRun.Instructions,
        environment: [String: String],
        output: OperatorOutput,
        reload: (@Sendable () throws -> DaemonRun.Instructions)?
    ) async throws {
        let daemon = DaemonRun(
            instructions,
            environment: environment,
            untilIdle: untilIdle,
            reload: reload
        )
        var display: (@Sendable (DaemonRun.View) -> any Service)?
        if output.isTerminal { display = { view in ProgressDisplay(view: view, output: output) } }
        let ending = try await daemon.run(display: display)
        switch ending {
        case .done: return
        case .unfinished:
            Exit.printError("Not everything is registered. `drop360 list` shows what is left and why.")
            throw Exit.refused
        case .offline:
            Exit.printError("CDF could not be reached. Nothing is lost; the next run continues from here.")
            throw Exit.unreachable
        }
    }
}
