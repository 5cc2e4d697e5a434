import Foundation
import FoundationNetworking
import TestSupport
import Testing

/// The network as it is in industry: a real proxy, a company's authority, and what `doctor` says where they are in the way.
@Suite(
    .serialized,
    .timeLimit(.minutes(15)),
    .enabled(if: TinyProxy.isAvailable, "needs tinyproxy and user namespaces")
)
struct ProxyJourneyTests {
    /// A site whose CDF, identity provider and store of uploads are names that only the proxy knows, behind certificates of a company.
    private final class Plant: Sendable {
        let site: Site
        let authority: TestAuthority
        let front: TLSFront
        let proxy: TinyProxy

        init(more: String = "") async throws {
            site = try await Site()
            authority = try await TestAuthority()
            front = try await TLSFront.start(
                in: site.folder,
                target: site.sandbox.url,
                certificate: authority.issue("inspection", for: TinyProxy.hosts),
                uploads: "store.test"
            )
            proxy = try await TinyProxy.start(in: site.folder, login: ("crew", "hush-hush"), more: more)
            // Without one, `doctor` has something else to complain of.
            try site.folder.makeFolder("state")
            try configure()
        }

        var standardConnection: String {
            "{proxy: \"http://127.0.0.1:\(proxy.port)\", proxy-user: crew, proxy-password: hush-hush, ca-file: \(authority.certificate)}"
        }

        func configure(
            connection: String? = nil,
            host: String = "cdf.test",
            port: Int? = nil,
            project: String = "sandbox"
        ) throws {
            let port = port ?? front.port
            try site.folder.write(
                """
                version: 1
                cognite:
                  host: https://\(host):\(port)
                  project: \(project)
                  idp-authentication:
                    token-url: https://login.test:\(port)/oauth2/token
                    client-id: sandbox
                    secret: sandbox
                  data-set: {external-id: sandbox}
                  connection: \(connection ?? standardConnection)
                target: {space: sandbox}
                state: \(site.state)
                inboxes: [{path: \(site.inbox), settle: 200ms}]
                dashboard: {listen: "127.0.0.1:0"}

                """,
                to: "config.yaml"
            )
        }

        /// What `doctor` has found, worst first, by subject.
        func doctor(environment: [String: String] = [:]) async throws -> (
            exit: ChildProcess.Exit, bad: [String: String], all: [String: String]
        ) {
            let finished = try await site.run(
                "doctor",
                "--json",
                "--config",
                site.configuration,
                environment: environment
            )
            let findings = try finished.facts()["findings"].list
            func words(_ findings: [Facts]) -> [String: String] {
                Dictionary(
                    findings.map {
                        ($0["subject"].text ?? "", "\($0["message"].text ?? "") → \($0["advice"].text ?? "")")
                    }
                ) { "\($0) \($1)" }
            }
            for part in [".cc", "BoringSSL", "NIOSSL", "OPENSSL", "Error(", "hush-hush"] {
                #expect(!(finished.output + finished.errors).contains(part), "\(finished.output)")
            }
            return (finished.exit, words(findings.filter { $0["verdict"].text == "bad" }), words(findings))
        }
    }

    @Test func `a station is delivered through a proxy that asks for a password and a company that inspects TLS`()
        async throws
    {
        let plant = try await Plant()
        try plant.site.drop("station")
        try await plant.site.deliverAll()
        try await plant.site.sandbox.contents().expectWhole(images: 1)
        let port = plant.front.port
        #expect(plant.proxy.targets == Set(TinyProxy.hosts.map { "\($0):\(port)" }))
        let requests = plant.front.requests
        #expect(requests.count { $0.hasPrefix("PUT store.test /upload/") } == 6)
        #expect(requests.contains("POST login.test /oauth2/token"))
        #expect(requests.contains { $0.hasPrefix("POST cdf.test /api/v1/projects/sandbox/models/instances") })

        let config = try await plant.site.run("config", "--config", plant.site.configuration)
        #expect(config.exit == .code(0) && config.output.contains("proxy-password: \"(hidden)\""))
        #expect(!config.output.contains("hush-hush"))
        let (exit, bad, all) = try await plant.doctor()
        #expect(exit == .code(0) && bad.isEmpty, "\(bad)")
        #expect(all["proxy"]?.hasPrefix("Connections go through 127.0.0.1:\(plant.proxy.port).") == true)
    }

    @Test func `the environment's proxy is used where the configuration says so`() async throws {
        let plant = try await Plant()
        try plant.configure(connection: "{proxy: from-environment, ca-file: \(plant.authority.certificate)}")
        let variable = ["HTTPS_PROXY": "http://crew:hush-hush@127.0.0.1:\(plant.proxy.port)", "NO_PROXY": "a.example"]
        #expect(try await plant.doctor(environment: variable).exit == .code(0))
        var nothing = variable
        nothing["NO_PROXY"] = ".test"
        let (exit, bad, all) = try await plant.doctor(environment: nothing)
        #expect(exit == .code(69))
        #expect(all["proxy"]?.contains("all hosts are excluded from it") == true)
        #expect(
            bad["network"]?.contains("login.test cannot be reached (this machine's DNS does not know its name)")
                == true,
            "\(bad)"
        )
        let (_, _, unset) = try await plant.doctor()
        #expect(unset["proxy"]?.contains("neither HTTPS_PROXY nor ALL_PROXY is") == true)
        #expect(unset["proxy"]?.contains("systemctl edit drop360") == true)
    }

    @Test func `doctor distinguishes trouble of the proxy, of TLS and of CDF`() async throws {
        let plant = try await Plant(more: "ConnectPort 1")
        let authority = plant.authority
        let proxy = "proxy: \"http://127.0.0.1:\(plant.proxy.port)\""

        // The proxy lets nobody through to this port.
        var found = try await plant.doctor()
        #expect(found.exit == .code(69))
        #expect(
            found.bad["proxy"]?.contains("refuses to connect to login.test (status 403") == true,
            "\(found.bad)"
        )
        #expect(found.bad["proxy"]?.contains("allow CONNECT to login.test") == true)

        try plant.configure(connection: "{\(proxy), ca-file: \(authority.certificate)}")
        found = try await plant.doctor()
        #expect(found.exit == .code(1))
        #expect(found.bad["proxy"]?.contains("requires a user and a password (status 407)") == true, "\(found.bad)")

        try plant.configure(connection: "{proxy: \"http://proxy.invalid:3128\"}")
        found = try await plant.doctor()
        #expect(
            found.bad["proxy"]?.contains(
                "The proxy proxy.invalid:3128 cannot be reached: this machine's DNS does not know"
            ) == true,
            "\(found.bad)"
        )

        let nobody = try FreePort.find()
        try plant.configure(connection: "{ca-file: \(authority.certificate)}")
        found = try await plant.doctor()
        #expect(found.bad["network"]?.contains("set `cognite.connection.proxy`") == true, "\(found.bad)")

        try plant.configure(connection: "{proxy: \"http://127.0.0.1:\(nobody)\"}")
        found = try await plant.doctor()
        #expect(found.exit == .code(69))
        #expect(
            found.bad["proxy"]?.contains("The proxy 127.0.0.1:\(nobody) cannot be reached (Connection refused)")
                == true,
            "\(found.bad)"
        )

        let open = try await TinyProxy.start(in: plant.site.folder)
        let through = "proxy: \"http://127.0.0.1:\(open.port)\""
        func front(_ certificate: String) async throws -> TLSFront {
            try await TLSFront.start(in: plant.site.folder, target: plant.site.sandbox.url, certificate: certificate)
        }

        try plant.configure(connection: "{\(through)}")
        found = try await plant.doctor()
        #expect(found.exit == .code(69))
        #expect(
            found.bad["TLS"]?.contains("signed by '\(TestAuthority.name)', which this machine does not trust") == true,
            "\(found.bad)"
        )
        #expect(found.bad["TLS"]?.contains("`cognite.connection.ca-file`") == true)

        let trusted = "{\(through), ca-file: \(authority.certificate)}"
        let old = try await front(try await authority.issue("old", for: TinyProxy.hosts, days: -1))
        try plant.configure(connection: trusted, port: old.port)
        found = try await plant.doctor()
        #expect(found.bad["TLS"]?.contains("expired at 20") == true, "\(found.bad)")
        #expect(found.bad["TLS"]?.contains("this machine's clock says 20") == true)

        let other = try await front(try await authority.issue("other", for: ["portal.example"]))
        try plant.configure(connection: trusted, port: other.port)
        found = try await plant.doctor()
        #expect(
            found.bad["TLS"]?.contains("a certificate for 'portal.example', not for login.test") == true,
            "\(found.bad)"
        )

        let nothing = try FreePort.find()
        try plant.configure(connection: trusted, port: nothing)
        found = try await plant.doctor()
        #expect(found.exit == .code(69))
        #expect(
            found.bad["proxy"]?.contains("answers, but cannot reach login.test (status 500") == true,
            "\(found.bad)"
        )

        try plant.configure(connection: trusted)
        found = try await plant.doctor()
        #expect(found.exit == .code(0), "\(found.all)")
        try await plant.site.sandbox.fail(
            #"{"match": {"path": "/models/*"}, "then": {"kind": "status", "status": 401}}"#
        )
        found = try await plant.doctor()
        #expect(found.exit == .code(1))
        #expect(found.bad["CDF project"]?.contains("CDF did not accept the access token") == true, "\(found.bad)")
        #expect(found.all["token"]?.contains("accepts the client id and secret") == true)
    }

    @Test func `the running daemon says where the connection breaks, and continues when the proxy is back`()
        async throws
    {
        let plant = try await Plant()
        let nobody = try FreePort.find()
        try plant.configure(
            connection: "{proxy: \"http://127.0.0.1:\(nobody)\", ca-file: \(plant.authority.certificate)}"
        )
        let systemd = try NotifySocket(plant.site.folder.path("notify"))
        let daemon = try plant.site.startDaemon(environment: ["NOTIFY_SOCKET": systemd.path])
        try plant.site.drop("station")
        try await plant.site.become("accepted", "station")
        _ = try await eventually("offline: \(daemon.errors)") {
            systemd.messages.contains {
                $0.text.hasPrefix("STATUS=Offline since")
                    && $0.text.contains("The proxy 127.0.0.1:\(nobody) cannot be reached (Connection refused)")
            } ? true : nil
        }
        try plant.configure()
        daemon.send(SIGHUP)
        try await plant.site.become("registered", "station")
        try await plant.site.stop(daemon)
    }

    @Test func `a bad proxy, authority or certificate is a configuration error, reported at the start`()
        async throws
    {
        let site = try await Site()
        let good = String(decoding: try site.folder.read("config.yaml"), as: UTF8.self)
        try site.folder.write("no certificate", to: "ca.pem")
        for (section, words) in [
            (
                "connection: {ca-file: \(site.folder.path("ca.pem"))}",
                "ca.pem, named by cognite.connection.ca-file, contains no certificate"
            ),
            (
                "connection: {ca-file: /nowhere/ca.pem}",
                "/nowhere/ca.pem, named by cognite.connection.ca-file, could not be read"
            ),
            ("connection: {proxy: \"http://127.0.0.1:9\", proxy-user: crew}", "the proxy's password is missing"),
        ] {
            try site.folder.write(
                good.replacing("  project: sandbox\n", with: "  project: sandbox\n  \(section)\n"),
                to: "config.yaml"
            )
            for command in [["run"], ["run", "--until-idle"]] {
                let child = try site.start(command + ["--config", site.configuration])
                #expect(try await child.ended() == .code(78), "\(child.errors)")
                #expect(child.errors.contains(words), "\(child.errors)")
            }
            let doctor = try await site.run("doctor", "--config", site.configuration)
            #expect(doctor.exit == .code(1), "\(doctor.output)")
            // A password that only the service may have is not doctor's to miss.
            let expected = section.contains("proxy-user") ? "passes proxy-password to the service only" : words
            #expect(doctor.output.contains(expected), "\(doctor.output)")
        }
    }
}

/// Signing in with a certificate, by the real binary; what is signed is looked at in `ClientCertificateTests`.
@Suite(.timeLimit(.minutes(15)))
struct CertificateJourneyTests {
    @Test func `a station is delivered with a certificate to sign in, and doctor says until when it is valid`()
        async throws
    {
        let site = try await Site()
        let authority = try await TestAuthority()
        let login = try await authority.issue("login", for: ["drop360-login"])
        var request = URLRequest(url: try #require(URL(string: site.sandbox.url + "/oauth2/token")))
        request.httpMethod = "POST"
        request.httpBody = Data("grant_type=client_credentials&client_id=sandbox&client_secret=sandbox".utf8)
        request.setValue("application/x-www-form-urlencoded", forHTTPHeaderField: "content-type")
        let token = String(decoding: try await URLSession.shared.data(for: request).0, as: UTF8.self)
        let issuer = try ScriptedServer { request, _ in
            request.text.contains("client_assertion=ey") && !request.text.contains("client_secret")
                ? .json(token) : .json(#"{"error": "invalid_client"}"#, status: 401)
        }
        defer { issuer.stop() }
        let secret = "{token-url: \"\(site.sandbox.url)/oauth2/token\", client-id: sandbox, secret: sandbox}"
        let yaml = String(decoding: try site.folder.read("config.yaml"), as: UTF8.self)
        try #require(yaml.contains(secret))
        try site.folder.write(
            yaml.replacing(
                secret,
                with: "{token-url: \"\(issuer.base)/oauth2/token\", client-id: sandbox, certificate: {path: \(login)}}"
            ),
            to: "config.yaml"
        )
        try site.drop("station")
        try await site.deliverAll()
        try await site.sandbox.contents().expectWhole(images: 1)
        let doctor = try await site.run("doctor", "--config", site.configuration)
        // It ends within 30 days, which is a warning.
        #expect(doctor.exit == .code(0), "\(doctor.output)")
        #expect(doctor.output.contains("warning  certificate: The certificate 'drop360-login' is valid until"))
        #expect(doctor.output.contains("accepts the client id and certificate"))
    }
}
