import CoreMetrics
import Testing

@testable import Meters

/// What Prometheus reads.
struct ExpositionTests {
    private enum Outcome: String, MetricLabel { case ok, refused }

    private static let requests = MetricDeclaration(
        "app_requests_total",
        .counter,
        labels: ["endpoint", "outcome"],
        help: "Requests,\nby \"endpoint\" and C:\\outcome."
    )
    private static let duration = MetricDeclaration(
        "app_request_seconds",
        .histogram(upTo: [0.1, 1, 10]),
        help: "Durations."
    )
    private static let online = MetricDeclaration("app_online", .gauge, help: "Whether it is online.")
    private static let place = MetricDeclaration("app_place", .gauge, labels: ["path"], help: "A place.")
    private static let retries = MetricDeclaration("app_retries_total", .counter, labels: ["cause"], help: "Retries.")

    private let registry = PrometheusRegistry([requests, duration, online, place, retries])

    private func lines(_ prefix: String, _ readings: [Reading] = []) -> [String] {
        registry.exposition(with: readings).text.split(separator: "\n").map(String.init)
            .filter { $0.hasPrefix(prefix) }
    }

    private func count(_ endpoint: String, _ outcome: String) -> Counter {
        Counter(
            label: "app_requests_total",
            dimensions: [("endpoint", endpoint), ("outcome", outcome)],
            factory: registry
        )
    }

    @Test func `metrics and series are sorted, with help and type, whatever came first`() {
        count("upload", "ok").increment(by: 3)
        count("files", "ok").increment()
        Gauge(label: "app_online", factory: registry).record(1)
        #expect(
            registry.exposition(with: [Reading(Self.place, "/b", value: 0.5), Reading(Self.place, "/a", value: 2)]).text
                == #"""
                # HELP app_online Whether it is online.
                # TYPE app_online gauge
                app_online 1
                # HELP app_place A place.
                # TYPE app_place gauge
                app_place{path="/a"} 2
                app_place{path="/b"} 0.5
                # HELP app_request_seconds Durations.
                # TYPE app_request_seconds histogram
                # HELP app_requests_total Requests,\nby "endpoint" and C:\\outcome.
                # TYPE app_requests_total counter
                app_requests_total{endpoint="files",outcome="ok"} 1
                app_requests_total{endpoint="upload",outcome="ok"} 3
                # HELP app_retries_total Retries.
                # TYPE app_retries_total counter

                """#
        )
    }

    @Test func `a path with quotes, backslashes and line feeds stays one value in one line`() {
        let reading = Reading(Self.place, "/a\"b\\c\nd\r\ne 🏭", value: 1)
        #expect(lines("app_place", [reading]) == [#"app_place{path="/a\"b\\c\nd"# + "\r" + #"\ne 🏭"} 1"#])
    }

    @Test func `a histogram cumulates its buckets; a bound belongs to the bucket below it`() {
        let timer = CoreMetrics.Timer(label: "app_request_seconds", factory: registry)
        timer.recordMilliseconds(100)
        timer.recordMilliseconds(500)
        timer.recordMilliseconds(700)
        timer.recordSeconds(60)
        #expect(
            lines("app_request_seconds") == [
                #"app_request_seconds_bucket{le="0.1"} 1"#, #"app_request_seconds_bucket{le="1"} 3"#,
                #"app_request_seconds_bucket{le="10"} 3"#, #"app_request_seconds_bucket{le="+Inf"} 4"#,
                "app_request_seconds_sum 61.3", "app_request_seconds_count 4",
            ]
        )
    }

    @Test(arguments: [
        (0, "0"), (-3, "-3"), (0.25, "0.25"), (1e15, "1000000000000000"), (1e300, "1e+300"), (.infinity, "+Inf"),
        (-.infinity, "-Inf"), (.nan, "NaN"), (9_007_199_254_740_992, "9007199254740992.0"),
    ])
    func `numbers are written as Go reads them`(value: Double, text: String) {
        #expect(Exposition.number(value) == text)
    }

    @Test func `every value of a label is there before anything has happened`() {
        let family = CounterFamily<Outcome>(Self.retries, factory: registry)
        #expect(
            lines("app_retries_total") == [
                #"app_retries_total{cause="ok"} 0"#, #"app_retries_total{cause="refused"} 0"#,
            ]
        )
        family.increment(.refused)
        #expect(lines("app_retries_total").last == #"app_retries_total{cause="refused"} 1"#)
    }

    @Test func `who asks for a series again continues it, and destroying it loses nothing`() {
        let first = count("files", "ok")
        first.increment(by: 2)
        first.destroy()
        count("files", "ok").increment()
        #expect(lines("app_requests_total") == [#"app_requests_total{endpoint="files",outcome="ok"} 3"#])
    }

    @Test func `what is not declared, or with other labels, or as another kind, is not kept`() {
        Counter(label: "else_total", factory: registry).increment()
        Counter(label: "app_requests_total", dimensions: [("path", "/etc")], factory: registry).increment()
        Counter(label: "app_online", factory: registry).increment()
        Gauge(label: "app_request_seconds", factory: registry).record(1)
        #expect(registry.exposition().text.split(separator: "\n").allSatisfy { $0.hasPrefix("# ") })
    }

    @Test func `the number of series is bounded`() {
        for number in 0..<2000 { count("e\(number)", "ok").increment() }
        #expect(lines("app_requests_total").count == PrometheusRegistry.mostSeries)
    }

    @Test func `counters never go down`() {
        let counter = count("files", "ok")
        counter.increment(by: 5)
        counter.increment(by: -3)
        #expect(lines("app_requests_total").first?.hasSuffix(" 5") == true)
    }

    @Test func `counts from many threads add up`() async {
        let counter = count("files", "ok")
        let timer = CoreMetrics.Timer(label: "app_request_seconds", factory: registry)
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1000 {
                        counter.increment()
                        timer.recordSeconds(1)
                    }
                }
            }
        }
        #expect(lines("app_requests_total").first?.hasSuffix(" 8000") == true)
        #expect(lines("app_request_seconds_sum") == ["app_request_seconds_sum 8000"])
    }
}
