import Foundation
import Inspection
import Ledger
import Station
import TestSupport
import Testing
import Timing

@testable import Daemon

/// How much of the state directory the faces of positions may take.
@Suite(.timeLimit(.minutes(15)))
struct ScratchTests {
    /// Reads until all room is taken, and goes on as `body` makes room.
    private func reading(_ scan: ScriptedScan, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await scan.reader.drain() }
            await scan.desk.clock.untilAsleep()
            try await body()
            try await group.waitForAll()
        }
    }

    @Test func `with room for one position every scan still comes to its end`() async throws {
        let scan = try ScriptedScan(["s1", "s2", "s3"], scratch: 1)
        try await scan.accepts()
        try await reading(scan) {
            #expect(scan.inspected == ["s1"])
            try await scan.deliver("s1")
            scan.bell.ring()
            _ = try await eventually("the second position") { scan.inspected.count == 2 ? true : nil }
            await scan.desk.clock.untilAsleep()
            #expect(scan.inspected == ["s1", "s2"])
            // One that failed keeps no room, since it is read again if it is retried.
            try await scan.desk.fail(scan.position("s2"), .init(summary: "CDF refused it."))
            scan.bell.ring()
        }
        #expect(scan.inspected == ["s1", "s2", "s3"])
        #expect(try await scan.scan().state.name == .uploaded)
    }

    @Test func `positions are read ahead as far as their faces fit, with one more of the largest to spare`()
        async throws
    {
        let scan = try ScriptedScan(["s1", "s2", "s3", "s4", "s5"], scratch: ScriptedScan.size * 4)
        try await scan.accepts()
        try await reading(scan) {
            #expect(scan.inspected == ["s1", "s2", "s3"])
            _ = try await scan.desk.ledger.pause(at: scan.desk.clock.date)
            scan.bell.ring()
        }
        #expect(scan.inspected == ["s1", "s2", "s3"], "paused while it waited")
    }

    @Test func `a position that is not sent keeps no faces`() async throws {
        let scan = try ScriptedScan(["s1", "s2"])
        try await scan.desk.record("other", .accepted(.station(Capture.sample("s1 of \(digest)", station: "s1"))))
        for name in ["s1", "s2"] { try scan.desk.state.makeFolder("converted/\(scan.place(of: name))") }
        try await scan.accepts()
        try await scan.reader.drain()
        #expect(try await scan.position("s1").sameAs != nil)
        _ = try await eventually("the faces are removed") {
            try scan.desk.state.names(in: "converted") == [scan.place(of: "s2")] ? true : nil
        }
    }

    private var digest: String { ContentDigest(over: ["scan", "one"]).rawValue }
}
