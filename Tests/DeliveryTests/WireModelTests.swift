import CDF
import Foundation
import Ledger
import Sandbox
import Station
import TestSupport
import Testing

@testable import Delivery

/// A model that no stage, no link and no ledger has heard of is delivered by them all the same.
struct WireModelTests {
    private static let core = ModelChoice.core(space: "sandbox")

    @Test func `stations are delivered by a second model, through the same link and the same stages`() async throws {
        try await Depot.run { depot async throws in
            _ = try await depot.accept(3)
            try await depot.session(model: Self.core) { try await $0.deliver() }
            #expect(try await depot.states() == [.registered, .registered, .registered])
            let contents = await depot.server.describeContents()
            #expect((contents.collections, contents.stations, contents.images) == (1, 3, 3))
            #expect((contents.files, contents.uploadedFiles) == (18, 18))
            #expect(contents.danglingRelations.isEmpty && contents.danglingFiles.isEmpty)
            #expect(contents.emptyCollections.isEmpty)
            let lines = try await depot.lines()
            #expect(!lines.contains("POST /files"), "nothing goes by the other model")
            #expect(lines.filter { $0 == "POST /files/uploadlink" }.count == 18)
            #expect(depot.errors.isEmpty)
        }
    }

    @Test func `layers are written in their order, and the places of a refused image are taken back`() async throws {
        try await Depot.run { depot async throws in
            try await depot.accept("site/s")
            // Behind the nodes of the files, and those of the collection and the station.
            let fault =
                #"{"match": {"path": "/models/instances"}, "nth": [3], "then": {"kind": "status", "status": 400}}"#
            try await depot.control.setFaults(fault)
            try await depot.session(model: Self.core) { try await $0.deliver() }
            #expect(try await depot.states() == [.failed])
            let lines = try await depot.lines()
            let written = lines.drop { $0 != "POST /files/byids" }.filter {
                $0.hasPrefix("POST /models/instances")
            }
            #expect(
                written == [
                    "POST /models/instances", "POST /models/instances", "POST /models/instances/delete",
                ]
            )
            let contents = await depot.server.describeContents()
            #expect((contents.collections, contents.stations, contents.images) == (0, 0, 0))
        }
    }

    @Test func `large files are sent in parts by their nodes`() async throws {
        try await Depot.run(minimumPartSize: 1000) { depot async throws in
            try await depot.accept("site/s")
            try await depot.session(model: Self.core, parts: PartRules(threshold: 1, preferredSize: 4000)) {
                try await $0.deliver()
            }
            #expect(try await depot.states() == [.registered])
            let lines = try await depot.lines()
            #expect(lines.filter { $0 == "POST /files/multiuploadlink" }.count == 6)
            #expect(lines.filter { $0 == "POST /files/completemultipartupload" }.count == 6)
            #expect(await depot.server.describeContents().danglingFiles.isEmpty)
        }
    }

    @Test func `a project that does not fit is refused with the model's own message`() async throws {
        struct Elsewhere: WireModel {
            var inner = CoreModel(space: "sandbox")
            let name = "elsewhere"
            let schemaName = "schema of elsewhere"
            let schemaAdvice = "Ask elsewhere."
            var space: String { inner.space }
            let expectations = [ViewExpectation(ViewReference(space: "e", externalId: "V", version: "1"), [:])]
            var grants: [NeededGrant] { inner.grants }
            var relations: [Relations] { inner.relations }
            var collectionMark: NodeMark { inner.collectionMark }
            var reading: ImageReading { inner.reading }
            func file(_ face: Face, _ image: FaceImage, of capture: Capture, dataSetID: Int64?) -> FileDescription {
                inner.file(face, image, of: capture, dataSetID: dataSetID)
            }
            func fileReference(_ externalID: String) -> FileReference { inner.fileReference(externalID) }
            func layers(of captures: [Capture]) -> [NodeLayer] { inner.layers(of: captures) }
        }
        try await Depot.run { depot async throws in
            try await depot.session(model: ModelChoice(Elsewhere())) { session async throws in
                await session.context.link.probe()
                guard case .down(let outage) = session.context.link.state else {
                    Issue.record("\(session.context.link.state)")
                    return
                }
                #expect(
                    outage.reason.summary.hasPrefix(
                        "The schema of elsewhere of project sandbox does not fit what drop360"
                    )
                )
                #expect(outage.reason.advice == "Ask elsewhere.")
            }
        }
    }
}
