import Ledger
import Station
import TestSupport
import Testing

/// What the site's other stations make of a pose: notes, never a refusal.
struct SitePlausibilityTests {
    private func site(_ places: [Double]) async throws -> LedgerBench {
        let bench = try LedgerBench()
        for (number, x) in places.enumerated() {
            try await bench.record("s\(number)", .sample("content \(number)", station: "s\(number)", x: x))
        }
        return bench
    }

    private func notes(_ bench: LedgerBench, x: Double, station: String = "new") async throws -> [String] {
        let record = try await bench.record("new", .sample("new", station: station, x: x))
        #expect(record.state.name == .accepted)
        return record.notes.map(\.code)
    }

    @Test func `a station among the others gets no note`() async throws {
        #expect(try await notes(site([1, 12, 23, 34]), x: 45) == [])
        #expect(try await notes(site([1, 12, 23, 34]), x: 500) == [])
    }

    @Test func `a station at the place of another one gets a note, but not a revisit of the same one`() async throws {
        let bench = try await site([1, 12, 23])
        let record = try await bench.record("new", .sample("new", station: "new", x: 12.0004))
        #expect(
            record.notes.map(\.code) == ["pose-equal"]
                && record.notes[0].message.contains("Station s1 is at exactly the same position")
        )
        let revisit = try await site([1, 12, 23]).record(
            "again",
            .sample("again", station: "s1", time: Capture.eleven, x: 12)
        )
        #expect(revisit.notes == [])
    }

    @Test func `millimetres among metres are recognised`() async throws {
        let bench = try await site([1, 12, 23, 34])
        let record = try await bench.record("new", .sample("new", station: "new", x: 9_500))
        #expect(record.notes.map(\.code) == ["pose-far"] && record.notes[0].message.contains("millimetres"))
    }

    @Test func `an earlier outlier does not hide the next one, and too few stations show nothing`() async throws {
        #expect(try await notes(site([1, 12, 23, 34, 9_000]), x: 8_000) == ["pose-far"])
        #expect(try await notes(site([1, 12]), x: 9_500) == [])
    }

    @Test func `stations of other sites do not count`() async throws {
        let bench = try await site([1, 12, 23])
        #expect(try await bench.record("new", .sample("new", station: "new", site: "b", x: 12)).notes == [])
    }

    @Test func `a corrected pose does not count, and a revisited station counts once`() async throws {
        let bench = try await site([1, 12, 23])
        try await bench.record("s1", .sample("content 1", station: "s1", x: 400))
        #expect(try await bench.record("new", .sample("new", station: "new", x: 12)).notes == [])
        let lone = try await site([1])
        for hour in 1...3 {
            let time = CaptureTime(milliseconds: Capture.ten.milliseconds + Int64(hour) * 3_600_000)
            try await lone.record("visit \(hour)", .sample("visit \(hour)", station: "s0", time: time))
        }
        #expect(try await lone.record("new", .sample("new", station: "new", x: 9_000)).notes == [])
    }
}
