import Foundation
import Ledger
import Station
import TestSupport
import Testing

/// A station's pose is that of its first image.
struct PoseDriftTests {
    private func second(
        x: Double,
        degrees: Double = 0,
        firstX: Double = 1,
        rule: PoseDriftRule = .init(),
        delivered: Bool = true
    ) async throws -> ItemRecord {
        let bench = try LedgerBench()
        try await bench.record("a", .sample("one", x: firstX))
        if delivered { try await bench.deliver("a") }
        let later = Capture.sample("later", time: Capture.eleven, x: x, degrees: degrees)
        return try await bench.record("b", later, drift: rule)
    }

    @Test(arguments: [(1, 1.05), (1, 0.95), (0, 0.05), (9999.95, 10000), (-3.3, -3.35)])
    func `up to 5 cm is the same place`(first: Double, x: Double) async throws {
        #expect(try await second(x: x, firstX: first).state.name == .accepted)
    }

    @Test(arguments: [(1, 1.0501), (1, 0.9499), (0, 0.051), (0, 12)])
    func `more than 5 cm is refused with the way out`(first: Double, x: Double) async throws {
        let record = try await second(x: x, firstX: first)
        #expect(record.codes == ["pose-drift"])
        #expect(record.problems.first?.message.contains("ask your operator") == true)
        #expect(record.problems.first?.message.contains("station_id of its own") == true)
    }

    @Test func `a pose is also compared with that of an image under way`() async throws {
        #expect(try await second(x: 2, delivered: false).codes == ["pose-drift"])
    }

    @Test(arguments: [0.5, 1, -1])
    func `up to one degree is the same rotation`(degrees: Double) async throws {
        #expect(try await second(x: 1, degrees: degrees).state.name == .accepted)
    }

    @Test(arguments: [1.001, -1.001, 90, 180])
    func `more than one degree is refused`(degrees: Double) async throws {
        #expect(try await second(x: 1, degrees: degrees).codes == ["pose-drift"])
    }

    @Test func `a full turn is no difference`() async throws {
        #expect(try await second(x: 1, degrees: 360).state.name == .accepted)
    }

    @Test func `the message says how far it is`() async throws {
        let message = try #require(try await second(x: 1.5, degrees: 12).problems.first?.message)
        #expect(message.contains("0.50 m and 12.0°"))
    }

    @Test func `an inbox may accept any pose`() async throws {
        #expect(try await second(x: 500, degrees: 90, rule: .init(accept: true)).state.name == .accepted)
    }

    @Test func `an image is not compared with the one that it overwrites`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample("one"))
        try await bench.deliver("a")
        #expect(try await bench.record("a", .sample("one", x: 50)).state.name == .accepted)
    }

    @Test func `a correction is always taken, also where the station has other visits`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample("one"))
        try await bench.deliver("a")
        try await bench.record("b", .sample("later", time: Capture.eleven))
        try await bench.deliver("b")
        #expect(try await bench.record("b", .sample("later", time: Capture.eleven, x: 50)).state.name == .accepted)
        try await bench.deliver("b")
        #expect(try await bench.record("a", .sample("one", x: -7)).state.name == .accepted)
        // Also while it is on its way already.
        try await bench.beginUpload("a")
        #expect(try await bench.record("a", .sample("one", x: -8)).state.name == .accepted)
    }

    @Test func `a correction without a time is one, although it is another image`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample("one", time: nil))
        try await bench.deliver("a")
        #expect(try await bench.record("a", .sample("one", time: nil, x: 50)).state.name == .accepted)
    }

    @Test func `another visit in the same folder is no correction`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample("one"))
        #expect(try await bench.record("a", .sample("other", time: Capture.eleven, x: 50)).state.name == .accepted)
        try await bench.deliver("a")
        #expect(try await bench.record("a", .sample("third", x: 1)).codes == ["pose-drift"])
    }

    @Test func `once a pose was corrected, new visits are compared with the corrected one`() async throws {
        let bench = try LedgerBench()
        let noon = CaptureTime(milliseconds: CaptureTime.ten.milliseconds + 7_200_000)
        try await bench.record("a", .sample("one"))
        try await bench.deliver("a")
        try await bench.record("b", .sample("later", time: Capture.eleven))
        try await bench.deliver("b")
        try await bench.record("b", .sample("later", time: Capture.eleven, x: 50))
        try await bench.deliver("b")
        #expect(try await bench.record("c", .sample("new", time: noon, x: 1)).codes == ["pose-drift"])
        #expect(try await bench.record("c", .sample("new", time: noon, x: 50)).state.name == .accepted)
    }

    @Test func `an accepted station is not refused for its pose later`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample("one"))
        let later = Capture.sample("later", time: Capture.eleven, x: 50)
        try await bench.record("b", later, drift: .init(accept: true))
        #expect(try await bench.record("b", later, stamp: "touched").state.name == .accepted)
    }
}
