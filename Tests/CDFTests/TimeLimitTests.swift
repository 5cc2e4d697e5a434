import Foundation
import Synchronization
import Station
import TestSupport
import Testing

@testable import CDF

/// `cognite.timeout`: for the whole answer.
struct TimeLimitTests {
    /// A time limit that has passed once the server has said all that it will say.
    private final class Passing: Sendable {
        private struct State {
            var hasPassed = false
            var limits: [Duration] = []
            var waiting: [AsyncStream<Void>.Continuation] = []
        }
        private let state = Mutex(State())
        var limits: [Duration] { state.withLock { $0.limits } }

        @Sendable func pass() {
            let waiting = state.withLock { state in
                state.hasPassed = true
                return state.waiting
            }
            for one in waiting { one.yield() }
        }

        @Sendable func wait(_ limit: Duration) async throws {
            let (stream, continuation) = AsyncStream<Void>.makeStream()
            let hasPassed = state.withLock { state in
                state.limits.append(limit)
                state.waiting.append(continuation)
                return state.hasPassed
            }
            if hasPassed { return }
            for await _ in stream { return }
            throw CancellationError()
        }
    }

    private static let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 300\r\n"

    @Test(.timeLimit(.minutes(15)), arguments: [head, head + "\r\n{\"items\"", ""])
    func `an answer that does not finish in time is abandoned, wherever it has stopped`(sent: String)
        async throws
    {
        let passing = Passing()
        let server = try ScriptedServer { request, _ in
            request.target == "/oauth2/token" ? .json(#"{"access_token": "t"}"#) : .stuck(sent, sent: passing.pass)
        }
        defer { server.stop() }
        try await Bench.run(server.base, tries: 1, timeLimit: passing.wait) { bench async throws in
            let error = await failure { try await bench.client.fileStatuses(["a"]) }
            #expect(error == .unreachable(host: server.base, detail: "the complete answer did not arrive within 60 s"))
            #expect(error?.remedy == .offline)
        }
        #expect(Set(passing.limits) == [.seconds(60)])
        #expect(server.calls.count == 1)
    }

    @Test(.timeLimit(.minutes(15)))
    func `a token request that does not finish in time is abandoned, too`() async throws {
        let passing = Passing()
        let server = try ScriptedServer { _, _ in .stuck(Self.head + "\r\n{", sent: passing.pass) }
        defer { server.stop() }
        try await Bench.run(server.base, tries: 1, timeLimit: passing.wait) { bench async throws in
            let error = await failure { try await bench.client.authenticate() }
            #expect(error == .unreachable(host: "127.0.0.1", detail: "the complete answer did not arrive within 60 s"))
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `a store's answer has its own time limit, and so have the bytes before it`() async throws {
        let face = try await FaceBench(png: true)
        let passing = Passing()
        let server = try ScriptedServer { request, _ in
            switch request.target {
            case "/oauth2/token": .json(#"{"access_token": "t"}"#)
            case "/put": .stuck(Self.head + "\r\n{", sent: passing.pass)
            default: .json(#"{"id": 1, "uploadUrl": "/put"}"#)
            }
        }
        defer { server.stop() }
        try await Bench.run(server.base, tries: 1, timeLimit: passing.wait) { bench async throws in
            let error = await failure { try await face.upload(bench) }
            guard case .unreachable(_, detail: "the complete answer did not arrive within 60 s")? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
        #expect(server.requests.last?.isComplete == true)
    }
}
