import Foundation
import Inbox
import Station
import TestSupport
import Testing

/// Every way in which stations come into a drop folder, with the real tools, many times over.
@Suite(.serialized)
struct ArrivalModeTests {
    @Test(.timeLimit(.minutes(15)), arguments: Arrival.tools + Arrival.calls)
    func `however it arrives, each station is taken complete, and by events alone`(arrival: Arrival) async throws {
        let tally = try await ArrivalBench(arrival).run(stations: ArrivalBench.repeats)
        expectAll(tally, arrival)
        #expect(tally.foundByRescan == 0)
    }

    @Test(.timeLimit(.minutes(15))) func `2000 stations at once are all taken, each complete`() async throws {
        let arrival = Arrival(name: "cp -r, 2000 at once") { source, inbox, path in
            let folder = try Arrival.makeFolder(inbox, path)
            for name in try Arrival.files(of: source) {
                try FileManager.default.copyItem(atPath: source + "/" + name, toPath: folder + "/" + name)
            }
        }
        let tally = try await ArrivalBench(arrival).run(stations: 2000)
        expectAll(tally, arrival)
    }

    @Test(.timeLimit(.minutes(15)), arguments: [Arrival.tools[0], Arrival.tools[1], Arrival.tools[3]])
    func `each station is taken complete where only listing finds it`(arrival: Arrival) async throws {
        let tally = try await ArrivalBench(arrival).run(stations: ArrivalBench.repeats, detection: .poll)
        expectAll(tally, arrival)
    }

    private func expectAll(_ tally: ArrivalTally, _ arrival: Arrival, sourceLocation: SourceLocation = #_sourceLocation)
    {
        #expect(tally.delivered.count == tally.stations, sourceLocation: sourceLocation)
        #expect(tally.premature == [], sourceLocation: sourceLocation)
        #expect(tally.refused == [], sourceLocation: sourceLocation)
        let row =
            "ARRIVAL | \(arrival.name) | \(tally.stations) | \(tally.delivered.count) | \(tally.premature.count) | "
            + "\(tally.refused.count) | \(tally.doubted) | \(tally.foundByRescan)"
        print(row)
    }
}
