import Foundation

import Station
import TestSupport
import Testing

@testable import Inspection

struct EXIFTests {
    private func inspect(
        _ tiff: [UInt8],
        time: String? = nil,
        _ rules: InspectionRules = StationFolder.rules
    ) async throws -> InspectionReport {
        let bench = try StationFolder(.init(time: time))
        try bench.put(Pictures.withEXIF(try Pictures.jpeg(), tiff), as: "front.jpg")
        return try await bench.inspect(rules)
    }

    @Test(arguments: [false, true]) func `the front face's own time is used if the sidecar has none`(
        bigEndian: Bool
    ) async throws {
        let tiff = Pictures.tiff(
            time: "2026:05:01 11:30:00",
            subsecond: "25",
            offset: "+02:00",
            bigEndian: bigEndian
        )
        let report = try await inspect(tiff)
        #expect(report.capture?.time?.compact == "20260501T093000.250Z", "\(report.words)")
        #expect(report.capture?.ids.image == "site-a/station/20260501T093000.250Z")
        #expect(try await inspect(tiff, time: "2026-05-02T00:00:00Z").capture?.time?.compact == "20260502T000000Z")
    }

    @Test func `a time without offset needs a configured zone`() async throws {
        let tiff = Pictures.tiff(time: "2026:05:01 11:30:00")
        let report = try await inspect(tiff)
        #expect(report.capture != nil && report.capture?.time == nil)
        #expect(report.notes.contains { $0.code == "time-unused" && $0.message.contains("time zone") })
        var rules = StationFolder.rules
        rules.timeZone = TimeZone(secondsFromGMT: 3600)
        #expect(try await inspect(tiff, rules).capture?.time?.compact == "20260501T103000Z")
    }

    private func inspect(_ tiff: [UInt8], _ rules: InspectionRules) async throws -> InspectionReport {
        try await inspect(tiff, time: nil, rules)
    }

    @Test(arguments: [
        "1980:01:01 00:00:00", "2031:01:01 00:00:00", "0000:00:00 00:00:00", "    :  :     :  :  ", "2026:05:01",
    ])
    func `a camera whose clock was never set is not a reason to refuse`(time: String) async throws {
        let report = try await inspect(Pictures.tiff(time: time, offset: "+00:00"))
        #expect(report.capture != nil && report.capture?.time == nil)
        #expect(report.notes.contains { $0.code.hasPrefix("time-un") })
    }

    @Test(arguments: UInt64(0)..<300) func `no EXIF data lead outside of the file`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var bytes = Pictures.tiff(
            orientation: 1,
            time: "2026:05:01 11:30:00",
            subsecond: "25",
            offset: "+02:00",
            bigEndian: seed % 2 == 0
        )
        for _ in 0..<Int.random(in: 1...10, using: &random) {
            bytes[Int.random(in: 4..<bytes.count, using: &random)] =
                [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
        }
        let exif = EXIF(Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random))))
        #expect(exif.orientation.map { (1...8).contains($0) } ?? true)
        #expect((exif.dateTime ?? "").count <= 64)
    }
}
