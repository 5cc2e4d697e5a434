package import Station

/// The core data model, `cdf_cdm` v1: which views and containers, which properties, and what each is written as.
///
/// Names and types from contract B. Collections are written through containers: their view has a filter on a container that a collection
/// must not have, since Fusion would list it as a 3D model of its own (contract B.3).
package struct CoreModel: WireModel {
    static let file = view("CogniteFile")
    static let collection = view("Cognite360ImageCollection")
    static let station = view("Cognite360ImageStation")
    static let image = view("Cognite360Image")
    /// The view of ``CollectionModel``s.
    static let model = view("Cognite360ImageModel")
    /// Shows what collections have in ``revision``, whatever else they have.
    static let revisionView = view("Cognite3DRevision")
    /// Shows the names of collections, whatever else they have.
    static let describableView = view("CogniteDescribable")
    static let revision = ContainerReference(space: "cdf_cdm_3d", externalId: "Cognite3DRevision")
    static let describable = ContainerReference(space: "cdf_cdm", externalId: "CogniteDescribable")

    /// Where files, stations and images have data of their own, as collections have it in ``revision``.
    static let fileMark = NodeMark(.container(.init(space: "cdf_cdm", externalId: "CogniteFile")))
    static let stationMark = NodeMark(.container(.init(space: "cdf_cdm_3d", externalId: "Cognite3DGroup")))
    static let imageMark = NodeMark(.container(.init(space: "cdf_cdm_3d", externalId: "Cognite360Image")))

    private static func view(_ name: String) -> ViewReference {
        ViewReference(space: "cdf_cdm", externalId: name, version: "v1")
    }

    /// The instance space.
    package let space: String

    package init(space: String) { self.space = space }

    package let name = "core"
    package let schemaName = "core data model"
    package let schemaAdvice =
        "Have the project's admin enable the core data model, and give drop360's group dataModelsAcl:READ on `cdf_cdm` and `cdf_cdm_3d`."

    package let expectations = [
        ViewExpectation(
            file,
            ["name": .text, "mimeType": .text, "directory": .text, "sourceCreatedTime": .time]
        ),
        ViewExpectation(
            collection,
            [
                "name": .text, "status": .choice("Done"), "published": .flag, "type": .choice(CollectionModel.type),
                "model3D": .relation,
            ]
        ),
        ViewExpectation(station, ["name": .text, "groupType": .choice("Station360")]),
        ViewExpectation(
            image,
            [
                "front": .relation, "back": .relation, "left": .relation, "right": .relation,
                "top": .relation, "bottom": .relation, "collection360": .relation, "station360": .relation,
                "takenAt": .time,
            ]
            .merging(Transformation.expectation) { own, _ in own }
        ),
    ]

    package var grants: [NeededGrant] { NeededGrant.common(schemaSpaces: ["cdf_cdm", "cdf_cdm_3d"], space: space) }

    /// Not by their view (contract B.3), nor by data alone: revisions of CAD models and point clouds have them in the same container.
    package var collectionMark: NodeMark { NodeMark(.container(Self.revision), .init("type", CollectionModel.type)) }

    package var usefulGrants: (grants: [NeededGrant], otherwise: String) {
        (
            [NeededGrant("threedAcl", "CREATE")],
            "collections get no 3D model: the viewer shows them, but Fusion's lists do not"
        )
    }

    package let filesAreEntries = false

    package let relations = [Relations(view: image, properties: ["collection360", "station360"])]

    func node(_ externalID: String) -> NodeReference { NodeReference(space: space, externalId: externalID) }

    // MARK: Files

    package func fileReference(_ externalID: String) -> FileReference { .node(node(externalID)) }

    /// A CogniteFile has neither a data set nor metadata: the space is its place, and its image says what it shows.
    package func file(_ face: Face, _ image: FaceImage, of capture: Capture, dataSetID: Int64?) -> FileDescription {
        var properties: [String: WireValue] = [
            "name": .string(FileEntry.name(of: face, image, of: capture)),
            "mimeType": .string(image.format.mimeType),
            "directory": .string(FileEntry.directory(ofSite: capture.siteID)),
        ]
        if let time = capture.time { properties["sourceCreatedTime"] = .string(time.wire) }
        // Through the view, which writes the rows that the container requires.
        let write = NodeWrite(
            node(capture.ids.file(face)),
            view: Self.file,
            properties: properties,
            kind: Self.fileMark
        )
        return .node(write, mimeType: image.format.mimeType)
    }
}
