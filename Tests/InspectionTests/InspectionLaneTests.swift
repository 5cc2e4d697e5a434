import DropFolder
import Foundation
import Inspection
import Station
import Synchronization
import TestSupport
import Testing

/// What takes long or much memory is found out by headers, and goes by itself.
struct InspectionLaneTests {
    private func inspect(_ bench: StationFolder) async throws -> (report: InspectionReport, wasHeavy: Bool) {
        let inspector = Inspector(threads: 1)
        let wasHeavy = Atomic(false)
        let report = await inspector.inspect(try bench.snapshot(), rules: StationFolder.rules) {
            wasHeavy.store(true, ordering: .relaxed)
        }
        await inspector.shutdown()
        return (report, wasHeavy.load(ordering: .relaxed))
    }

    @Test func `a picture in hundreds of scans is refused before it is decoded`() async throws {
        let bench = try StationFolder(.init(skipping: [.front]))
        try bench.put(Pictures.bomb(scans: 60), as: "front.jpg")
        let (report, wasHeavy) = try await inspect(bench)
        #expect(report.rejection?.first == "image-too-heavy")
        #expect(report.words.contains("28 scans, 102 million blocks"), "\(report.words)")
        #expect(wasHeavy)
        try bench.put(Pictures.bomb(scans: 201, edge: 1024), as: "front.jpg")
        #expect(try await inspect(bench).report.rejection?.first == "image-coding")
    }

    @Test func `large pictures go to the heavy lane, ordinary ones do not`() async throws {
        #expect(try await !inspect(StationFolder()).wasHeavy)
        // Interlaced, 7000 pixels: the decoder would keep all of them.
        let header = Pictures.big(7000, 4) + Pictures.big(7000, 4) + [8, 2, 0, 0, 1]
        let bench = try StationFolder(.init(skipping: [.front]))
        try bench.put(
            [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + Pictures.chunk("IHDR", header)
                + Pictures.chunk("IDAT", [0x78, 0x01, 1, 0, 0, 0xFF, 0xFF, 0, 0, 0, 1]) + Pictures.chunk("IEND", []),
            as: "front.png"
        )
        let (report, wasHeavy) = try await inspect(bench)
        #expect(wasHeavy && report.rejection?.first == "image-truncated", "\(report.words)")
    }

    @Test func `an interlaced picture that needs more memory than allowed is refused`() async throws {
        let header = Pictures.big(16000, 4) + Pictures.big(16000, 4) + [8, 2, 0, 0, 1]
        let bench = try StationFolder(.init(skipping: [.front]))
        try bench.put(
            [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + Pictures.chunk("IHDR", header)
                + Pictures.chunk("IDAT", [0])
                + Pictures.chunk("IEND", []),
            as: "front.png"
        )
        #expect(try await inspect(bench).report.rejection?.first == "image-too-heavy")
    }
}
