import AsyncHTTPClient
import Foundation
import Station
import TestSupport
import Testing

@testable import CDF

/// What may be sent again, and what may not.
struct RepetitionTests {
    private struct Created: Decodable, Sendable { var items: [Item] }
    private struct Item: Decodable, Sendable { var id: Int64 }

    /// A request that makes a new thing each time.
    private static func creation(_ repeatability: Repeatability) -> JSONRequest {
        JSONRequest("/3d/models", ["items": [["name": "m"]]], asked: "the creation of model m", repeatability)
    }

    private static let model = ScriptedServer.Reply.json(#"{"items": [{"id": 7}]}"#, status: 201)
    /// Answers that leave open whether the request was carried out.
    private static let doubts: [ScriptedServer.Reply] = [
        .hangUp, .raw("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"), .answer(500), .answer(502), .answer(504),
        .answer(408),
        .answer(503, headers: ["retry-after": "1"]),
        .answer(200, headers: ["content-type": "text/html"], body: "<html></html>"),
    ]
    /// Answers that say that it was not.
    private static let dismissals: [ScriptedServer.Reply] = [
        .answer(429), .answer(429, headers: ["retry-after": "3"]), .answer(401), .answer(409), .answer(425),
        .answer(500, headers: ["cdf-is-auto-retryable": "true"]),
    ]

    @Test(arguments: doubts.indices)
    func `a request that may take effect only once is not sent again when its outcome is unknown`(index: Int)
        async throws
    {
        try await Bench.scripted { _, number in
            number == 0 ? Self.doubts[index] : Self.model
        } body: { bench, server async throws in
            let error = await failure { try await bench.client.post(Self.creation(.once), as: Created.self) }
            guard case .outcomeUnknown(asked: "the creation of model m", let cause) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(error?.remedy == cause.remedy)
            #expect(error?.summary.contains("It is unknown whether CDF carried out the creation of model m") == true)
            #expect(server.calls.count == 1)
            #expect(bench.clock.pauses.isEmpty)
        }
    }

    @Test(arguments: doubts.indices)
    func `a request that may take effect twice is sent again`(index: Int) async throws {
        try await Bench.scripted { _, number in
            number == 0 ? Self.doubts[index] : Self.model
        } body: { bench, server async throws in
            let created = try await bench.client.post(Self.creation(.idempotent), as: Created.self)
            #expect(created.items.map(\.id) == [7])
            #expect(server.calls.count == 2)
        }
    }

    @Test(arguments: dismissals.indices, [Repeatability.once, .idempotent])
    func `a request that CDF turned away is sent again, whatever it is`(index: Int, repeatability: Repeatability)
        async throws
    {
        try await Bench.scripted { _, number in
            number == 0 ? Self.dismissals[index] : Self.model
        } body: { bench, server async throws in
            let created = try await bench.client.post(Self.creation(repeatability), as: Created.self)
            #expect(created.items.map(\.id) == [7])
            #expect(server.calls.count == 2)
        }
    }

    @Test func `a request that was turned away once and then lost is not sent a third time`() async throws {
        try await Bench.scripted { _, number in
            number == 0 ? .answer(429) : number == 1 ? .hangUp : Self.model
        } body: { bench, server async throws in
            let error = await failure { try await bench.client.post(Self.creation(.once), as: Created.self) }
            guard case .outcomeUnknown(_, .unreachable) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(server.calls.count == 2)
        }
    }

    @Test func `an answer that cannot be read leaves the outcome unknown`() async throws {
        try await Bench.scripted { _, _ in
            .json(#"{"items": "?"}"#, status: 201)
        } body: { bench, server async throws in
            let error = await failure { try await bench.client.post(Self.creation(.once), as: Created.self) }
            guard case .outcomeUnknown(_, .unexpectedAnswer) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(server.calls.count == 1)
        }
    }

    @Test func `a refusal is final and leaves no doubt about the outcome`() async throws {
        try await Bench.scripted { _, _ in
            .json(#"{"error": {"message": "no"}}"#, status: 400)
        } body: { bench, server async throws in
            let error = await failure { try await bench.client.post(Self.creation(.once), as: Created.self) }
            #expect(error?.remedy == .giveUp)
            #expect(server.calls.count == 1)
        }
    }

    @Test func `without a connection CDF has certainly not acted`() async throws {
        // Nothing listens there any more.
        let server = try ScriptedServer { _, _ in .hangUp }
        server.stop()
        try await Bench.run(server.base, tries: 1) { bench async throws in
            do throws(TryFailure) {
                _ = try await bench.client.exchange.once(
                    HTTPClientRequest(url: server.base),
                    within: .whole(.seconds(60))
                )
                Issue.record("something listens at \(server.base)")
            } catch {
                guard case .network(_, .none) = error else {
                    Issue.record("\(error)")
                    return
                }
            }
        }
    }
}
