import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import Sandbox

struct AccessTests {
    private func form(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func `a client with the right secret gets a token that opens the API`() async throws {
        try await withSandbox { client async throws in
            let answer = try await client.send(
                .POST,
                "\(client.base)/oauth2/token",
                body: .bytes(form("grant_type=client_credentials&client_id=sandbox&client_secret=sandbox&scope=a%20b"))
            )
            #expect(answer.status == 200)
            #expect(answer.json["expires_in"] == 3600)
            var own = client
            own.token = try #require(answer.json["access_token"]?.string)
            #expect(try await own.api(.GET, "/models/spaces").status == 200)
            let inspected = try await client.send(
                .GET,
                "\(client.base)/api/v1/token/inspect",
                headers: ["authorization": "Bearer \(own.token ?? "")"]
            )
            #expect(inspected.json["projects"]?.array?.first?["projectUrlName"] == "sandbox")
            let log = try await client.requests().first
            #expect(log?["requestBody"]?["client_secret"] == "***")
        }
    }

    @Test func `HTTP Basic carries the client as well`() async throws {
        try await withSandbox { client async throws in
            let answer = try await client.send(
                .POST,
                "\(client.base)/oauth2/token",
                headers: ["authorization": "Basic c2FuZGJveDpzYW5kYm94"],
                body: .bytes(form("grant_type=client_credentials"))
            )
            #expect(answer.status == 200)
        }
    }

    @Test func `wrong credentials and other grants are refused with OAuth's errors`() async throws {
        try await withSandbox { client async throws in
            let wrong = try await client.send(
                .POST,
                "\(client.base)/oauth2/token",
                body: .bytes(form("grant_type=client_credentials&client_id=sandbox&client_secret=x"))
            )
            #expect(wrong.status == 401)
            #expect(wrong.json["error"] == "invalid_client")
            let grant = try await client.send(
                .POST,
                "\(client.base)/oauth2/token",
                body: .bytes(form("grant_type=password"))
            )
            #expect(grant.status == 400)
        }
    }

    @Test(arguments: [nil, "nonsense", "1.2.3"] as [String?])
    func `the API refuses a missing or unknown token`(token: String?) async throws {
        try await withSandbox { client async throws in
            var stranger = client
            stranger.token = token
            let answer = try await stranger.api(.GET, "/models/spaces")
            #expect(answer.status == 401)
            #expect(answer.message == "Unauthorized")
            #expect(answer.headers.first(name: "x-request-id")?.isEmpty == false)
        }
    }

    @Test func `a token expires`() async throws {
        var configuration = SandboxConfiguration()
        configuration.tokenLifetime = .zero
        try await withSandbox(configuration) { client async throws in
            let answer = try await client.send(
                .POST,
                "\(client.base)/oauth2/token",
                body: .bytes(form("grant_type=client_credentials&client_id=sandbox&client_secret=sandbox"))
            )
            var own = client
            own.token = try #require(answer.json["access_token"]?.string)
            #expect(try await own.api(.GET, "/models/spaces").status == 401)
        }
    }

    @Test func `another project is refused, and browsers are allowed`() async throws {
        try await withSandbox { client async throws in
            let other = try await client.send(
                .GET,
                "\(client.base)/api/v1/projects/other/models/spaces",
                headers: ["authorization": "Bearer sandbox"]
            )
            #expect(other.status == 401)
            let preflight = try await client.send(.OPTIONS, "\(client.base)/api/v1/projects/sandbox/files/byids")
            #expect(preflight.status == 204)
            #expect(preflight.headers.first(name: "access-control-allow-origin") == "*")
            #expect(preflight.headers.first(name: "access-control-allow-headers")?.contains("authorization") == true)
        }
    }

    @Test func `a port in use is reported, and nobody waits for the URL`() async throws {
        try await withSandbox { client async throws in
            var configuration = SandboxConfiguration()
            configuration.port = Int(client.base.split(separator: ":").last ?? "") ?? 0
            let second = try SandboxServer(configuration: configuration, logger: .init(label: "second"))
            async let url = second.baseURL()
            let error = await #expect(throws: SandboxError.self) { try await second.run() }
            #expect(error?.description.contains("can't listen on 127.0.0.1:\(configuration.port)") == true)
            #expect(await url == "")
        }
    }
}

/// What a web page that somebody has open on this machine can do to the sandbox.
@Suite(.timeLimit(.minutes(15)))
struct ForeignPageTests {
    private let rules = #"{"rules": [{"then": {"kind": "status", "status": 500}}]}"#

    private func port(_ client: SandboxClient) throws -> Int {
        try #require(URL(string: client.base)?.port)
    }

    @Test func `a page from another site can neither set nor clear faults`() async throws {
        try await withSandbox { client async throws in
            let port = try port(client)
            for header in [
                "Origin: http://evil.example\r\nContent-Type: text/plain",
                "Origin: null\r\nContent-Type: application/json",
                "Sec-Fetch-Site: cross-site\r\nContent-Type: application/x-www-form-urlencoded",
                "Content-Type: text/plain",
            ] {
                let head = "HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\(header)"
                let posted = try await RawConnection.ask(port: port, "POST /sandbox/faults \(head)", body: rules)
                #expect(posted.hasPrefix("HTTP/1.1 403"), "\(header): \(posted.prefix(80))")
                #expect(!posted.lowercased().contains("access-control-allow"))
            }
            let faults = try await client.send(.GET, "\(client.base)/sandbox/faults")
            #expect(faults.json["rules"]?.array?.isEmpty == true)
            try await client.faults(["match": ["path": "/nothing"], "then": ["kind": "status", "status": 500]])
            let head = "HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nOrigin: http://evil.example"
            for path in ["faults", "requests"] {
                let deleted = try await RawConnection.ask(port: port, "DELETE /sandbox/\(path) \(head)")
                #expect(deleted.hasPrefix("HTTP/1.1 403"), "\(deleted.prefix(80))")
            }
            let kept = try await client.send(.GET, "\(client.base)/sandbox/faults")
            #expect(kept.json["rules"]?.array?.count == 1)
        }
    }

    @Test(arguments: ["/", "/sandbox/contents", "/sandbox/requests", "/sandbox/faults"])
    func `a rebound host name does not get the sandbox's own pages`(path: String) async throws {
        try await withSandbox { client async throws in
            let port = try port(client)
            let answer = try await RawConnection.ask(port: port, "GET \(path) HTTP/1.1\r\nHost: evil.example:\(port)")
            #expect(answer.hasPrefix("HTTP/1.1 421"), "\(answer.prefix(80))")
        }
    }

    @Test func `behind a proxy the API answers to any name, and still requires a token`() async throws {
        try await withSandbox { client async throws in
            let head = "GET /api/v1/token/inspect HTTP/1.1\r\nHost: cdf.example"
            let answer = try await RawConnection.ask(port: try port(client), head)
            #expect(answer.hasPrefix("HTTP/1.1 401"), "\(answer.prefix(80))")
            let token = "\(head)\r\nAuthorization: Bearer sandbox"
            let told = try await RawConnection.ask(port: try port(client), token)
            #expect(told.hasPrefix("HTTP/1.1 200"), "\(told.prefix(80))")
        }
    }

    @Test func `holding hundreds of connections open keeps nobody from the sandbox`() async throws {
        try await withSandbox { client async throws in
            let port = try port(client)
            var held: [RawConnection] = []
            for _ in 0..<400 { held.append(try RawConnection(port: port)) }
            #expect(try await client.send(.GET, "\(client.base)/sandbox/contents").status == 200)
            _ = try await eventually("some went") { held.count { !$0.isClosed } <= 256 ? true : nil }
        }
    }
}
