import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Testing

@testable import Sandbox

struct FaultTests {
    private let byIDs: JSON = ["items": [["externalId": "a"]], "ignoreUnknownIds": true]

    private func status(_ client: SandboxClient) async throws -> Int {
        try await client.post("/files/byids", byIDs).status
    }

    @Test func `a status strikes the requests that the rule names, and no others`() async throws {
        try await withSandbox { client async throws in
            try await client.faults(
                [
                    "match": ["method": "POST", "path": "/files/byids"], "nth": [2, 4],
                    "then": [
                        "kind": "status", "status": 503, "retryAfter": 2, "body": "busy", "headers": ["x-a": "b"],
                    ],
                ])
            var statuses: [Int] = []
            for _ in 0..<5 { statuses.append(try await status(client)) }
            #expect(statuses == [200, 503, 200, 503, 200])
            #expect(try await client.post("/files/list", [:]).status == 200)
            let logged = try await client.requests()
            #expect(logged.map { $0["fault"] } == [nil, "status", nil, "status", nil, nil])
            #expect(logged[1]["status"] == 503)
            #expect(logged[1]["requestBody"] == byIDs)
            #expect(logged[1]["path"] == "/files/byids")
        }
    }

    @Test func `retry-after, body and headers are as configured, and times limits the strikes`() async throws {
        try await withSandbox { client async throws in
            try await client.faults(
                [
                    "match": ["path": "/files/*"], "times": 1,
                    "then": [
                        "kind": "status", "status": 429, "retryAfter": 2, "body": "busy", "headers": ["x-a": "b"],
                    ],
                ])
            let struck = try await client.post("/files/byids", byIDs)
            #expect(struck.status == 429)
            #expect(struck.text == "busy")
            #expect(struck.headers.first(name: "retry-after") == "2")
            #expect(struck.headers.first(name: "x-a") == "b")
            #expect(try await status(client) == 200)
            let rules = try await client.send(.GET, "\(client.base)/sandbox/faults").json["rules"]
            #expect(rules?.array?.first?["struck"] == 1)
            #expect(rules?.array?.first?["matched"] == 2)
        }
    }

    @Test func `the same seed strikes the same requests`() async throws {
        try await withSandbox { client async throws in
            func walk() async throws -> [Int] {
                try await client.faults(["probability": 0.5, "then": ["kind": "status", "status": 500]])
                var statuses: [Int] = []
                for _ in 0..<12 { statuses.append(try await status(client)) }
                return statuses
            }
            let first = try await walk()
            #expect(first.contains(500) && first.contains(200))
            #expect(try await walk() == first)
            _ = try await client.send(.DELETE, "\(client.base)/sandbox/faults")
            #expect(try await status(client) == 200)
        }
    }

    @Test(arguments: ["reset", "resetAfterBody", "lostAnswer"])
    func `a broken connection reaches the client as an error`(kind: String) async throws {
        try await withSandbox { client async throws in
            try await client.faults(["match": ["path": "/models/instances"], "then": ["kind": .string(kind)]])
            await #expect(throws: (any Error).self) {
                try await client.post("/models/instances", Bodies.apply(Bodies.station))
            }
            let nodes = try await client.contents()["nodes"]?.array?.count
            #expect(nodes == (kind == "lostAnswer" ? 1 : 0))
            #expect(try await client.requests().last?["status"] == .string(kind))
        }
    }

    @Test func `an upload broken half-way keeps the old contents`() async throws {
        try await withSandbox { client async throws in
            try await client.upload("a", Array("old".utf8))
            let url = try await client.uploadURL(["name": "n", "externalId": "a"])
            try await client.faults(["match": ["path": "/upload/*"], "then": ["kind": "reset", "afterBytes": 100_000]])
            await #expect(throws: (any Error).self) { try await client.put(url, .init(repeating: 1, count: 8 << 20)) }
            #expect(try await client.contents()["files"]?.array?.first?["size"] == 3)
        }
    }

    @Test func `a stalled request is never answered, and ends with its client`() async throws {
        try await withSandbox { client async throws in
            try await client.faults(["match": ["path": "/files/byids"], "then": ["kind": "stall"]])
            var request = HTTPClientRequest(url: "\(client.base)/api/v1/projects/sandbox/files/byids")
            request.method = .POST
            request.body = .bytes(byIDs.utf8)
            let stalled = request
            await #expect(throws: (any Error).self) {
                try await HTTPClient.shared.execute(stalled, timeout: .milliseconds(200))
            }
            // The log gets its entry's end when the sandbox has noticed that the client is gone.
            while try await client.requests().last?["answeredAt"] == nil { await Task.yield() }
            #expect(try await client.requests().last?["status"] == "stall")
        }
    }

    @Test func `garbage looks like a captive portal and slowness takes its time`() async throws {
        try await withSandbox { client async throws in
            try await client.faults(
                ["match": ["path": "/files/byids"], "then": ["kind": "garbage"]],
                ["match": ["path": "/files/list"], "then": ["kind": "slow", "bytesPerSecond": 100]]
            )
            let portal = try await client.post("/files/byids", byIDs)
            #expect(portal.status == 200)
            #expect(portal.text.hasPrefix("<!doctype html>"))
            let clock = ContinuousClock()
            let start = clock.now
            #expect(try await client.post("/files/list", [:]).json["items"] == [])
            #expect(clock.now - start >= .milliseconds(100), "12 bytes at 100 in a second")
        }
    }

    @Test func `URLs issued as expired accept nothing`() async throws {
        try await withSandbox { client async throws in
            try await client.faults(["match": ["path": "/files"], "times": 1, "then": ["kind": "expiredURL"]])
            let body: JSON = ["name": "n", "externalId": "a"]
            #expect(try await client.put(try await client.uploadURL(body), [1]).status == 403)
            #expect(try await client.put(try await client.uploadURL(body), [1]).status == 200)
        }
    }

    @Test func `uploaded can become true late`() async throws {
        try await withSandbox { client async throws in
            try await client.faults(["match": ["path": "/upload/*"], "then": ["kind": "lateUploaded", "polls": 2]])
            try await client.upload("a")
            var seen: [JSON?] = []
            for _ in 0..<3 { seen.append(try await client.file("a")["uploaded"]) }
            #expect(seen == [false, false, true])
            try await client.faults([
                "match": ["path": "/upload/*"], "then": ["kind": "lateUploaded", "seconds": 3600],
            ])
            try await client.upload("b")
            #expect(try await client.file("b")["uploaded"] == false)
            #expect(try await client.post("/files/downloadlink", ["items": [["externalId": "b"]]]).status == 400)
        }
    }

    @Test func `all tokens can expire at once`() async throws {
        try await withSandbox { client async throws in
            func token() async throws -> String? {
                let form = "grant_type=client_credentials&client_id=sandbox&client_secret=sandbox"
                return try await client.send(.POST, "\(client.base)/oauth2/token", body: .bytes(Array(form.utf8)))
                    .json["access_token"]?.string
            }
            var own = client
            own.token = try await token()
            #expect(try await status(own) == 200)
            try await client.faults(
                ["match": ["path": "/files/byids"], "times": 1, "then": ["kind": "expireTokens"]])
            #expect(try await status(own) == 401)
            #expect(try await status(own) == 401)
            own.token = try await token()
            #expect(try await status(own) == 200)
        }
    }

    @Test(
        arguments: [
            ["then": ["kind": "explode"]], ["then": ["kind": "status"]], ["nth": [0], "then": ["kind": "stall"]],
            ["probability": 2, "then": ["kind": "stall"]], [:],
        ] as [JSON]
    )
    func `an invalid rule is refused`(rule: JSON) async throws {
        try await withSandbox { client async throws in
            await #expect(throws: UnexpectedAnswer.self) { try await client.faults(rule) }
            #expect(try await status(client) == 200)
        }
    }
}
