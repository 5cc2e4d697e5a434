import Foundation
import Ledger
import Station
import TestSupport
import Testing

/// Whatever happens, in whatever order: nothing is lost, nothing is doubled, nothing wrong is said.
struct RandomWalkTests {
    /// `DROP360_SEEDS=500` walks for longer.
    private static let seeds = UInt64(ProcessInfo.processInfo.environment["DROP360_SEEDS"] ?? "") ?? 12

    @Test(arguments: 0..<seeds)
    func `all invariants hold after every step`(seed: UInt64) async throws {
        var walk = try RandomWalk(seed: seed)
        for _ in 0..<100 {
            try await walk.step()
            let violations = try await walk.violations()
            try #require(violations == [], "\(walk.diary.suffix(40).joined(separator: "\n"))")
        }
        try await walk.settle()
        let violations = try await walk.violations()
        #expect(violations == [], "\(walk.diary.suffix(40).joined(separator: "\n"))")
        let counts = try await walk.bench.ledger.counts()
        #expect(counts[.uploading] == 0)
        #expect(counts[.uploaded] == 0)
        // Whoever is still accepted waits for one that has failed.
        for waiting in try await walk.bench.ledger.items(in: .accepted) {
            let original = try #require(try await walk.bench.ledger.original(of: waiting))
            #expect(original.state.name == .failed)
        }
        #expect(try await walk.bench.ledger.integrityProblems() == [])
    }

    /// A check that finds nothing must be able to find something.
    @Test(arguments: [
        (
            "UPDATE file SET state = 'pending', receipt = NULL, sentAt = NULL, confirmedAt = NULL",
            "one of its files does not count as sent"
        ),
        ("UPDATE content SET deliveredAt = NULL", "nothing says that its content was delivered"),
        ("UPDATE file SET externalID = 'x/' || role", "a face's id is not its image's"),
        ("UPDATE file SET sha256 = '\(String(repeating: "0", count: 64))'", "CDF holds other bytes"),
        ("UPDATE content SET externalID = 'x'", "the image x is of other content"),
        ("UPDATE item SET state = 'accepted'", "the history ends elsewhere"),
        ("UPDATE item SET state = 'accepted' WHERE sameAs IS NOT NULL", "waits for"),
        ("UPDATE item SET sameAs = NULL", "nothing says that its content was delivered"),
        ("UPDATE tally SET items = items + 1", "miscounts these items"),
        ("DELETE FROM collectionTally", "miscounts the contents"),
        ("UPDATE siteExtent SET maxY = 99", "a site's bounds"),
    ])
    func `violated invariants are found`(sabotage: String, sentence: String) async throws {
        var walk = try RandomWalk(seed: 1)
        let bench = walk.bench
        try await bench.record("a", .sample("a", station: "a"))
        try await bench.record("b", .sample("b", station: "b"))
        try await bench.record("copy", .sample("a", station: "c"))
        try await walk.settle()
        #expect(try await bench.ledger.counts()[.registered] == 3)
        #expect(try await walk.violations() == [])
        try bench.rawSQL(sabotage)
        let found = try await walk.violations()
        #expect(found.contains { $0.contains(sentence) }, "\(found)")
    }
}
