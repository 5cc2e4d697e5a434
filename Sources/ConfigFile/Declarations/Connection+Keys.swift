extension Configuration.Connection {
    static var keys: Keys<Self> {
        Keys(
            home: "'cognite.connection'",
            foreign: foreign,
            blank: Self(),
            keys: [
                Key("proxy", \.proxy, .proxy)
                    .forInstance("http://proxy.example:3128", "or from-environment: what HTTPS_PROXY and NO_PROXY say"),
                Key("proxy-user", \.user, .text()).forInstance("drop360", "if the proxy requires it"),
                Key.secret("proxy-password", \.password)
                    .commentedOut(
                        "or proxy-password-file, or the systemd credential 'proxy-password'",
                        as: "${PROXY_PASSWORD}"
                    ),
                Key.secretFile("proxy-password", \.password).insteadOf("proxy-password"),
                Key(
                    "no-proxy",
                    \.noProxy,
                    .texts(.directHosts, split: DirectHostList.entries),
                    printed: { !$0.isEmpty }
                ).commentedOut("hosts to reach directly: for instance [cdf.example.com, .corp, 10.0.0.0/8]", as: "[]"),
                Key("ca-file", \.caFile, .absolutePath)
                    .forInstance("/etc/drop360/company-ca.pem", "trusted in addition to the machine's own authorities"),
                Key("min-tls", \.minimumTLS, .choice).commentedOut("or 1.3"),
            ],
            check: check
        )
    }

    /// Keys of the section `connection` of Cognite's extractors.
    private static var foreign: [String: String] {
        let retries = "drop360 decides when to try again. Delete the key."
        return [
            "proxies": "drop360 has one proxy for all hosts: 'proxy: http://proxy.example:3128'.",
            "disable-ssl": "drop360 always checks certificates. Name your company's CA in 'ca-file'.",
            "disable-gzip": "drop360 does not compress what it sends. Delete the key.",
            "max-retries": retries,
            "max-retries-connect": retries,
            "max-retry-backoff": retries,
            "status-forcelist": retries,
            "max-connection-pool-size": "'upload.concurrency' sets how many files are sent at once. Delete the key.",
        ]
    }

    // User and password have keys of their own, or are part of the proxy's address.

    private var login: Configuration.ProxyServer.Login? {
        get { if case .server(let server) = proxy { server.login } else { nil } }
        set {
            guard case .server(var server) = proxy else { return }
            server.login = newValue
            proxy = .server(server)
        }
    }

    private var user: String? {
        get { login?.user }
        set { login = newValue.map { .init(user: $0, password: login?.password ?? .systemdCredential) } }
    }

    private var password: SecretSource? {
        get { login?.password }
        set { if let newValue { login?.password = newValue } }
    }

    private static func check(_ section: Section, _ connection: inout Self) {
        if !connection.noProxy.isEmpty, !section.has("proxy") {
            section.report("has no effect without 'proxy'", key: "no-proxy", suggestion: "Delete it, or give 'proxy'.")
        }
        let given = ["proxy-user", "proxy-password", "proxy-password-file"].first { section.has($0) }
        if let given { checkLogin(section, proxy: connection.proxy, given: given) }
    }

    /// - Parameter given: The first of the keys that say how to log in.
    private static func checkLogin(_ section: Section, proxy: Proxy, given: String) {
        guard case .server = proxy, let address = section.tree["proxy"] else {
            // An address that is wrong has been reported.
            guard !section.has("proxy") || proxy == .fromEnvironment else { return }
            let words =
                section.has("proxy") ? "has no effect with 'from-environment'" : "has no effect without 'proxy'"
            return section.report(words, key: given, suggestion: "Give the proxy's address: http://proxy.example:3128.")
        }
        // The login in the address itself, which has been read without a problem.
        var written = Self()
        written.proxy = Form.proxy.read(address, Findings()) ?? .none
        if written.login != nil, section.has("proxy-user") {
            let advice = "Remove the user from the address."
            section.report("cannot be combined with a user in 'proxy'", key: "proxy-user", suggestion: advice)
        } else if written.login == nil, !section.has("proxy-user") {
            section.missing("proxy-user", suggestion: "Give the user that the password belongs to.")
        } else if case .inline? = written.password {
            let advice = "Remove the password from the address."
            section.report("cannot be combined with a password in 'proxy'", key: given, suggestion: advice)
        }
    }
}
