import Logging
import Sandbox
import ServiceLifecycle

/// A sandbox inside this process, for `run --sandbox`.
struct EmbeddedSandbox {
    /// Where it listens.
    let baseURL: String
    private let group: ServiceGroup
    private let task: Task<Void, any Error>

    /// Starts it on its usual port, or on any free one if that is in use.
    static func start(data: String, logger: Logger) async throws -> EmbeddedSandbox {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        do {
            return try await start(data: data, port: 8360, logger: quiet)
        } catch let error as SandboxError {
            logger.notice("the sandbox uses another free port", metadata: ["reason": "\(error)"])
            return try await start(data: data, port: 0, logger: quiet)
        }
    }

    private static func start(data: String, port: Int, logger: Logger) async throws -> EmbeddedSandbox {
        var configuration = SandboxConfiguration()
        configuration.data = data
        configuration.port = port
        let server = try SandboxServer(configuration: configuration, logger: logger)
        let group = ServiceGroup(configuration: .init(services: [.init(service: server)], logger: logger))
        let task = Task { try await group.run() }
        let url = await server.baseURL()
        // A server that could not bind has an empty address; its task throws the reason.
        if url.isEmpty { try await task.value }
        return EmbeddedSandbox(baseURL: url, group: group, task: task)
    }

    /// Finishes the requests in progress, then closes the store.
    func stop() async {
        await group.triggerGracefulShutdown()
        _ = await task.result
    }
}
