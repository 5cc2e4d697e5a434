import Foundation
import Ledger
import Station
import TestSupport
import Testing

/// What is kept of stations that are not accepted, for people to look at.
struct GlimpseTests {
    private let glimpse = Glimpse(
        faces: [.front: "front.jpg", .top: "top.jpg"],
        pose: Pose(translation: Vector3(x: 1, y: 2, z: 3), eulerRotation: EulerAngles(x: 0, y: 0, z: 1))
    )
    private let problems = [Problem("seams", "the faces do not meet")]

    private func record(_ outcome: Sighting.Outcome, in bench: LedgerBench) async throws -> ItemRecord {
        let sighting = Sighting(
            at: bench.item("a"),
            stamp: Stamp(rawValue: "s"),
            outcome: outcome,
            glimpse: glimpse
        )
        return try await bench.ledger.record(sighting, at: bench.now)
    }

    @Test func `a refused or incomplete station names the faces that were found, until it is accepted`() async throws {
        let bench = try LedgerBench()
        #expect(try await record(.incomplete(problems), in: bench).glimpse == glimpse)
        #expect(try await record(.rejected(problems), in: bench).glimpse == glimpse)
        #expect(try await bench.station("a").glimpse == glimpse)
        #expect(try await record(.accepted(.station(.sample())), in: bench).glimpse == nil)
        try await bench.deliver("a")
        // A registered station whose folder is being changed is what was delivered.
        #expect(try await record(.incomplete(problems), in: bench).glimpse == nil)
        #expect(try await record(.rejected(problems), in: bench).glimpse == glimpse)
    }

    @Test func `one that only the ledger refuses has the faces and the pose of its content`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample())
        var other = Capture.sample()
        other.digest = ContentDigest(rawValue: String(repeating: "9", count: 64))
        other.faces[.top]?.storedIn = "rendered"
        let refused = try await bench.record("b", other)
        #expect(refused.problems.map(\.code) == ["conflict"])
        #expect(refused.glimpse?.pose == other.pose)
        // Rendered faces are not kept for it.
        #expect(refused.glimpse?.faces.count == 5 && refused.glimpse?.faces[.front] == other.faces[.front]?.fileName)
    }

    @Test func `without any face there is nothing to look at`() {
        #expect(Glimpse(faces: [:], pose: nil) == nil)
    }
}
