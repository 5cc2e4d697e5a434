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

    @Test func `what is refused or waits is in the lists of its site, where it says that it stands`() async throws {
        let bench = try LedgerBench()
        let place = Capture.sample("one", site: "site-a", x: 7, degrees: 90).statedPlace
        for (path, outcome) in [
            ("wrong", Sighting.Outcome.rejected([Problem("bad", "bad")])), ("part", .incomplete([])),
        ] {
            _ = try await bench.ledger.record(
                Sighting(
                    at: bench.item(path),
                    stamp: Stamp(rawValue: "s"),
                    outcome: outcome,
                    site: "site-a",
                    place: place
                ),
                at: bench.now
            )
        }
        let stations = try #require(try await bench.ledger.plannedStations(of: "site-a", labelled: false))
        #expect(stations.map(\.state) == [.rejected, .incomplete])
        #expect(stations.allSatisfy { $0.isStated && $0.position?.x == 7 && $0.place == place.station })
        #expect(stations.allSatisfy { $0.heading.map { ($0 * 1000).rounded() } == 90_000 })
        #expect(try await bench.ledger.siteTallies().map(\.counts) == [[.rejected: 1, .incomplete: 1]])
        #expect(try await bench.ledger.page(.init(site: "site-a")).items.count == 2)
        // Once it is accepted, only what was accepted counts.
        try await bench.record("wrong", .sample("one", site: "site-b", x: 9))
        let accepted = try #require(try await bench.ledger.plannedStations(of: "site-b", labelled: false)?.first)
        #expect(!accepted.isStated && accepted.position?.x == 9)
    }

    @Test func `a conflict is in the list of its site, where it says that it stands`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample("one", site: "site-a", x: 7))
        let record = try await bench.record("b", .sample("two", site: "site-a", x: 8))
        #expect(record.codes == ["conflict"] && record.site == "site-a")
        let stations = try #require(try await bench.ledger.plannedStations(of: "site-a", labelled: false))
        #expect(stations.map(\.position?.x) == [7, 8] && stations.map(\.isStated) == [false, true])
        #expect(stations.first?.place == stations.last?.place)
    }

    @Test func `without any statement it belongs to the site that its folder is named after, if there is one`()
        async throws
    {
        let bench = try LedgerBench()
        try await bench.record("site-a/s1", rejected: "bad")
        #expect(try await bench.station("site-a/s1").site == nil)
        try await bench.record("site-a/s2", .sample("two", station: "s2", site: "site-a"))
        try await bench.record("site-a/s1", rejected: "still bad")
        #expect(try await bench.station("site-a/s1").site == "site-a")
        #expect(try await bench.ledger.sites() == ["site-a"])
    }

    @Test func `what was delivered keeps its site while its folder is being changed`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample("one", site: "site-a", x: 7))
        try await bench.deliver("a")
        let sighting = Sighting(
            at: bench.item("a"),
            stamp: Stamp(rawValue: "part"),
            outcome: .incomplete([]),
            site: "site-b"
        )
        #expect(try await bench.ledger.record(sighting, at: bench.now).site == "site-a")
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
        #expect(sites.first?.bounds == SiteBounds(minX: -3, maxX: 40, minY: 2, maxY: 2))
        #expect(try await bench.ledger.siteTallies(limit: 1).map(\.id) == ["site-a"])
        // What stood on the edge stands elsewhere now.
        try await bench.record("b", .sample("other", station: "s2", site: "site-a", x: 9))
        #expect(try await bench.ledger.siteTallies().first?.bounds?.maxX == 9)
        for path in ["a", "b"] { try await bench.recordGone(path) }
        #expect(try await bench.ledger.siteTallies().first?.counts == [.registered: 1])
    }
}
