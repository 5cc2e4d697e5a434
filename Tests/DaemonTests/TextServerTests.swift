import Foundation
import Glibc
import InMemoryLogging
import LocalServer
import Logging
import NIOCore
import ServiceLifecycle
import TestSupport
import Testing

/// Who gets an answer from the server of the metrics, and which.
@Suite(.timeLimit(.minutes(15)))
struct TextServerTests {
    private struct Trouble: Error {}
    /// More than the sockets on both sides hold.
    private static let large = String(repeating: "x", count: 16 << 20)

    /// Serves a few texts for as long as `body` takes.
    private func serve(
        host: String = "127.0.0.1",
        port: Int = 0,
        names: [String] = [],
        limits: ConnectionLimits = .page(),
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
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
            sleep: sleep,
            routes: [
                "/metrics": { .init("a 1\n", type: "text/plain; version=0.0.4; charset=utf-8") },
                "/large": { .init(Self.large) },
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
                #expect(
                    entry.message
                        == "the metrics cannot be served and is tried again every minute; everything else continues"
                )
                #expect(entry.metadata["metrics.listen"] == "127.0.0.1:\(port)")
                #expect(entry.metadata["error"] == "Address already in use")
                #expect(entry.metadata["advice"] == "free the port, or set another `metrics.listen`")
                #expect(try await ask(port, "GET /metrics").hasPrefix("HTTP/1.1 200 "))
            }
        }
    }

    @Test func `an address that the machine does not have is said with what helps there`() async throws {
        // For documentation: no machine has it.
        try await serve(host: "192.0.2.1") { _, log in
            let entry = try #require(log.entries.first)
            #expect(entry.metadata["error"] == "Cannot assign requested address")
            #expect(
                entry.metadata["advice"]
                    == "this machine has no such address yet: check the network, or set another `metrics.listen`"
            )
        }
    }

    @Test func `a port that has become free is taken, and the log has one line for all tries before`() async throws {
        let holder = try HeldPort()
        let clock = ManualClock()
        try await serve(port: holder.port, sleep: { try await clock.sleep(for: $0) }) { _, log in
            for _ in 0..<5 {
                await clock.untilAsleep()
                clock.advance(by: .seconds(60))
            }
            await clock.untilAsleep()
            #expect(log.entries.count == 1)
            holder.release()
            clock.advance(by: .seconds(60))
            _ = try await eventually("the address") { log.entries.count == 2 ? true : nil }
            #expect(log.entries.last?.metadata["url"] == "http://127.0.0.1:\(holder.port)/metrics")
            #expect(try await ask(holder.port, "GET /metrics").hasPrefix("HTTP/1.1 200 "))
        }
    }

    /// Asks for more than the sockets hold, and takes none of it.
    private func askDeaf(_ port: Int) async throws -> RawConnection {
        let deaf = try RawConnection(port: port, buffer: 4096)
        deaf.send("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
        _ = try await eventually("the answer begins") { deaf.hasInput ? true : nil }
        return deaf
    }

    @Test func `an answer that nobody takes gives its place back after a while`() async throws {
        var limits = ConnectionLimits(connections: 1, idle: .seconds(600), answersAreShort: false)
        limits.answer = .seconds(3)
        // Made before the time runs.
        #expect(Self.large.utf8.count == 16 << 20)
        try await serve(limits: limits) { port, _ in
            let deaf = try await askDeaf(port)
            _ = try await eventually("the only place is free again") {
                try await ask(port, "GET /metrics").hasPrefix("HTTP/1.1 200 ") ? true : nil
            }
            withExtendedLifetime(deaf) {}
        }
    }

    @Test func `a stop waits neither for one who takes nothing nor for half a request`() async throws {
        var limits = ConnectionLimits(connections: 8, idle: .seconds(6000), answersAreShort: true)
        (limits.answer, limits.parting) = (.seconds(6000), .milliseconds(50))
        var held: [RawConnection] = []
        try await serve(limits: limits) { port, _ in
            held.append(try await askDeaf(port))
            held.append(try RawConnection(port: port))
            held.last?.send("GET /metrics HTTP/1.1\r\nHost: lo")
            #expect(try await ask(port, "GET /metrics").hasPrefix("HTTP/1.1 200 "))
        }
        // `serve` has returned although all of them are held.
        #expect(held.count == 2)
    }
}

/// A port on which something else listens.
private final class HeldPort {
    private let descriptor: Int32
    let port: Int

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { [descriptor] in
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && listen(descriptor, 1) == 0 ? getsockname(descriptor, $0, &size) : -1
            }
        }
        try #require(result == 0)
        port = Int(address.sin_port.bigEndian)
    }

    func release() { close(descriptor) }
}
