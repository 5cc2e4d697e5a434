package import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
package import LocalServer
package import Logging
import NIOCore
import ServiceLifecycle
package import Status

/// Serves the status page with its style sheet, `/status.json` and `/healthz`.
///
/// Read-only, for everyone who can reach its address.
package struct DashboardServer: Service {
    private let host: String
    private let port: Int
    private let status: @Sendable () async throws -> DaemonStatus
    private let now: @Sendable () -> Date
    private let logger: Logger
    private let limits: ConnectionLimits
    private let hosts: HostRule

    /// - Parameters:
    ///   - host: The address to listen on; loopback unless the operator opens it.
    ///   - port: 0 takes any free one.
    ///   - status: Called for each request to read what to show.
    ///   - now: The clock.
    ///   - logger: For the address, and for requests at debug.
    ///   - limits: How many of the process's connections the page may use.
    package init(
        host: String,
        port: Int,
        status: @escaping @Sendable () async throws -> DaemonStatus,
        now: @escaping @Sendable () -> Date,
        logger: Logger,
        limits: ConnectionLimits = .page()
    ) {
        self.host = host
        self.port = port
        self.status = status
        self.now = now
        self.logger = logger
        self.limits = limits
        hosts = HostRule(listening: host)
    }

    /// Serves until shutdown.
    ///
    /// If the port is taken, there is no page: that is logged, and the rest of the daemon continues.
    package func run() async throws {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        do {
            let responder = router(try Pages()).buildResponder()
            try await LimitedServer.make(host: host, port: port, limits: limits, logger: quiet) {
                [logger, hosts] request, writer, channel in
                let context = BasicRequestContext(source: .init(channel: channel, logger: logger))
                let response =
                    hosts.allows(request.head.authority)
                    ? await Self.answer(request, by: responder, in: context) : Self.misdirected
                try await writer.write(response: response.head, body: response.body)
            } onServerRunning: { [logger] channel in
                logger.info("status page", metadata: ["url": "http://\(host):\(channel.localAddress?.port ?? port)/"])
            }.run()
        } catch is CancellationError {
            // Stopped on request.
        } catch {
            logger.error(
                "the status page cannot be served; everything else continues",
                metadata: [
                    "dashboard.listen": "\(host):\(port)", "error": "\(error)",
                    "advice": "set another `dashboard.listen`",
                ]
            )
            try await gracefulShutdown()
        }
    }

    /// RFC 9110: `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static var httpDate: Date.VerbatimFormatStyle {
        Date.VerbatimFormatStyle(
            format: """
                \(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \(year: .defaultDigits) \
                \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\
                \(second: .twoDigits) GMT
                """,
            locale: Locale(identifier: "en_US_POSIX"),
            timeZone: .gmt,
            calendar: Calendar(identifier: .gregorian)
        )
    }

    private static func answer(
        _ request: Request,
        by responder: some HTTPResponder<BasicRequestContext>,
        in context: BasicRequestContext
    ) async -> Response {
        var response: Response
        do {
            response = try await responder.respond(to: request, context: context)
        } catch {
            context.logger.error("the status page could not be made", metadata: ["error": "\(error)"])
            response = Response(status: .internalServerError)
        }
        response.headers[.date] = Date.now.formatted(Self.httpDate)
        return response
    }

    /// The answer to a request under a foreign name that was made to point here (DNS rebinding).
    private static var misdirected: Response {
        response(
            "drop360 answers only under its own address and names, not under this one.\n",
            type: "text/plain; charset=utf-8",
            status: .misdirectedRequest
        )
    }

    private func router(_ pages: Pages) -> Router<BasicRequestContext> {
        // Monitors ask with HEAD.
        let router = Router(options: .autoGenerateHeadEndpoints)
        router.get("/") { _, _ in
            let page = pages.statusPage(try await status(), now: now())
            return Self.response(page, type: "text/html; charset=utf-8")
        }
        router.get("/style.css") { request, _ in
            var response = Self.response(pages.style, type: "text/css; charset=utf-8")
            // Another version of drop360 asks for another address.
            if request.uri.query == pages.styleDigest {
                response.headers[.cacheControl] = "max-age=31536000, immutable"
            }
            return response
        }
        router.get("/status.json") { _, _ in
            let facts = try JSONEncoder.facts.encode(try await status())
            return Self.response(String(decoding: facts, as: UTF8.self), type: "application/json")
        }
        router.get("/healthz") { _, _ in
            let words = try await status().health
            return Self.response(words + "\n", type: "text/plain; charset=utf-8")
        }
        return router
    }

    private static func response(
        _ body: String,
        type: String,
        status: HTTPResponse.Status = .ok
    ) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = type
        headers[.cacheControl] = "no-store"
        headers[.xContentTypeOptions] = "nosniff"
        headers[.contentSecurityPolicy] =
            "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: body)))
    }
}
