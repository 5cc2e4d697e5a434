import Delivery
import DropFolder
import Foundation
import Glibc
import Inspection
import Ledger
import Station
import Synchronization
import TestSupport
import Testing

@testable import Daemon

/// Scans that become stations, position by position.
@Suite(.timeLimit(.minutes(15)))
struct ScanReaderTests {
    private static let missing = Problem("no-pose", "There is no pose.")

    @Test func `every position becomes a station, and the scan is registered with the last of them`() async throws {
        let scan = try ScriptedScan(["s1", "s2", "s3"])
        try await scan.accepts()
        try await scan.reader.drain()
        #expect(scan.inspected == ["s1", "s2", "s3"])
        #expect(try await scan.scan().state.name == .uploaded)
        #expect(scan.board.now.reading == nil, "nothing is being read any more")
        try await scan.deliver("s1", "s2", "s3")
        #expect(try await scan.reader.nextDue(at: scan.desk.clock.date) == scan.desk.clock.date)
        try await scan.reader.drain()
        #expect(try await scan.scan().state.name == .registered)
        #expect(try await scan.reader.nextDue(at: scan.desk.clock.date) == nil)
        #expect(scan.announced == [.uploading, .uploaded, .registered])
    }

    @Test func `one bad position stops nobody`() async throws {
        let scan = try ScriptedScan(["s1", "s2", "s3"])
        scan.will(.rejected([Self.missing]), at: "s1")
        // The file is whole: what a position lacks will not come.
        scan.will(.incomplete([Self.missing]), at: "s2")
        try await scan.accepts()
        try await scan.reader.drain()
        #expect(try await scan.position("s1").problems == [Self.missing])
        #expect(try await scan.position("s2").state == .rejected([Self.missing]))
        #expect(try await scan.position("s3").state.name == .accepted)
    }

    @Test func `progress is shown while a position is read`() async throws {
        let scan = try ScriptedScan(["s1", "s2"])
        try await scan.accepts()
        scan.meanwhile("s2") {
            let reading = try #require(scan.board.now.reading)
            #expect(reading.path == ScriptedScan.path && reading.position == 2 && reading.count == 2)
        }
        try await scan.reader.drain()
        #expect(scan.inspected == ["s1", "s2"])
    }

    @Test func `a daemon that was killed reads on where it was`() async throws {
        let scan = try ScriptedScan(["s1", "s2", "s3"])
        try await scan.accepts()
        // As if it were killed: the inspection's result is never recorded.
        scan.meanwhile("s2") { scan.isStopping.withLock { $0 = true } }
        scan.will(.changed, at: "s2")
        try await scan.reader.drain()
        scan.isStopping.withLock { $0 = false }
        scan.desk.clock.advance(by: .seconds(60))
        try await scan.reader.drain()
        #expect(scan.inspected == ["s1", "s2", "s2", "s3"])
        #expect(try await scan.desk.ledger.counts()[.accepted] == 3)
    }

    @Test func `stopping and pausing end the reading after the position at hand`() async throws {
        let scan = try ScriptedScan(["s1", "s2", "s3"])
        try await scan.accepts()
        scan.meanwhile("s1") { _ = try await scan.desk.ledger.pause(at: scan.desk.clock.date) }
        try await scan.reader.drain()
        #expect(scan.inspected == ["s1"])
        #expect(try await scan.scan().state.name == .uploading)
        _ = try await scan.desk.ledger.resume()
        scan.meanwhile("s2") { scan.isStopping.withLock { $0 = true } }
        try await scan.reader.drain()
        #expect(scan.inspected == ["s1", "s2"])
    }

    @Test func `a file that is not the accepted one is left to the inbox, and read later`() async throws {
        let scan = try ScriptedScan(["s1"])
        try await scan.accepts()
        scan.lists(.changed)
        try await scan.reader.drain()
        #expect(scan.looks == 1)
        let due = try #require(try await scan.reader.nextDue(at: scan.desk.clock.date))
        #expect(due == scan.desk.clock.date.addingTimeInterval(10))
        scan.lists(nil)
        scan.desk.clock.advance(by: .seconds(10))
        try await scan.reader.drain()
        #expect(scan.inspected == ["s1"])
    }

    @Test func `a share that does not answer and a full disk are nobody's fault: the scan is read on later`()
        async throws
    {
        let scan = try ScriptedScan(["s1", "s2"])
        try await scan.accepts()
        scan.will(.unavailable(.unavailable(path: "/in/hall.e57", code: ESTALE)), at: "s1")
        scan.will(.incomplete([Problem(ProblemCode.notConverted.rawValue, "The disk is full.")]), at: "s2")
        try await scan.reader.drain()
        #expect(try await scan.scan().notBefore == scan.desk.clock.date.addingTimeInterval(60))
        scan.desk.clock.advance(by: .seconds(60))
        try await scan.reader.drain()
        #expect(try await scan.scan().notBefore == scan.desk.clock.date.addingTimeInterval(300))
        #expect(try await scan.desk.ledger.history(of: scan.scan().id).count { $0.event == "postponed" } == 1)
        scan.desk.clock.advance(by: .seconds(300))
        try await scan.reader.drain()
        #expect(try await scan.scan().state.name == .uploaded)
    }

    @Test func `a file that goes away in the middle leaves what was read`() async throws {
        let scan = try ScriptedScan(["s1", "s2", "s3"])
        try await scan.accepts()
        scan.meanwhile("s2") {
            _ = try await scan.desk.ledger.recordVanished(scan.location, at: scan.desk.clock.date)
        }
        try await scan.reader.drain()
        #expect(scan.inspected == ["s1", "s2"])
        #expect(try await scan.scan().state == .withdrawn)
        #expect(try await scan.position("s1").state.name == .accepted)
        #expect(
            try await scan.desk.ledger.history(of: scan.scan().id).last?.detail
                == "1 of 3 positions were read before the file went away"
        )
        try await scan.accepts()
        try await scan.reader.drain()
        #expect(scan.inspected == ["s1", "s2", "s2", "s3"])
    }

    @Test func `a corrected file is read anew, also where the former one was only half read`() async throws {
        let scan = try ScriptedScan(["s1", "s2"])
        try await scan.accepts()
        scan.meanwhile("s1") { try await scan.accepts("two") }
        try await scan.reader.drain()
        #expect(scan.inspected == ["s1", "s1", "s2"])
        #expect(
            try await scan.position("s1").capture?.digest
                == Capture.sample(
                    "s1 of \(ContentDigest(over: ["scan", "two"]).rawValue)"
                ).digest
        )
        scan.holds(["s2"])
        try await scan.accepts("three")
        try await scan.reader.drain()
        #expect(try await scan.position("s1").state == .withdrawn)
    }

    @Test func `a scan of an inbox that is away waits, and those of others do not`() async throws {
        let scan = try ScriptedScan(["s1"])
        try await scan.accepts()
        scan.lost.withLock { $0 = [scan.desk.inbox.path] }
        try await scan.reader.drain()
        #expect(scan.inspected == [])
        #expect(try await scan.reader.nextDue(at: scan.desk.clock.date) == nil)
        scan.lost.withLock { $0 = [] }
        try await scan.reader.drain()
        #expect(scan.inspected == ["s1"])
    }

    @Test func `a file that turns out not to be readable is refused`() async throws {
        let scan = try ScriptedScan(["s1"])
        try await scan.accepts()
        scan.lists(.refused([Problem("e57-damaged", "Its XML is damaged.")]))
        try await scan.reader.drain()
        #expect(try await scan.scan().problems.map(\.code) == ["e57-damaged"])
    }

    @Test func `a lost face has its position read again, and nothing else`() async throws {
        let scan = try ScriptedScan(["s1", "s2"])
        try await scan.accepts()
        try await scan.reader.drain()
        _ = try await scan.desk.ledger.readAgain(scan.position("s2").id, at: scan.desk.clock.date)
        try await scan.reader.drain()
        #expect(scan.inspected == ["s1", "s2", "s2"])
        #expect(try await scan.position("s2").lastSight != .lookAgain)
    }
}
