/// How connections leave this machine, and which authorities they trust.
package struct ConnectionSettings: Sendable {
    /// A proxy that is used with CONNECT.
    package struct Proxy: Sendable {
        /// The login for the proxy; the password is never part of a description.
        package struct Login: Sendable {
            package var user: String
            package var password: @Sendable () -> String

            package init(user: String, password: @escaping @Sendable () -> String) {
                self.user = user
                self.password = password
            }
        }

        package var host: String
        package var port: Int
        package var login: Login?

        package init(host: String, port: Int, login: Login? = nil) {
            self.host = host
            self.port = port
            self.login = login
        }

        /// `proxy.example:3128`.
        package var name: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    /// The oldest TLS version that is used.
    package enum TLSVersion: String, Sendable {
        case v12 = "1.2"
        case v13 = "1.3"
    }

    /// Nil: every host is contacted directly.
    package var proxy: Proxy?
    /// Contacted without the proxy.
    package var directHosts: DirectHosts
    /// Trusted in addition to the machine's own authorities.
    package var authorities: Authorities?
    package var minimumTLS: TLSVersion

    package init(
        proxy: Proxy? = nil,
        directHosts: DirectHosts = .init(),
        authorities: Authorities? = nil,
        minimumTLS: TLSVersion = .v12
    ) {
        self.proxy = proxy
        self.directHosts = directHosts
        self.authorities = authorities
        self.minimumTLS = minimumTLS
    }

    /// The proxy on the way to `host`; nil if it is contacted directly.
    package func proxy(to host: String) -> Proxy? { directHosts.contains(host) ? nil : proxy }
}
