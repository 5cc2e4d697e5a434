import AsyncHTTPClient
import Station
import TestSupport
import Testing

@testable import CDF

/// What the client counts.
struct RequestMeterTests {
    @Test func `every try is counted by what it was for and what came of it, and repeated ones by their cause`()
        async throws
    {
        try await Bench.scripted { _, number in
            switch number {
            case 0: .answer(429)
            case 1: .answer(503)
            case 2: .hangUp
            default: .json(#"{"items": []}"#)
            }
        } body: { bench, _ async throws in
            _ = try await bench.client.fileStatuses(["a"])
            #expect(
                bench.counts == [
                    #"drop360_request_seconds_count{endpoint="files"} 4"#,
                    #"drop360_request_seconds_count{endpoint="token"} 1"#,
                    #"drop360_requests_total{endpoint="files",outcome="ok"} 1"#,
                    #"drop360_requests_total{endpoint="files",outcome="server_error"} 1"#,
                    #"drop360_requests_total{endpoint="files",outcome="throttled"} 1"#,
                    #"drop360_requests_total{endpoint="files",outcome="unreachable"} 1"#,
                    #"drop360_requests_total{endpoint="token",outcome="ok"} 1"#,
                    #"drop360_retries_total{cause="server_error"} 1"#,
                    #"drop360_retries_total{cause="throttled"} 1"#,
                    #"drop360_retries_total{cause="unreachable"} 1"#,
                ]
            )
        }
    }

    @Test(arguments: [
        (ScriptedServer.Reply.answer(400, body: #"{"error":{"message":"no"}}"#), "refused"),
        (.answer(403, body: #"{"error":{"message":"no"}}"#), "unauthorized"),
        (.answer(302, headers: ["location": "http://portal.example/"]), "not_cdf"),
        (.answer(200, headers: ["content-type": "text/html"], body: "<html></html>"), "not_cdf"),
    ])
    func `what is not tried again is counted once`(reply: ScriptedServer.Reply, outcome: String) async throws {
        try await Bench.scripted(tries: 1) { _, _ in
            reply
        } body: { bench, _ async throws in
            _ = await failure { try await bench.client.fileStatuses(["a"]) }
            let line = #"drop360_requests_total{endpoint="files",outcome="\#(outcome)"} 1"#
            #expect(bench.counts.contains(line), "\(bench.counts)")
            #expect(!bench.counts.contains { $0.hasPrefix("drop360_retries_total") })
        }
    }

    @Test func `a token that CDF does not accept is a retry of its own`() async throws {
        try await Bench.scripted { _, number in
            number == 0 ? .answer(401) : .json(#"{"items": []}"#)
        } body: { bench, _ async throws in
            _ = try await bench.client.fileStatuses(["a"])
            #expect(bench.counts.contains(#"drop360_retries_total{cause="token"} 1"#))
            #expect(bench.counts.contains(#"drop360_requests_total{endpoint="files",outcome="unauthorized"} 1"#))
        }
    }

    @Test func `bytes are counted as they are sent, those of a failed try included`() async throws {
        let face = try await FaceBench()
        let fault = #"{"match": {"path": "/upload/*"}, "times": 1, "then": {"kind": "status", "status": 503}}"#
        try await Bench.sandbox(faults: fault) { bench async throws in
            _ = try await face.upload(bench)
            let sent = bench.counts.first { $0.hasPrefix("drop360_sent_bytes_total ") }
            #expect(sent == "drop360_sent_bytes_total \(face.image.size * 2)")
            #expect(bench.counts.contains(#"drop360_requests_total{endpoint="upload",outcome="ok"} 1"#))
            #expect(bench.counts.contains(#"drop360_requests_total{endpoint="upload",outcome="server_error"} 1"#))
        }
    }

    @Test(arguments: [
        ("/files?overwrite=true", RequestMeters.Endpoint.files), ("/files/byids", .files),
        ("/models/instances", .instances), ("/models/instances/byids", .instances), ("/models/views/byids", .models),
        ("/3d/models/1/revisions", .threeD), ("/sessions", .sessions), ("/datasets/byids", .datasets),
        ("/extpipes/runs", .pipelines), ("/new/thing", .other), ("/", .other),
    ])
    func `the address says what a request is for`(path: String, endpoint: RequestMeters.Endpoint) {
        // A project may be called anything.
        for project in ["https://cdf.example/api/v1/projects/files", "http://127.0.0.1/api/v1/projects/projects"] {
            let request = HTTPClientRequest(url: project + path)
            #expect(RequestMeters.Endpoint(of: request, within: .whole(.seconds(1)), project: project) == endpoint)
            #expect(RequestMeters.Endpoint(of: request, within: .progress, project: project) == .upload)
        }
        let elsewhere = HTTPClientRequest(url: "https://login.example/oauth2/token")
        let own = "https://cdf.example/api/v1/projects/p"
        #expect(RequestMeters.Endpoint(of: elsewhere, within: .whole(.seconds(1)), project: own) == .token)
    }
}
