import HTTPTypes
import HummingbirdCore
package import Logging
import NIOCore
import ServiceLifecycle

/// Serves a few texts, each under its own path, to everyone who can reach its address.
package struct TextServer: Service {
    /// One answer.
    package struct Text: Sendable {
        package var body: String
        package var type: String
        /// False where the answer is that something is wrong: status 503.
        package var isWell: Bool

        package init(_ body: String, type: String = "text/plain; charset=utf-8", isWell: Bool = true) {
            self.body = body
            self.type = type
            self.isWell = isWell
        }
    }

    /// What the log calls it.
    package struct Label: Sendable {
        /// `metrics`: what is served there.
        package var what: String
        /// The path whose address is logged.
        package var path: String
        /// The key of the configuration that has its address.
        package var key: String

        package init(what: String, path: String, key: String) {
            self.what = what
            self.path = path
            self.key = key
        }
    }

    private let host: String
    private let port: Int
    private let label: Label
    private let routes: [String: @Sendable () async throws -> Text]
    private let logger: Logger
    private let limits: ConnectionLimits
    private let hosts: HostRule

    /// - Parameters:
    ///   - host: The address to listen on.
    ///   - port: 0 takes any free one.
    ///   - names: Further names to which it answers.
    ///   - label: What the log calls it.
    ///   - logger: For the address, and for what goes wrong.
    ///   - limits: How many of the process's connections it may use.
    ///   - routes: By path: called for each request.
    package init(
        host: String,
        port: Int,
        names: [String] = [],
        label: Label,
        logger: Logger,
        limits: ConnectionLimits = .page(),
        routes: [String: @Sendable () async throws -> Text]
    ) {
        self.host = host
        self.port = port
        self.label = label
        self.routes = routes
        self.logger = logger
        self.limits = limits
        hosts = HostRule(listening: host, names: names)
    }

    /// Serves until shutdown.
    ///
    /// If it cannot listen, that is logged, and the rest of the daemon continues.
    package func run() async throws {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        do {
            try await LimitedServer.make(host: host, port: port, limits: limits, logger: quiet) {
                request,
                writer,
                _ in
                let response = await answer(to: request.head)
                try await writer.write(response: response.head, body: response.body)
            } onServerRunning: { [logger, label, host, port] channel in
                let name = host.contains(":") ? "[\(host)]" : host
                logger.info(
                    "\(label.what)",
                    metadata: ["url": "http://\(name):\(channel.localAddress?.port ?? port)\(label.path)"]
                )
            }.run()
        } catch is CancellationError {
            // Stopped on request.
        } catch {
            logger.error(
                "the \(label.what) cannot be served; everything else continues",
                metadata: [
                    "\(label.key)": "\(host):\(port)", "error": "\(error)", "advice": "set another `\(label.key)`",
                ]
            )
            try await gracefulShutdown()
        }
    }

    private func answer(to head: HTTPRequest) async -> Response {
        guard hosts.allows(head.authority) else {
            return Self.response(
                .misdirectedRequest,
                Text("drop360 does not answer under this name. Add it to `names`, beside `\(label.key)`.\n")
            )
        }
        guard [.get, .head].contains(head.method) else {
            var refusal = Self.response(.methodNotAllowed, Text("Use GET.\n"))
            refusal.headers[.allow] = "GET, HEAD"
            return refusal
        }
        let path = String(head.path?.prefix { $0 != "?" } ?? "")
        guard let route = routes[path] else {
            let known = routes.keys.sorted().joined(separator: ", ")
            return Self.response(.notFound, Text("Nothing is here. Try \(known).\n"))
        }
        do {
            let text = try await route()
            let response = Self.response(text.isWell ? .ok : .serviceUnavailable, text)
            return head.method == .head ? response.createHeadResponse() : response
        } catch {
            logger.error("\(label.what) could not be read", metadata: ["error": "\(error)"])
            let words = Text("The daemon cannot say how it is. Its log has the reason.\n")
            return Self.response(.serviceUnavailable, words)
        }
    }

    private static func response(_ status: HTTPResponse.Status, _ text: Text) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = text.type
        headers[.cacheControl] = "no-store"
        headers[.xContentTypeOptions] = "nosniff"
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text.body)))
    }
}
