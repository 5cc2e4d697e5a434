import Station

@testable import CDF

/// A second wire model, as small as the sandbox's core views allow: it shows what ``WireModel`` can say.
struct CoreModel: WireModel {
    let name = "core"
    let schemaName = "core data model"
    let schemaAdvice = "Give drop360's group dataModelsAcl:READ on `cdf_cdm`."
    let space: String

    private static func view(_ name: String) -> ViewReference {
        ViewReference(space: "cdf_cdm", externalId: name, version: "v1")
    }
    private static let file = view("CogniteFile")
    private static let collection = view("Cognite360ImageCollection")
    private static let station = view("Cognite360ImageStation")
    private static let image = view("Cognite360Image")

    let expectations = [
        ViewExpectation(file, ["name": .text, "mimeType": .text, "directory": .text]),
        ViewExpectation(collection, ["name": .text, "model3D": .relation]),
        ViewExpectation(station, ["name": .text]),
        ViewExpectation(
            image,
            Dictionary(
                uniqueKeysWithValues: Face.allCases.map { ($0.rawValue, .relation) }
                    + ["collection360", "station360"].map { ($0, .relation) }
                    + ["translation", "eulerRotation", "scale"].flatMap { name in
                        ["X", "Y", "Z"].map { (name + $0, .number) }
                    } + [("takenAt", .time)]
            )
        ),
    ]

    var grants: [NeededGrant] {
        NeededGrant.common(schemaSpaces: ["cdf_cdm", "cdf_cdm_3d"], space: space) + [NeededGrant("threedAcl", "CREATE")]
    }

    let relations = [Relations(view: image, properties: ["collection360", "station360"])]

    private func node(_ id: String) -> NodeReference { NodeReference(space: space, externalId: id) }

    func fileReference(_ externalID: String) -> FileReference { .node(node(externalID)) }

    func file(_ face: Face, _ image: FaceImage, of capture: Capture, dataSetID: Int64?) -> FileDescription {
        let write = NodeWrite(
            node(capture.ids.file(face)),
            view: Self.file,
            properties: [
                "name": .string("\(face.rawValue).jpg"), "mimeType": .string(image.format.mimeType),
                "directory": .string("/360"),
            ]
        )
        return .node(write, mimeType: image.format.mimeType)
    }

    func layers(of captures: [Capture]) -> [NodeLayer] {
        let collections = Set(captures.map(\.ids.collection)).sorted()
        return [
            NodeLayer("collections", captures.map(collectionNode), isPlaces: true) { client async throws(CDFError) in
                try await models(of: collections, by: client)
            },
            NodeLayer("stations", captures.map(stationNode), isPlaces: true),
            NodeLayer("images", captures.map(imageNode)),
        ]
    }

    private func collectionNode(of capture: Capture) -> NodeWrite {
        NodeWrite(
            node(capture.ids.collection),
            view: Self.collection,
            properties: [
                "name": .string(capture.collectionLabel), "type": .string("Image360"), "status": .string("Done"),
            ]
        )
    }

    private func stationNode(of capture: Capture) -> NodeWrite {
        NodeWrite(
            node(capture.ids.station),
            view: Self.station,
            properties: ["name": .string(capture.label), "groupType": .string("Station360")]
        )
    }

    private func imageNode(of capture: Capture) -> NodeWrite {
        let (translation, rotation) = (capture.pose.translation, capture.pose.eulerRotation)
        var properties: [String: WireValue] = [
            "translationX": .number(translation.x), "translationY": .number(translation.y),
            "translationZ": .number(translation.z), "eulerRotationX": .number(rotation.x),
            "eulerRotationY": .number(rotation.y), "eulerRotationZ": .number(rotation.z),
            "scaleX": .number(1), "scaleY": .number(1), "scaleZ": .number(1),
            "collection360": .relation(node(capture.ids.collection)),
            "station360": .relation(node(capture.ids.station)),
        ]
        for face in Face.allCases { properties[face.rawValue] = .relation(node(capture.ids.file(face))) }
        if let time = capture.time { properties["takenAt"] = .string(time.wire) }
        return NodeWrite(node(capture.ids.image), view: Self.image, properties: properties)
    }

    // MARK: The models of collections

    /// Makes a model for each collection that has none, and relates the two: looks first, since a model may be made only once.
    private func models(of collections: [String], by client: CDFClient) async throws(CDFError) -> [NodeWrite] {
        var writes: [NodeWrite] = []
        for collection in collections where try await !hasModel(collection, client) {
            struct Body: Encodable, Sendable {
                struct Item: Encodable, Sendable { var name, space, type: String }
                var items: [Item]
            }
            struct Created: Decodable, Sendable {
                struct Item: Decodable, Sendable { var id: Int64 }
                var items: [Item]
            }
            let created: Created = try await client.post(
                JSONRequest(
                    "/3d/models",
                    Body(items: [.init(name: collection, space: space, type: "Image360")]),
                    asked: "the creation of a model for collection \(collection)",
                    .once
                )
            )
            for item in created.items {
                let model = node("cog_3d_model_\(item.id)")
                writes.append(
                    NodeWrite(node(collection), view: Self.collection, properties: ["model3D": .relation(model)])
                )
            }
        }
        return writes
    }

    private func hasModel(_ collection: String, _ client: CDFClient) async throws(CDFError) -> Bool {
        struct Body: Encodable, Sendable {
            struct Item: Encodable, Sendable {
                var instanceType = "node"
                var space, externalId: String
            }
            struct Source: Encodable, Sendable { var source: ViewReference }
            var items: [Item]
            var sources: [Source]
        }
        struct Found: Decodable, Sendable {
            struct Item: Decodable, Sendable { var properties: [String: [String: Properties]]? }
            struct Properties: Decodable, Sendable { var model3D: NodeReference? }
            var items: [Item]
        }
        let body = Body(items: [.init(space: space, externalId: collection)], sources: [.init(source: Self.collection)])
        let found: Found = try await client.post(
            JSONRequest("/models/instances/byids", body, asked: "collection \(collection)", .idempotent)
        )
        return found.items.contains { item in
            item.properties?.values.contains { $0.values.contains { $0.model3D != nil } } ?? false
        }
    }
}
