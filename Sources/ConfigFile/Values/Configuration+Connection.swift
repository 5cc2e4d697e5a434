extension Configuration {
    /// How connections leave this machine; key `cognite.connection`.
    package struct Connection: Sendable, Equatable {
        /// Through which proxy.
        package enum Proxy: Sendable, Equatable {
            case none
            /// The word `from-environment`: what `HTTPS_PROXY` and `NO_PROXY` say.
            case fromEnvironment
            case server(ProxyServer)
        }

        /// The oldest version of TLS that is accepted.
        package enum TLSVersion: String, Sendable, CaseIterable {
            case v12 = "1.2"
            case v13 = "1.3"
        }

        package var proxy = Proxy.none
        /// Hosts, domains, addresses and networks that are reached without the proxy.
        package var noProxy: [String] = []
        /// The absolute path of a file with the certificates of further authorities; nil for none.
        package var caFile: String?
        /// Key `min-tls`.
        package var minimumTLS = TLSVersion.v12
    }

    /// A proxy that is used by CONNECT.
    package struct ProxyServer: Sendable, Equatable {
        /// The login that the proxy requires.
        package struct Login: Sendable, Equatable {
            package var user: String
            package var password: SecretSource
        }

        /// Without brackets.
        package var host: String
        package var port: Int
        package var login: Login?

        /// `http://proxy.example:3128`, without the login.
        package var address: String { "http://\(host.contains(":") ? "[\(host)]" : host):\(port)" }
    }
}
