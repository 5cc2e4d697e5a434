import AsyncHTTPClient
import Foundation
package import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Station
package import Timing

/// drop360's end of the wire to one CDF project.
///
/// Each method is one request to CDF (a few tries of it) and either returns what CDF says or throws a ``CDFError`` that knows what
/// follows from it. Every request may safely be repeated: ids are ours and writes are upserts.
package final class CDFClient: Sendable {
    package let settings: CDFSettings
    let timeSource: TimeSource
    let exchange: Exchange
    let logger: Logger
    /// Reads files for uploads: blocking, so never on the cooperative pool.
    let readers: NIOThreadPool
    /// How fast CDF lets us go.
    package let pace: RequestPace
    /// How many bytes may go out.
    package let budget: TransferBudget
    private let tokens: TokenKeeper
    let connections: Connections

    package init(
        settings: CDFSettings,
        budget: TransferBudget = .unlimited,
        timeSource: TimeSource = .init(),
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
        // Our own layers decide about repeating.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.http1_1ConnectionDebugInitializer = { [stall = settings.stallTimeout] in
            Self.tune($0, stallTimeout: stall)
        }
        // A connection for each upload: one that stalls holds up nobody.
        configuration.httpVersion = .http1Only
        pace = RequestPace(most: settings.concurrency)
        connections = Connections(settings.connection, base: configuration)
        readers = NIOThreadPool(numberOfThreads: 2)
        readers.start()
        exchange = Exchange(connections: connections, settings: settings, timeSource: timeSource)
        tokens = TokenKeeper(exchange: exchange, timeSource: timeSource, logger: logger)
    }

    /// Closes the connections.
    ///
    /// Call once, after the last request.
    package func shutdown() async throws {
        try await connections.shutdown()
        try await readers.shutdownGracefully()
    }

    /// Makes sure that there is a good token: the cheapest probe of network, identity provider and credentials.
    package func authenticate() async throws(CDFError) { _ = try await tokens.current() }

    /// Sends a JSON request and decodes the answer.
    ///
    /// - Parameters:
    ///   - path: Below the project, with its query: `/files?overwrite=true`.
    ///   - body: Encoded as JSON.
    ///   - asked: For the messages: "the creation of file x".
    func post<Body: Encodable & Sendable, Result: Decodable & Sendable>(
        _ path: String,
        _ body: Body,
        asked: String,
        as type: Result.Type = Result.self
    ) async throws(CDFError) -> Result {
        let bytes: Data
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            bytes = try encoder.encode(body)
        } catch {
            throw .refused(
                asked: asked,
                status: 0,
                message: "the request cannot be written as JSON: \(error)",
                requestID: nil
            )
        }
        var request = HTTPClientRequest(url: settings.projectURL + path)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: bytes))
        return try decode(try await sendAuthorized(request, asked: asked), asked: asked)
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

    /// Sends with token, tries and pauses; returns only answers of the 200s.
    func sendAuthorized(_ template: HTTPClientRequest, asked: String) async throws(CDFError) -> Answer {
        var refusedToken: String?
        var attempt = 0
        let family = RequestPace.Family(url: template.url)
        while true {
            attempt += 1
            try await waitForTurn(family)
            let epoch = pace.epoch
            let token = try await tokens.current(refused: refusedToken)
            var request = template
            request.headers.replaceOrAdd(name: "authorization", value: "Bearer \(token)")
            request.headers.replaceOrAdd(name: "accept", value: "application/json")
            request.headers.replaceOrAdd(name: "user-agent", value: settings.application)
            request.headers.replaceOrAdd(name: "x-cdp-app", value: settings.application)
            let verdict: Verdict
            do throws(TryFailure) {
                let answer = try await exchange.once(request, within: .whole(settings.requestTimeout))
                logger.debug(
                    "CDF answered",
                    metadata: [
                        "request.asked": "\(asked)", "request.try": "\(attempt)", "answer.status": "\(answer.status)",
                        "answer.request-id": "\(answer.requestID ?? "-")",
                    ]
                )
                // A page in place of an answer is a portal's, or a proxy's that has lost its way for a moment.
                let isPage = answer.isSuccess && answer.looksLikePage
                if answer.isSuccess, !isPage { return answer }
                applyBackpressure(answer, family, begunIn: epoch)
                if answer.status == 401, refusedToken == nil, !answer.looksLikePage {
                    refusedToken = token
                    continue
                }
                verdict =
                    isPage
                    ? Verdict(
                        error: .notCDF(host: settings.host, detail: "a page in place of an answer"),
                        mayRepeat: true
                    ) : Verdict(of: answer, asked: asked, host: settings.host, now: timeSource.now())
            } catch {
                verdict = try Verdict(of: error, host: settings.host)
            }
            try await pause(
                afterAttempt: attempt,
                verdict,
                saying: "request is repeated",
                ["request.asked": "\(asked)"]
            )
        }
    }

    /// Waits before the next try of a request, or throws why there is none.
    ///
    /// - Parameters:
    ///   - attempt: Tries made so far, from 1.
    ///   - verdict: What the last one came to.
    ///   - message: For the log, with `metadata`.
    func pause(
        afterAttempt attempt: Int,
        _ verdict: Verdict,
        saying message: Logger.Message,
        _ metadata: Logger.Metadata
    ) async throws(CDFError) {
        guard verdict.mayRepeat, attempt < settings.tries, (verdict.retryAfter ?? .zero) <= Backoff.longestInside else {
            throw verdict.error
        }
        let pause = Backoff.pause(
            afterAttempt: attempt,
            retryAfter: verdict.retryAfter,
            random: timeSource.random()
        )
        let why: Logger.Metadata = ["request.pause": "\(pause)", "error": "\(verdict.error.summary)"]
        logger.debug(message, metadata: metadata.merging(why) { own, _ in own })
        do { try await timeSource.sleep(pause) } catch { throw .interrupted }
    }
}
