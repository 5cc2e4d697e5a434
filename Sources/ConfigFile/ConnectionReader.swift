extension ConfigurationReader {
    func readConnection(_ cognite: Section) -> Configuration.Connection {
        var connection = Configuration.Connection()
        guard let section = cognite.section("connection", keys: KnownKeys.connection) else { return connection }
        connection.proxy = section.optional("proxy", .proxy) ?? .none
        readProxyLogin(section, &connection)
        let entries = section.texts("no-proxy", .directHosts) { [$0] } ?? []
        connection.noProxy = entries.flatMap(DirectHostList.entries)
        if !connection.noProxy.isEmpty, !section.has("proxy") {
            section.report("means nothing without 'proxy'", key: "no-proxy", suggestion: "Delete it, or give 'proxy'.")
        }
        connection.caFile = section.optional("ca-file", .absolutePath)
        connection.minimumTLS = section.optional("min-tls", .choice) ?? connection.minimumTLS
        return connection
    }

    /// User and password stand in keys of their own, or in the proxy's address.
    private func readProxyLogin(_ section: Section, _ connection: inout Configuration.Connection) {
        let user = section.optional("proxy-user", .text())
        let password = readSource(section, key: "proxy-password")
        let given = ["proxy-user", "proxy-password", "proxy-password-file"].first { section.has($0) }
        guard let given else { return }
        guard case .server(var server) = connection.proxy else {
            // An address that is wrong has been reported.
            guard !section.has("proxy") || connection.proxy == .fromEnvironment else { return }
            let words =
                section.has("proxy") ? "means nothing beside 'from-environment'" : "means nothing without 'proxy'"
            return section.report(words, key: given, suggestion: "Give the proxy's address: http://proxy.example:3128.")
        }
        if server.login != nil, section.has("proxy-user") {
            return section.report(
                "stands beside a user in 'proxy'",
                key: "proxy-user",
                suggestion: "Take the user out of the address."
            )
        }
        guard let user = user ?? server.login?.user else {
            return section.missing("proxy-user", suggestion: "Give the user that the password belongs to.")
        }
        if case .inline? = server.login?.password, password != nil {
            return section.report(
                "stands beside a password in 'proxy'",
                key: given,
                suggestion: "Take the password out of the address."
            )
        }
        server.login = .init(user: user, password: password ?? server.login?.password ?? .systemdCredential)
        connection.proxy = .server(server)
    }

    /// A secret in `key`, or in a file that `key` and `-file` names; nil where neither is given.
    func readSource(_ section: Section, key: String) -> SecretSource? {
        let inline = section.optional(key, .secret)
        let file = section.optional("\(key)-file", .absolutePath)
        if section.has(key), section.has("\(key)-file") {
            section.report("stands beside '\(key)'", key: "\(key)-file", suggestion: "Give one of the two.")
        }
        return inline.map { .inline($0) } ?? file.map { .file($0) }
    }

    func readCertificate(_ authentication: Section) -> Configuration.Authentication.Certificate? {
        guard let section = authentication.section("certificate", keys: KnownKeys.certificate) else { return nil }
        for key in ["secret", "secret-file"] where authentication.has(key) {
            authentication.report("stands beside 'certificate'", key: key, suggestion: "Give one of the two.")
        }
        let authority = section.optional("authority-url", .webPage)
        if authority != nil, authentication.has("token-url") {
            section.report("stands beside 'token-url'", key: "authority-url", suggestion: "Give one of the two.")
        }
        return .init(
            path: section.required("path", .absolutePath) ?? "",
            password: readSource(section, key: "password"),
            authorityURL: authority.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        )
    }
}
