package import Station

extension CoreModel {
    /// The targets of an image's relations stand, with their data, before the image does: they are typed by container, and whether those
    /// of the same request count is not documented.
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

    func collectionNode(of capture: Capture) -> NodeWrite {
        NodeWrite(
            node(capture.ids.collection),
            [
                NodeSource(
                    .container(Self.revision),
                    ["status": .string("Done"), "published": .bool(true), "type": .string(CollectionModel.type)]
                ),
                NodeSource(.container(Self.describable), ["name": .string(capture.collectionLabel)]),
            ],
            kind: collectionMark
        )
    }

    /// The viewer shows the name of a station, and finds only those with a group type.
    func stationNode(of capture: Capture) -> NodeWrite {
        NodeWrite(
            node(capture.ids.station),
            view: Self.station,
            properties: ["name": .string(capture.label), "groupType": .string("Station360")],
            kind: Self.stationMark
        )
    }

    /// The image itself; written only when all six files are confirmed and the other relation targets exist.
    func imageNode(of capture: Capture) -> NodeWrite {
        var properties = capture.transformation
        properties["collection360"] = .relation(node(capture.ids.collection))
        properties["station360"] = .relation(node(capture.ids.station))
        for face in Face.allCases { properties[face.rawValue] = .relation(node(capture.ids.file(face))) }
        if let time = capture.time { properties["takenAt"] = .string(time.wire) }
        return NodeWrite(node(capture.ids.image), view: Self.image, properties: properties, kind: Self.imageMark)
    }

    // MARK: The models of collections

    package var givesCollectionsModels: Bool { true }

    package func collectionModels(of captures: [Capture]) -> [CollectionModel] {
        Set(captures.map(\.ids.collection)).sorted().map { CollectionModel(of: node($0)) }
    }

    package func relation(of collection: NodeReference, toModel number: Int64) -> NodeWrite? {
        let model = NodeReference(space: space, externalId: CollectionModel.nodeID(number))
        return NodeWrite(collection, [NodeSource(.container(Self.revision), ["model3D": .relation(model)])])
    }
}
