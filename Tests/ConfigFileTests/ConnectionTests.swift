import Foundation
import Testing

@testable import ConfigFile

/// Proxy, authorities and versions of TLS, and the certificate to sign in with.
struct ConnectionTests {
    /// ``Sample/minimal`` with a section `connection`, whose keys begin at line 6.
    private static func text(_ keys: [String]) -> String {
        let lines = (["connection:"] + keys.map { "  " + $0 }).map { "  \($0)\n" }.joined()
        return Sample.minimal.replacing("  project: plant\n", with: "  project: plant\n" + lines)
    }

    private static func load(_ keys: String..., environment: [String: String] = [:]) throws -> Configuration {
        try Sample.load(text(keys), environment: environment)
    }

    @Test func `a proxy, a company's authority and a version of TLS are read`() throws {
        let connection = try Self.load(
            "proxy: http://proxy.example:3128/",
            "no-proxy: [cdf.example.com, .corp, '*.lab', 10.0.0.0/8, 'fd00::/8', '*']",
            "ca-file: /etc/drop360/ca.pem",
            "min-tls: 1.3"
        ).cognite.connection
        #expect(connection.proxy == .server(.init(host: "proxy.example", port: 3128)))
        #expect(connection.noProxy == ["cdf.example.com", ".corp", "*.lab", "10.0.0.0/8", "fd00::/8", "*"])
        #expect(connection.caFile == "/etc/drop360/ca.pem")
        #expect(connection.minimumTLS == .v13)
        #expect(
            try Self.load("no-proxy: 'a.example, .corp b'", "proxy: http://p:1").cognite.connection.noProxy == [
                "a.example", ".corp", "b",
            ]
        )
        #expect(try Sample.load(Sample.minimal).cognite.connection == .init())
        #expect(Configuration.Connection().minimumTLS == .v12)
        #expect(
            try Self.load("proxy: http://[fd00::1]:3128").cognite.connection.proxy
                == .server(.init(host: "fd00::1", port: 3128))
        )
    }

    @Test(arguments: [
        (["proxy: http://crew:hush-1@p:3128"], "hush-1"),
        (["proxy: http://crew:${PW}@p:3128"], "v@r:1/?%"),
        (["proxy: http://crew:h%40sh@p:3128"], "h@sh"),
        (["proxy: http://p:3128", "proxy-user: crew", "proxy-password: ${PW}"], "v@r:1/?%"),
        (["proxy: http://crew@p:3128", "proxy-password: hush-1"], "hush-1"),
    ])
    func `the proxy's password may stand in the address or by itself, and shows nowhere`(
        keys: [String],
        password: String
    ) throws {
        let configuration = try Sample.load(Self.text(keys), environment: ["PW": "v@r:1/?%"])
        let server = try #require(configuration.proxyChoice(environment: [:]).server)
        let login = try #require(server.login)
        #expect(server.host == "p" && server.port == 3128 && login.user == "crew")
        #expect(try configuration.proxyPassword(login, environment: [:]).reveal() == password)
        var dumped = ""
        dump(configuration, to: &dumped)
        for shown in ["\(configuration)", dumped, configuration.rendered(), configuration.renderedJSON(), "\(server)"] {
            #expect(!shown.contains(password), "\(shown)")
        }
        #expect(configuration.rendered().contains("proxy: \"http://p:3128\""))
        #expect(configuration.rendered().contains("proxy-password: \"(hidden)\""))
    }

    @Test func `the proxy's password may stand in a file, or be the credential proxy-password`() throws {
        try withFolder { folder in
            let path = "\(folder)/proxy-password"
            try Data("hush-2\n".utf8).write(to: URL(filePath: path))
            let byFile = try Self.load("proxy: http://p:1", "proxy-user: crew", "proxy-password-file: \(path)")
            let byCredential = try Self.load("proxy: http://crew@p:1")
            for (configuration, environment) in [(byFile, [:]), (byCredential, ["CREDENTIALS_DIRECTORY": folder])] {
                let login = try #require(configuration.proxyChoice(environment: [:]).server?.login)
                #expect(try configuration.proxyPassword(login, environment: environment).reveal() == "hush-2")
            }
            let login = try #require(byCredential.proxyChoice(environment: [:]).server?.login)
            let missing = try #require(throws: UnusableSetting.self) {
                try byCredential.proxyPassword(login, environment: [:])
            }
            #expect(missing.description.contains("'proxy-password' or 'proxy-password-file'"))
            try Data().write(to: URL(filePath: path))
            let empty = try #require(throws: UnusableSetting.self) {
                try byFile.proxyPassword(login, environment: ["CREDENTIALS_DIRECTORY": folder])
            }
            #expect(empty.description.contains("\(path), is empty"), "\(empty)")
        }
    }

    @Test(arguments: [
        (["HTTPS_PROXY": "http://p:3128"], "p", 3128, "HTTPS_PROXY"),
        (["https_proxy": "http://low:1", "HTTPS_PROXY": "http://up:2"], "low", 1, "https_proxy"),
        (["ALL_PROXY": "p.example"], "p.example", 1080, "ALL_PROXY"),
        (["HTTPS_PROXY": "", "all_proxy": "p:8080"], "p", 8080, "all_proxy"),
        (["HTTPS_PROXY": "http://crew:hush@p:3128/"], "p", 3128, "HTTPS_PROXY"),
    ])
    func `the environment names the proxy as it does for curl`(
        environment: [String: String],
        host: String,
        port: Int,
        variable: String
    ) throws {
        let configuration = try Self.load("proxy: from-environment", "no-proxy: [mine.example]")
        var environment = environment
        environment["NO_PROXY"] = "cdf.example.com, .corp,10.0.0.0/8"
        let choice = try configuration.proxyChoice(environment: environment)
        #expect(choice.server?.host == host && choice.server?.port == port && choice.variable == variable)
        #expect(choice.direct == ["cdf.example.com", ".corp", "10.0.0.0/8", "mine.example"])
        #expect(try configuration.proxyChoice(environment: [:]).server == nil)
        // Only where it is asked for.
        let without = try Sample.load(Sample.minimal)
        #expect(try without.proxyChoice(environment: environment).server == nil)
    }

    @Test(arguments: ["socks5://p:1080", "https://p:443", "http://p:99999", "http://", "http://crew:hush@p:x"])
    func `a proxy of the environment that cannot be used is told by its variable, without its password`(value: String)
        throws
    {
        let configuration = try Self.load("proxy: from-environment")
        let error = try #require(throws: UnusableSetting.self) {
            try configuration.proxyChoice(environment: ["ALL_PROXY": value])
        }
        #expect(error.description.contains("ALL_PROXY"))
        #expect(!error.description.contains("hush"))
    }

    @Test(arguments: [
        (["proxy: proxy.example:3128"], "6: cognite.connection.proxy: does not start with http://."),
        (["proxy: http://proxy.example"], "6: cognite.connection.proxy: has no port."),
        (["proxy: https://proxy.example:443"], "6: cognite.connection.proxy: starts with https://;"),
        (["proxy: socks5://proxy.example:1080"], "6: cognite.connection.proxy: is a SOCKS proxy;"),
        (["proxy: http://crew:hush@proxy:x"], "6: cognite.connection.proxy: is not the address of a proxy."),
        (["proxy: http://proxy:0"], "6: cognite.connection.proxy: has no valid port."),
        (["no-proxy: [.corp]"], "6: cognite.connection.no-proxy: has no effect without 'proxy'."),
        (
            ["no-proxy: ['https://a.example']", "proxy: http://p:1"],
            "6: cognite.connection.no-proxy[0]: 'https://a.example' is not a host; leave out scheme and port."
        ),
        (
            ["no-proxy: [10.0.0.0/33]", "proxy: http://p:1"],
            "6: cognite.connection.no-proxy[0]: '10.0.0.0/33' is not a host, a domain or a network."
        ),
        (["ca-file: ca.pem"], "6: cognite.connection.ca-file: 'ca.pem' is not an absolute path."),
        (["min-tls: 1.1"], "6: cognite.connection.min-tls: '1.1' is not allowed here; it must be one of: 1.2, 1.3."),
        (["proxy-user: crew"], "6: cognite.connection.proxy-user: has no effect without 'proxy'."),
        (
            ["proxy: from-environment", "proxy-password: hush"],
            "7: cognite.connection.proxy-password: has no effect with 'from-environment'."
        ),
        (
            ["proxy: http://p:1", "proxy-password: hush"],
            "5: cognite.connection.proxy-user: is missing. Give the user that the password belongs to"
        ),
        (
            ["proxy: http://a:hush@p:1", "proxy-password: hush"],
            "7: cognite.connection.proxy-password: cannot be combined with a password in 'proxy'."
        ),
        (
            ["proxy: http://a@p:1", "proxy-user: b"],
            "7: cognite.connection.proxy-user: cannot be combined with a user in 'proxy'."
        ),
        (
            ["proxies: {https: 'http://p:1'}"],
            "6: cognite.connection.proxies: unknown key. drop360 has one proxy for all hosts"
        ),
        (["disable-ssl: true"], "6: cognite.connection.disable-ssl: unknown key. drop360 always checks certificates."),
        (["max-retries: 10"], "6: cognite.connection.max-retries: unknown key. drop360 decides when to try again"),
        (["ca: /x"], "6: cognite.connection.ca: unknown key."),
    ])
    func `what is wrong about the connection is said with its line, and keys of Cognite's extractors with what to do`(
        keys: [String],
        words: String
    ) {
        let said = Sample.lines(Self.text(keys))
        #expect(said.contains { $0.hasPrefix("c.yaml:\(words)") }, "\(said)")
        #expect(!said.joined().contains("hush"))
    }

    private static let choices: [[String]] = [
        ["", "proxy: none", "proxy: from-environment", "proxy: http://p:3128", "proxy: http://crew@p:3128"],
        ["", "no-proxy: []", "no-proxy: [.corp, 10.0.0.0/8]", "no-proxy: 'a.example, .corp'"],
        ["", "proxy-user: crew"],
        ["", "proxy-password-file: /etc/pw"],
        ["", "ca-file: /etc/ca.pem"],
        ["", "min-tls: 1.3"],
    ]

    /// All combinations of ``choices``, each as the lines of a section.
    static let combinations = choices.reduce([[]]) { sections, lines in
        sections.flatMap { section in lines.map { $0.isEmpty ? section : section + [$0] } }
    }

    @Test func `whatever is accepted prints to something that reads back equal`() throws {
        var accepted = 0
        for lines in Self.combinations where !lines.isEmpty {
            guard Sample.problems(Self.text(lines)).isEmpty else { continue }
            accepted += 1
            let configuration = try Sample.load(Self.text(lines))
            let printed = configuration.rendered()
            #expect(Sample.problems(printed, environment: [:]).isEmpty, "\(lines)")
            // What is refused has been recorded.
            guard let again = try? Sample.load(printed, environment: [:]) else { continue }
            #expect(again.cognite.connection == configuration.cognite.connection, "\(lines)")
            #expect(again.rendered() == printed, "\(lines)")
        }
        #expect(accepted > 60)
    }

    @Test func `the example names every key of the connection`() {
        for key in ["proxy", "proxy-user", "proxy-password", "no-proxy", "ca-file", "min-tls", "certificate"] {
            #expect(Configuration.example.contains(" \(key):"), "\(key)")
        }
    }

    private func withCertificate(_ keys: String, tenant: String = "tenant: t-1") -> String {
        Sample.minimal.replacing("secret: shh-quiet", with: "certificate: {\(keys)}")
            .replacing("tenant: t-1", with: tenant)
    }

    @Test func `a certificate is read as Cognite's extractors have it`() throws {
        let plain = try Sample.load(withCertificate("path: /etc/c.pem"))
        #expect(plain.cognite.authentication.certificate == .init(path: "/etc/c.pem"))
        #expect(plain.cognite.authentication.tokenURL == "https://login.microsoftonline.com/t-1/oauth2/v2.0/token")
        let full = try Sample.load(
            withCertificate(
                "path: /etc/c.pfx, password: hush-3, authority-url: 'https://login.example.com/t-2/'",
                tenant: "resource: r"
            )
        )
        #expect(full.cognite.authentication.tokenURL == "https://login.example.com/t-2/oauth2/v2.0/token")
        #expect(full.cognite.authentication.scopes == ["https://c.example.com/.default"])
        #expect(try full.certificatePassword(environment: [:])?.reveal() == "hush-3")
        #expect(!full.rendered().contains("hush-3"))
        for configuration in [plain, full] {
            let again = try Sample.load(configuration.rendered(), environment: [:])
            #expect(again.rendered() == configuration.rendered())
            #expect(again.cognite.authentication.tokenURL == configuration.cognite.authentication.tokenURL)
        }
    }

    @Test(arguments: [
        ("path: c.pem", "tenant: t-1", "certificate.path: 'c.pem' is not an absolute path"),
        ("password: hush", "tenant: t-1", "certificate.path: is missing"),
        (
            "path: /c, password: hush, password-file: /p", "tenant: t-1",
            "certificate.password-file: cannot be combined with 'password'"
        ),
        ("path: /c", "resource: r", "idp-authentication.tenant: is missing"),
        (
            "path: /c, authority-url: 'https://l.example/t'", "token-url: https://l.example/x",
            "authority-url: cannot be combined with 'token-url'"
        ),
        ("path: /c, authority-url: 'http://l.example/t'", "tenant: t-1", "is not encrypted"),
        ("path: /c}\n    secret: {a: b", "tenant: t-1", "secret: cannot be combined with 'certificate'"),
    ])
    func `what is wrong about a certificate is said`(keys: String, tenant: String, words: String) {
        let said = Sample.lines(withCertificate(keys, tenant: tenant)).joined(separator: "\n")
        #expect(said.contains(words), "\(said)")
        #expect(!said.contains("hush"))
    }
}
