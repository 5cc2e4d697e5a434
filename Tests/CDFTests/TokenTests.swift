import Dispatch
import Foundation
import Station
import TestSupport
import Testing

@testable import CDF

struct TokenTests {
    private static let tokens = "POST /oauth2/token"

    @Test func `many requests at once fetch one token`() async throws {
        try await Bench.sandbox { bench async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<20 { group.addTask { _ = try await bench.client.fileStatuses(["f\(index)"]) } }
                try await group.waitForAll()
            }
            let lines = try await bench.lines()
            #expect(lines.count == 21)
            #expect(lines.filter { $0 == Self.tokens }.count == 1)
        }
    }

    @Test func `a token is replaced shortly before its end, and not earlier`() async throws {
        try await Bench.sandbox { bench async throws in
            func tokens() async throws -> Int { try await bench.lines().filter { $0 == Self.tokens }.count }
            try await bench.client.authenticate()
            bench.clock.advance(by: .seconds(3569))
            try await bench.client.authenticate()
            #expect(try await tokens() == 1)
            bench.clock.advance(by: .seconds(2))
            try await bench.client.authenticate()
            #expect(try await tokens() == 2)
        }
    }

    @Test func `a refused token is replaced once, and the request repeated without a pause`() async throws {
        let fault = #"{"match": {"path": "/files/byids"}, "times": 1, "then": {"kind": "expireTokens"}}"#
        try await Bench.sandbox(faults: fault) { bench async throws in
            #expect(try await bench.client.fileStatuses(["a"]).isEmpty)
            #expect(
                try await bench.lines() == [Self.tokens, "POST /files/byids", Self.tokens, "POST /files/byids"]
            )
            #expect(bench.clock.pauses.isEmpty)
        }
    }

    @Test func `an operator has to act if a fresh token is refused too`() async throws {
        try await Bench.scripted { _, _ in
            .answer(
                401,
                headers: ["x-request-id": "r-1"],
                body: #"{"error": {"code": 401, "message": "Unauthorized"}}"#
            )
        } body: { bench, server async throws in
            let error = await failure { try await bench.client.fileStatuses(["a"]) }
            #expect(error == .unauthorized(asked: "the confirmation of 1 files", requestID: "r-1"))
            #expect(error?.remedy == .pauseStage)
            #expect(server.calls.count == 2)
            #expect(server.requests.count == 4)
        }
    }

    @Test func `a wrong secret pauses everything, is tried once, and is in no message`() async throws {
        try await Bench.sandbox(secret: "wr0ng-secret") { bench async throws in
            let error = try #require(await failure { try await bench.client.authenticate() })
            guard case .credentialsRefused(let host, let detail) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(host == "127.0.0.1")
            #expect(detail.hasPrefix("invalid_client: "))
            #expect(error.remedy == .pauseStage)
            #expect(!error.description.contains("wr0ng-secret"))
            #expect(try await bench.lines() == [Self.tokens])
        }
    }

    @Test(
        arguments: [
            (#"{"kind": "garbage"}"#, 1),
            (#"{"kind": "status", "status": 302, "headers": {"location": "http://127.0.0.1:9/login"}}"#, 4),
            (#"{"kind": "status", "status": 403, "body": "<html>no</html>"}"#, 1),
            (#"{"kind": "status", "status": 200, "body": "{}"}"#, 1),
            (#"{"kind": "status", "status": 200, "body": "{\"access_token\": \"\"}"}"#, 1),
        ]
    )
    func `an answer that is not an identity provider's is the network's fault`(fault: String, requests: Int)
        async throws
    {
        try await Bench.sandbox(faults: #"{"match": {"path": "/oauth2/token"}, "then": \#(fault)}"#) {
            bench async throws in
            let error = try #require(await failure { try await bench.client.authenticate() })
            guard case .notCDF(host: "127.0.0.1", _) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(error.remedy == .offline)
            #expect(try await bench.lines().count == requests)
        }
    }

    @Test func `an identity provider in trouble is tried again when it asks for it`() async throws {
        let fault = #"{"times": 2, "then": {"kind": "status", "status": 503, "retryAfter": 9}}"#
        try await Bench.sandbox(faults: fault) { bench async throws in
            try await bench.client.authenticate()
            #expect(bench.clock.pauses == [.milliseconds(9125), .milliseconds(9125)])
        }
    }

    @Test func `an identity provider that asks for minutes is not asked before`() async throws {
        let fault =
            #"{"match": {"path": "/oauth2/token"}, "times": 1, "then": {"kind": "status", "status": 429, "retryAfter": 120}}"#
        try await Bench.sandbox(faults: fault) { bench async throws in
            for pause in [0, 5, 30, 80] {
                bench.clock.advance(by: .seconds(pause))
                let error = await failure { try await bench.client.authenticate() }
                #expect(error?.remedy == .offline)
                #expect(try await bench.lines().count == 1)
            }
            bench.clock.advance(by: .seconds(6))
            try await bench.client.authenticate()
        }
    }

    @Test func `an identity provider that stays in trouble is the network's fault`() async throws {
        try await Bench.sandbox(faults: #"{"then": {"kind": "status", "status": 500}}"#) { bench async throws in
            let error = await failure { try await bench.client.authenticate() }
            #expect(error?.remedy == .offline)
            #expect(try await bench.lines().count == 4)
        }
    }

    @Test(arguments: [#""expires_in": "120""#, #""expires_in": 120"#, #""expires_in": 119.9"#])
    func `the lifetime may be a number or a string`(member: String) async throws {
        let server = try ScriptedServer { request, _ in
            request.target == "/oauth2/token"
                ? .json(#"{"access_token": "t", \#(member)}"#) : .json(#"{"items": []}"#)
        }
        defer { server.stop() }
        try await Bench.run(server.base) { bench async throws in
            try await bench.client.authenticate()
            bench.clock.advance(by: .seconds(85))
            try await bench.client.authenticate()
            #expect(server.requests.count == 1)
            bench.clock.advance(by: .seconds(10))
            try await bench.client.authenticate()
            #expect(server.requests.count == 2)
        }
    }

    @Test(arguments: [#""nan""#, #""inf""#, #""soon""#, "[]"])
    func `a token with an invalid lifetime is refused`(lifetime: String) async throws {
        let server = try ScriptedServer { _, _ in .json(#"{"access_token": "t", "expires_in": \#(lifetime)}"#) }
        defer { server.stop() }
        try await Bench.run(server.base) { bench async throws in
            #expect(await failure { try await bench.client.authenticate() }?.remedy == .offline)
        }
    }

    @Test(arguments: ["1e300", "-5", "0"])
    func `a lifetime beyond all bounds is limited`(lifetime: String) async throws {
        let server = try ScriptedServer { _, _ in .json(#"{"access_token": "t", "expires_in": \#(lifetime)}"#) }
        defer { server.stop() }
        try await Bench.run(server.base) { bench async throws in
            try await bench.client.authenticate()
            try await bench.client.authenticate()
            #expect(server.requests.count == (lifetime == "1e300" ? 1 : 2))
        }
    }

    @Test func `the form is what the grant asks for, with every character escaped`() async throws {
        let server = try ScriptedServer { _, _ in .json(#"{"access_token": "t"}"#) }
        defer { server.stop() }
        try await Bench.run(server.base, secret: "a+b&c=d %é") { bench async throws in
            try await bench.client.authenticate()
            let request = try #require(server.requests.first)
            #expect(request.headers["content-type"] == "application/x-www-form-urlencoded")
            #expect(request.headers["authorization"] == nil)
            #expect(
                request.text == "grant_type=client_credentials&client_id=sandbox"
                    + "&client_secret=a%2Bb%26c%3Dd%20%25%C3%A9&scope=all"
            )
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `cancelled callers do not wait for an identity provider that does not answer`() async throws {
        try await Bench.sandbox(faults: #"{"then": {"kind": "stall"}}"#) { bench async throws in
            let callers = (0..<3).map { _ in Task { await failure { try await bench.client.authenticate() } } }
            try await bench.control.until { $0.count == 1 }
            for caller in callers { caller.cancel() }
            for caller in callers { #expect(await caller.value == .interrupted) }
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `the cancellation of one caller fails no other`() async throws {
        let (asked, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let server = try ScriptedServer { _, _ in
            asked.signal()
            gate.wait()
            return .json(#"{"access_token": "t"}"#)
        }
        defer { server.stop() }
        try await Bench.run(server.base) { bench async throws in
            let leaving = Task { await failure { try await bench.client.authenticate() } }
            let staying = Task { await failure { try await bench.client.authenticate() } }
            await withCheckedContinuation { continuation in
                DispatchQueue.global().async {
                    asked.wait()
                    continuation.resume()
                }
            }
            leaving.cancel()
            gate.signal()
            // Where it was the first to ask and alone, its fetch ended with it, and the other one asks anew.
            gate.signal()
            #expect(await staying.value == nil)
            _ = await leaving.value
        }
    }
}
