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

    @Test(arguments: Part.allCases)
    func `a node that holds something else is not written over, whichever of ours has its id`(part: Part) async throws {
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
            try await depot.session(model: Self.core) { try await $0.deliver() }
            #expect(try await depot.states() == [.registered, .failed, .registered])
            let failed = try #require(try await depot.ledger.items(in: .failed).first?.failure)
            #expect(failed.summary.contains("Node '\(id)' in space 'sandbox' already holds something else"))
            #expect(failed.summary.contains("cdf_cdm:CogniteSourceSystem"))
            #expect(failed.advice?.contains("drop360 retry") == true)
            let contents = await depot.server.describeContents()
            #expect((contents.images, contents.collections, contents.stations, contents.models) == (2, 2, 2, 2))
            #expect(contents.emptyCollections.isEmpty && contents.danglingRelations.isEmpty)
        }
    }

    @Test func `nodes of ours that an earlier attempt has written are written over`() async throws {
        try await Depot.run { depot async throws in
            try await depot.accept("site/st")
            // Everything is in CDF, but this ledger does not know it.
            let other = try Depot(beside: depot)
            try await other.accept("site/st")
            try await other.session(model: Self.core) { try await $0.deliver() }
            try other.ledger.close()
            try await depot.session(model: Self.core) { try await $0.deliver() }
            #expect(try await depot.states() == [.registered])
            let contents = await depot.server.describeContents()
            #expect((contents.images, contents.files, contents.models) == (1, 6, 1))
        }
    }

    @Test func `an empty node, which a relation of another tool has made, is used`() async throws {
        try await Depot.run { depot async throws in
            try await depot.accept("site/st")
            let station = try #require(try await depot.ledger.items().first?.capture?.ids.station)
            try await depot.session { session async throws in
                let node = ["instanceType": "node", "space": "sandbox", "externalId": station]
                let request = JSONRequest("/models/instances", ["items": [node]], asked: "an empty node", .idempotent)
                _ = try await session.context.client.post(request, as: Nothing.self)
            }
            try await depot.session(model: Self.core) { try await $0.deliver() }
            #expect(try await depot.states() == [.registered])
        }
    }
}
