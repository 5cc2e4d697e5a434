import Foundation
import TestSupport
import Testing

/// What Prometheus reads of a running daemon, and what Prometheus' own tool says of it.
struct Scrape {
    let text: String

    /// The addresses of the endpoint that the daemon has logged, the latest last.
    static func ports(of daemon: ChildProcess) -> [Int] {
        daemon.errors.matches(of: /url=http:\/\/127\.0\.0\.1:(\d+)\/metrics/).compactMap { Int($0.1) }
    }

    /// Reads the endpoint's address from the log, and asks it.
    static func take(_ daemon: ChildProcess, number: Int = 0) async throws -> Scrape {
        let port = try await eventually("the address of the metrics") { () throws -> Int? in
            let ports = ports(of: daemon)
            return ports.count > number ? ports[number] : nil
        }
        return try await take(port: port)
    }

    static func take(port: Int, path: String = "/metrics") async throws -> Scrape {
        let answer = try await RawConnection.ask(port: port, "GET \(path) HTTP/1.1\r\nHost: localhost")
        let parts = answer.split(separator: "\r\n\r\n", maxSplits: 1)
        try #require(answer.hasPrefix("HTTP/1.1 200 "), "\(answer.prefix(300))")
        #expect(parts.first?.lowercased().contains("content-type: text/plain; version=0.0.4; charset=utf-8") == true)
        return Scrape(text: parts.count > 1 ? String(parts[1]) : "")
    }

    /// The names of all metrics, as their TYPE lines have them.
    var names: Set<String> {
        Set(text.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }.map { String($0.split(separator: " ")[2]) })
    }

    /// The value of one series, by its whole text before the value.
    subscript(series: String) -> Double? {
        let line = text.split(separator: "\n").first { $0.hasPrefix(series + " ") }
        return line.flatMap { Double($0.dropFirst(series.count + 1)) }
    }

    /// All names that a query may use: a histogram has three.
    var series: Set<String> {
        names.union(names.flatMap { name in ["_bucket", "_sum", "_count"].map { name + $0 } })
    }
}

/// `promtool`, of Debian's package prometheus.
struct Promtool {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Runs it, and expects that it has nothing to complain about.
    ///
    /// - Parameter input: For its standard input.
    func expectClean(
        _ arguments: String...,
        input: String = "",
        in directory: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try folder.write(input, to: "input")
        let words = arguments.map { "'\($0)'" }.joined(separator: " ")
        let child = try ChildProcess(
            "/bin/sh",
            ["-c", "exec promtool \(words) < '\(folder.path("input"))'"],
            environment: ["PATH": "/usr/bin:/bin"],
            in: directory ?? folder.path,
            log: folder.path("log-\(UUID().uuidString)")
        )
        let exit = try await child.ended(within: .seconds(60))
        let said = child.output + child.errors
        #expect(exit == .code(0), "\(said)", sourceLocation: sourceLocation)
        // It warns of names and help texts, and still ends well.
        if arguments.starts(with: ["check", "metrics"]) { #expect(said == "", sourceLocation: sourceLocation) }
    }
}
