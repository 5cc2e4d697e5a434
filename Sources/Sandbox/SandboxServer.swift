import Foundation
import Hummingbird
import HummingbirdCore
import LocalServer
package import Logging
import NIOCore
import ServiceLifecycle

/// Why the sandbox can't run, for the operator.
package struct SandboxError: Error, CustomStringConvertible {
    package let description: String
}

/// A strict stand-in for Cognite Data Fusion on 127.0.0.1.
///
/// Everything is stored in the configured data folder; without one, only while it runs.
package actor SandboxServer: Service {
    private enum Binding {
        case pending([CheckedContinuation<String, Never>])
        case known(String)
    }

    private let configuration: SandboxConfiguration
    private let logger: Logger
    private let store: SandboxStore
    private let log: RequestLog
    private var binding = Binding.pending([])

    /// Opens the data folder and replays its journal.
    ///
    /// - Throws: An error for the operator if the folder can't be used or its journal is damaged.
    package init(configuration: SandboxConfiguration, logger: Logger) throws {
        self.configuration = configuration
        self.logger = logger
        store = try SandboxStore(configuration: configuration)
        log = try RequestLog(configuration: configuration)
    }

    /// Serves until graceful shutdown or cancellation, then closes the journal.
    ///
    /// - Throws: ``SandboxError`` if the port can't be bound.
    package func run() async throws {
        do {
            try await store.seed()
            try await serve()
        } catch let error as IOError {
            publish("")
            try await close()
            throw SandboxError(
                description:
                    "The sandbox can't listen on 127.0.0.1:\(configuration.port) (\(error)). It does not start. "
                    + "Give another port with --port, or 0 for any free one."
            )
        } catch {
            publish("")
            try await close()
            throw error
        }
        publish("")
        try await close()
    }

    private func close() async throws {
        try await store.close()
        try await log.close()
    }

    /// Where the sandbox listens, such as `http://127.0.0.1:41234`; suspends until it does.
    ///
    /// Empty when ``run()`` has failed or ended, so that no caller waits for ever.
    package func baseURL() async -> String {
        switch binding {
        case .known(let url): url
        case .pending: await withCheckedContinuation { wait($0) }
        }
    }

    /// What the sandbox contains, and what would break a viewer.
    package func describeContents() async -> SandboxContents { await store.audit.summary }

    /// Where file contents are stored.
    var blobsFolder: URL { store.blobs }

    private func wait(_ continuation: CheckedContinuation<String, Never>) {
        switch binding {
        case .known(let url): continuation.resume(returning: url)
        case .pending(let waiting): binding = .pending(waiting + [continuation])
        }
    }

    private func publish(_ url: String) {
        if case .pending(let waiting) = binding { for continuation in waiting { continuation.resume(returning: url) } }
        binding = .known(url)
    }

    private func serve() async throws {
        let responder = Responder(
            configuration: configuration,
            store: store,
            contents: ContentService(store: store),
            tokens: Tokens(lifetime: configuration.tokenLifetime),
            faults: FaultPlan(),
            log: log
        )
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let server = try LimitedServer.make(
            host: "127.0.0.1",
            port: configuration.port,
            limits: .sandbox(),
            logger: quiet
        ) { [quiet] request, writer, channel in
            let context = ConnectionContext(source: .init(channel: channel, logger: quiet))
            var response: Response
            do {
                response = try await responder.respond(to: request, context: context)
            } catch {
                quiet.error("a request could not be answered", metadata: ["error": "\(error)"])
                response = Response(status: .internalServerError)
            }
            response.headers[.server] = "drop360-sandbox"
            try await writer.write(response: response.head, body: response.body)
        } onServerRunning: { channel in
            await self.publish("http://127.0.0.1:\(channel.localAddress?.port ?? self.configuration.port)")
        }
        try await server.run()
    }
}
