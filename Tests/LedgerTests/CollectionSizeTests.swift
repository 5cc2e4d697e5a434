import Foundation
@testable import Ledger
import Station
import TestSupport
import Testing

/// How many images a collection may have: ten stand for the viewer's ten thousand.
struct CollectionSizeTests {
    private static let ten = CollectionRule(limit: 10)

    /// A ledger with this many stations of one site, named `0`, `1`, …; those before `delivered` are in CDF.
    private func bench(_ count: Int, delivered: Int = 0) async throws -> LedgerBench {
        let bench = try LedgerBench()
        for number in 0..<count {
            try await bench.record("\(number)", .sample("\(number)", station: "\(number)"))
            if number < delivered { try await bench.deliver("\(number)") }
        }
        return bench
    }

    private func next(_ bench: LedgerBench, _ rule: CollectionRule = ten) async throws -> ItemRecord {
        try await bench.record("next", .sample("next", station: "next", x: 5), collections: rule)
    }

    @Test func `a small collection is not mentioned`() async throws {
        let record = try await next(bench(7, delivered: 3))
        #expect(record.state.name == .accepted)
        #expect(!record.notes.contains { $0.code == "collection-large" })
    }

    @Test(arguments: [8, 9])
    func `from nine tenths on a note says how many images there are`(others: Int) async throws {
        let record = try await next(bench(others, delivered: 5))
        #expect(record.state.name == .accepted)
        let note = try #require(record.notes.first { $0.code == "collection-large" })
        #expect(note.message.contains("Site site-a has \(others + 1) images"))
        #expect(note.message.contains("another site_id"))
    }

    @Test(arguments: [0, 5, 10])
    func `one more than the viewer loads is refused with the way out`(delivered: Int) async throws {
        let record = try await next(bench(10, delivered: delivered))
        #expect(record.codes == ["collection-large"])
        let message = try #require(record.problems.first?.message)
        #expect(message.contains("another site_id"))
        #expect(message.contains("collections: large-is-fine"))
    }

    @Test func `an operator who knows better gets a note instead`() async throws {
        let record = try await next(bench(10), CollectionRule(limit: 10, refuses: false))
        #expect(record.state.name == .accepted)
        #expect(record.notes.contains { $0.code == "collection-large" && $0.message.contains("leaves the others out") })
    }

    @Test func `the core data model has no limit`() async throws {
        let record = try await next(bench(12), .unlimited)
        #expect(record.state.name == .accepted)
        #expect(!record.notes.contains { $0.code == "collection-large" })
    }

    @Test func `a ledger that delivers under the core data model has no limit, whatever the rule`() async throws {
        let bench = try await bench(12)
        #expect(try await bench.ledger.collectionsNearLimit(10).map(\.images) == [12])
        _ = try await bench.ledger.claimModel("any", viewerLoadsAll: true)
        let record = try await next(bench)
        #expect(record.state.name == .accepted)
        #expect(!record.notes.contains { $0.code == "collection-large" })
        #expect(try await bench.ledger.collectionsNearLimit(10).isEmpty)
    }

    @Test func `visits count`() async throws {
        let bench = try LedgerBench()
        for number in 0..<10 {
            let time = CaptureTime(milliseconds: CaptureTime.ten.milliseconds + Int64(number) * 1000)
            try await bench.record("\(number)", .sample("\(number)", time: time))
        }
        #expect(try await next(bench).codes == ["collection-large"])
    }

    @Test func `another site has room of its own`() async throws {
        let bench = try await bench(10)
        let record = try await bench.record("b", .sample("b", site: "site-b"), collections: Self.ten)
        #expect(record.state.name == .accepted)
    }

    @Test func `a correction of a delivered image is not counted anew, and is always taken`() async throws {
        let bench = try await bench(10, delivered: 10)
        let corrected = Capture.sample("corrected", station: "3")
        let record = try await bench.record("3", corrected, collections: Self.ten)
        #expect(record.state.name == .accepted)
        #expect(record.notes.contains { $0.message.contains("has 10 images") })
        // Even where the collection is far too large already.
        let second = try await bench.record("4", .sample("other", station: "4"), collections: CollectionRule(limit: 3))
        #expect(second.state.name == .accepted)
    }

    @Test func `a folder that changes before it is delivered counts once`() async throws {
        let bench = try await bench(9)
        try await bench.record("next", .sample("one", station: "next", time: nil, x: 5), collections: Self.ten)
        // Without a time the id depends on the content.
        let record = try await bench.record(
            "next",
            .sample("two", station: "next", time: nil, x: 5),
            collections: Self.ten
        )
        #expect(record.state.name == .accepted)
    }

    @Test func `what was accepted stays accepted when it is seen again`() async throws {
        let bench = try await bench(10)
        let record = try await bench.record("4", .sample("4", station: "4"), collections: CollectionRule(limit: 3))
        #expect(record.state.name == .accepted)
    }

    @Test func `what was refused is accepted once there is room`() async throws {
        let bench = try await bench(10)
        #expect(try await next(bench).codes == ["collection-large"])
        try await bench.recordGone("0")
        #expect(try await next(bench).state.name == .accepted)
    }

    @Test func `positions of scans count`() async throws {
        let bench = try await bench(0)
        let scan = try ScanBench(bench)
        try await scan.record()
        try await scan.readsAll()
        let large = try await bench.ledger.collections(withAtLeast: 1)
        #expect(large.first.map { $0.images > 0 } == true)
        let site = try #require(large.first)
        #expect(try await bench.ledger.collections(withAtLeast: site.images + 1).isEmpty)
    }

    @Test func `large collections are listed with their images, the largest first`() async throws {
        let bench = try await bench(4, delivered: 2)
        for number in 0..<6 {
            try await bench.record("b\(number)", .sample("b\(number)", station: "\(number)", site: "site-b"))
        }
        try await bench.record("c", .sample("c", site: "site-c"))
        let expected = [
            CollectionCount(collection: "site-b", images: 6), CollectionCount(collection: "site-a", images: 4),
        ]
        #expect(try await bench.ledger.collections(withAtLeast: 4) == expected)
    }
}
