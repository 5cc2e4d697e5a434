import CDF
import Foundation
import InMemoryLogging
import Ledger
import Sandbox
import Station
import TestSupport
import Testing

@testable import Delivery

/// What CDF does with a point cloud, and what is made of it.
@Suite(.timeLimit(.minutes(15)))
struct FollowTests {
    private static let createsRevision = #""match": {"method": "POST", "path": "/3d/models/*/revisions"}"#
    private static let looks = #""match": {"method": "GET", "path": "/3d/models/*/revisions/*"}"#

    private static func course(_ members: String) -> String {
        #"{\#(createsRevision), "nth": [1], "then": {"kind": "revision", \#(members)}}"#
    }

    @Test func `the pauses grow from ten seconds to ten minutes`() {
        let pauses = [0, 30, 60, 600, 2400, 100_000].map { FollowStage.pause(after: $0) }
        #expect(pauses == [10, 10, 15, 150, 600, 600])
    }

    @Test func `a revision that takes a day is followed across restarts, with few requests`() async throws {
        try await Depot.run { depot async throws in
            let id = try await depot.accept(pointCloud: "hall.e57")
            try await depot.control.setFaults(Self.course(#""polls": 60"#))
            for _ in 0..<2 {
                try await depot.session { session async throws in
                    do { try await session.deliver(rounds: 30) } catch is Turn.Endless {
                        // Stopped in the middle.
                    }
                }
                let record = try await depot.ledger.item(id)
                #expect(record.state.name == .processing)
                #expect(record.handOver?.log.isEmpty == false)
            }
            let began = try await depot.ledger.item(id).changedAt
            try await depot.session { try await $0.deliver() }
            #expect(try await depot.ledger.item(id).state.name == .registered)
            #expect(depot.clock.date.timeIntervalSince(began) > 3600)
            #expect(try await depot.lines().filter { $0.hasPrefix("POST /3d/models/") }.count == 1)
        }
    }

    @Test func `a failed revision fails the point cloud with the service's own words, and a retry makes another`()
        async throws
    {
        try await Depot.run { depot async throws in
            let id = try await depot.accept(pointCloud: "hall.e57")
            let log = #"[{"severity": 7, "type": "E57", "info": "no \u001b[31mpoints in scan 3"}]"#
            try await depot.control.setFaults(Self.course(#""fails": true, "log": \#(log)"#))
            try await depot.session { session async throws in
                try await session.deliver()
                let failed = try await depot.ledger.item(id)
                let failure = try #require(failed.failure, "\(failed.state)")
                #expect(failure.summary.contains("points in scan 3"))
                #expect(!failure.summary.contains("\u{1B}"))
                #expect(failure.advice?.contains("drop360 retry \(id)") == true)
                #expect(failed.handOver?.hasFailed == true && failed.handOver?.status == "Failed")
                #expect(failed.handOver?.log.contains { $0.text.contains("points in scan 3") } == true)

                _ = try await depot.ledger.retry(id, at: depot.clock.date)
                try await session.deliver()
                let made = try #require(try await depot.ledger.item(id).handOver)
                #expect(made.attempt == 2 && made.status == "Done")
                let revisions = try await session.context.client.revisions3D(of: try #require(made.model))
                #expect(revisions?.map { $0.metadata["drop360_attempt"] } == ["1", "2"])
            }
            #expect(try await depot.ledger.item(id).state.name == .registered)
            #expect(try await depot.lines().filter { $0 == "PUT /upload" }.count == 1)
        }
    }

    @Test func `a status that nobody knows is followed on, and said once`() async throws {
        try await Depot.run { depot async throws in
            let id = try await depot.accept(pointCloud: "hall.e57")
            let body = #"{\"id\": 1, \"fileId\": 1, \"status\": \"Dreaming\", \"createdTime\": 1}"#
            let answer = #""then": {"kind": "status", "status": 200, "body": "\#(body)"}"#
            // Each look is followed by one at the log.
            try await depot.control.setFaults(#"{\#(Self.looks), "nth": [1, 3], \#(answer)}"#)
            try await depot.session { try await $0.deliver() }
            #expect(try await depot.ledger.item(id).state.name == .registered)
            let said = depot.log.entries.filter { "\($0.message)".contains("does not know") }
            #expect(said.count == 1)
        }
    }

    @Test func `a revision that is gone fails the point cloud, after some patience, and a retry makes another`()
        async throws
    {
        try await Depot.run { depot async throws in
            let id = try await depot.accept(pointCloud: "hall.e57")
            let gone = #""then": {"kind": "status", "status": 404, "body": "{}"}"#
            try await depot.control.setFaults(#"{\#(Self.looks), \#(gone)}"#)
            try await depot.session { session async throws in
                try await session.deliver()
                let failed = try await depot.ledger.item(id)
                let failure = try #require(failed.failure, "\(failed.state)")
                #expect(failure.summary.contains("no longer in CDF"))
                try await depot.control.clearFaults()
                _ = try await depot.ledger.retry(id, at: depot.clock.date)
                try await session.deliver()
            }
            let record = try await depot.ledger.item(id)
            #expect(record.state.name == .registered && record.handOver?.attempt == 2)
        }
    }

    @Test func `a forbidden or failing look leaves the link as it is, and the log may be missing`() async throws {
        try await Depot.run { depot async throws in
            let id = try await depot.accept(pointCloud: "hall.e57")
            let logs = #""match": {"method": "GET", "path": "/3d/models/*/logs"}"#
            try await depot.control.setFaults(
                #"{\#(logs), "then": {"kind": "status", "status": 403}}"#,
                #"{\#(Self.looks), "nth": [1], "then": {"kind": "status", "status": 403}}"#
            )
            try await depot.session(tries: 1) { session async throws in
                await session.context.link.probe()
                for _ in 0..<2 { try await session.drain() }
                guard case .ready = session.context.link.state else {
                    Issue.record("\(session.context.link.state)")
                    return
                }
                try await session.deliver()
            }
            let record = try await depot.ledger.item(id)
            #expect(record.state.name == .registered && record.handOver?.log == [])
        }
    }

    @Test func `the file may go once all of it is with CDF`() async throws {
        try await Depot.run { depot async throws in
            let id = try await depot.accept(pointCloud: "hall.e57")
            try await depot.session { session async throws in
                await session.context.link.probe()
                try await session.drain()
                #expect(try await depot.ledger.item(id).state.name == .processing)
                try depot.inbox.remove("hall.e57")
                let gone = ItemPath(inbox: depot.inbox.path, path: "hall.e57")
                _ = try await depot.ledger.recordVanished(gone, at: depot.clock.date)
                try await session.deliver()
            }
            #expect(try await depot.ledger.item(id).state.name == .registered)
        }
    }
}
