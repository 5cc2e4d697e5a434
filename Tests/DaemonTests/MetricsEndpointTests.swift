import CDF
import Foundation
import Ledger
import Meters
import Station
import Status
import Synchronization
import TestSupport
import Testing

@testable import Daemon

/// What is looked up for Prometheus, and what was counted.
@Suite(.timeLimit(.minutes(15)))
struct MetricsEndpointTests {
    private func endpoint(
        _ desk: Desk,
        _ meters: DaemonMeters = DaemonMeters(),
        inboxes: [DaemonStatus.Inbox] = [],
        stalls: [Stall] = [],
        isLinkUp: Bool = true,
        isPageServed: Bool = true,
        disks: DiskSpace = DiskSpace { _ in 5 }
    ) -> MetricsEndpoint {
        MetricsEndpoint(
            registry: meters.registry,
            ledger: desk.ledger,
            stateDirectory: desk.state.path,
            sources: .init(
                isLinkUp: { isLinkUp },
                inboxes: { inboxes },
                watches: { 7 },
                stalls: { stalls },
                isPageServed: { isPageServed }
            ),
            timeSource: desk.timeSource,
            disks: disks
        )
    }

    private func lines(_ text: String, _ prefix: String) -> [String] {
        text.split(separator: "\n").map(String.init).filter { $0.hasPrefix(prefix) }
    }

    @Test func `every kind and state is there, those without items with 0`() async throws {
        let desk = try Desk()
        try await desk.record("a", rejected: "bad")
        try await desk.record("b", .accepted(.sample()))
        desk.clock.advance(by: .seconds(90))
        let text = try await endpoint(desk).text()
        #expect(lines(text, "drop360_items{").count == ItemKind.allCases.count * ItemState.Name.allCases.count)
        #expect(text.contains(#"drop360_items{kind="station",state="rejected"} 1"# + "\n"))
        #expect(text.contains(#"drop360_items{kind="station",state="accepted"} 1"# + "\n"))
        #expect(text.contains(#"drop360_items{kind="scan",state="failed"} 0"# + "\n"))
        #expect(text.contains("\ndrop360_queue_oldest_seconds 90\n"))
    }

    @Test func `nothing on its way is no age, and a clock that was set back is none either`() async throws {
        let desk = try Desk()
        #expect(try await endpoint(desk).text().contains("\ndrop360_queue_oldest_seconds 0\n"))
        try await desk.record("b", .accepted(.sample()))
        desk.clock.advance(by: .seconds(-3600))
        #expect(try await endpoint(desk).text().contains("\ndrop360_queue_oldest_seconds 0\n"))
    }

    @Test func `link, inboxes, watches and what hangs are said`() async throws {
        let desk = try Desk()
        let inboxes = [
            DaemonStatus.Inbox(path: "/srv/a\"b", available: true),
            DaemonStatus.Inbox(path: "/srv/c", available: false, reason: "gone"),
        ]
        let stalls = [Stall(part: .scanner, duration: .seconds(400))]
        let text = try await endpoint(desk, inboxes: inboxes, stalls: stalls, isLinkUp: false, isPageServed: false)
            .text()
        #expect(text.contains("\ndrop360_link_up 0\n") && text.contains("\ndrop360_watches 7\n"))
        #expect(text.contains("\ndrop360_page_up 0\n"))
        #expect(try await endpoint(desk).text().contains("\ndrop360_page_up 1\n"))
        #expect(
            lines(text, "drop360_inbox_available{") == [
                #"drop360_inbox_available{inbox="/srv/a\"b"} 1"#, #"drop360_inbox_available{inbox="/srv/c"} 0"#,
            ]
        )
        #expect(
            lines(text, "drop360_stalled{") == [
                #"drop360_stalled{part="delivery"} 0"#, #"drop360_stalled{part="scanner"} 1"#,
            ]
        )
        // A lost inbox has no disk.
        #expect(
            lines(text, "drop360_disk_free_bytes{") == [
                #"drop360_disk_free_bytes{of="/srv/a\"b"} 5"#, #"drop360_disk_free_bytes{of="state"} 5"#,
            ]
        )
    }

    @Test func `a share that does not answer costs its own figure and nothing else`() async throws {
        let release = DispatchSemaphore(value: 0)
        let questions = Mutex(0)
        let disks = DiskSpace { place in
            guard place == "/hangs" else { return 5 }
            questions.withLock { $0 += 1 }
            release.wait()
            return 6
        }
        for _ in 0..<2 {
            let free = await disks.free(at: ["/hangs", "/state"]) {
                _ = try await eventually("the answer of the other") { disks.unanswered == ["/hangs"] ? true : nil }
            }
            #expect(free == ["/state": 5])
        }
        // Nobody asked it a second time.
        #expect(questions.withLock { $0 } == 1)
        release.signal()
        _ = try await eventually("its answer") { disks.unanswered.isEmpty ? true : nil }
        #expect(await disks.free(at: ["/state"]) { try await ManualClock().sleep(for: .seconds(1)) } == ["/state": 5])
    }

    @Test func `whoever asks often does not keep the ledger from its writers`() async throws {
        let desk = try Desk()
        let endpoint = endpoint(desk)
        _ = try await endpoint.text()
        try await desk.record("a", rejected: "bad")
        // Within a second of the first.
        #expect(try await endpoint.text().contains(#"drop360_items{kind="station",state="rejected"} 0"# + "\n"))
        desk.clock.advance(by: .seconds(1))
        #expect(try await endpoint.text().contains(#"drop360_items{kind="station",state="rejected"} 1"# + "\n"))
    }

    // MARK: Counted

    @Test func `every name is there before anything has happened, with its help and type`() async throws {
        let text = try await endpoint(try Desk()).text()
        for name in [
            "items", "requests_total", "request_seconds", "sent_bytes_total", "retries_total", "link_up",
            "queue_oldest_seconds", "detection_seconds", "inspection_seconds", "ledger_commit_seconds",
            "inbox_available", "watches", "overflows_total", "disk_free_bytes", "build_info", "paused", "stalled",
        ] {
            #expect(text.contains("# HELP drop360_\(name) ") && text.contains("# TYPE drop360_\(name) "), "\(name)")
        }
        for name in ["resident_memory_bytes", "cpu_seconds_total", "open_fds", "start_time_seconds"] {
            #expect(text.contains("\nprocess_\(name) "), "\(name)")
        }
        #expect(text.contains(#"drop360_requests_total{endpoint="files",outcome="throttled"} 0"#))
        #expect(text.contains(#"drop360_build_info{version="\#(Release.version)","#))
    }

    @Test func `detection is counted when a content is accepted, from the last change on or from the start`()
        async throws
    {
        let desk = try Desk()
        let meters = DaemonMeters()
        let intake = IntakeMeters(meters.registry, started: desk.now)
        desk.clock.advance(by: .seconds(100))
        func count() -> [String] { lines(meters.registry.exposition().text, "drop360_detection_seconds_") }
        let begun = desk.now
        let accepted = try await desk.record("b", .accepted(.sample()))
        intake.note(accepted, changed: desk.now.addingTimeInterval(-4), since: begun)
        #expect(count().contains(#"drop360_detection_seconds_bucket{le="2.5"} 0"#))
        #expect(count().contains(#"drop360_detection_seconds_bucket{le="5"} 1"#))
        // Dropped long before the daemon started.
        intake.note(accepted, changed: desk.now.addingTimeInterval(-1_000_000), since: begun)
        #expect(count().contains("drop360_detection_seconds_sum 104"))
        // Seen again as it is, or refused, or without files.
        desk.clock.advance(by: .seconds(1))
        intake.note(accepted, changed: desk.now, since: desk.now)
        intake.note(try await desk.record("a", rejected: "bad"), changed: desk.now, since: desk.now)
        intake.note(accepted, changed: nil, since: begun)
        // By a clock that is ahead.
        intake.note(accepted, changed: desk.now.addingTimeInterval(3600), since: begun)
        #expect(count().contains("drop360_detection_seconds_count 3"))
        #expect(count().contains("drop360_detection_seconds_sum 104"))
    }
}
