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

    private let host: String
    private let port: Int
    private let label: SteadyServer.Label
    private let routes: [String: @Sendable () async throws -> Text]
    private let logger: Logger
    private let limits: ConnectionLimits
    private let hosts: HostRule
    private let sleep: @Sendable (Duration) async throws -> Void

    /// - Parameters:
    ///   - host: The address to listen on.
    ///   - port: 0 takes any free one.
    ///   - names: Further names to which it answers.
    ///   - label: What the log calls it.
    ///   - logger: For the address, and for what goes wrong.
    ///   - limits: How many of the process's connections it may use.
    ///   - sleep: The clock's.
    ///   - routes: By path: called for each request.
    package init(
        host: String,
        port: Int,
        names: [String] = [],
        label: SteadyServer.Label,
        logger: Logger,
        limits: ConnectionLimits = .page(),
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        routes: [String: @Sendable () async throws -> Text]
    ) {
        self.host = host
        self.port = port
        self.label = label
        self.routes = routes
        self.logger = logger
        self.limits = limits
        self.sleep = sleep
        hosts = HostRule(listening: host, names: names)
    }

    /// Serves until shutdown; see ``SteadyServer``.
    package func run() async throws {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let steady = SteadyServer(host: host, port: port, label: label, logger: logger, sleep: sleep)
        try await steady.run { [quiet] listening in
            try LimitedServer.make(host: host, port: port, limits: limits, logger: quiet) { request, writer, channel in
                try await ShortAnswer.give(to: request, by: writer, on: channel, limits: limits) { _ in
                    await answer(to: request.head)
                }
            } onServerRunning: {
                await listening($0)
            }
        }
    }

    private func answer(to head: HTTPRequest) async -> Response {
        guard hosts.allows(head) else {
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
