import Foundation
import TestSupport
import Testing

/// What Prometheus sees of the real daemon.
@Suite(.serialized, .timeLimit(.minutes(15)))
struct MetricsJourneyTests {
    private static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private func listen(_ site: Site, _ text: String = "127.0.0.1:0") throws {
        let rest = String(decoding: try site.folder.read("config.yaml"), as: UTF8.self)
            .split(separator: "\n").filter { !$0.hasPrefix("metrics:") }.joined(separator: "\n")
        try site.folder.write(rest + "\nmetrics: {listen: \"\(text)\"}\n", to: "config.yaml")
    }

    @Test func `deliveries, refusals and failures are counted, and promtool finds nothing wrong`() async throws {
        let site = try await Site()
        try listen(site)
        try await site.sandbox.fail(
            #"{"match": {"method": "PUT"}, "times": 2, "then": {"kind": "status", "status": 503}}"#,
            #"{"match": {"method": "POST", "path": "/files"}, "nth": [2], "then": {"kind": "status", "status": 429}}"#
        )
        let daemon = try site.startDaemon()
        try site.drop("one", .init(seed: 1))
        try site.drop("two", .init(seed: 2))
        try site.drop("bad", .init(sidecar: .text("{}")))
        _ = try await site.report("one", "UPLOADED")
        _ = try await site.report("two", "UPLOADED")
        _ = try await site.report("bad", "REJECTED")
        try await site.sandbox.fail(
            #"{"match": {"method": "POST", "path": "/files"}, "then": {"kind": "status", "status": 400, "body": "{\"error\":{\"code\":400,\"message\":\"no\"}}"}}"#
        )
        try site.drop("lost", .init(seed: 3))
        try await site.become("failed", "lost")
        let scrape = try await eventually("the counts of the ledger") { () throws -> Scrape? in
            let scrape = try await Scrape.take(daemon)
            return scrape[#"drop360_items{kind="station",state="failed"}"#] == 1 ? scrape : nil
        }
        #expect(scrape[#"drop360_items{kind="station",state="registered"}"#] == 2)
        #expect(scrape[#"drop360_items{kind="station",state="rejected"}"#] == 1)
        #expect(scrape[#"drop360_link_up"#] == 1)
        #expect(scrape[#"drop360_requests_total{endpoint="upload",outcome="ok"}"#] == 12)
        #expect(scrape[#"drop360_requests_total{endpoint="upload",outcome="server_error"}"#] == 2)
        #expect(scrape[#"drop360_requests_total{endpoint="files",outcome="throttled"}"#] == 1)
        #expect((scrape[#"drop360_requests_total{endpoint="files",outcome="refused"}"#] ?? 0) >= 1)
        #expect((scrape[#"drop360_retries_total{cause="server_error"}"#] ?? 0) >= 1)
        #expect(scrape["drop360_detection_seconds_count"] == 3)
        #expect((scrape[#"drop360_inspection_seconds_count{kind="station"}"#] ?? 0) >= 4)
        #expect((scrape["drop360_ledger_commit_seconds_count"] ?? 0) > 20)
        let sizes = try await site.sandbox.contents().files.compactMap { $0["size"].double }.reduce(0, +)
        #expect((scrape["drop360_sent_bytes_total"] ?? 0) >= sizes)
        #expect(scrape[#"drop360_inbox_available{inbox="\#(site.inbox)"}"#] == 1)
        #expect((scrape[#"drop360_disk_free_bytes{of="state"}"#] ?? 0) > 0)
        #expect((scrape["process_resident_memory_bytes"] ?? 0) > 1_000_000)
        try await Promtool().expectClean("check", "metrics", input: scrape.text)
        try await expectKnownNames(scrape)
        try await site.stop(daemon)
    }

    /// The dashboard and the alerts ask for nothing that the daemon does not have.
    private func expectKnownNames(_ scrape: Scrape) async throws {
        let dashboard = try Facts.parse(try Data(contentsOf: Self.repository.appending(path: "docs/grafana.json")))
        let queries = dashboard["panels"].list.flatMap { $0["targets"].list }.compactMap { $0["expr"].text }
        let alerts = try String(contentsOf: Self.repository.appending(path: "docs/alerts.yml"), encoding: .utf8)
        #expect(queries.count > 20)
        for (place, text) in queries.map({ ("grafana.json", $0) }) + [("alerts.yml", alerts)] {
            let asked = Set(text.matches(of: /\b(?:drop360|process)_\w+/).map { String($0.0) })
            #expect(asked.isSubset(of: scrape.series), "\(place): \(asked.subtracting(scrape.series))")
        }
        // Everything that is counted can be seen in the dashboard, but for what only Prometheus itself uses.
        let shown = queries.joined(separator: " ")
        for name in scrape.names where name.hasPrefix("drop360_") { #expect(shown.contains(name), "\(name)") }
        // And it is described.
        let reference = Self.repository.appending(path: "docs/operators/metrics.md")
        let words = try String(contentsOf: reference, encoding: .utf8)
        for name in scrape.names { #expect(words.contains("`\(name)"), "docs/operators/metrics.md lacks \(name)") }
        // As a rule file, promtool reads the queries as Prometheus will.
        let rules = queries.enumerated().map { number, query in
            let plain = query.replacing("$instance", with: ".*").replacing("$__rate_interval", with: "5m")
            return "      - {record: 'query:\(number)', expr: '\(plain.replacing("'", with: "''"))'}"
        }
        let file = "groups:\n  - name: dashboard\n    rules:\n" + rules.joined(separator: "\n") + "\n"
        let promtool = try Promtool()
        try promtool.folder.write(file, to: "rules.yml")
        try await promtool.expectClean("check", "rules", "rules.yml")
    }

    @Test func `the alerts are valid, and fire for what they are for and for nothing else`() async throws {
        let promtool = try Promtool()
        let docs = Self.repository.appending(path: "docs").path
        try await promtool.expectClean("check", "rules", "\(docs)/alerts.yml")
        let tests = Self.repository.appending(path: "Tests/JourneyTests/metrics").path
        try await promtool.expectClean("test", "rules", "alerts.test.yml", in: tests)
    }

    @Test func `a reload moves the endpoint, and the counts go on`() async throws {
        let site = try await Site()
        try listen(site)
        let daemon = try site.startDaemon()
        try site.drop("one", .init(seed: 1))
        _ = try await site.report("one", "UPLOADED")
        let before = try await Scrape.take(daemon)
        #expect(before[#"drop360_requests_total{endpoint="upload",outcome="ok"}"#] == 6)
        daemon.send(SIGHUP)
        let after = try await Scrape.take(daemon, number: 1)
        #expect(after[#"drop360_requests_total{endpoint="upload",outcome="ok"}"#] == 6)
        #expect(after["process_start_time_seconds"] == before["process_start_time_seconds"])
        let first = try #require(Scrape.ports(of: daemon).first)
        // Without the section there is no endpoint any more.
        try site.configure()
        daemon.send(SIGHUP)
        try site.drop("two", .init(seed: 2))
        _ = try await site.report("two", "UPLOADED")
        for port in Scrape.ports(of: daemon) + [first] {
            #expect(throws: RawConnection.NotConnected.self) { try RawConnection(port: port) }
        }
        try await site.stop(daemon)
    }

    @Test func `a port in use stops nothing but the metrics`() async throws {
        let site = try await Site()
        try listen(site, "127.0.0.1:\(site.sandbox.url.split(separator: ":").last ?? "")")
        let daemon = try site.startDaemon()
        try await daemon.waitForLog("metrics cannot be served")
        #expect(daemon.errors.contains("metrics.listen"))
        try site.drop("one", .init(seed: 1))
        _ = try await site.report("one", "UPLOADED")
        try await site.stop(daemon)
    }

    @Test func `an outage shows, and so does its end`() async throws {
        let site = try await Site()
        try listen(site)
        try await site.sandbox.fail(#"{"match": {}, "then": {"kind": "status", "status": 503}}"#)
        let daemon = try site.startDaemon()
        _ = try await eventually("offline") { () throws -> Bool? in
            let scrape = try await Scrape.take(daemon)
            let failed = scrape[#"drop360_requests_total{endpoint="token",outcome="server_error"}"#] ?? 0
            return scrape["drop360_link_up"] == 0 && failed > 0 ? true : nil
        }
        let port = try #require(Scrape.ports(of: daemon).first)
        let health = try await RawConnection.ask(port: port, "GET /healthz HTTP/1.1\r\nHost: localhost")
        #expect(health.hasPrefix("HTTP/1.1 200 ") && health.contains("degraded: "))
        let misled = try await RawConnection.ask(port: port, "GET /metrics HTTP/1.1\r\nHost: evil.example")
        #expect(misled.hasPrefix("HTTP/1.1 421 ") && !misled.contains("drop360_"))
        try await site.stop(daemon)
    }
}
