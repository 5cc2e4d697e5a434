import ArgumentParser
import Foundation
import Logging
import Sandbox
import ServiceLifecycle
import UnixSignals

struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "Run only the sandbox, a stand-in for CDF.",
        discussion: """
            It listens on 127.0.0.1 and serves project `sandbox`. POST /oauth2/token accepts client `sandbox` with secret `sandbox`; space \
            `sandbox` and data set `sandbox` exist. POST /sandbox/faults sets rules for failures; POST /sandbox/project \
            changes the project's schema; GET /sandbox/requests returns the request log.
            """
    )

    @Option(help: "The port; 0 means any free one.")
    var port = 8360

    @Option(help: ArgumentHelp("The folder for its data; without it, nothing is kept.", valueName: "dir"))
    var data: String?

    @Option(help: ArgumentHelp("Delay each answer by this many milliseconds.", valueName: "ms"))
    var delay = 0

    @Option(
        help: ArgumentHelp(
            "The data models of the project: legacy, core, or both with a comma between them.",
            valueName: "models"
        )
    )
    var models = "legacy,core"

    private var chosenModels: Set<ProjectShape.Model>? {
        let chosen = models.split(separator: ",").map { ProjectShape.Model(rawValue: String($0)) }
        let known = chosen.compactMap { $0 }
        return known.isEmpty || known.count < chosen.count ? nil : Set(known)
    }

    func validate() throws {
        guard chosenModels != nil else { throw ValidationError("--models must be legacy, core, or legacy,core.") }
        guard (0...60_000).contains(delay) else { throw ValidationError("--delay must be 0 to 60000 milliseconds.") }
    }

    func run() async throws {
        do {
            let output = OperatorOutput(environment: ProcessInfo.processInfo.environment)
            let logger = output.logger(level: ProcessInfo.processInfo.environment["DROP360_LOG_LEVEL"] ?? "warning")
            var settings = SandboxConfiguration()
            settings.port = port
            settings.answerDelay = .milliseconds(delay)
            if let chosenModels { settings.shape.models = chosenModels }
            settings.data = data.map(absolute)
            settings.writesRequestLog = data != nil
            let server = try SandboxServer(configuration: settings, logger: logger)
            let announced = Task {
                let url = await server.baseURL()
                if !url.isEmpty { show("sandbox listening on \(url)") }
            }
            let group = ServiceGroup(
                configuration: .init(
                    services: [.init(service: server)],
                    gracefulShutdownSignals: [.sigterm, .sigint],
                    logger: logger
                )
            )
            try await group.run()
            await announced.value
        } catch {
            throw Exit.code(for: error)
        }
    }
}
