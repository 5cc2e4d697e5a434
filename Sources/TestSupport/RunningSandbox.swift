import Logging
package import Sandbox

/// A sandbox on a free port, with access to its control endpoints.
package struct RunningSandbox: Sendable {
    package let server: SandboxServer
    package let control: SandboxControl

    /// Where it listens, such as `http://127.0.0.1:41234`.
    package var base: String { control.base }

    /// Runs a sandbox for as long as `body` takes.
    package static func run<Value: Sendable>(
        _ configuration: SandboxConfiguration = SandboxConfiguration(),
        _ body: @Sendable (RunningSandbox) async throws -> Value
    ) async throws -> Value {
        var configuration = configuration
        configuration.port = 0
        let server = try SandboxServer(
            configuration: configuration,
            logger: Logger(label: "sandbox") { _ in SwiftLogNoOpLogHandler() }
        )
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do { try await server.run() } catch is CancellationError {
                    // The requested shutdown.
                }
            }
            let sandbox = RunningSandbox(server: server, control: SandboxControl(base: await server.baseURL()))
            let outcome: Result<Value, any Error>
            do { outcome = .success(try await body(sandbox)) } catch { outcome = .failure(error) }
            group.cancelAll()
            try await group.waitForAll()
            return try outcome.get()
        }
    }
}
