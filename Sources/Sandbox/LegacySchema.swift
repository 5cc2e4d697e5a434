extension Schema {
    static let faces = ["Front", "Back", "Left", "Right", "Top", "Bottom"]

    /// The legacy containers.
    ///
    /// Their nullability is not public. What the viewer can't do without is required here, so that
    /// whoever passes the sandbox gives the viewer what it needs.
    static let legacyContainers: [ContainerID: [String: PropertyDefinition]] = [
        .legacyCollection: ["label": PropertyDefinition(type: .text, isNullable: false)],
        .legacyStation: ["label": PropertyDefinition(type: .text)],
        .legacyImage: legacyImageProperties,
    ]

    private static let legacyImageProperties: [String: PropertyDefinition] = {
        var properties: [String: PropertyDefinition] = [
            "label": .init(type: .text),
            "collection360": .init(type: .direct(.legacy("Image360Collection")), isNullable: false),
            "station": .init(type: .direct(.legacy("Station360"))),
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
        ViewDefinition(id: .legacy(container.externalID), properties: mapping(container))
    }
}
