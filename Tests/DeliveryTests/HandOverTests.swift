import CDF
import Foundation
import Ledger
import Sandbox
import Station
import TestSupport
import Testing

@testable import Delivery

/// Point clouds, of which CDF makes one revision each, whatever goes wrong.
@Suite(.timeLimit(.minutes(15)))
struct HandOverTests {
    private static let creates = "/3d/models/*/revisions"
    private static let createsRevision = #""match": {"method": "POST", "path": "/3d/models/*/revisions"}"#

    /// The revisions that the project has of the model called `name`, the oldest first.
    private static func revisions(_ session: Turn, of name: String = "Hall") async throws -> [Revision3D] {
        let client = session.context.client
        let models = try await client.models3D(named: name, dataSetID: nil)
        #expect(models.count == 1, "models called \(name)")
        guard let model = models.first else { return [] }
        return try await client.revisions3D(of: model.id) ?? []
    }

    private static func ends(_ line: String, _ ending: String) -> Bool {
        line.hasPrefix("POST /3d/models/") && line.hasSuffix(ending)
    }

    @Test func `a point cloud becomes one revision of a new model, which is followed to its end`() async throws {
        try await Depot.run { depot async throws in
            let id = try await depot.accept(pointCloud: "hall.e57")
            try await depot.session { session async throws in
                try await session.deliver()
                let revision = try #require(try await Self.revisions(session).first)
                let record = try await depot.ledger.item(id)
                #expect(record.state.name == .registered)
                #expect(record.handOver?.made?.revision == revision.id && record.handOver?.status == "Done")
                #expect(record.handOver?.log.isEmpty == false)
                #expect(revision.status == .done)
                #expect(revision.metadata["drop360_digest"] == record.state.digest?.rawValue)
                #expect(revision.metadata["drop360_file"] == "site/hall.e57")
                #expect(revision.metadata["drop360_attempt"] == "1")
                #expect(record.handOver?.file?.rawValue == revision.fileID)
            }
            let lines = try await depot.lines()
            // The nonce lives for a minute only.
            let created = try #require(lines.firstIndex { Self.ends($0, "/revisions") })
            #expect(lines[created - 1] == "POST /sessions")
            #expect(lines.filter { $0 == "POST /3d/models" }.count == 1)
            #expect(lines.filter { Self.ends($0, "/revisions") }.count == 1)
        }
    }

    /// The requests of one delivery are fewer.
    private static let requests = 1...24

    @Test(arguments: requests, ["stall", "lostAnswer"])
    func `killed at any request, there is one model and one revision`(request: Int, kind: String) async throws {
        try await Depot.run(minimumPartSize: 1000) { depot async throws in
            let id = try await depot.accept(pointCloud: "hall.e57")
            let parts = PartRules(threshold: 1, preferredSize: 20_000)
            try await depot.control.setFaults(#"{"nth": [\#(request)], "then": {"kind": "\#(kind)"}}"#)
            try await depot.session(tries: 1, parts: parts) { session async throws in
                let hasEnded = Shared(false)
                let run = Task {
                    defer { hasEnded.withLock { $0 = true } }
                    try await session.deliver()
                }
                try await depot.control.until { requests in
                    requests.count >= request || hasEnded.withLock { $0 }
                }
                run.cancel()
                // Cancelled at any point: what counts is what it leaves.
                _ = await run.result
            }
            try await depot.control.clearFaults()
            try await depot.session(parts: parts) { session async throws in
                try await session.deliver()
                #expect(try await Self.revisions(session).count == 1)
            }
            #expect(try await depot.ledger.item(id).state.name == .registered)
        }
    }

    @Test(arguments: [Self.createsRevision, #""match": {"method": "POST", "path": "/3d/models"}"#])
    func `after a lost answer it looks before it creates, even if what it looks for comes late`(match: String)
        async throws
    {
        try await Depot.run { depot async throws in
            let id = try await depot.accept(pointCloud: "hall.e57")
            try await depot.control.setFaults(#"{\#(match), "nth": [1], "then": {"kind": "lostAnswer"}}"#)
            try await depot.session(tries: 1) { session async throws in
                try await session.deliver()
                #expect(try await Self.revisions(session).count == 1)
            }
            #expect(try await depot.ledger.item(id).state.name == .registered)
        }
    }

    @Test func `while a revision may still be created on a stalled line, no other is`() async throws {
        try await Depot.run { depot async throws in
            let id = try await depot.accept(pointCloud: "hall.e57")
            // Not carried out, but nobody can know.
            let never = #"{\#(Self.createsRevision), "nth": [1], "then": {"kind": "resetAfterBody"}}"#
            try await depot.control.setFaults(never)
            try await depot.session(tries: 1) { session async throws in
                await session.context.link.probe()
                try await session.drain()
                let intended = try #require(try await depot.ledger.item(id).handOver?.intendedAt)
                try await session.deliver()
                let waited = depot.clock.date.timeIntervalSince(intended)
                #expect(waited >= HandOverStep.doubt)
                #expect(try await Self.revisions(session).count == 1)
            }
            let lines = try await depot.lines()
            #expect(lines.filter { Self.ends($0, "/revisions") }.count == 2)
            #expect(lines.filter { $0.hasPrefix("GET /3d/models/") && $0.hasSuffix("/revisions") }.count >= 6)
            #expect(try await depot.ledger.item(id).state.name == .registered)
        }
    }

    @Test func `a nonce that expired on a stalled line is asked for again, once`() async throws {
        try await Depot.run { depot async throws in
            let id = try await depot.accept(pointCloud: "hall.e57")
            let expired = #"{"match": {"path": "/sessions"}, "nth": [1], "then": {"kind": "expiredNonce"}}"#
            try await depot.control.setFaults(expired)
            try await depot.session { session async throws in
                try await session.deliver()
                #expect(try await Self.revisions(session).count == 1)
            }
            #expect(try await depot.ledger.item(id).state.name == .registered)
            let lines = try await depot.lines()
            #expect(lines.filter { $0 == "POST /sessions" }.count == 2)
            // It looked once more before the second try.
            let tries = lines.indices.filter { Self.ends(lines[$0], "/revisions") }
            #expect(tries.count == 2)
            #expect(lines[tries[0]..<tries[1]].contains { $0.hasPrefix("GET /3d/models/") })
        }
    }

    @Test func `a refusal that a fresh nonce does not change is final, and a retry makes the revision`() async throws {
        try await Depot.run { depot async throws in
            let id = try await depot.accept(pointCloud: "hall.e57")
            try await depot.control.setFaults(
                #"{"match": {"path": "/sessions"}, "then": {"kind": "expiredNonce"}}"#
            )
            try await depot.session { session async throws in
                try await session.deliver()
                let failed = try await depot.ledger.item(id)
                let failure = try #require(failed.failure, "\(failed.state)")
                #expect(failure.summary.contains("nonce"))
                #expect(failed.handOver?.hasFailed == false && failed.handOver?.intendedAt == nil)
                try await depot.control.clearFaults()
                _ = try await depot.ledger.retry(id, at: depot.clock.date)
                try await session.deliver()
                #expect(try await Self.revisions(session).map { $0.metadata["drop360_attempt"] } == ["1"])
            }
            let lines = try await depot.lines()
            #expect(lines.filter { $0 == "PUT /upload" }.count == 1)
            #expect(try await depot.ledger.item(id).state.name == .registered)
        }
    }

    @Test func `of two models of one name the oldest is taken, and said`() async throws {
        try await Depot.run { depot async throws in
            let id = try await depot.accept(pointCloud: "hall.e57")
            try await depot.session { session async throws in
                let oldest = try await session.context.client.createModel3D(name: "Hall", dataSetID: nil)
                _ = try await session.context.client.createModel3D(name: "Hall", dataSetID: nil)
                try await session.deliver()
                let handOver = try await depot.ledger.item(id).handOver
                #expect(handOver?.model == oldest.id)
                #expect(handOver?.note == "2 3D models are called 'Hall'; the oldest, \(oldest.id), is used.")
            }
            #expect(depot.everythingLogged.contains("several 3D models have this name"))
        }
    }

    @Test func `a model that does not exist fails the point cloud, and the corrected configuration counts`()
        async throws
    {
        try await Depot.run { depot async throws in
            let id = try await depot.accept(pointCloud: "hall.e57", model: .number(4711))
            try await depot.session { session async throws in
                try await session.deliver()
                let failed = try await depot.ledger.item(id)
                let failure = try #require(failed.failure, "\(failed.state)")
                #expect(failure.summary.contains("4711") && failure.advice?.contains("e57.model-id") == true)
            }
            _ = try await depot.ledger.retry(id, at: depot.clock.date)
            try await depot.session(target: { _ in .name("Hall") }) { session async throws in
                try await session.deliver()
                #expect(try await Self.revisions(session).count == 1)
            }
            #expect(try await depot.ledger.item(id).state.name == .registered)
        }
    }

    @Test func `the corrected model counts, also where the former one exists, as long as nothing was created in it`()
        async throws
    {
        try await Depot.run { depot async throws in
            let id = try await depot.accept(pointCloud: "hall.e57", model: .name("Wrong"))
            try await depot.control.setFaults(
                #"{"match": {"path": "/sessions"}, "then": {"kind": "expiredNonce"}}"#
            )
            try await depot.session { session async throws in try await session.deliver() }
            #expect(try await depot.ledger.item(id).state.name == .failed)
            #expect(try await depot.ledger.item(id).handOver?.model != nil)
            try await depot.control.clearFaults()
            _ = try await depot.ledger.retry(id, at: depot.clock.date)
            try await depot.session(target: { _ in .name("Hall") }) { session async throws in
                try await session.deliver()
                #expect(try await Self.revisions(session).count == 1)
                #expect(try await Self.revisions(session, of: "Wrong").isEmpty)
            }
        }
    }

    @Test(arguments: ["/3d/models", "/sessions", Self.creates])
    func `an identity that may not use 3D or sessions delivers stations all the same`(path: String) async throws {
        try await Depot.run { depot async throws in
            let cloud = try await depot.accept(pointCloud: "hall.e57")
            let station = try await depot.accept("site/st")
            try await depot.control.setFaults(
                #"{"match": {"path": "\#(path)"}, "then": {"kind": "status", "status": 403}}"#
            )
            try await depot.session { session async throws in
                await session.context.link.probe()
                for _ in 0..<3 { try await session.drain() }
                guard case .ready = session.context.link.state else {
                    Issue.record("\(session.context.link.state)")
                    return
                }
                #expect(try await depot.ledger.item(station).state.name == .registered)
                let waiting = try await depot.ledger.item(cloud)
                #expect(waiting.state.name == .uploaded && waiting.attempts == 1)
                try await depot.control.clearFaults()
                try await session.deliver()
                #expect(try await Self.revisions(session).count == 1)
            }
            #expect(try await depot.ledger.item(cloud).state.name == .registered)
        }
    }

    @Test func `the same content under another name sends nothing, a changed one makes one more revision`()
        async throws
    {
        try await Depot.run { depot async throws in
            let id = try await depot.accept(pointCloud: "hall.e57", "one")
            try await depot.session { session async throws in
                try await session.deliver()
                let before = try await depot.lastRequest()
                let copy = try await depot.accept(pointCloud: "copy.e57", "one")
                #expect(try await depot.ledger.item(copy).state.name == .registered)
                #expect(try await depot.ledger.item(copy).sameAs == id)
                try await session.deliver()
                #expect(try await depot.lines(since: before) == [])

                #expect(try await depot.accept(pointCloud: "hall.e57", "two") == id)
                try await session.deliver()
                let revisions = try await Self.revisions(session)
                #expect(revisions.count == 2)
                #expect(Set(revisions.map(\.fileID)).count == 1)
                #expect(Set(revisions.map { $0.metadata["drop360_digest"] }).count == 2)

                // Back again: the bytes are restored in CDF, the first revision is found.
                #expect(try await depot.accept(pointCloud: "hall.e57", "one") == id)
                try await session.deliver()
                #expect(try await Self.revisions(session).count == 2)
                let record = try await depot.ledger.item(id)
                #expect(record.state.name == .registered && record.handOver?.made?.revision == revisions.first?.id)
                // The model's latest is the other one, which is said.
                #expect(record.handOver?.newer == revisions.last?.id)
                let note = try #require(record.handOver?.newerNote)
                #expect(note.contains("delete revision \(revisions.last?.id ?? 0) in CDF"))

                #expect(try await depot.accept(pointCloud: "hall.e57", "two") == id)
                try await session.deliver()
                #expect(try await Self.revisions(session).count == 2)
                #expect(try await depot.ledger.item(id).handOver?.newer == nil)
            }
            #expect(try await depot.lines().filter { $0 == "PUT /upload" }.count == 4)
        }
    }

    @Test func `after a lost ledger it is still said that a later revision shows other content of the file`()
        async throws
    {
        try await Depot.run { depot async throws in
            for content in ["one", "two"] {
                try await depot.accept(pointCloud: "hall.e57", content)
                try await depot.session { try await $0.deliver() }
            }
            let other = try Depot(beside: depot)
            let id = try await other.accept(pointCloud: "hall.e57", "one")
            try await other.session { session async throws in
                try await session.deliver()
                let revisions = try await Self.revisions(session)
                #expect(revisions.count == 2)
                let handOver = try await other.ledger.item(id).handOver
                #expect(handOver?.revision == revisions.first?.id && handOver?.newer == revisions.last?.id)
            }
            try other.ledger.close()
        }
    }

    @Test func `a lost ledger finds the revision again`() async throws {
        try await Depot.run { depot async throws in
            try await depot.accept(pointCloud: "hall.e57")
            try await depot.session { try await $0.deliver() }
            let other = try Depot(beside: depot)
            let id = try await other.accept(pointCloud: "hall.e57")
            try await other.session { session async throws in
                try await session.deliver()
                #expect(try await Self.revisions(session).count == 1)
            }
            #expect(try await other.ledger.item(id).state.name == .registered)
            try other.ledger.close()
        }
    }
}
