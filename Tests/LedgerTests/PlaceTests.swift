import Foundation
import Ledger
import Station
import TestSupport
import Testing

/// The columns that say where and when a station was photographed, beside the content that they are taken from.
struct PlaceTests {
    private static let columns =
        "SELECT x || ' ' || y || ' ' || z || ' ' || round(heading, 3) || ' ' || coalesce(time, '-') FROM content"

    @Test func `place, heading and time are columns of the content`() async throws {
        let bench = try LedgerBench()
        // CDF's z turns anticlockwise, and without rotation the front looks to −Y.
        try await bench.record("a", .sample(x: 12, degrees: 90))
        let time = CaptureTime.ten.milliseconds
        #expect(try bench.rawRows(Self.columns) == ["12.0 2.0 1.7 90.0 \(time)"])
    }

    @Test func `a pose that an operator gives is in the columns, too`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample("one", x: 1))
        try await bench.deliver("a")
        try await bench.record("b", .sample("two", time: Capture.eleven, x: 5, degrees: 30), drift: .init(accept: true))
        try await bench.deliver("b")
        _ = try await bench.ledger.giveVisitsPose(of: try await bench.station("a").id, at: bench.now)
        let rows = try bench.rawRows("SELECT x || ' ' || round(heading) FROM content ORDER BY item")
        #expect(rows == ["1.0 180.0", "1.0 180.0"])
    }

    @Test func `a correction has its own place`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample("one", x: 1))
        try await bench.record("a", .sample("two", x: 7))
        #expect(try bench.rawRows("SELECT x FROM content ORDER BY acceptedAt") == ["1.0", "7.0"])
    }

    @Test func `an item belongs to the site of its latest content`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", incomplete: "face top is missing")
        #expect(try await bench.station("a").site == nil)
        try await bench.record("a", .sample(site: "site-a"))
        #expect(try await bench.station("a").site == "site-a")
        try await bench.record("a", .sample(site: "site-b"))
        try await bench.record("a", rejected: "two fronts")
        #expect(try await bench.station("a").site == "site-b")
    }
}
