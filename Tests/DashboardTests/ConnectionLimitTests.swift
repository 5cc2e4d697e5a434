import Foundation
import LocalServer
import NIOCore
import TestSupport
import Testing

@testable import Dashboard

/// What one who connects again and again can take from the daemon: a fixed share.
@Suite(.timeLimit(.minutes(15)))
struct ConnectionLimitTests {
    private func limits(_ connections: Int, idle: TimeAmount = .seconds(600)) -> ConnectionLimits {
        ConnectionLimits(connections: connections, idle: idle, answersAreShort: true)
    }

    private func serve(_ limits: ConnectionLimits, _ body: (Int) async throws -> Void) async throws {
        try await RunningPage.serve(limits: limits, body)
    }

    private func healthz(_ port: Int) async throws -> String {
        try await RawConnection.ask(port: port, "GET /healthz HTTP/1.1\r\nHost: localhost:\(port)")
    }

    @Test func `idle connections over the limit are closed, the oldest first, and the page answers all the while`()
        async throws
    {
        try await serve(limits(8)) { port in
            var held: [RawConnection] = []
            for number in 1...200 {
                held.append(try RawConnection(port: port))
                if number.isMultiple(of: 50) { #expect(try await healthz(port).hasSuffix("ok\n")) }
            }
            _ = try await eventually("no more than 8 are left") { held.count { !$0.isClosed } <= 8 ? true : nil }
            let oldest = held.prefix(180).count { $0.isClosed }
            #expect(oldest == 180)
            #expect(try await healthz(port).hasSuffix("ok\n"))
        }
    }

    @Test func `a connection that has begun a request and goes on byte by byte counts as idle`() async throws {
        try await serve(limits(4)) { port in
            let slow = try (0..<4).map { _ in try RawConnection(port: port) }
            for connection in slow { connection.send("GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ") }
            #expect(try await healthz(port).hasSuffix("ok\n"))
            _ = try await eventually("one of the slow ones went") { slow.contains(where: \.isClosed) ? true : nil }
        }
    }

    @Test func `without a whole request a connection ends`() async throws {
        try await serve(limits(8, idle: .milliseconds(50))) { port in
            let silent = try RawConnection(port: port)
            let slow = try RawConnection(port: port)
            slow.send("GET / HTTP/1.1\r\nHost: localhost\r\n")
            #expect(await silent.untilEnd() == "")
            #expect(await slow.untilEnd() == "")
            #expect(try await healthz(port).hasSuffix("ok\n"))
        }
    }

    @Test(arguments: ["Content-Length: 100000000000", "Transfer-Encoding: chunked"])
    func `a body that nobody asked for is not read for ever`(length: String) async throws {
        var limits = limits(8)
        limits.rest = .milliseconds(50)
        try await serve(limits) { port in
            let endless = try RawConnection(port: port)
            endless.send("POST /nothing HTTP/1.1\r\nHost: localhost\r\n\(length)\r\n\r\n5\r\nhello\r\n")
            let answer = await endless.untilEnd()
            #expect(answer.hasPrefix("HTTP/1.1 404") && answer.lowercased().contains("connection: close\r\n"))
        }
    }

    @Test func `who takes nothing of many answers neither keeps the page nor holds up its stop`() async throws {
        var limits = ConnectionLimits(connections: 4, idle: .seconds(6000), answersAreShort: false)
        (limits.answer, limits.parting) = (.milliseconds(50), .milliseconds(50))
        var deaf: [RawConnection] = []
        try await serve(limits) { port in
            for _ in 0..<4 {
                let connection = try RawConnection(port: port, buffer: 4096)
                // More than all the sockets' buffers hold.
                connection.sendUntilBlocked("GET /drop360.js HTTP/1.1\r\nHost: localhost\r\n\r\n", times: 2000)
                deaf.append(connection)
            }
            _ = try await eventually("one has lost its place") {
                try await healthz(port).hasSuffix("ok\n") ? true : nil
            }
        }
        limits.answer = .seconds(6000)
        try await serve(limits) { port in
            let connection = try RawConnection(port: port, buffer: 4096)
            connection.sendUntilBlocked("GET /drop360.js HTTP/1.1\r\nHost: localhost\r\n\r\n", times: 2000)
            deaf.append(connection)
        }
        #expect(deaf.count == 5)
    }

    @Test(arguments: [
        "GET /\(String(repeating: "a", count: 40_000)) HTTP/1.1\r\nHost: localhost",
        "GET / HTTP/1.1\r\nHost: localhost\r\nX-Large: \(String(repeating: "b", count: 40_000))",
        "GET / HTTP/1.1\r\nHost: localhost" + (1...200).map { "\r\nX-\($0): c" }.joined(),
        // Without an end: the end of the connection is what it gets.
        "GET /\(String(repeating: "d", count: 4_000_000))",
    ])
    func `a head that is too large is refused`(head: String) async throws {
        try await serve(limits(8)) { port in
            let answer = try await RawConnection.ask(port: port, head)
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 400"), "\(answer.prefix(100))")
            #expect(try await healthz(port).hasSuffix("ok\n"))
        }
    }

    @Test func `the page takes a small share of the descriptors, however few there are`() {
        for allowed in [64, 128, 256, 1024, 8192, 1_048_576] {
            let page = ConnectionLimits.page(descriptors: allowed).connections
            // Twice as many for the moment between being accepted and being closed.
            #expect(page * 2 <= allowed / 4 && page >= 4 && page <= 64)
            #expect(ConnectionLimits.sandbox(descriptors: allowed).connections <= 256)
        }
    }
}
