extension Configuration {
    /// The status page, and who may see it.
    ///
    /// Anyone on this machine may, unless it says otherwise. One that listens elsewhere has users and TLS, or a proxy in front of it.
    package struct Dashboard: Sendable, Equatable {
        /// The certificate that the page is served with.
        package struct TLS: Sendable, Equatable {
            /// Absolute path of the PEM file with the certificate and those between it and the authority.
            package var certificate: String
            /// Absolute path of the PEM file with its key.
            package var key: String
        }

        /// A reverse proxy that people reach the page through.
        package struct Proxy: Sendable, Equatable {
            /// The addresses and networks that it connects from; never empty.
            package var trusted: [String]
            /// The header in which it names the user that it has asked for a password; nil where it asks for none.
            package var userHeader: String?
        }

        package var listen = Listen(host: "127.0.0.1", port: 3600)
        /// Further names under which browsers reach the page.
        package var names: [String] = []
        /// Absolute path of the file with users and hashes of their passwords; nil where no password is asked for.
        package var usersFile: String?
        /// Nil for unencrypted HTTP.
        package var tls: TLS?
        /// Nil where browsers connect themselves.
        package var proxy: Proxy?
    }
}
