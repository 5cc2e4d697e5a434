import Foundation
import Ledger
import Station
import TestSupport
import Testing

@testable import CDF
@testable import Delivery
@testable import Sandbox

/// Ids that another tool uses for other things.
struct OccupiedNodeTests {
    private static let core = ModelChoice.core(space: "sandbox")

    /// Writes a node that is no 360° image, station, collection or file, as somebody else.
    private static func write(_ id: String, in depot: Depot) async throws {
        try await depot.session { session async throws in
            let node = NodeReference(space: "sandbox", externalId: id)
            let view = ViewReference(space: "cdf_cdm", externalId: "CogniteSourceSystem", version: "v1")
            let write = NodeWrite(node, view: view, properties: ["name": .string("SAP"), "version": .string("4")])
            _ = try await session.context.client.apply([write], asked: "a system")
        }
    }

    enum Part: String, CaseIterable, Sendable { case collection, station, image, file }

    private static let models = ["core": core, "image360": ModelChoice.image360(space: "sandbox")]

    @Test(arguments: Part.allCases, ["core", "image360"])
    func `a node that holds something else is not written over, whichever of ours has its id`(
        part: Part,
        name: String
    ) async throws {
        // Files of the legacy model are no nodes: below.
        guard part != .file || name == "core" else { return }
        let model = try #require(Self.models[name])
        try await Depot.run { depot async throws in
            _ = try await depot.accept(3) { "site\($0)" }
            let captures = try await depot.ledger.items().compactMap(\.capture)
            let bad = try #require(captures.first { $0.siteID == "site1" })
            let id =
                switch part {
                case .collection: bad.ids.collection
                case .station: bad.ids.station
                case .image: bad.ids.image
                case .file: bad.ids.file(.top)
                }
            try await Self.write(id, in: depot)
            let before = await depot.server.describeContents()
            #expect((before.images, before.files) == (0, 0))
            try await depot.session(model: model) { try await $0.deliver() }
            #expect(try await depot.states() == [.registered, .failed, .registered])
            let failed = try #require(try await depot.ledger.items(in: .failed).first?.failure)
            #expect(failed.summary.contains("Node '\(id)' in space 'sandbox' already holds something else"))
            #expect(failed.summary.contains("cdf_cdm:CogniteSourceSystem"))
            #expect(failed.advice?.contains("drop360 retry") == true)
            let contents = await depot.server.describeContents()
            #expect((contents.images, contents.collections, contents.stations) == (2, 2, 2))
            #expect(contents.models == (name == "core" ? 2 : 0))
            #expect(contents.emptyCollections.isEmpty && contents.danglingRelations.isEmpty)
        }
    }

    /// What of the legacy model has the id of something else of that model.
    @Test(arguments: [Part.collection, .station, .image])
    func `a legacy node of another kind is not written over either`(part: Part) async throws {
        try await Depot.run { depot async throws in
            _ = try await depot.accept(2) { "site\($0)" }
            let captures = try await depot.ledger.items().compactMap(\.capture)
            let bad = try #require(captures.first { $0.siteID == "site1" })
            let (id, other) =
                switch part {
                case .station: (bad.ids.station, LegacyModel.collection)
                case .image: (bad.ids.image, LegacyModel.collection)
                default: (bad.ids.collection, LegacyModel.station)
                }
            try await depot.session { session async throws in
                let node = NodeReference(space: "sandbox", externalId: id)
                let write = NodeWrite(node, view: other, properties: ["label": .string("theirs")])
                _ = try await session.context.client.apply([write], asked: "a node")
                try await session.deliver()
            }
            #expect(try await depot.states() == [.registered, .failed])
            let failed = try #require(try await depot.ledger.items(in: .failed).first?.failure)
            #expect(failed.summary.contains("(cdf_360_image_schema:\(other.externalId))"), "\(failed.summary)")
            let text = String(decoding: try await depot.control.contents(), as: UTF8.self)
            #expect(text.contains("theirs"))
        }
    }

    @Test(arguments: [Part.collection, .station, .image])
    func `a legacy node that holds something else is noticed where the server does not tell what nodes hold`(part: Part)
        async throws
    {
        try await Depot.run { depot async throws in
            _ = try await depot.accept(2) { "site\($0)" }
            let captures = try await depot.ledger.items().compactMap(\.capture)
            let bad = try #require(captures.first { $0.siteID == "site1" }).ids
            try await Self.write(
                part == .collection ? bad.collection : part == .station ? bad.station : bad.image,
                in: depot
            )
            try await Self.refuseInspections("{}", in: depot)
            try await depot.session { try await $0.deliver() }
            #expect(try await depot.states() == [.registered, .failed])
            let failed = try #require(try await depot.ledger.items(in: .failed).first?.failure)
            #expect(failed.summary.contains("(not a cdf_360_image_schema:"), "\(failed.summary)")
        }
    }

    @Test func `a legacy file that another tool keeps under our id stays, and the station goes once it is removed`()
        async throws
    {
        try await Depot.run { depot async throws in
            _ = try await depot.accept(2) { "site\($0)" }
            let captures = try await depot.ledger.items().compactMap(\.capture)
            let id = try #require(captures.first { $0.siteID == "site1" }).ids.file(.top)
            try await depot.session { session async throws in
                let theirs = ["externalId": id, "name": "pump.pdf", "source": "SAP"]
                let request = JSONRequest("/files", theirs, asked: "a file", .once)
                _ = try await session.context.client.post(request, as: Nothing.self)
                try await session.deliver()
            }
            #expect(try await depot.states() == [.registered, .failed])
            let failed = try #require(try await depot.ledger.items(in: .failed).first)
            #expect(
                failed.failure?.summary
                    == "File '\(id)' already holds something else (pump.pdf of SAP). drop360 does not write over it."
            )
            let text = String(decoding: try await depot.control.contents(), as: UTF8.self)
            #expect(text.contains("pump.pdf"))
            try await depot.session { session async throws in
                let gone = [FileReference.externalID(id)]
                try await session.context.client.deleteFiles(gone, asked: "the removal of a file")
                _ = try await depot.ledger.retry(failed.id, at: depot.clock.date)
                try await session.deliver()
            }
            #expect(try await depot.states() == [.registered, .registered])
            #expect(await depot.server.describeContents().images == 2)
        }
    }

    @Test func `legacy places of an earlier run cost two requests, and new ones none`() async throws {
        try await Depot.run { depot async throws in
            try await depot.accept("site/first", .init(seed: 1, siteID: "site"))
            try await depot.session { try await $0.deliver() }
            try await depot.accept("site/second", .init(seed: 2, siteID: "site"))
            let last = try await depot.lastRequest()
            try await depot.session { try await $0.deliver() }
            let nodes = try await depot.lines(since: last).filter { $0.hasPrefix("POST /models/instances") }
            #expect(
                nodes == [
                    "POST /models/instances", "POST /models/instances/inspect", "POST /models/instances",
                    "POST /models/instances",
                ]
            )
        }
    }

    @Test(arguments: ["core", "image360"])
    func `nodes of ours that an earlier attempt has written are written over`(name: String) async throws {
        let model = try #require(Self.models[name])
        try await Depot.run { depot async throws in
            try await depot.accept("site/st")
            // Everything is in CDF, but this ledger does not know it.
            let other = try Depot(beside: depot)
            try await other.accept("site/st")
            try await other.session(model: model) { try await $0.deliver() }
            try other.ledger.close()
            try await depot.session(model: model) { try await $0.deliver() }
            #expect(try await depot.states() == [.registered])
            let contents = await depot.server.describeContents()
            #expect((contents.images, contents.files) == (1, 6))
            #expect(contents.models == (name == "core" ? 1 : 0))
        }
    }

    @Test(arguments: ["core", "image360"])
    func `an empty node, which a relation of another tool has made, is used`(name: String) async throws {
        let model = try #require(Self.models[name])
        try await Depot.run { depot async throws in
            try await depot.accept("site/st")
            let station = try #require(try await depot.ledger.items().first?.capture?.ids.station)
            try await depot.session { session async throws in
                let node = ["instanceType": "node", "space": "sandbox", "externalId": station]
                let request = JSONRequest("/models/instances", ["items": [node]], asked: "an empty node", .idempotent)
                _ = try await session.context.client.post(request, as: Nothing.self)
            }
            try await depot.session(model: model) { try await $0.deliver() }
            #expect(try await depot.states() == [.registered])
        }
    }

    /// Makes the revision of a CAD model under the id of a collection, as another tool.
    private static func writeCAD(_ id: String, in depot: Depot) async throws {
        try await depot.session { session async throws in
            let revision = NodeSource(
                .container(CoreModel.revision),
                ["type": .string("CAD"), "status": .string("Done")]
            )
            let write = NodeWrite(NodeReference(space: "sandbox", externalId: id), [revision])
            _ = try await session.context.client.apply([write], asked: "a revision")
        }
    }

    /// What the server answers where it lacks `/models/instances/inspect`; nil where it has it.
    @Test(arguments: [nil, "{}", "<html>Not Found</html>"])
    func `the revision of a CAD model under a collection's id does not become one of images`(lacking: String?)
        async throws
    {
        try await Depot.run { depot async throws in
            _ = try await depot.accept(3) { "site\($0)" }
            let captures = try await depot.ledger.items().compactMap(\.capture)
            let id = try #require(captures.first { $0.siteID == "site1" }?.ids.collection)
            try await Self.writeCAD(id, in: depot)
            if let lacking { try await Self.refuseInspections(lacking, in: depot) }
            try await depot.session(model: Self.core) { try await $0.deliver() }
            #expect(try await depot.states() == [.registered, .failed, .registered])
            let failed = try #require(try await depot.ledger.items(in: .failed).first?.failure)
            #expect(
                failed.summary.contains("(not a cdf_cdm_3d:Cognite3DRevision with type Image360)"),
                "\(failed.summary)"
            )
            let text = String(decoding: try await depot.control.contents(), as: UTF8.self)
            #expect(text.contains(#""CAD""#))
            let contents = await depot.server.describeContents()
            #expect((contents.images, contents.stations, contents.models) == (2, 2, 2))
        }
    }

    private static func refuseInspections(_ body: String, in depot: Depot) async throws {
        try await depot.control.setFaults(
            #"{"match": {"path": "/models/instances/inspect"}, "then": {"kind": "status", "status": 404, "body": "\#(body)"}}"#
        )
    }

    @Test(arguments: ["{}", "<html>Not Found</html>"])
    func `a server that does not tell what nodes hold gets later visits and corrections all the same`(answer: String)
        async throws
    {
        try await Depot.run { depot async throws in
            let time = "2024-05-01T10:00:00Z"
            try await depot.accept("site/st", .init(seed: 1, siteID: "site", time: time))
            try await depot.session(model: Self.core) { try await $0.deliver() }
            try await Self.refuseInspections(answer, in: depot)
            try await depot.accept("site/st", .init(seed: 2, siteID: "site", time: time))
            try await depot.accept("site/late", .init(seed: 3, siteID: "site"))
            try await depot.session(model: Self.core) { try await $0.deliver() }
            #expect(try await depot.states() == [.registered, .registered])
            let contents = await depot.server.describeContents()
            #expect((contents.images, contents.collections, contents.files, contents.models) == (2, 1, 12, 1))
            // What another tool keeps is still not written over.
            try await depot.accept("other/st", .init(seed: 4, siteID: "other"))
            let captures = try await depot.ledger.items().compactMap(\.capture)
            let station = try #require(captures.first { $0.siteID == "other" }?.ids.station)
            try await Self.write(station, in: depot)
            try await depot.session(model: Self.core) { try await $0.deliver() }
            #expect(try await depot.states() == [.registered, .registered, .failed])
        }
    }

    @Test(arguments: [
        (409, "taken"), (400, "A version conflict caused the ingest to fail."),
        (422, "The stored version is above existingVersion."),
    ])
    func `a node that exists is taken for one, whatever words the server has for it`(status: Int, words: String)
        async throws
    {
        try await Depot.run { depot async throws in
            try await depot.accept("site/st", .init(seed: 1, siteID: "site"))
            try await depot.session(model: Self.core) { try await $0.deliver() }
            try await depot.accept("site/late", .init(seed: 2, siteID: "site"))
            // The second write is that of the places.
            let body = #"{\"error\": {\"code\": \#(status), \"message\": \"\#(words)\"}}"#
            try await depot.control.setFaults(
                #"{"match": {"path": "/models/instances"}, "nth": [2], "then": {"kind": "status", "status": \#(status), "body": "\#(body)"}}"#
            )
            try await depot.session(model: Self.core) { try await $0.deliver() }
            #expect(try await depot.states() == [.registered, .registered])
            #expect(await depot.server.describeContents().images == 2)
        }
    }
}
