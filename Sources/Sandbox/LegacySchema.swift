extension Schema {
    static let faces = ["Front", "Back", "Left", "Right", "Top", "Bottom"]

    /// The legacy containers.
    ///
    /// Their nullability is not public. What the viewer needs is required here, so that a client that
    /// passes the sandbox satisfies the viewer.
    static let legacyContainers: [ContainerID: [String: PropertyDefinition]] = [
        .legacyCollection: ["label": PropertyDefinition(type: .text, isNullable: false)],
        .legacyStation: ["label": PropertyDefinition(type: .text)],
        .legacyImage: legacyImageProperties,
    ]

    private static let legacyImageProperties: [String: PropertyDefinition] = {
        var properties: [String: PropertyDefinition] = [
            "label": .init(type: .text),
            "collection360": .init(type: .direct(.view(.legacy("Image360Collection"))), isNullable: false),
            "station": .init(type: .direct(.view(.legacy("Station360")))),
            "timeTaken": .init(type: .timestamp),
        ]
        for axis in ["X", "Y", "Z"] {
            properties["translation\(axis)"] = .init(type: .float64, isNullable: false)
            properties["eulerRotation\(axis)"] = .init(type: .float64, isNullable: false)
            properties["scale\(axis)"] = .init(type: .float64)
        }
        for face in faces { properties["cubeMap\(face)"] = .init(type: .file, isNullable: false) }
        return properties
    }()

    static let legacyViews = [ContainerID.legacyCollection, .legacyStation, .legacyImage].map { container in
        ViewDefinition(
            id: .legacy(container.externalID),
            properties: mapping(container, Array((legacyContainers[container] ?? [:]).keys))
        )
    }
}
