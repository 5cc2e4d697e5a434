import Foundation
package import Station

/// The legacy 360° schema, `cdf_360_image_schema` v1: which views, which properties, and what each is written as.
///
/// Names from contract A.1. The types are read from the project at start-up, since they are not documented.
package struct LegacyModel: WireModel {
    static let schemaSpace = "cdf_360_image_schema"
    static let version = "v1"

    static let collection = ViewReference(space: schemaSpace, externalId: "Image360Collection", version: version)
    static let station = ViewReference(space: schemaSpace, externalId: "Station360", version: version)
    static let image = ViewReference(space: schemaSpace, externalId: "Image360", version: version)

    /// The instance space.
    package let space: String

    package init(space: String) { self.space = space }

    package let name = "image360"
    package let schemaName = "360° schema"
    package let schemaAdvice =
        "Have the project's admin enable `\(Self.schemaSpace)` and give drop360's group dataModelsAcl:READ on it."

    package let expectations = [
        ViewExpectation(collection, ["label": .text]),
        ViewExpectation(station, ["label": .text]),
        ViewExpectation(
            image,
            [
                "label": .text, "cubeMapFront": .file, "cubeMapBack": .file, "cubeMapLeft": .file,
                "cubeMapRight": .file, "cubeMapTop": .file, "cubeMapBottom": .file, "collection360": .relation,
                "station": .relation, "timeTaken": .time,
            ]
            .merging(Transformation.expectation) { own, _ in own }
        ),
    ]

    package var grants: [NeededGrant] { NeededGrant.common(schemaSpaces: [Self.schemaSpace], space: space) }

    /// By the view: the containers behind it are not documented.
    package var collectionMark: NodeMark { NodeMark(.view(Self.collection)) }

    package let relations = [Relations(view: image, properties: ["collection360", "station"])]

    // MARK: Nodes

    package func layers(of captures: [Capture]) -> [NodeLayer] {
        [
            NodeLayer(
                "collections and stations",
                captures.map(collectionNode) + captures.map(stationNode),
                isPlaces: true
            ),
            NodeLayer("images", captures.map(imageNode)),
        ]
    }

    private func node(_ externalID: String) -> NodeReference { NodeReference(space: space, externalId: externalID) }

    func collectionNode(of capture: Capture) -> NodeWrite {
        NodeWrite(
            node(capture.ids.collection),
            view: Self.collection,
            properties: ["label": .string(capture.collectionLabel)],
            kind: collectionMark
        )
    }

    func stationNode(of capture: Capture) -> NodeWrite {
        NodeWrite(
            node(capture.ids.station),
            view: Self.station,
            properties: ["label": .string(capture.label)],
            kind: NodeMark(.view(Self.station))
        )
    }

    /// The image itself; written only when all six files are confirmed and both relation targets exist.
    func imageNode(of capture: Capture) -> NodeWrite {
        var properties = capture.transformation
        properties["label"] = .string(capture.label)
        properties["collection360"] = .relation(node(capture.ids.collection))
        properties["station"] = .relation(node(capture.ids.station))
        for face in Face.allCases {
            properties["cubeMap" + face.rawValue.capitalized] = .string(capture.ids.file(face))
        }
        if let time = capture.time { properties["timeTaken"] = .string(time.wire) }
        return NodeWrite(
            node(capture.ids.image),
            view: Self.image,
            properties: properties,
            kind: NodeMark(.view(Self.image))
        )
    }

    // MARK: Files

    package func fileReference(_ externalID: String) -> FileReference { .externalID(externalID) }

    package func file(_ face: Face, _ image: FaceImage, of capture: Capture, dataSetID: Int64?) -> FileDescription {
        let entry = FileEntry(
            externalId: capture.ids.file(face),
            name: FileEntry.name(of: face, image, of: capture),
            mimeType: image.format.mimeType,
            directory: FileEntry.directory(ofSite: capture.siteID),
            dataSetId: dataSetID,
            sourceCreatedTime: capture.time?.milliseconds,
            metadata: capture.fileMetadata(of: face)
        )
        return .entry(entry)
    }
}
