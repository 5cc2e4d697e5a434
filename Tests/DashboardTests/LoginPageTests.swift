import Access
import AsyncHTTPClient
import Foundation
import LocalServer
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import Status
import Synchronization
import TestSupport
import Testing

@testable import Dashboard

/// A page that is open to the network: TLS, users, and a proxy.
@Suite(.timeLimit(.minutes(15)))
struct LoginPageTests {
    private let folder: TemporaryFolder
    private let users: UsersFile

    init() throws {
        folder = try TemporaryFolder()
        users = UsersFile(folder.path("users"))
        let hash = try #require(PasswordHash.make(of: "right 12"))
        try users.replace(with: "anna:\(hash.text)\nvera:\(hash.text):viewer\n", like: nil)
    }

    private func door(_ proxy: Gatekeeper.Proxy? = nil, isEncrypted: Bool = false) -> PageDoor {
        let logger = Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() }
        let desk = proxy?.userHeader == nil ? PasswordDesk(users, now: { Date() }, logger: logger) : nil
        return PageDoor(
            hosts: HostRule(listening: "127.0.0.1"),
            keeper: Gatekeeper(proxy: proxy, desk: desk),
            isEncrypted: isEncrypted
        )
    }

    private func serve(
        _ door: PageDoor,
        limits: ConnectionLimits = .page(),
        identity: ServerIdentity? = nil,
        _ body: (ActedPage, _ port: Int) async throws -> Void
    ) async throws {
        let page = ActedPage()
        var sources = DashboardSources(status: { StatusPageTests.status() })
        sources.actions = page.source
        try await RunningPage.serve(limits: limits, door: door, identity: identity, sources: sources) { port in
            try await body(page, port)
        }
    }

    private func basic(_ login: String) -> String { "Authorization: Basic " + Data(login.utf8).base64EncodedString() }

    @Test func `without a password nothing is shown, of any address`() async throws {
        try await serve(door()) { _, port in
            for path in [
                "/", "/status.json", "/healthz", "/style.css", "/drop360.js", "/nothing", "/stations/7/retract",
            ] {
                for headers in [[], [basic("anna:wrong 1")], [basic("nobody:right 12")], ["Authorization: Basic !"]] {
                    let answer = try await ActedPage.get(path, port: port, headers: headers)
                    guard !answer.hasPrefix("HTTP/1.1 429") else { continue }
                    #expect(answer.hasPrefix("HTTP/1.1 401"), "\(answer.prefix(60))")
                    #expect(answer.contains(#"Basic realm="drop360""#) && !answer.contains("registered"))
                }
            }
        }
    }

    /// A stream of `/events` that a user has opened.
    private func open(_ feed: ChangeFeed, _ login: String, port: Int) async throws -> RawConnection {
        let before = feed.subscriberCount
        let stream = try RawConnection(port: port)
        stream.send("GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\(basic(login))\r\n\r\n")
        _ = try await eventually("the stream begins") { feed.subscriberCount > before ? true : nil }
        return stream
    }

    @Test func `the open page of a removed user is told nothing more`() async throws {
        let feed = ChangeFeed()
        var limits = EventLimits(.page())
        limits.sleep = { try await Task.sleep(for: min($0, .milliseconds(1))) }
        let sources = DashboardSources(status: { StatusPageTests.status() }, changes: feed)
        let second = try #require(PasswordHash.make(of: "right 12")).text
        for change in ["remove", "password", "role"] {
            let hash = try #require(PasswordHash.make(of: "right 12")).text
            try users.replace(with: "anna:\(hash)\nbea:\(hash)\n", like: nil)
            try await RunningPage.serve(events: limits, door: door(), sources: sources) { port in
                let anna = try await open(feed, "anna:right 12", port: port)
                let bea = try await open(feed, "bea:right 12", port: port)
                let line = ["password": "anna:\(second)\n", "role": "anna:\(hash):viewer\n"][change] ?? ""
                try users.replace(with: line + "bea:\(hash)\n", like: nil)
                feed.send(.link(.connected))
                let told = await anna.untilEnd()
                #expect(told.hasPrefix("HTTP/1.1 200") && !told.contains("online"), "\(change): \(told)")
                #expect(feed.subscriberCount == 1)
                withExtendedLifetime(bea) {}
            }
        }
    }

    @Test func `a page of another site cannot have passwords tried, or use up the tries`() async throws {
        let hashes = Mutex(0)
        let logger = Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() }
        let desk = PasswordDesk(users, now: { Date() }, logger: logger) { _, _ in
            hashes.withLock { $0 += 1 }
            return false
        }
        let door = PageDoor(hosts: HostRule(listening: "127.0.0.1"), keeper: Gatekeeper(desk: desk))
        try await serve(door) { page, port in
            for method in ["GET", "POST", "PUT", "OPTIONS"] {
                for foreign in [
                    ["Sec-Fetch-Site: cross-site"], ["Sec-Fetch-Site: same-site"], ["Origin: http://evil.example"],
                ] {
                    // Of reads, older browsers say nothing.
                    guard method != "GET" || foreign[0].hasPrefix("Sec") else { continue }
                    let lines = ["\(method) /pause HTTP/1.1", "Host: 127.0.0.1:\(port)", basic("anna:guess")] + foreign
                    let answer = try await RawConnection.ask(port: port, lines.joined(separator: "\r\n"))
                    #expect(
                        answer.hasPrefix("HTTP/1.1 403") && !answer.contains("WWW-Authenticate"),
                        "\(method) \(foreign)"
                    )
                }
            }
            #expect(hashes.withLock { $0 } == 0 && page.done.isEmpty)
            _ = try await ActedPage.post("/pause", "", port: port, headers: [basic("anna:guess")])
            #expect(hashes.withLock { $0 } == 1)
        }
    }

    @Test func `a user acts under the own name, with the own token`() async throws {
        try await serve(door()) { page, port in
            let login = [basic("anna:right 12")]
            let overview = try await ActedPage.get("/", port: port, headers: login)
            let token = try ActedPage.token(in: overview)
            #expect(try await ActedPage.post("/pause", "token=\(token)", port: port).hasPrefix("HTTP/1.1 401"))
            let answer = try await ActedPage.post("/pause", "token=\(token)", port: port, headers: login)
            #expect(answer.hasPrefix("HTTP/1.1 303"))
            #expect(page.done == [.pause] && page.visitors == ["user anna"])
        }
    }

    @Test func `a viewer sees the page without forms, and may post none`() async throws {
        try await serve(door()) { page, port in
            let login = [basic("vera:right 12")]
            let overview = try await ActedPage.get("/", port: port, headers: login)
            #expect(overview.hasPrefix("HTTP/1.1 200") && !overview.contains("<form"))
            let anna = try await ActedPage.get("/", port: port, headers: [basic("anna:right 12")])
            let token = try ActedPage.token(in: anna)
            let answer = try await ActedPage.post("/pause", "token=\(token)", port: port, headers: login)
            #expect(answer.hasPrefix("HTTP/1.1 403") && page.done.isEmpty)
            let question = try await ActedPage.get("/stations/7/retract?image=a", port: port, headers: login)
            #expect(question.hasPrefix("HTTP/1.1 403"))
        }
    }

    @Test func `behind a proxy the user is the one that it names`() async throws {
        let local = try #require(AddressRange("127.0.0.1"))
        try await serve(door(.init(trusted: [local], userHeader: "X-Remote-User"))) { page, port in
            #expect(try await ActedPage.get("/", port: port).hasPrefix("HTTP/1.1 403"))
            let user = ["X-Remote-User: anna"]
            let token = try ActedPage.token(in: try await ActedPage.get("/", port: port, headers: user))
            // The proxy speaks TLS with browsers.
            let origin = ["Origin: https://127.0.0.1:\(port)"]
            let answer = try await ActedPage.post("/pause", "token=\(token)", port: port, headers: user + origin)
            #expect(answer.hasPrefix("HTTP/1.1 303") && page.visitors == ["user anna"])
            let other = try await ActedPage.post(
                "/pause",
                "token=\(token)",
                port: port,
                headers: ["X-Remote-User: bea"]
            )
            #expect(other.hasPrefix("HTTP/1.1 403"))
            let two = try await ActedPage.get("/", port: port, headers: user + ["X-Remote-User: root"])
            #expect(two.hasPrefix("HTTP/1.1 403"))
        }
        let far = try #require(AddressRange("10.0.0.1"))
        try await serve(door(.init(trusted: [far], userHeader: "X-Remote-User"))) { _, port in
            let answer = try await ActedPage.get("/", port: port, headers: ["X-Remote-User: anna"])
            #expect(answer.hasPrefix("HTTP/1.1 403") && answer.contains("answers its proxy only"))
        }
    }

    private func identity(_ authority: TestAuthority) async throws -> ServerIdentity {
        _ = try await authority.issue("page", for: ["127.0.0.1"])
        let (certificate, key) = (try authority.folder.read("page.crt"), try authority.folder.read("page.key"))
        return try ServerIdentity(certificate: Array(certificate), key: Array(key))
    }

    /// Asks for the overview, or posts a form to pause.
    private func send(
        _ client: HTTPClient,
        _ port: Int,
        _ form: String? = nil
    ) async throws -> (status: UInt, body: String) {
        var request = HTTPClientRequest(url: "https://127.0.0.1:\(port)\(form == nil ? "/" : "/pause")")
        request.headers.add(name: "authorization", value: String(basic("anna:right 12").dropFirst(15)))
        request.headers.add(name: "origin", value: "https://127.0.0.1:\(port)")
        if let form {
            request.method = .POST
            request.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
            request.body = .bytes(ByteBuffer(string: form))
        }
        let response = try await client.execute(request, timeout: .seconds(60))
        return (response.status.code, String(buffer: try await response.body.collect(upTo: 1 << 20)))
    }

    @Test func `the page is served by HTTPS, and by nothing else`() async throws {
        let authority = try await TestAuthority()
        let identity = try await identity(authority)
        try await serve(door(isEncrypted: true), identity: identity) { page, port in
            var configuration = HTTPClient.Configuration()
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .file(authority.certificate)
            configuration.tlsConfiguration = tls
            configuration.redirectConfiguration = .disallow
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
            do {
                let overview = try await send(client, port)
                #expect(overview.status == 200)
                let token = try ActedPage.token(in: overview.body)
                #expect(try await send(client, port, "token=\(token)").status == 303)
                #expect(page.visitors == ["user anna"])
            } catch {
                try await client.shutdown()
                throw error
            }
            try await client.shutdown()
            let plain = try await ActedPage.get("/", port: port, headers: [basic("anna:right 12")])
            #expect(!plain.contains("HTTP/1.1 200"))
        }
    }

    @Test func `whoever begins to speak TLS and stops keeps nobody else out`() async throws {
        let authority = try await TestAuthority()
        let identity = try await identity(authority)
        let limits = ConnectionLimits(connections: 4, idle: .milliseconds(200), answersAreShort: true)
        try await serve(door(isEncrypted: true), limits: limits, identity: identity) { _, port in
            let silent = try RawConnection(port: port)
            let slow = try RawConnection(port: port)
            // The beginning of a client's hello.
            slow.send("\u{16}\u{3}\u{1}")
            #expect(await silent.untilEnd() == "")
            #expect(await slow.untilEnd() == "")
            let many = try (0..<50).map { _ in try RawConnection(port: port) }
            _ = try await eventually("all but four are closed") { many.count { !$0.isClosed } <= 4 ? true : nil }
        }
    }
}
