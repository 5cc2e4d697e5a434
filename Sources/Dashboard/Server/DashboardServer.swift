package import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
package import LocalServer
package import Logging
import ServiceLifecycle

/// Serves the status page with its style sheet and script, `/status.json` and `/healthz`.
///
/// For everyone whom its door admits.
package struct DashboardServer: Service {
    private let host: String
    private let port: Int
    private let sources: DashboardSources
    private let now: @Sendable () -> Date
    private let logger: Logger
    private let limits: ConnectionLimits
    private let events: EventLimits
    private let door: PageDoor
    private let identity: ServerIdentity?
    private let sleep: @Sendable (Duration) async throws -> Void
    private let changed: @Sendable (String?) -> Void

    /// - Parameters:
    ///   - host: The address to listen on; loopback unless the operator opens it.
    ///   - port: 0 takes any free one.
    ///   - sources: Asked for each request for what to show.
    ///   - now: The clock.
    ///   - logger: For the address, and for requests at debug.
    ///   - limits: How many of the process's connections the page may use.
    ///   - events: What the streams of `/events` may take of them; nil means a fixed share.
    ///   - door: Who may see the page; nil for whoever can connect.
    ///   - identity: The certificate to serve it with; nil for unencrypted HTTP.
    ///   - sleep: The clock's.
    ///   - changed: Called with the reason why it cannot listen, in words; with nil once it does.
    package init(
        host: String,
        port: Int,
        sources: DashboardSources,
        now: @escaping @Sendable () -> Date,
        logger: Logger,
        limits: ConnectionLimits = .page(),
        events: EventLimits? = nil,
        door: PageDoor? = nil,
        identity: ServerIdentity? = nil,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        changed: @escaping @Sendable (String?) -> Void = { _ in }
    ) {
        self.host = host
        self.port = port
        self.sources = sources
        self.now = now
        self.logger = logger
        self.limits = limits
        self.events = events ?? EventLimits(limits)
        self.door = door ?? PageDoor(hosts: HostRule(listening: host))
        self.identity = identity
        self.sleep = sleep
        self.changed = changed
    }

    /// Serves until shutdown; see `SteadyServer`.
    package func run() async throws {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let steady = SteadyServer(
            host: host,
            port: port,
            scheme: identity == nil ? "http" : "https",
            label: .init(what: "status page", path: "/", key: "dashboard.listen"),
            logger: logger,
            sleep: sleep,
            changed: changed
        )
        try await steady.run { [quiet] listening in
            let notices = Notices()
            let areas = sources.areas(now: now, events: events, door: door, notices: notices)
            let routes = try PageRoutes(areas, door: door, notices: notices)
            return try LimitedServer.make(host: host, port: port, limits: limits, identity: identity, logger: quiet) {
                [logger, limits] request, writer, channel in
                try await ShortAnswer.give(to: request, by: writer, on: channel, limits: limits) { deadline in
                    var context = PageContext(source: .init(channel: channel, logger: logger))
                    context.deadline = deadline
                    var response = await routes.answer(request, in: context)
                    // The router has done so where there is such an address; errors are answered outside of it.
                    if request.method == .head { response = response.createHeadResponse() }
                    response.headers[.date] = Date.now.formatted(Self.httpDate)
                    return response
                }
            } onServerRunning: {
                await listening($0)
            }
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
}
