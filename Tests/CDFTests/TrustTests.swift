import Foundation
import Station
import TestSupport
import Testing

@testable import CDF

/// Whom drop360 trusts, and what it says where it does not.
struct TrustTests {
    private static let tokenServer: @Sendable (ScriptedServer.Request, Int) -> ScriptedServer.Reply = { _, _ in
        .json(#"{"access_token": "t"}"#)
    }

    private func asked(
        _ host: String = "localhost",
        port: Int,
        trusting file: String? = nil,
        minimum: ConnectionSettings.TLSVersion = .v12
    ) async throws -> CDFError? {
        var connection = ConnectionSettings(minimumTLS: minimum)
        if let file { connection.authorities = try Authorities(Array(Data(contentsOf: URL(fileURLWithPath: file)))) }
        let error = try await Bench.run("https://\(host):\(port)", tries: 1, connection: connection) { bench in
            await failure { try await bench.client.authenticate() }
        }
        if let text = error?.description {
            for part in ["/", ".cc", ".swift", "BoringSSL", "NIOSSL", "OPENSSL", "::"] {
                #expect(!text.contains(part), "\(part) in \(text)")
            }
        }
        return error
    }

    private func kind(_ error: CDFError?) throws -> TLSTrouble.Kind {
        guard case .tls(let trouble)? = error else {
            Issue.record("\(String(describing: error))")
            throw NeverCame("no trouble of TLS")
        }
        #expect(error?.remedy == .offline)
        return trouble.kind
    }

    @Test func `a company's authority is trusted if it is in the configured file, and named if it is not`()
        async throws
    {
        let (ours, other) = (try await TestAuthority(), try await TestAuthority())
        let server = try ScriptedServer(Self.tokenServer)
        defer { server.stop() }
        let certificate = try await ours.issue("host", for: ["localhost"])
        let front = try await TLSFront.start(in: ours.folder, target: server.base, certificate: certificate)
        let unknown = try await asked(port: front.port)
        #expect(try kind(unknown) == .unknownIssuer(TestAuthority.name))
        #expect(
            unknown?.summary.contains("signed by '\(TestAuthority.name)', which this machine does not trust") == true
        )
        #expect(unknown?.advice?.contains("cognite.connection.ca-file") == true)
        #expect(
            try kind(await asked(port: front.port, trusting: other.certificate)) == .unknownIssuer(TestAuthority.name)
        )
        #expect(server.requests.isEmpty)

        let both = try other.folder.read("ca.pem") + "# ours\n".utf8 + ours.folder.read("ca.pem")
        let bundle = try ours.folder.write(both, to: "bundle.pem")
        #expect(try Authorities(Array(both)).count == 2)
        #expect(try await asked(port: front.port, trusting: bundle) == nil)
        try await ours.openssl("x509", "-in", "ca.pem", "-outform", "der", "-out", "ca.crt")
        #expect(try await asked(port: front.port, trusting: ours.folder.path("ca.crt")) == nil, "as Windows exports it")
        #expect(server.requests.count == 2)
    }

    @Test func `an expired certificate, one for another host and one that nobody signed are distinguished`()
        async throws
    {
        let authority = try await TestAuthority()
        let server = try ScriptedServer(Self.tokenServer)
        defer { server.stop() }
        var fronts: [TLSFront] = []
        func front(_ certificate: String) async throws -> Int {
            let front = try await TLSFront.start(in: authority.folder, target: server.base, certificate: certificate)
            fronts.append(front)
            return front.port
        }
        let old = try await asked(
            port: front(try await authority.issue("old", for: ["localhost"], days: -1)),
            trusting: authority.certificate
        )
        guard case .expired(whose: "localhost", let end, let now) = try kind(old) else {
            Issue.record("\(String(describing: old))")
            return
        }
        #expect(now.timeIntervalSince(end) > 80_000)
        #expect(old?.summary.contains("expired at \(end.formatted(.iso8601))") == true)
        #expect(old?.advice?.contains("timedatectl") == true)

        let strange = try await authority.issue("strange", for: ["portal.example", "www.portal.example"])
        let other = try await asked(port: front(strange), trusting: authority.certificate)
        #expect(try kind(other) == .otherName(["portal.example", "www.portal.example"]))
        #expect(
            other?.summary.contains("a certificate for 'portal.example', 'www.portal.example', not for localhost")
                == true
        )

        try await authority.openssl(
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            "self.key",
            "-out",
            "self.crt",
            "-days",
            "9",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost"
        )
        let own = try authority.folder.write(
            authority.folder.read("self.crt") + authority.folder.read("self.key"),
            to: "self.pem"
        )
        #expect(try kind(await asked(port: front(own), trusting: authority.certificate)) == .selfSigned)
        #expect(fronts.flatMap(\.requests).isEmpty)
        #expect(server.requests.isEmpty)
    }

    @Test func `the oldest version of TLS is the configured one`() async throws {
        let authority = try await TestAuthority()
        let server = try ScriptedServer(Self.tokenServer)
        defer { server.stop() }
        let front = try await TLSFront.start(
            in: authority.folder,
            target: server.base,
            certificate: authority.issue("host", for: ["localhost"]),
            newest: "TLSv1_2"
        )
        #expect(try await asked(port: front.port, trusting: authority.certificate) == nil)
        let error = try await asked(port: front.port, trusting: authority.certificate, minimum: .v13)
        #expect(try kind(error) == .noCommonVersion(minimum: "1.3"))
        #expect(error?.advice?.contains("min-tls: 1.2") == true)
    }

    @Test func `a host that does not speak TLS is reported as such`() async throws {
        let server = try ScriptedServer(Self.tokenServer)
        defer { server.stop() }
        let port = try #require(URL(string: server.base)?.port)
        let hangsUp = try await asked(port: port)
        guard case .unreachable(host: "localhost", _)? = hangsUp else {
            #expect(try kind(hangsUp) == .notTLS)
            return
        }
    }

    @Test(.enabled(if: TinyProxy.isAvailable, "needs tinyproxy and user namespaces"))
    func `the certificate of a proxy that inspects TLS is reported with the proxy`() async throws {
        let authority = try await TestAuthority()
        let server = try ScriptedServer(Self.tokenServer)
        defer { server.stop() }
        let front = try await TLSFront.start(
            in: authority.folder,
            target: server.base,
            certificate: authority.issue("host", for: ["cdf.test"])
        )
        let proxy = try await TinyProxy.start(in: authority.folder)
        var connection = ConnectionSettings(proxy: .init(host: "127.0.0.1", port: proxy.port))
        func ask(_ host: String) async throws -> CDFError? {
            try await Bench.run("https://\(host):\(front.port)", tries: 1, connection: connection) { bench in
                await failure { try await bench.client.authenticate() }
            }
        }
        let unknown = try await ask("cdf.test")
        #expect(try kind(unknown) == .unknownIssuer(TestAuthority.name))
        #expect(unknown?.summary.contains("(through the proxy 127.0.0.1:\(proxy.port))") == true)
        connection.authorities = try Authorities(Array(authority.folder.read("ca.pem")))
        #expect(try kind(await ask("login.test")) == .otherName(["cdf.test"]))
        #expect(try await ask("cdf.test") == nil)
    }

    @Test(arguments: [
        ("", "contains no certificate"), ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "contains"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "contains a damaged certificate"),
        ("-----BEGIN PKCS7-----\nAAAA\n-----END PKCS7-----\n", "is a PKCS #7 bundle"),
        ("hello", "contains no certificate"),
    ])
    func `a file without certificates is refused with what to put into it`(text: String, words: String) {
        do throws(Authorities.Unreadable) {
            _ = try Authorities(Array(text.utf8))
            Issue.record("accepted")
        } catch {
            #expect(error.words.hasPrefix(words))
            #expect(!error.advice.isEmpty)
        }
    }

    @Test(arguments: [
        (
            "sslError([Error: 268435581 error:1000007d:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED at /w/CNIOBoringSSL/ssl/handshake.cc:393])",
            "certificate verify failed"
        ),
        ("odd at /a/b.cc:12, and b/c.cpp:4", "odd, and"), ("", "no reason given"),
    ])
    func `the library's message is shown without positions in its source`(text: String, plain: String) {
        #expect(TLSWords.plain(text) == plain)
    }

    @Test func `a clock that is behind is recognised by certificates from the future`() {
        let now = Date(timeIntervalSince1970: 1_000_000_000)
        let shown = ShownCertificate(
            subject: "cdf",
            issuer: "CA",
            isSelfSigned: false,
            start: now.addingTimeInterval(86400),
            end: now.addingTimeInterval(2 * 86400)
        )
        let kind = ShownCertificate.verdict(on: [shown], now: now)
        #expect(kind == .notYetValid(whose: "cdf", start: shown.start, now: now))
        let trouble = TLSTrouble(
            host: "cdf.example.com",
            proxy: nil,
            kind: .notYetValid(whose: "cdf", start: shown.start, now: now)
        )
        #expect(trouble.summary.contains("this machine's clock says 2001-09-09T01:46:40Z"))
        #expect(trouble.advice?.contains("timedatectl set-ntp true") == true)
    }
}
