package import AsyncHTTPClient
import Foundation
import NIOCore
import NIOSSL

/// The connections out of this machine: directly to a host, or through the proxy.
///
/// A client of its own for each, since AsyncHTTPClient knows one proxy per client.
package struct Connections: Sendable {
    let settings: ConnectionSettings
    private let direct: HTTPClient
    private let proxied: HTTPClient?

    /// - Parameters:
    ///   - settings: Proxy and trust.
    ///   - base: Everything else.
    package init(_ settings: ConnectionSettings, base: HTTPClient.Configuration) {
        self.settings = settings
        var configuration = base
        configuration.tlsConfiguration = Self.tls(settings)
        direct = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        guard let proxy = settings.proxy else {
            proxied = nil
            return
        }
        configuration.proxy = .server(
            host: proxy.host,
            port: proxy.port,
            authorization: proxy.login.map { .basic(username: $0.user, password: $0.password()) }
        )
        proxied = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    package func client(for url: String) -> HTTPClient {
        guard let proxied, proxy(to: url) != nil else { return direct }
        return proxied
    }

    /// The proxy on the way to `url`; nil if its host is contacted directly.
    func proxy(to url: String) -> ConnectionSettings.Proxy? {
        URLComponents(string: url)?.host.flatMap { settings.proxy(to: $0) }
    }

    static func tls(_ settings: ConnectionSettings) -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion =
            switch settings.minimumTLS {
            case .v12: .tlsv12
            case .v13: .tlsv13
            }
        if let authorities = settings.authorities {
            tls.additionalTrustRoots = [.certificates(authorities.certificates)]
        }
        return tls
    }

    package func shutdown() async throws {
        try await direct.shutdown()
        try await proxied?.shutdown()
    }
}
