import DropFolder
import Foundation
import Glibc
import Inspection
import Meters
import Station
import TestSupport
import Testing

struct VerdictTests {
    @Test func `a temporary file means that the folder is still being written`() async throws {
        let bench = try StationFolder()
        try bench.put([1], as: ".front.jpg.a1B2c3")
        let report = try await bench.inspect()
        #expect(report.waiting == ["still-writing"])
        #expect(report.words.contains(".front.jpg.a1B2c3"))
    }

    @Test func `a truncated face is wrong in a complete folder, and perhaps unfinished in any other`() async throws {
        let half = Array(try Pictures.jpeg().prefix(9000))
        let complete = try StationFolder()
        try complete.put(half, as: "front.jpg")
        #expect(try await complete.inspect().rejection == ["image-truncated"])
        try complete.put([1], as: "back.jpg.filepart")
        #expect(try await complete.inspect().waiting == ["still-writing", "image-truncated"])
        let partial = try StationFolder(.init(skipping: [.bottom]))
        try partial.put(half, as: "front.jpg")
        #expect(try await partial.inspect().waiting == ["face-missing", "image-truncated"])
    }

    @Test func `what is definitely wrong is refused even while something is missing`() async throws {
        let bench = try StationFolder(.init(skipping: [.bottom]))
        try bench.put(Pictures.png(), as: "front.jpg")
        #expect(try await bench.inspect().rejection == ["face-missing", "mis-named"])
    }

    @Test func `what is not accepted says where it belongs, as far as that could be read`() async throws {
        let pose = #""translation": [3, 4, 5]"#
        let waiting = try StationFolder(
            .init(
                sidecar: .text("{\"site_id\": \"north\", \(pose), \"rotation\": {\"heading\": 90}}"),
                skipping: [.top]
            )
        )
        let report = try await waiting.inspect()
        #expect(report.waiting != nil && report.site == "north")
        #expect(
            report.place?.translation == Vector3(x: 3, y: 4, z: 5) && report.place?.heading.map { $0.rounded() } == 90
        )
        #expect(report.place?.station == "north/station" && report.place?.collection == "north")
        // Without a usable rotation it has a place, but no heading.
        let refused = try await StationFolder(sidecar: "{\(pose)}").inspect()
        #expect(refused.rejection != nil && refused.site == "site-a")
        #expect(refused.place?.translation.x == 3 && refused.place?.heading == nil)
    }

    @Test func `the configuration gives the site of what has no readable sidecar`() async throws {
        for text in ["{", "[]"] {
            let folder = try StationFolder(sidecar: text)
            #expect(try await folder.inspect().site == nil)
            var rules = InspectionRules()
            rules.site = Site(id: "plant")
            #expect(try await folder.inspect(rules).site == "plant")
        }
    }

    @Test func `a truncated sidecar is wrong only in a complete folder`() async throws {
        for text in ["", "{\"translation\": [1, 2", "\0\0\0\0"] {
            let code = try await StationFolder(sidecar: text).inspect().rejection
            #expect(code?.count == 1)
            #expect(
                try await StationFolder(.init(sidecar: .text(text), skipping: [.top])).inspect().waiting?.count == 2
            )
        }
    }

    @Test func `a folder that differs from its listing is inspected again`() async throws {
        let bench = try StationFolder()
        let before = try bench.snapshot()
        try bench.put(try StationMaker().jpeg(.front, seed: 9), as: "front.jpg")
        #expect(await StationFolder.inspect(before).verdict == .changed)
        let listed = try bench.snapshot()
        try bench.remove("top.jpg")
        #expect(await StationFolder.inspect(listed).verdict == .changed)
        try bench.put(try StationMaker().jpeg(.top), as: "top.jpg")
        let whole = try bench.snapshot()
        try bench.put([1], as: "right.jpg.part")
        #expect(await StationFolder.inspect(whole).verdict == .changed)
        try bench.inbox.remove("site-a")
        #expect(await StationFolder.inspect(whole).verdict == .changed)
    }

    @Test func `files of other kinds may come and go in the meantime`() async throws {
        let bench = try StationFolder()
        let before = try bench.snapshot()
        try bench.put([1], as: "notes.txt")
        #expect(await StationFolder.inspect(before).capture != nil)
    }

    @Test(.enabled(if: geteuid() != 0, "root may read everything"))
    func `what drop360 may not read is waited for`() async throws {
        let bench = try StationFolder()
        for name in ["left.jpg", "pose.json"] { try #require(chmod(bench.path(name), 0) == 0) }
        let report = try await bench.inspect()
        #expect(report.waiting == ["no-permission", "no-permission"])
        #expect(report.words.contains("may not read left.jpg"))
        let snapshot = try bench.snapshot()
        try #require(chmod(bench.inbox.path("site-a/station"), 0) == 0)
        #expect(await StationFolder.inspect(snapshot).waiting == ["no-permission"])
        try #require(chmod(bench.inbox.path("site-a/station"), 0o755) == 0)
    }

    @Test(.timeLimit(.minutes(15))) func `cancellation and shutdown lose no thread`() async throws {
        let bench = try StationFolder()
        let snapshot = try bench.snapshot()
        let inspector = Inspector(threads: 1)
        let cancelled = await Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await inspector.inspect(snapshot, rules: StationFolder.rules)
        }.value
        #expect(cancelled.verdict == .changed)
        // The only thread is still there for the next station.
        #expect(await inspector.inspect(snapshot, rules: StationFolder.rules).capture != nil)
        await inspector.shutdown()
        #expect(await inspector.inspect(snapshot, rules: StationFolder.rules).verdict == .changed)
    }

    @Test func `many stations at once get the verdicts that they get alone`() async throws {
        let good = try StationFolder()
        let bad = try StationFolder(.init(skipping: [.left]))
        let snapshots = [try good.snapshot(), try bad.snapshot()]
        let registry = PrometheusRegistry(InspectionMeters.declarations)
        let inspector = Inspector(threads: 2, meters: InspectionMeters(registry))
        let accepted = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<20 {
                group.addTask {
                    await inspector.inspect(snapshots[number % 2], rules: StationFolder.rules).capture != nil
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        await inspector.shutdown()
        #expect(accepted == 10)
        // Each was counted once, the refused ones, too.
        let counts = registry.exposition().text.split(separator: "\n")
        #expect(counts.contains(#"drop360_inspection_seconds_count{kind="station"} 20"#))
    }
}
