import Foundation
import Logging
import Station
import TestSupport
import Testing

@testable import CDF

struct AnswerTests {
    private func fault(_ then: String, times: Int? = nil) -> String {
        let limit = times.map { #""times": \#($0), "# } ?? ""
        return #"{"match": {"path": "/files/byids"}, \#(limit)"then": \#(then)}"#
    }

    @Test(arguments: [429, 503, 500, 502, 504, 408, 425])
    func `temporary trouble is retried as often as allowed, then the station is postponed`(status: Int) async throws {
        try await Bench.sandbox(tries: 3, faults: fault(#"{"kind": "status", "status": \#(status)}"#)) {
            bench async throws in
            let error = try #require(await failure { try await bench.client.fileStatuses(["a"]) })
            #expect(error.remedy == .retry(after: nil))
            #expect(try await bench.lines().filter { $0 == "POST /files/byids" }.count == 3)
            #expect(bench.clock.pauses == [.milliseconds(500), .seconds(1)])
        }
    }

    @Test func `retry-after is obeyed within a request, and the station is postponed if it is more than a minute`()
        async throws
    {
        let short = fault(#"{"kind": "status", "status": 429, "retryAfter": 11}"#, times: 1)
        try await Bench.sandbox(faults: short) { bench async throws in
            _ = try await bench.client.fileStatuses(["a"])
            #expect(bench.clock.pauses == [.milliseconds(11_125)])
            try await bench.control.setFaults(fault(#"{"kind": "status", "status": 503, "retryAfter": 600}"#))
            let error = await failure { try await bench.client.fileStatuses(["a"]) }
            #expect(error?.remedy == .retry(after: .seconds(600)))
            #expect(bench.clock.pauses.count == 1)
        }
    }

    @Test func `retry-after may be a date`() async throws {
        try await Bench.scripted { _, number in
            number == 0
                ? .answer(503, headers: ["retry-after": "Sat, 02 May 2026 12:00:20 GMT"]) : .json(#"{"items": []}"#)
        } body: { bench, _ async throws in
            _ = try await bench.client.fileStatuses(["a"])
            #expect(bench.clock.pauses == [.milliseconds(20_125)])
        }
    }

    @Test func `an error that CDF calls retryable is retried whatever its status, and is never final`() async throws {
        let then = #"{"kind": "status", "status": 400, "headers": {"cdf-is-auto-retryable": "true"}}"#
        try await Bench.sandbox(faults: fault(then)) { bench async throws in
            let error = try #require(await failure { try await bench.client.fileStatuses(["a"]) })
            #expect(error.remedy == .retry(after: nil))
            #expect(try await bench.lines().filter { $0 == "POST /files/byids" }.count == 4)
        }
    }

    @Test func `a write that conflicts with a concurrent one is repeated`() async throws {
        try await Bench.sandbox(faults: fault(#"{"kind": "status", "status": 409}"#, times: 2)) { bench async throws in
            _ = try await bench.client.fileStatuses(["a"])
            #expect(bench.clock.pauses.count == 2)
        }
    }

    @Test func `a refusal is final and shows CDF's message and the request's id`() async throws {
        try await Bench.sandbox { bench async throws in
            let node = NodeReference(space: "sandbox", externalId: "i")
            let nowhere = NodeReference(space: "sandbox", externalId: "nowhere")
            let write = NodeWrite(node, view: LegacyModel.image, properties: ["collection360": .relation(nowhere)])
            let error = try #require(await failure { try await bench.client.apply([write], asked: "a node") })
            guard case .refused(asked: "a node", status: 400, _, let requestID) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(error.remedy == .giveUp)
            #expect(error.description.contains("with status 400"))
            #expect(error.description.contains("x-request-id \(requestID ?? "none")"))
            #expect(try await bench.lines().filter { $0 == "POST /models/instances" }.count == 1)
            #expect(bench.clock.pauses.isEmpty)
        }
    }

    @Test func `a missing permission pauses everything`() async throws {
        let body = #"{\"error\": {\"code\": 403, \"message\": \"no filesAcl\"}}"#
        try await Bench.sandbox(faults: fault(#"{"kind": "status", "status": 403, "body": "\#(body)"}"#)) {
            bench async throws in
            let error = try #require(await failure { try await bench.client.fileStatuses(["a"]) })
            #expect(error.remedy == .pauseStage)
            #expect(error.description.contains("(no filesAcl)"))
            #expect(error.advice?.contains("capability") == true)
            #expect(bench.clock.pauses.isEmpty)
        }
    }

    @Test(
        arguments: [
            #"{"kind": "garbage"}"#, #"{"kind": "status", "status": 403, "body": " <html>"}"#,
            #"{"kind": "status", "status": 401, "body": "<html>"}"#,
            #"{"kind": "status", "status": 400, "body": "<p>"}"#,
            #"{"kind": "status", "status": 302, "headers": {"location": "http://127.0.0.1:9/"}}"#,
            #"{"kind": "status", "status": 307}"#,
        ]
    )
    func `an answer of a portal or proxy is not taken for CDF's`(then: String) async throws {
        try await Bench.sandbox(faults: fault(then)) { bench async throws in
            let error = try #require(await failure { try await bench.client.fileStatuses(["a"]) })
            guard case .notCDF = error else {
                Issue.record("\(error)")
                return
            }
            #expect(error.remedy == .offline)
            // A page with a good status may be a proxy's that has lost its way for a moment; the others are no accident.
            #expect(try await bench.lines().count == (then.contains("garbage") ? 5 : 2))
        }
    }

    @Test(
        arguments: [
            ("", "no reason given"), ("busy \u{1b}[31m", "busy \\u{1b}[31m"), (#"{"error": "plain"}"#, "plain"),
            (#"{"error": "kind", "error_description": "why"}"#, "kind: why"), (#"{"error": {"code": 400}}"#, "code"),
            (#"{"error": {"code": 400, "message": "M", "missing": [{"externalId": "a"}]}}"#, ": M"), ("[]", "[]"),
        ]
    )
    func `an error's body may have any form`(body: String, words: String) async throws {
        try await Bench.scripted { _, _ in
            .answer(400, body: body)
        } body: { bench, _ async throws in
            let error = await failure { try await bench.client.fileStatuses(["a"]) }
            #expect(error?.description.contains(words) == true, "\(String(describing: error))")
        }
    }

    @Test(arguments: [#"{"items": 1}"#, "{}", "42", #"{"items": [{"id": "x"}]}"#])
    func `a good status with an invalid body is tried again later`(body: String) async throws {
        try await Bench.scripted { _, _ in
            .json(body)
        } body: { bench, _ async throws in
            let error = await failure { try await bench.client.fileStatuses(["a"]) }
            #expect(error?.remedy == .retry(after: nil))
            guard case .unexpectedAnswer = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test(arguments: ["reset", "resetAfterBody", "lostAnswer"])
    func `a broken connection is tried again, and is the network's fault if it stays broken`(kind: String)
        async throws
    {
        try await Bench.sandbox(faults: fault(#"{"kind": "\#(kind)"}"#, times: 1)) { bench async throws in
            _ = try await bench.client.fileStatuses(["a"])
            #expect(bench.clock.pauses.count == 1)
            try await bench.control.setFaults(fault(#"{"kind": "\#(kind)"}"#))
            let error = try #require(await failure { try await bench.client.fileStatuses(["a"]) })
            guard case .unreachable(host: _, _) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(error.remedy == .offline)
            #expect(bench.clock.pauses.count == 4)
        }
    }

    @Test func `an answer that is cut off counts as no answer`() async throws {
        try await Bench.scripted { _, number in
            switch number {
            case 0: .hangUp
            case 1: .raw("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"items\":")
            case 2: .raw("I am no web server\r\n\r\n")
            default: .json(#"{"items": []}"#)
            }
        } body: { bench, server async throws in
            #expect(try await bench.client.fileStatuses(["a"]).isEmpty)
            #expect(server.calls.count == 4)
        }
    }

    @Test func `whether CDF accepts connections is checked without a request`() async throws {
        try await Bench.sandbox { bench async throws in
            #expect(await bench.client.acceptsConnections())
            #expect(try await bench.lines().isEmpty)
        }
        let credentials = CDFSettings.Credentials(tokenURL: "", clientID: "", secret: { "" }, scopes: [])
        for host in ["http://127.0.0.1:1", "nonsense", ""] {
            let client = CDFClient(
                settings: CDFSettings(host: host, project: "p", credentials: credentials),
                logger: .init(label: "test") { _ in EveryDetail() }
            )
            #expect(await !client.acceptsConnections())
            try await client.shutdown()
        }
    }

    @Test func `where nobody listens CDF is unreachable`() async throws {
        let server = try ScriptedServer { _, _ in .hangUp }
        server.stop()
        try await Bench.run(server.base) { bench async throws in
            let error = await failure { try await bench.client.authenticate() }
            #expect(error?.remedy == .offline)
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `a request and its pauses end at once when they are told to stop`() async throws {
        try await Bench.sandbox(faults: fault(#"{"kind": "stall"}"#)) { bench async throws in
            let caller = Task { await failure { try await bench.client.fileStatuses(["a"]) } }
            try await bench.control.until { $0.count == 2 }
            caller.cancel()
            #expect(await caller.value == .interrupted)
        }
        try await Bench.sandbox(faults: fault(#"{"kind": "status", "status": 503}"#)) { bench async throws in
            try await bench.client.authenticate()
            let error = await Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return await failure { try await bench.client.fileStatuses(["a"]) }
            }.value
            #expect(error == .interrupted)
        }
    }
}
