import AsyncHTTPClient
import Foundation
package import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Station
package import Timing

/// drop360's client for one CDF project.
///
/// Each method makes one request to CDF (in a few tries) and either returns CDF's answer or throws a ``CDFError``, which decides what
/// to do next. Each request states whether it may be repeated, as a ``Repeatability``.
package final class CDFClient: Sendable {
    package let settings: CDFSettings
    let timeSource: TimeSource
    let exchange: Exchange
    let logger: Logger
    /// Reads files for uploads: blocking, so never on the cooperative pool.
    let readers: NIOThreadPool
    /// How fast CDF accepts requests.
    package let pace: RequestPace
    /// How many bytes may be sent.
    package let budget: TransferBudget
    private let tokens: TokenKeeper
    let repetition: Repetition
    let connections: Connections

    package init(
        settings: CDFSettings,
        budget: TransferBudget = .unlimited,
        timeSource: TimeSource = .init(),
        meters: RequestMeters = .init(),
        logger: Logger
    ) {
        self.settings = settings
        self.budget = budget
        self.timeSource = timeSource
        self.logger = logger
        var configuration = HTTPClient.Configuration(
            // A redirect is never CDF: it is a captive portal, and following it would send files there.
            redirectConfiguration: .disallow,
            timeout: .init(
                connect: .seconds(15),
                read: .nanoseconds(settings.stallTimeout.nanoseconds),
                write: .nanoseconds(settings.stallTimeout.nanoseconds)
            )
        )
        configuration.connectionPool.idleTimeout = .seconds(30)
        // Uploads mostly go to CDF's own host: they must not leave the small requests without a connection.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = settings.concurrency + 4
        // Our own layers decide about retries.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.http1_1ConnectionDebugInitializer = { [stall = settings.stallTimeout] in
            Self.tune($0, stallTimeout: stall)
        }
        // A connection for each upload: one that stalls delays no other.
        configuration.httpVersion = .http1Only
        pace = RequestPace(most: settings.concurrency)
        connections = Connections(settings.connection, base: configuration)
        readers = NIOThreadPool(numberOfThreads: 2)
        readers.start()
        exchange = Exchange(connections: connections, settings: settings, timeSource: timeSource, meters: meters)
        repetition = Repetition(tries: settings.tries, timeSource: timeSource, logger: logger, meters: meters)
        tokens = TokenKeeper(exchange: exchange, repetition: repetition, timeSource: timeSource, logger: logger)
    }

    /// Closes the connections.
    ///
    /// Call once, after the last request.
    package func shutdown() async throws {
        try await connections.shutdown()
        try await readers.shutdownGracefully()
    }

    /// Makes sure that a valid token is at hand: the cheapest probe of network, identity provider and credentials.
    package func authenticate() async throws(CDFError) { _ = try await tokens.current() }

    /// Sends a JSON request and decodes the answer.
    func post<Result: Decodable & Sendable>(
        _ request: JSONRequest,
        as type: Result.Type = Result.self
    ) async throws(CDFError) -> Result {
        let answer = try await answer(to: request)
        do throws(CDFError) { return try decode(answer, asked: request.asked) } catch {
            // It was carried out, but its result cannot be read.
            guard request.repeatability == .once else { throw error }
            throw .outcomeUnknown(asked: request.asked, cause: error)
        }
    }

    /// Sends a JSON request.
    ///
    /// - Parameters:
    ///   - request: What is sent.
    ///   - isAnswer: Which other statuses than 2xx are answers for the caller, and neither failures nor repeated.
    func answer(
        to request: JSONRequest,
        accepting isAnswer: (Answer) -> Bool = { _ in false }
    ) async throws(CDFError) -> Answer {
        let bytes: Data
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            bytes = try encoder.encode(request.body)
        } catch {
            throw .refused(
                asked: request.asked,
                status: 0,
                message: "the request cannot be written as JSON: \(error)",
                requestID: nil
            )
        }
        var template = HTTPClientRequest(url: settings.projectURL + request.path)
        template.method = .POST
        template.headers.add(name: "content-type", value: "application/json")
        if let version = request.version { template.headers.add(name: "cdf-version", value: version) }
        template.body = .bytes(ByteBuffer(bytes: bytes))
        return try await sendAuthorized(template, asked: request.asked, request.repeatability, accepting: isAnswer)
    }

    /// Asks for a resource of the project and decodes the answer; nil if CDF has none there (404).
    ///
    /// - Parameters:
    ///   - path: Relative to the project, with its query.
    ///   - asked: For messages.
    func get<Result: Decodable & Sendable>(
        _ path: String,
        asked: String,
        as type: Result.Type = Result.self
    ) async throws(CDFError) -> Result? {
        var template = HTTPClientRequest(url: settings.projectURL + path)
        template.method = .GET
        let answer: Answer
        do throws(CDFError) { answer = try await sendAuthorized(template, asked: asked, .idempotent) } catch {
            if case .refused(_, 404, _, _) = error { return nil }
            throw error
        }
        return try decode(answer, asked: asked)
    }

    func decode<Result: Decodable>(
        _ answer: Answer,
        asked: String,
        as type: Result.Type = Result.self
    ) throws(CDFError) -> Result {
        do {
            return try JSONDecoder().decode(Result.self, from: Data(answer.body))
        } catch {
            throw .unexpectedAnswer(asked: asked, detail: "\(error)", requestID: answer.requestID)
        }
    }

    /// Sends with token, retries and pauses; returns only answers with a 2xx status, and those that the caller accepts.
    func sendAuthorized(
        _ template: HTTPClientRequest,
        asked: String,
        _ repeatability: Repeatability,
        accepting isAnswer: (Answer) -> Bool = { _ in false }
    ) async throws(CDFError) -> Answer {
        var refusedToken: String?
        let family = RequestPace.Family(url: template.url)
        return try await repetition.run(asked, repeatability) { attempt async throws(CDFError) in
            try await waitForTurn(family)
            let epoch = pace.epoch
            let token = try await tokens.current(refused: refusedToken)
            var request = template
            request.headers.replaceOrAdd(name: "authorization", value: "Bearer \(token)")
            request.headers.replaceOrAdd(name: "accept", value: "application/json")
            request.headers.replaceOrAdd(name: "user-agent", value: settings.application)
            request.headers.replaceOrAdd(name: "x-cdp-app", value: settings.application)
            let answer: Answer
            do throws(TryFailure) {
                answer = try await exchange.once(request, within: .whole(settings.requestTimeout))
            } catch {
                return .failed(try Verdict(of: error, host: settings.host))
            }
            logger.debug(
                "CDF answered",
                metadata: [
                    "request.asked": "\(asked)", "request.try": "\(attempt)", "answer.status": "\(answer.status)",
                    "answer.request-id": "\(answer.requestID ?? "-")",
                ]
            )
            // A page instead of an answer comes from a portal, or from a proxy with a passing fault.
            let isPage = answer.isSuccess && answer.looksLikePage
            if answer.isSuccess, !isPage { return .done(answer) }
            if !answer.isSuccess, !answer.looksLikePage, isAnswer(answer) { return .done(answer) }
            applyBackpressure(answer, family, begunIn: epoch)
            if answer.status == 401, refusedToken == nil, !answer.looksLikePage {
                refusedToken = token
                return .again
            }
            guard isPage else {
                return .failed(Verdict(of: answer, asked: asked, host: settings.host, now: timeSource.now()))
            }
            return .failed(
                Verdict(
                    error: .notCDF(host: settings.host, detail: "a page instead of an answer"),
                    mayRepeat: true
                )
            )
        }
    }
}
