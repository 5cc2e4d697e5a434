import Foundation
import Ledger
import Station
import Synchronization
import TestSupport
import Testing

@testable import Delivery

/// Positions of a scan, whose faces are in the state directory.
@Suite(.timeLimit(.minutes(15)))
struct PositionUploadTests {
    @Test func `a position whose faces are lost is read from its scan again, not looked for in the inbox`() async throws
    {
        try await Depot.run { depot in
            let scan = Scan(
                name: "hall.e57",
                size: 1,
                fileDigest: FileDigest(rawValue: ContentDigest(over: ["file"]).rawValue),
                digest: ContentDigest(over: ["scan"]),
                positions: 1
            )
            let (stamp, now) = (Stamp(rawValue: "s"), depot.clock.date)
            let file = ItemPath(inbox: depot.inbox.path, path: "hall.e57")
            let accepted = try await depot.ledger.record(
                Sighting(.scan, at: file, stamp: stamp, outcome: .accepted(.scan(scan))),
                at: now
            )
            let location = ItemPath(inbox: depot.inbox.path, path: "hall.e57/s1/")
            _ = try await depot.ledger.beginReading(
                accepted.id,
                digest: scan.digest,
                positions: [location.path: stamp],
                at: now
            )
            var capture = Capture.sample()
            for face in Face.allCases { capture.faces[face]?.storedIn = "swept" }
            let position = try #require(
                try await depot.ledger.recordPosition(
                    Sighting(at: location, stamp: stamp, outcome: .accepted(.station(capture))),
                    of: accepted.id,
                    digest: scan.digest,
                    at: now
                )
            )
            try await depot.session { turn in try await turn.deliver() }
            #expect(try await depot.ledger.item(position.id).lastSight == .lookAgain)
            #expect(depot.looks.withLock { $0 } == [])
            #expect(try await depot.ledger.nextDueForReading(at: depot.clock.date) != nil)
        }
    }
}
