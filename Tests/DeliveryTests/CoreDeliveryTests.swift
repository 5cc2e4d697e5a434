import CDF
import Foundation
import Ledger
import Station
import TestSupport
import Testing

@testable import Delivery
@testable import Sandbox

/// What is different about deliveries under the core data model: files are nodes, and collections have a model.
struct CoreDeliveryTests {
    static let core = ModelChoice.core(space: "sandbox")

    @Test func `one station takes twenty requests after those of the start, and no reader can catch it half-way`()
        async throws
    {
        try await Depot.run { depot async throws in
            try await depot.accept("site/st")
            try await depot.session(model: Self.core) { session async throws in
                await session.context.link.probe()
                let started = try await depot.lastRequest()
                try await session.deliver()
                let lines = try await depot.lines(since: started)
                #expect(lines.count == 20)
                #expect(lines.first == "POST /models/instances")
                #expect(lines[1...12].filter { $0 == "POST /files/uploadlink" }.count == 6)
                #expect(lines[1...12].filter { $0 == "PUT /upload" }.count == 6)
                #expect(
                    lines[13...] == [
                        "POST /files/byids", "POST /models/instances", "POST /models/instances",
                        "POST /models/instances/byids", "POST /models/instances/list", "POST /3d/models",
                        "POST /models/instances",
                    ]
                )
                let writes = try await depot.control.requests(since: started).filter {
                    $0.line == "POST /models/instances"
                }
                #expect(
                    writes.map { Set($0.views).sorted() } == [
                        ["CogniteFile"],
                        ["Cognite3DRevision", "CogniteDescribable", "Cognite360ImageStation"].sorted(),
                        ["Cognite360Image"], ["Cognite3DRevision"],
                    ]
                )
            }
            #expect(try await depot.states() == [.registered])
            var expected = SandboxContents.holding(images: 1, stations: 1, collections: 1)
            expected.models = 1
            #expect(await depot.server.describeContents() == expected)
        }
    }

    @Test func `stations of one collection share its model, also if they come later`() async throws {
        try await Depot.run { depot async throws in
            _ = try await depot.accept(10)
            try await depot.session(model: Self.core) { session async throws in
                await session.context.link.probe()
                let started = try await depot.lastRequest()
                try await session.deliver()
                #expect(try await depot.lines(since: started).count == 10 * 13 + 7)
            }
            try await depot.accept("site/late", .init(seed: 77, siteID: "site"))
            try await depot.session(model: Self.core) { session async throws in
                await session.context.link.probe()
                let started = try await depot.lastRequest()
                try await session.deliver()
                let lines = try await depot.lines(since: started)
                // The collection exists: what it holds is looked at once, and it is written again.
                #expect(
                    lines.suffix(5) == [
                        "POST /models/instances", "POST /models/instances/inspect", "POST /models/instances/list",
                        "POST /models/instances", "POST /models/instances",
                    ]
                )
                #expect(lines.count == 19)
            }
            #expect(try await depot.lines().filter { $0 == "POST /3d/models" }.count == 1)
            #expect(await depot.server.describeContents().images == 11)
        }
    }

    @Test(arguments: [#""status": 400"#, #""status": 404, "missing": false"#, #""status": 422"#])
    func `a file service that learns late of new files is waited for, and no attempt is counted`(manner: String)
        async throws
    {
        try await Depot.run { depot async throws in
            let ids = try await depot.accept(2)
            try await depot.control.setProject(#"{"lateFiles": {"refusals": 3, \#(manner)}}"#)
            try await depot.session(model: Self.core) { try await $0.deliver() }
            #expect(try await depot.states() == [.registered, .registered])
            for id in ids {
                #expect(try await depot.ledger.item(id).attempts == 0)
                #expect(try await !depot.ledger.history(of: id).map(\.event).contains("postponed"))
            }
            let lines = try await depot.lines()
            #expect(lines.filter { $0 == "PUT /upload" }.count == 12)
            #expect(lines.filter { $0 == "POST /files/uploadlink" }.count == 12 * 4)
            // The pauses of one file: half of 1, 2 and 4 s.
            let pauses = depot.clock.pauses
            for pause in [0.5, 1, 2] { #expect(pauses.filter { $0 == .seconds(pause) }.count == 12, "\(pause)") }
        }
    }

    @Test func `a file service that learns very late frees the slots meanwhile, and still no attempt is counted`()
        async throws
    {
        try await Depot.run { depot async throws in
            let id = try await depot.accept("site/st")
            try await depot.control.setProject(#"{"lateFiles": {"refusals": 23}}"#)
            try await depot.session(model: Self.core) { session async throws in
                await session.context.link.probe()
                try await session.uploads.drain()
                let waiting = try await depot.ledger.item(id)
                #expect(waiting.state.name == .uploading)
                #expect(waiting.attempts == 0)
                #expect(waiting.notBefore > depot.clock.date)
                try await session.deliver()
            }
            #expect(try await depot.states() == [.registered])
            #expect(try await depot.ledger.item(id).attempts == 0)
        }
    }

    @Test func `a file that CDF never learns of counts after an hour, and fails in the end with CDF's words`()
        async throws
    {
        try await Depot.run { depot async throws in
            let id = try await depot.accept("site/st")
            try await depot.control.setProject(#"{"lateFiles": {"refusals": 1000000}}"#)
            try await depot.session(model: Self.core) { try await $0.deliver(rounds: 400) }
            let failure = try #require(try await depot.ledger.item(id).failure)
            #expect(failure.summary.contains("CDF's file service does not know the new file yet"))
            #expect(failure.summary.hasPrefix("Given up after 7 attempts."))
        }
    }

    @Test func `a node that somebody has deleted is written again when its bytes are sent`() async throws {
        try await Depot.run { depot async throws in
            try await depot.accept("site/st")
            let node = "site/st/20240501T100000Z/left"
            // Between the write of the nodes and the first address.
            try await depot.session(model: Self.core) { session async throws in
                await session.context.link.probe()
                let capture = try #require(try await depot.ledger.items().first?.capture)
                #expect(capture.ids.file(.left) == node || !node.isEmpty)
                let image = try #require(capture.faces[.left])
                let description = CoreModel(space: "sandbox").file(.left, image, of: capture, dataSetID: nil)
                let ticket = try await session.context.client.createFile(description)
                #expect(ticket.mimeType == "image/jpeg")
            }
            #expect(
                try await depot.lines().suffix(4) == [
                    "POST /files/uploadlink", "POST /models/instances/byids", "POST /models/instances",
                    "POST /files/uploadlink",
                ]
            )
        }
    }

    @Test func `a lack of rights to upload pauses everything, and is not taken for a late file`() async throws {
        try await Depot.run { depot async throws in
            _ = try await depot.accept(2)
            try await depot.control.setFaults(
                #"{"match": {"path": "/files/uploadlink"}, "then": {"kind": "status", "status": 403}}"#
            )
            try await depot.session(model: Self.core) { session async throws in
                await session.context.link.probe()
                try await session.uploads.drain()
                #expect(session.context.link.state.needsOperator)
                try await depot.control.clearFaults()
                try await session.deliver()
            }
            #expect(try await depot.states() == [.registered, .registered])
        }
    }

    @Test func `a correction replaces the bytes and what the nodes say, under the same ids`() async throws {
        try await Depot.run { depot async throws in
            let time = "2024-05-01T10:00:00Z"
            let id = try await depot.accept("site/st", .init(seed: 1, time: time))
            try await depot.session(model: Self.core) { try await $0.deliver() }
            let first = try await depot.ledger.files(of: id)
            try await depot.accept(
                "site/st",
                .init(seed: 2, time: time, translation: Vector3(x: 9, y: 8, z: 7))
            )
            try await depot.session(model: Self.core) { try await $0.deliver() }
            #expect(try await depot.states() == [.registered])
            let second = try await depot.ledger.files(of: id)
            #expect(first.map(\.externalID) == second.map(\.externalID))
            #expect(first.map(\.receipt) == second.map(\.receipt), "the same files in CDF")
            let text = String(decoding: try await depot.control.contents(), as: UTF8.self)
            for file in second { #expect(text.contains(file.digest.rawValue), "\(file.role)") }
            for file in first { #expect(!text.contains(file.digest.rawValue), "\(file.role)") }
            let contents = await depot.server.describeContents()
            #expect((contents.images, contents.files, contents.models) == (1, 6, 1))
        }
    }
}
