import Foundation
import InMemoryLogging
import LocalServer
import Logging
import ServiceLifecycle
import TestSupport
import Testing

/// Who gets an answer from the server of the metrics, and which.
@Suite(.timeLimit(.minutes(15)))
struct TextServerTests {
    private struct Trouble: Error {}

    /// Serves a few texts for as long as `body` takes.
    private func serve(
        host: String = "127.0.0.1",
        port: Int = 0,
        names: [String] = [],
        limits: ConnectionLimits = .page(),
        _ body: (_ port: Int, InMemoryLogHandler) async throws -> Void
    ) async throws {
        let log = InMemoryLogHandler()
        let server = TextServer(
            host: host,
            port: port,
            names: names,
            label: .init(what: "metrics", path: "/metrics", key: "metrics.listen"),
            logger: Logger(label: "test") { _ in log },
            limits: limits,
            routes: [
                "/metrics": { .init("a 1\n", type: "text/plain; version=0.0.4; charset=utf-8") },
                "/healthz": { .init("stuck: it\n", isWell: false) },
                "/broken": { throw Trouble() },
            ]
        )
        let quiet = Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() }
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: server)], gracefulShutdownSignals: [], logger: quiet)
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let port = try await eventually("the server's first words") { () -> Int? in
                guard let entry = log.entries.first else { return nil }
                return entry.metadata["url"].flatMap { URL(string: "\($0)")?.port } ?? 0
            }
            try await body(port, log)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private func ask(_ port: Int, _ line: String, host: String = "localhost") async throws -> String {
        try await RawConnection.ask(port: port, "\(line) HTTP/1.1\r\nHost: \(host)")
    }

    @Test func `each path has its text, and nothing else is there`() async throws {
        try await serve { port, log in
            #expect(log.entries.first?.metadata["url"] == "http://127.0.0.1:\(port)/metrics")
            let text = try await ask(port, "GET /metrics?debug=1")
            #expect(text.hasPrefix("HTTP/1.1 200 ") && text.hasSuffix("\r\n\r\na 1\n"))
            #expect(text.lowercased().contains("content-type: text/plain; version=0.0.4; charset=utf-8\r\n"))
            #expect(text.lowercased().contains("x-content-type-options: nosniff\r\n"))
            for path in ["/", "/metrics/", "//metrics", "/METRICS", "/../etc/passwd", "*"] {
                #expect(try await ask(port, "GET \(path)").hasPrefix("HTTP/1.1 404 "), "\(path)")
            }
        }
    }

    @Test func `what is wrong has another status, and a reading that fails says nothing of the reason`() async throws {
        try await serve { port, log in
            #expect(try await ask(port, "GET /healthz").hasPrefix("HTTP/1.1 503 "))
            let broken = try await ask(port, "GET /broken")
            #expect(broken.hasPrefix("HTTP/1.1 503 ") && !broken.contains("Trouble"))
            #expect(log.entries.contains { $0.level == .error && $0.metadata["error"] == "Trouble()" })
        }
    }

    @Test func `monitors may ask for the head alone, and nobody can change anything`() async throws {
        try await serve { port, _ in
            let head = try await ask(port, "HEAD /metrics")
            #expect(head.hasPrefix("HTTP/1.1 200 ") && head.hasSuffix("\r\n\r\n"))
            #expect(head.lowercased().contains("content-length: 4\r\n"))
            for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"] {
                let answer = try await ask(port, "\(method) /metrics")
                #expect(answer.hasPrefix("HTTP/1.1 405 ") && answer.lowercased().contains("allow: get, head\r\n"))
            }
        }
    }

    @Test func `a page that leads its own name here reads nothing; names that are allowed do`() async throws {
        try await serve(names: ["box7.plant.example"]) { port, _ in
            for host in ["evil.example", "evil.example:\(port)", "box7.plant.example.evil.example", "box7"] {
                let answer = try await ask(port, "GET /metrics", host: host)
                #expect(answer.hasPrefix("HTTP/1.1 421 ") && !answer.contains("a 1"), "\(host)")
            }
            for host in ["127.0.0.1:\(port)", "BOX7.plant.example:\(port)", "box7.plant.example."] {
                #expect(try await ask(port, "GET /metrics", host: host).hasPrefix("HTTP/1.1 200 "), "\(host)")
            }
        }
    }

    @Test func `many idle connections keep nobody out`() async throws {
        // Four connections at a time.
        try await serve(limits: .page(descriptors: 32)) { port, _ in
            let idle = try (0..<12).map { _ in try RawConnection(port: port) }
            #expect(try await ask(port, "GET /metrics").hasPrefix("HTTP/1.1 200 "))
            withExtendedLifetime(idle) {}
        }
    }

    @Test func `a port in use is said, with the key to change, and ends nothing`() async throws {
        try await serve { port, _ in
            try await serve(port: port) { _, log in
                let entry = try #require(log.entries.first)
                #expect(entry.level == .error)
                #expect(entry.message == "the metrics cannot be served; everything else continues")
                #expect(entry.metadata["metrics.listen"] == "127.0.0.1:\(port)")
                #expect(entry.metadata["advice"] == "set another `metrics.listen`")
                #expect(try await ask(port, "GET /metrics").hasPrefix("HTTP/1.1 200 "))
            }
        }
    }
}
