import Foundation
import Ledger
import Station
import TestSupport
import Testing

/// Whatever happens, in whatever order: nothing is lost, nothing is doubled, nothing wrong is said.
struct RandomWalkTests {
    @Test(arguments: UInt64(0)..<24)
    func `what must hold, holds after every step`(seed: UInt64) async throws {
        var walk = try RandomWalk(seed: seed)
        for _ in 0..<120 {
            try await walk.step()
            let violations = try await walk.violations()
            try #require(violations == [], "\(walk.diary.suffix(40).joined(separator: "\n"))")
        }
        try await walk.settle()
        #expect(try await walk.violations() == [])
        let counts = try await walk.bench.ledger.counts()
        #expect(counts[.uploading] == 0)
        #expect(counts[.uploaded] == 0)
        // Whoever is still accepted waits for one that has failed.
        for waiting in try await walk.bench.ledger.stations(in: .accepted) {
            let original = try #require(try await walk.bench.ledger.original(of: waiting))
            #expect(original.state.name == .failed)
        }
        #expect(try await walk.bench.ledger.integrityProblems() == [])
    }
}
