extension Schema {
    /// The containers of the core data model that 360° images need: names, types and targets as published.
    static let coreContainers: [ContainerID: [String: PropertyDefinition]] = {
        var transformation: [String: PropertyDefinition] = [:]
        for axis in ["X", "Y", "Z"] {
            for name in ["translation", "eulerRotation", "scale"] {
                transformation[name + axis] = .init(type: .float64)
            }
        }
        func relation(_ container: ContainerID) -> PropertyDefinition { .init(type: .direct(.container(container))) }
        func unserved(_ name: String) -> RelationTarget { .container(.init(space: "cdf_cdm", externalID: name)) }
        let kind = PropertyType.enumeration(["CAD", "PointCloud", "Image360"])
        return [
            .cogniteDescribable: [
                "name": .init(type: .text), "description": .init(type: .text), "tags": .init(type: .textList),
                "aliases": .init(type: .textList),
            ],
            .cogniteSourceable: [
                "sourceId": .init(type: .text), "sourceContext": .init(type: .text), "source": relation(.sourceSystem),
                "sourceCreatedTime": .init(type: .timestamp), "sourceUpdatedTime": .init(type: .timestamp),
                "sourceCreatedUser": .init(type: .text), "sourceUpdatedUser": .init(type: .text),
            ],
            .sourceSystem: ["manufacturer": .init(type: .text), "version": .init(type: .text)],
            .cogniteFile: [
                "mimeType": .init(type: .text), "directory": .init(type: .text),
                "isUploaded": .init(type: .boolean, fallback: false), "uploadedTime": .init(type: .timestamp),
                "category": .init(type: .direct(unserved("CogniteFileCategory"))),
                "assets": .init(type: .directList(unserved("CogniteAsset"), limit: 1200)),
            ],
            .revision3D: [
                "status": .init(type: .enumeration(["Queued", "Processing", "Done", "Failed"])),
                "published": .init(type: .boolean), "type": .init(type: kind), "model3D": relation(.model3D),
                // No published view shows this one.
                "sourceFile": relation(.cogniteFile),
            ],
            .model3D: ["type": .init(type: kind), "thumbnail": relation(.cogniteFile)],
            .transformation3D: transformation,
            .cubeMap: Dictionary(faces.map { ($0.lowercased(), relation(.cogniteFile)) }) { first, _ in first },
            .image360: [
                "collection360": relation(.revision3D), "group3d": relation(.group3D),
                "takenAt": .init(type: .timestamp),
            ],
            .group3D: ["groupType": .init(type: .enumeration(["Station360"]))],
        ]
    }()

    /// The views of the core data model that 360° images need.
    static let coreViews: [ViewDefinition] = {
        let describable = all(of: .cogniteDescribable)
        let revision = mapping(.revision3D, ["status", "published", "type", "model3D"])
        let model = describable.merging(all(of: .model3D)) { first, _ in first }
        var image = mapping(.image360, ["collection360", "takenAt"])
        image["station360"] = .init(container: .image360, property: "group3d")
        for container in [ContainerID.transformation3D, .cubeMap] {
            image.merge(all(of: container)) { first, _ in first }
        }
        var file = describable
        for container in [ContainerID.cogniteSourceable, .cogniteFile] {
            file.merge(all(of: container)) { first, _ in first }
        }
        return [
            .init(id: .core("CogniteDescribable"), properties: describable),
            .init(id: .core("CogniteSourceable"), properties: all(of: .cogniteSourceable)),
            .init(
                id: .core("CogniteSourceSystem"),
                properties: describable.merging(all(of: .sourceSystem)) { first, _ in first },
                implements: [.core("CogniteDescribable")]
            ),
            .init(id: .core("Cognite3DTransformation"), properties: all(of: .transformation3D)),
            .init(id: .core("CogniteCubeMap"), properties: all(of: .cubeMap)),
            .init(id: .core("Cognite3DModel"), properties: model, implements: [.core("CogniteDescribable")]),
            .init(id: .core("Cognite3DRevision"), properties: revision),
            .init(
                id: .core("Cognite360Image"),
                properties: image,
                implements: [.core("Cognite3DTransformation"), .core("CogniteCubeMap")]
            ),
            // The view filters by the type in the *model* container, as the published definition does.
            .init(
                id: .core("Cognite360ImageCollection"),
                properties: describable.merging(revision) { first, _ in first },
                implements: [.core("CogniteDescribable"), .core("Cognite3DRevision")],
                filter: filter(data: .revision3D, .model3D, "type", "Image360")
            ),
            .init(
                id: .core("Cognite360ImageStation"),
                properties: describable.merging(all(of: .group3D)) { first, _ in first },
                implements: [.core("CogniteDescribable")],
                filter: filter(data: .group3D, .group3D, "groupType", "Station360")
            ),
            .init(
                id: .core("Cognite360ImageModel"),
                properties: model,
                connections: ["collections": reverse("Cognite360ImageCollection", through: "model3D")],
                implements: [.core("CogniteDescribable"), .core("Cognite3DModel")],
                filter: filter(data: .model3D, .model3D, "type", "Image360")
            ),
            .init(
                id: .core("CogniteFile"),
                properties: file,
                implements: [.core("CogniteDescribable"), .core("CogniteSourceable")]
            ),
        ]
    }()

    private static func all(of container: ContainerID) -> [String: ViewDefinition.Mapping] {
        mapping(container, Array((coreContainers[container] ?? [:]).keys))
    }

    private static func filter(data: ContainerID, _ container: ContainerID, _ property: String, _ value: JSON) -> JSON {
        let path: JSON = [.string(container.space), .string(container.externalID), .string(property)]
        return ["and": [["hasData": [data.json]], ["equals": ["property": path, "value": value]]]]
    }

    private static func reverse(_ view: String, through property: String) -> JSON {
        [
            "connectionType": "multi_reverse_direct_relation", "source": ViewID.core(view).json, "targetsList": false,
            "through": ["identifier": .string(property), "source": ViewID.core("Cognite3DRevision").json],
        ]
    }
}
