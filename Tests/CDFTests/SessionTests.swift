import Foundation
import Station
import TestSupport
import Testing

@testable import CDF

struct SessionTests {
    private static let opened =
        #"{"items": [{"id": 1, "type": "CLIENT_CREDENTIALS", "status": "READY", "nonce": "n0nce"}]}"#

    @Test func `a client with a secret opens a session with it`() async throws {
        try await Bench.scripted { _, _ in
            .json(Self.opened)
        } body: { bench, server async throws in
            #expect(try await bench.client.session().secret == "n0nce")
            let call = try #require(server.calls.first)
            #expect(call.target == "/api/v1/projects/sandbox/sessions")
            let sent = String(decoding: call.body, as: UTF8.self)
            #expect(sent == #"{"items":[{"clientId":"sandbox","clientSecret":"sandbox"}]}"#)
        }
    }

    @Test func `a client that signs in otherwise exchanges its token`() throws {
        let body = try JSONEncoder().encode(SessionRequest(clientID: "sandbox", secret: nil))
        #expect(String(decoding: body, as: UTF8.self) == #"{"tokenExchange":true}"#)
    }

    @Test func `a session whose answer was lost is opened again`() async throws {
        let fault = #"{"match": {"path": "/sessions"}, "times": 1, "then": {"kind": "lostAnswer"}}"#
        try await Bench.sandbox(faults: fault) { bench async throws in
            #expect(try await !bench.client.session().secret.isEmpty)
            #expect(try await bench.lines().filter { $0 == "POST /sessions" }.count == 2)
        }
    }

    @Test func `neither a nonce nor the secret shows in a value or a message`() async throws {
        let nonce = SessionNonce("n0nce")
        let new = NewRevision3D(model: 1, fileID: 2, space: "s", nonce: nonce, metadata: [:])
        var dumped = ""
        dump(new, to: &dumped)
        for text in ["\(nonce)", "\(new)", String(reflecting: new), dumped] { #expect(!text.contains("n0nce")) }
        for status in [400, 403, 422, 500] {
            try await Bench.scripted(tries: 1) { request, _ in
                let echo = String(decoding: request.body, as: UTF8.self).contains("n0nce") ? "n0nce" : "sandbox"
                return .json(#"{"error": {"code": \#(status), "message": "'\#(echo)' is wrong"}}"#, status: status)
            } body: { bench, _ async throws in
                let revision = try #require(await failure { try await bench.client.createRevision3D(new) })
                #expect("\(revision)".contains("'(hidden)' is wrong"))
                let session = try #require(await failure { try await bench.client.session() })
                #expect("\(session)".contains("'(hidden)' is wrong"))
            }
        }
    }

    @Test(arguments: ["{}", #"{"items": []}"#, #"{"items": [{"id": 1}]}"#, #"{"items": [{"nonce": ""}]}"#])
    func `an answer without a nonce makes no sense`(body: String) async throws {
        try await Bench.scripted { _, _ in
            .json(body)
        } body: { bench, _ async throws in
            #expect(await failure { try await bench.client.session() }?.remedy == .retry(after: nil))
        }
    }
}
