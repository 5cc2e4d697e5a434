import Foundation
import Ledger
import Station
import TestSupport
import Testing

/// What the plans of sites get from the ledger.
struct SiteListingTests {
    @Test func `a site's stations have the places of their contents`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample("one", site: "site-a", x: 12, degrees: 90))
        try await bench.record("b", .sample("two", station: "s2", site: "site-b"))
        let stations = try #require(try await bench.ledger.plannedStations(of: "site-a", labelled: true))
        let station = try #require(stations.first)
        #expect(stations.count == 1 && station.path == "a" && station.state == .accepted)
        #expect(station.position?.x == 12 && station.heading.map { ($0 * 1000).rounded() } == 90_000)
        #expect(station.place?.hasPrefix("site-a/") == true && station.label != nil)
        #expect(try await bench.ledger.plannedStations(of: "site-c", labelled: true) == nil)
    }

    @Test func `one that was delivered and is refused now stands where it was delivered`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample("one", site: "site-a", x: 7))
        try await bench.deliver("a")
        try await bench.record("a", rejected: "two fronts")
        try await bench.record("b", .sample("two", station: "s2", site: "site-a"))
        try await bench.record("b", rejected: "two fronts")
        let stations = try #require(try await bench.ledger.plannedStations(of: "site-a", labelled: false))
        #expect(stations.map(\.state) == [.rejected, .rejected])
        #expect(stations.map(\.position?.x) == [7, nil])
    }

    @Test func `some stations of a site are found by their numbers`() async throws {
        let bench = try LedgerBench()
        for name in ["a", "b", "c"] { try await bench.record(name, .sample(name, station: name, site: "site-a")) }
        let number = try await bench.station("b").id.rawValue
        let some = try await bench.ledger.plannedStations(of: "site-a", only: [number, 999], labelled: false)
        #expect(some?.map(\.path) == ["b"])
    }

    @Test func `sites are listed with counts by state and the corners of their stations`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample("one", site: "site-a", x: -3))
        try await bench.deliver("a")
        try await bench.record("b", .sample("two", station: "s2", site: "site-a", x: 40))
        try await bench.record("c", .sample("three", station: "s3", site: "site-b"))
        try await bench.record("d", rejected: "bad")
        let sites = try await bench.ledger.siteTallies()
        #expect(sites.map(\.id) == ["site-a", "site-b"])
        #expect(sites.first?.counts == [.registered: 1, .accepted: 1])
        #expect(sites.first?.corners?.low.x == -3 && sites.first?.corners?.high.x == 40)
        #expect(try await bench.ledger.siteTallies(limit: 1).map(\.id) == ["site-a"])
    }
}
