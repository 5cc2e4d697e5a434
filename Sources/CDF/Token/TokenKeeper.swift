import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import Station
import Timing

/// Gets access tokens and keeps the present one until shortly before it expires.
///
/// An actor because many requests ask concurrently: the first one fetches, the others wait for the same answer.
actor TokenKeeper {
    private struct Token {
        var text: String
        var expires: Date
    }

    private let exchange: Exchange
    private let repetition: Repetition
    private let timeSource: TimeSource
    private let logger: Logger
    private var token: Token?
    private var fetching: Task<Result<Token, CDFError>, Never>?
    /// Until when the identity provider has asked for no further requests.
    private var quietUntil: Date?
    /// Callers that wait for ``fetching`` and still need its answer.
    private var waiting = 0

    init(exchange: Exchange, repetition: Repetition, timeSource: TimeSource, logger: Logger) {
        self.exchange = exchange
        self.repetition = repetition
        self.timeSource = timeSource
        self.logger = logger
    }

    /// A token that is still valid for a while.
    ///
    /// - Parameter refused: A token that CDF has just refused: it is not returned again.
    func current(refused: String? = nil) async throws(CDFError) -> String {
        while true {
            if Task.isCancelled { throw .interrupted }
            if let token, token.text != refused,
                timeSource.now().addingTimeInterval(exchange.settings.credentials.minimumLifetime.inSeconds)
                    < token.expires
            {
                return token.text
            }
            do throws(CDFError) {
                return try await shared().get().text
            } catch {
                // The fetch was cancelled with its earlier callers; this one still needs a token.
                guard error == .interrupted, !Task.isCancelled else { throw error }
            }
        }
    }

    /// Joins the fetch under way, or starts one.
    ///
    /// Not a child task: one caller's cancellation must not fail those who wait with it. When all of them are cancelled it
    /// ends immediately, so that a shutdown does not wait for an identity provider that does not answer.
    private func shared() async -> Result<Token, CDFError> {
        let task: Task<Result<Token, CDFError>, Never>
        if let fetching {
            task = fetching
        } else {
            task = Task {
                let result: Result<Token, CDFError>
                do throws(CDFError) { result = .success(try await fetch()) } catch { result = .failure(error) }
                // Here and not where it is waited for: a caller that wakes late must not restore an older token.
                if case .success(let fresh) = result { token = fresh }
                (fetching, waiting) = (nil, 0)
                return result
            }
            fetching = task
        }
        waiting += 1
        return await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            Task { await self.leave(task) }
        }
    }

    private func leave(_ task: Task<Result<Token, CDFError>, Never>) {
        guard fetching == task else { return }
        waiting -= 1
        if waiting == 0 { task.cancel() }
    }

    private func fetch() async throws(CDFError) -> Token {
        let credentials = exchange.settings.credentials
        let host = URL(string: credentials.tokenURL)?.host ?? credentials.tokenURL
        let identity = [("grant_type", "client_credentials"), ("client_id", credentials.clientID)]
        var fields: [(String, String)] = []
        if !credentials.scopes.isEmpty { fields.append(("scope", credentials.scopes.joined(separator: " "))) }
        if let audience = credentials.audience { fields.append(("audience", audience)) }
        if let resource = credentials.resource { fields.append(("resource", resource)) }
        var request = HTTPClientRequest(url: credentials.tokenURL)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
        request.headers.add(name: "accept", value: "application/json")
        request.headers.add(name: "user-agent", value: exchange.settings.application)

        if let quietUntil, quietUntil > timeSource.now() {
            throw .unreachable(
                host: host,
                detail: "the token endpoint accepts no requests before \(quietUntil.formatted(.iso8601))"
            )
        }
        /// How long the last try was asked to wait.
        var pause: Duration?
        do throws(CDFError) {
            // Each token is valid by itself.
            return try await repetition.run("an access token", .idempotent) { _ async throws(CDFError) in
                pause = nil
                do throws(TryFailure) {
                    // An assertion is valid for one request.
                    let form = try identity + proof(credentials) + fields
                    request.body = .bytes(
                        ByteBuffer(string: form.map { "\($0.0)=\(Self.formEncoded($0.1))" }.joined(separator: "&"))
                    )
                    let limit = Exchange.Limit.whole(exchange.settings.requestTimeout)
                    let answer = try await exchange.once(request, within: limit, size: 1 << 20)
                    if answer.isSuccess { return .done(try read(answer, host: host)) }
                    let error = try refusal(answer, host: host)
                    if case .unreachable = error {
                        pause = Backoff.retryAfter(answer.headers.first(name: "retry-after"), now: timeSource.now())
                    }
                    return .failed(Verdict(error: error, mayRepeat: true, retryAfter: pause))
                } catch {
                    return .failed(try Verdict(of: error, host: host))
                }
            }
        } catch {
            // A cancelled fetch has not found out whether the pause still holds.
            if error != .interrupted, let pause {
                quietUntil = timeSource.now().addingTimeInterval(pause.inSeconds)
            }
            throw error
        }
    }

    /// What an answer without a token means, if another try may bring one.
    ///
    /// - Throws: If the identity provider does not accept the credentials.
    private func refusal(_ answer: Answer, host: String) throws(TryFailure) -> CDFError {
        switch answer.status {
        case 300..<400: return .notCDF(host: host, detail: "a redirect from the token endpoint")
        case 400, 401, 403:
            guard !answer.looksLikePage else {
                throw .source(.notCDF(host: host, detail: "a page with status \(answer.status)"))
            }
            throw .source(
                exchange.settings.credentials.certificate == nil
                    ? .credentialsRefused(host: host, detail: answer.errorMessage)
                    : .certificateRefused(host: host, detail: answer.errorMessage)
            )
        default:
            return .unreachable(host: host, detail: "the token endpoint answers with status \(answer.status)")
        }
    }

    /// What proves our identity: the secret, or an assertion signed with the certificate's key.
    private func proof(_ credentials: CDFSettings.Credentials) throws(TryFailure) -> [(String, String)] {
        guard let certificate = credentials.certificate?() else { return [("client_secret", credentials.secret())] }
        do {
            let assertion = try certificate.assertion(
                for: credentials.clientID,
                audience: credentials.tokenURL,
                now: timeSource.now()
            )
            return [("client_assertion_type", ClientCertificate.assertionType), ("client_assertion", assertion)]
        } catch {
            throw .source(
                .certificateRefused(
                    host: credentials.tokenURL,
                    detail: "the key cannot sign: \(TLSWords.plain("\(error)"))"
                )
            )
        }
    }

    private func read(_ answer: Answer, host: String) throws(TryFailure) -> Token {
        struct Grant: Decodable {
            var access_token: String
            var expires_in: Lifetime?
        }
        /// Some identity providers write the seconds as a string.
        enum Lifetime: Decodable {
            case seconds(Double)
            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                // A number first, then the string form; anything else is refused by the throw.
                if let number = try? container.decode(Double.self) {
                    self = .seconds(number)
                } else if let number = Double(try container.decode(String.self)) {
                    self = .seconds(number)
                } else {
                    throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a number of seconds")
                }
            }
        }
        do {
            let grant = try JSONDecoder().decode(Grant.self, from: Data(answer.body))
            guard !grant.access_token.isEmpty else {
                throw TryFailure.source(.notCDF(host: host, detail: "an empty token"))
            }
            var lifetime = 3600.0
            if case .seconds(let seconds)? = grant.expires_in {
                guard seconds.isFinite else {
                    throw TryFailure.source(.notCDF(host: host, detail: "a token without a valid lifetime"))
                }
                lifetime = min(max(seconds, 0), 365 * 86400)
            }
            logger.debug("got an access token", metadata: ["token.seconds": "\(Int(lifetime))"])
            return Token(text: grant.access_token, expires: timeSource.now().addingTimeInterval(lifetime))
        } catch let error as TryFailure {
            throw error
        } catch {
            throw .source(.notCDF(host: host, detail: "the token endpoint's answer contains no token"))
        }
    }

    private static func formEncoded(_ text: String) -> String {
        text.addingPercentEncoding(
            withAllowedCharacters: .init(
                charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
            )
        )
            ?? ""
    }
}
