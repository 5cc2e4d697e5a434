import Foundation
import Station
import TestSupport
import Testing

@testable import CDF

/// What becomes of requests behind a proxy: a scripted one that refuses, and a real one.
struct ProxyTests {
    private func trouble(_ error: CDFError?) -> ProxyTrouble? {
        if case .proxy(let trouble)? = error { trouble } else { nil }
    }

    private func asked(through port: Int, login: ConnectionSettings.Proxy.Login? = nil, tries: Int = 1) async throws
        -> CDFError?
    {
        let connection = ConnectionSettings(proxy: .init(host: "127.0.0.1", port: port, login: login))
        return try await Bench.run("https://cdf.test", tries: tries, connection: connection) { bench in
            await failure { try await bench.client.authenticate() }
        }
    }

    private func port(_ server: ScriptedServer) throws -> Int { try #require(URL(string: server.base)?.port) }

    @Test(arguments: [
        ("HTTP/1.1 403 Filtered", ProxyTrouble.Kind.refused(status: 403, words: "Filtered"), 1),
        (
            "HTTP/1.0 403 Forbidden\r\nX-Squid-Error: ERR_ACCESS_DENIED 0",
            .refused(status: 403, words: "Forbidden, ERR_ACCESS_DENIED"), 1
        ),
        ("HTTP/1.1 405 Method Not Allowed", .noProxy, 1),
        ("HTTP/1.1 407 Proxy Authentication Required", .loginMissing(status: 407), 1),
        ("HTTP/1.1 502 Bad Gateway", .hostUnreachable(status: 502, words: "Bad Gateway"), 3),
        (
            "HTTP/1.1 503 Service Unavailable\r\nX-Squid-Error: ERR_DNS_FAIL 0",
            .hostUnreachable(status: 503, words: "Service Unavailable, ERR_DNS_FAIL"), 3
        ),
        ("HTTP/1.1 500 Unable to connect", .hostUnreachable(status: 500, words: "Unable to connect"), 3),
        ("SSH-2.0-OpenSSH_9.2", .noProxy, 1),
    ])
    func `a proxy's answer in place of a tunnel is reported in its own words`(
        head: String,
        kind: ProxyTrouble.Kind,
        tries: Int
    ) async throws {
        let server = try ScriptedServer { _, _ in .raw(head + "\r\ncontent-length: 0\r\n\r\n") }
        defer { server.stop() }
        let error = try await asked(through: port(server), tries: 3)
        let found = try #require(trouble(error), "\(String(describing: error))")
        #expect(found.kind == kind)
        #expect(found.host == "cdf.test")
        #expect(error?.description.contains("127.0.0.1:\(try port(server))") == true)
        // Each try, and where the status is not in its error, one look more.
        let requests = server.requests.map(\.method)
        #expect(requests.allSatisfy { $0 == "CONNECT" })
        let looks = head.contains("407") ? 1 : 2
        #expect(requests.count == tries * looks)
        #expect(error?.remedy == (head.contains("407") ? .pauseStage : .offline))
    }

    @Test func `a proxy that is down or unknown to DNS is distinguished from CDF being down`() async throws {
        let down = try await asked(through: FreePort.find())
        #expect(trouble(down)?.kind == .unreachable(detail: "Connection refused"))
        #expect(down?.remedy == .offline)
        let unknown = ConnectionSettings(proxy: .init(host: "proxy.invalid", port: 3128))
        let error = try await Bench.run("https://cdf.test", tries: 1, connection: unknown) { bench in
            await failure { try await bench.client.authenticate() }
        }
        #expect(trouble(error)?.kind == .unknownName)
        #expect(error?.summary.contains("The proxy proxy.invalid:3128 cannot be reached: this machine's DNS") == true)
    }

    @Test func `without a proxy a host that is down is named with the system's word for it`() async throws {
        let port = try FreePort.find()
        let error = try await Bench.run("http://127.0.0.1:\(port)", tries: 1) { bench in
            await failure { try await bench.client.authenticate() }
        }
        #expect(error == .unreachable(host: "127.0.0.1", detail: "Connection refused"))
        let unknown = try await Bench.run("http://cdf.invalid", tries: 1) { bench in
            await failure { try await bench.client.authenticate() }
        }
        #expect(unknown == .unreachable(host: "cdf.invalid", detail: "this machine's DNS does not know its name"))
    }

    @Test(.enabled(if: TinyProxy.isAvailable, "needs tinyproxy and user namespaces"))
    func `requests, tokens and uploads go through a real proxy with its password, and this machine is asked directly`()
        async throws
    {
        let folder = try TemporaryFolder()
        let proxy = try await TinyProxy.start(in: folder, login: ("crew", "hush-pass"))
        let face = try await FaceBench()
        let server = try ScriptedServer { request, _ in
            switch request.method {
            case "PUT": .answer(200)
            case _ where request.target == "/oauth2/token": .json(#"{"access_token": "t"}"#)
            default:
                .json(
                    #"{"id": 1, "uploadUrl": "http://127.0.0.1:\#(request.headers["host"]?.split(separator: ":").last ?? "")/put"}"#
                )
            }
        }
        defer { server.stop() }
        let base = "http://cdf.test:\(try port(server))"
        func connection(_ password: String?, direct: [String] = []) -> ConnectionSettings {
            ConnectionSettings(
                proxy: .init(
                    host: "127.0.0.1",
                    port: proxy.port,
                    login: password.map { password in .init(user: "crew") { password } }
                ),
                directHosts: DirectHosts(direct)
            )
        }
        try await Bench.run(base, connection: connection("hush-pass")) { bench async throws in
            try await bench.client.authenticate()
            _ = await failure { try await bench.client.fileStatuses(["a"]) }
            #expect(proxy.targets == ["cdf.test:\(try port(server))"])
            #expect(server.requests.first?.headers["host"] == "cdf.test:\(try port(server))")
            #expect(server.requests.allSatisfy { $0.headers["proxy-authorization"] == nil })
            // CDF is elsewhere: it has no business with what listens here.
            let puts = server.requests.count { $0.method == "PUT" }
            let error = await failure { try await face.upload(bench) }
            #expect(error == .notCDF(host: "127.0.0.1", detail: "an upload address on this machine"))
            #expect(server.requests.count { $0.method == "PUT" } == puts)
        }
        let wrong = try await Bench.run(base, tries: 1, connection: connection("wrong")) { bench in
            await failure { try await bench.client.authenticate() }
        }
        // Tinyproxy answers 401 to a wrong password, and 407 to none.
        let kind = try #require(trouble(wrong)?.kind)
        #expect(kind == .loginRefused(status: 401), "\(kind)")
        #expect(wrong?.description.contains("wrong") == false)
        let none = try await Bench.run(base, tries: 1, connection: connection(nil)) { bench in
            await failure { try await bench.client.authenticate() }
        }
        #expect(trouble(none)?.kind == .loginMissing(status: 407))
        let excluded = try await Bench.run(base, tries: 1, connection: connection("wrong", direct: [".test"])) {
            bench in
            await failure { try await bench.client.authenticate() }
        }
        #expect(excluded == .unreachable(host: "cdf.test", detail: "this machine's DNS does not know its name"))
    }
}
