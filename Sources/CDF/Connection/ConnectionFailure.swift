import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Finds out where a request failed: at the proxy, in TLS, or at the host itself.
struct ConnectionFailure {
    let error: any Error
    let url: String
    let connections: Connections

    private var host: String { URLComponents(string: url)?.host ?? url }
    private var proxy: ConnectionSettings.Proxy? { connections.proxy(to: url) }

    /// The result of the try; inspects the connection once more if the error alone is not enough.
    func sorted() async -> TryFailure {
        if let kind = proxyTrouble { return atProxy(kind) }
        if needsLookAtProxy, let found = await HopInspection(url: url, connections: connections).proxyAnswer() {
            return atProxy(found)
        }
        if let kind = await tlsTrouble() {
            let trouble = TLSTrouble(host: host, proxy: proxy?.name, kind: kind)
            return .onTheWay(.tls(trouble), mayRepeat: trouble.mayRepeat, effect)
        }
        return .network(Self.words(for: error), effect)
    }

    /// Whether the server can have acted: not before a connection to it was open.
    private var effect: Effect {
        switch error {
        case is NIOConnectionError, ChannelError.connectTimeout: .none
        case let error as IOError: error.errnoCode == ECONNREFUSED ? .none : .unknown
        case let error as HTTPClientError: Self.beforeConnected.contains(error) ? .none : .unknown
        case let error as NIOSSLExtraError: error == .failedToValidateHostname ? .none : .unknown
        case NIOSSLError.handshakeFailed, NIOSSLError.unableToValidateCertificate, NIOSSLError.noCertificateToValidate:
            .none
        default: .unknown
        }
    }

    private static let beforeConnected: [HTTPClientError] = [
        .connectTimeout, .tlsHandshakeTimeout, .httpProxyHandshakeTimeout, .proxyAuthenticationRequired,
        .invalidProxyResponse,
    ]

    // MARK: The proxy

    private func atProxy(_ kind: ProxyTrouble.Kind) -> TryFailure {
        let trouble = ProxyTrouble(proxy: proxy?.name ?? "", host: host, kind: kind)
        return .onTheWay(.proxy(trouble), mayRepeat: trouble.mayRepeat, effect)
    }

    private var proxyTrouble: ProxyTrouble.Kind? {
        guard let proxy else { return nil }
        switch error {
        case let error as NIOConnectionError:
            return error.connectionErrors.isEmpty ? .unknownName : .unreachable(detail: Self.words(for: error))
        case let error as HTTPClientError where error == .proxyAuthenticationRequired:
            return ProxyTrouble.kind(status: 407, words: "", hasLogin: proxy.login != nil)
        case let error as HTTPClientError where error == .httpProxyHandshakeTimeout || error == .connectTimeout:
            return .silent
        default: return nil
        }
    }

    /// The error lacks the status of a refused CONNECT, and whether the proxy or the host behind it closed the connection.
    private var needsLookAtProxy: Bool {
        guard proxy != nil else { return false }
        let error = error as? HTTPClientError
        return error == .invalidProxyResponse || error == .remoteConnectionClosed || self.error is HTTPParserError
    }

    // MARK: TLS

    private func tlsTrouble() async -> TLSTrouble.Kind? {
        switch error {
        case let error as HTTPClientError where error == .tlsHandshakeTimeout: return .timeout
        case let error as NIOSSLExtraError:
            guard error == .failedToValidateHostname else { return .other(TLSWords.plain("\(error)")) }
            return .otherName(await HopInspection(url: url, connections: connections).certificates().first?.names ?? [])
        case NIOSSLError.handshakeFailed(let reason): return await trouble(of: reason)
        case NIOSSLError.unableToValidateCertificate, NIOSSLError.noCertificateToValidate:
            return await untrusted()
        // Cut in the middle: not a TLS problem.
        case NIOSSLError.uncleanShutdown: return nil
        case is NIOSSLError, is BoringSSLError: return .other(TLSWords.plain("\(error)"))
        default: return nil
        }
    }

    private func trouble(of reason: BoringSSLError) async -> TLSTrouble.Kind? {
        let words = "\(reason)"
        let reasons = TLSWords.reasons(in: words)
        if reasons.contains("CERTIFICATE_VERIFY_FAILED") { return await untrusted() }
        if reasons.contains(where: TLSWords.ofVersions.contains) {
            return .noCommonVersion(minimum: connections.settings.minimumTLS.rawValue)
        }
        if reasons.contains(where: TLSWords.ofPlainText.contains) { return .notTLS }
        if reasons.contains(where: TLSWords.ofClientCertificates.contains) { return .wantsClientCertificate }
        // The connection ended in mid-handshake: probably a network problem.
        if reasons.isEmpty, words.contains("EOF during handshake") || words == "syscallError" { return nil }
        return .other(TLSWords.plain(words))
    }

    private func untrusted() async -> TLSTrouble.Kind {
        let chain = await HopInspection(url: url, connections: connections).certificates()
        // The library that refused the chain used this clock, too.
        return ShownCertificate.verdict(on: chain, now: Date()) ?? .other("its certificate cannot be checked")
    }

    // MARK: The rest

    static func words(for error: any Error) -> String {
        switch error {
        case let error as HTTPClientError where error == .connectTimeout: "no connection within the time limit"
        case let error as HTTPClientError where error == .readTimeout: "no answer within the time limit"
        case let error as HTTPClientError where error == .writeTimeout: "no data was accepted within the time limit"
        case let error as HTTPClientError where error == .deadlineExceeded: "the request took longer than allowed"
        case let error as HTTPClientError where error == .remoteConnectionClosed:
            "the connection was closed before an answer arrived"
        case let error as HTTPClientError where error == .invalidProxyResponse:
            "the proxy refused the connection"
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { words(for: $0.error) } ?? "this machine's DNS does not know its name"
        case is HTTPParserError: "the answer is not HTTP"
        case is NIOTooManyBytesError: "the answer is larger than CDF ever sends"
        case ChannelError.connectTimeout: "no connection within the time limit"
        case NIOSSLError.uncleanShutdown, is NIOSSLError: "the connection was interrupted"
        default: TLSWords.plain(String(describing: error))
        }
    }
}

/// The TLS library's messages, without locations in its source.
enum TLSWords {
    /// Reasons such as `CERTIFICATE_VERIFY_FAILED`.
    static func reasons(in text: String) -> [String] {
        text.matches(of: /OPENSSL_internal:([A-Z0-9_]+)/).map { String($0.1) }
    }

    static let ofVersions: Set<String> = [
        "UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION", "NO_SUPPORTED_VERSIONS_ENABLED", "UNKNOWN_PROTOCOL",
        "WRONG_SSL_VERSION",
    ]
    static let ofPlainText: Set<String> = ["WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST"]
    static let ofClientCertificates: Set<String> = ["TLSV1_CERTIFICATE_REQUIRED", "TLSV1_ALERT_CERTIFICATE_REQUIRED"]

    /// The text for an operator: reasons as words, no paths.
    static func plain(_ text: String) -> String {
        let reasons = reasons(in: text)
        guard reasons.isEmpty else {
            return reasons.map { $0.lowercased().replacing("_", with: " ") }.joined(separator: ", ")
        }
        let safe = text.replacing(/\ ?(?:at\ )?\/?[^\s"(]*\.(?:cc|cpp|c|h|swift)\b(?::\d+)*/, with: "")
        return safe.isEmpty ? "no reason given" : safe
    }
}
