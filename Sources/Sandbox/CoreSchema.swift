extension Schema {
    static let coreContainers: [ContainerID: [String: PropertyDefinition]] = {
        var transformation: [String: PropertyDefinition] = [:]
        for axis in ["X", "Y", "Z"] {
            for name in ["translation", "eulerRotation", "scale"] {
                transformation[name + axis] = .init(type: .float64)
            }
        }
        let file = PropertyType.direct(.core("CogniteFile"))
        let kind = PropertyType.enumeration(["CAD", "PointCloud", "Image360"])
        return [
            .cogniteDescribable: [
                "name": .init(type: .text), "description": .init(type: .text), "tags": .init(type: .textList),
                "aliases": .init(type: .textList),
            ],
            .cogniteSourceable: [
                "sourceId": .init(type: .text), "sourceContext": .init(type: .text),
                "source": .init(type: .direct(nil)),
                "sourceCreatedTime": .init(type: .timestamp), "sourceUpdatedTime": .init(type: .timestamp),
                "sourceCreatedUser": .init(type: .text), "sourceUpdatedUser": .init(type: .text),
            ],
            .cogniteFile: [
                "mimeType": .init(type: .text), "directory": .init(type: .text),
                "isUploaded": .init(type: .boolean, fallback: false), "uploadedTime": .init(type: .timestamp),
                "category": .init(type: .direct(nil)), "assets": .init(type: .directList(nil, limit: 1200)),
            ],
            .revision3D: [
                "status": .init(type: .enumeration(["Queued", "Processing", "Done", "Failed"])),
                "published": .init(type: .boolean), "type": .init(type: kind),
                "model3D": .init(type: .direct(.core("Cognite360ImageModel"))),
            ],
            .model3D: ["type": .init(type: kind), "thumbnail": .init(type: file)],
            .transformation3D: transformation,
            .cubeMap: Dictionary(
                faces.map { ($0.lowercased(), PropertyDefinition(type: file)) },
                uniquingKeysWith: { first, _ in first }
            ),
            .image360: [
                "collection360": .init(type: .direct(.core("Cognite360ImageCollection"))),
                "group3d": .init(type: .direct(.core("Cognite360ImageStation"))), "takenAt": .init(type: .timestamp),
            ],
            .group3D: ["groupType": .init(type: .enumeration(["Station360"]))],
        ]
    }()

    static let coreViews: [ViewDefinition] = {
        let describable = mapping(.cogniteDescribable)
        func merged(_ parts: [String: ViewDefinition.Mapping]...) -> [String: ViewDefinition.Mapping] {
            parts.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
        }
        func type(_ container: ContainerID, _ property: String, _ value: JSON) -> JSON {
            [
                "equals": [
                    "property": [.string(container.space), .string(container.externalID), .string(property)],
                    "value": value,
                ]
            ]
        }
        func data(_ container: ContainerID) -> JSON {
            [
                "hasData": [
                    [
                        "type": "container", "space": .string(container.space),
                        "externalId": .string(container.externalID),
                    ]
                ]
            ]
        }
        var image = merged(
            mapping(.transformation3D),
            mapping(.cubeMap),
            mapping(.image360, only: ["collection360", "takenAt"])
        )
        image["station360"] = .init(container: .image360, property: "group3d")
        return [
            ViewDefinition(
                id: .core("Cognite360Image"),
                properties: image,
                implements: [.core("Cognite3DTransformation"), .core("CogniteCubeMap")],
                filter: data(.image360)
            ),
            // The view filters by the type in the *model* container, as the published definition does.
            ViewDefinition(
                id: .core("Cognite360ImageCollection"),
                properties: merged(describable, mapping(.revision3D)),
                implements: [.core("CogniteDescribable"), .core("Cognite3DRevision")],
                filter: ["and": [data(.revision3D), type(.model3D, "type", "Image360")]]
            ),
            ViewDefinition(
                id: .core("Cognite360ImageStation"),
                properties: merged(describable, mapping(.group3D)),
                implements: [.core("CogniteDescribable")],
                filter: ["and": [data(.group3D), type(.group3D, "groupType", "Station360")]]
            ),
            ViewDefinition(
                id: .core("Cognite360ImageModel"),
                properties: merged(describable, mapping(.model3D)),
                implements: [.core("Cognite3DModel")],
                filter: ["and": [data(.model3D), type(.model3D, "type", "Image360")]]
            ),
            ViewDefinition(
                id: .core("CogniteFile"),
                properties: merged(describable, mapping(.cogniteSourceable), mapping(.cogniteFile)),
                implements: [.core("CogniteDescribable"), .core("CogniteSourceable")],
                filter: data(.cogniteFile)
            ),
        ]
    }()
}
