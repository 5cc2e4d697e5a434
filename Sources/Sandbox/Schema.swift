/// Names a container.
struct ContainerID: Hashable, Codable, Sendable {
    var space: String
    var externalID: String

    static let cogniteDescribable = ContainerID(space: "cdf_cdm", externalID: "CogniteDescribable")
    static let cogniteSourceable = ContainerID(space: "cdf_cdm", externalID: "CogniteSourceable")
    static let cogniteFile = ContainerID(space: "cdf_cdm", externalID: "CogniteFile")
    static let revision3D = ContainerID(space: "cdf_cdm_3d", externalID: "Cognite3DRevision")
    static let model3D = ContainerID(space: "cdf_cdm_3d", externalID: "Cognite3DModel")
    static let transformation3D = ContainerID(space: "cdf_cdm_3d", externalID: "Cognite3DTransformation")
    static let cubeMap = ContainerID(space: "cdf_cdm_3d", externalID: "CogniteCubeMap")
    static let image360 = ContainerID(space: "cdf_cdm_3d", externalID: "Cognite360Image")
    static let group3D = ContainerID(space: "cdf_cdm_3d", externalID: "Cognite3DGroup")

    static let legacyCollection = ContainerID(space: legacySpace, externalID: "Image360Collection")
    static let legacyStation = ContainerID(space: legacySpace, externalID: "Station360")
    static let legacyImage = ContainerID(space: legacySpace, externalID: "Image360")
    static let legacySpace = "cdf_360_image_schema"
}

/// Names a version of a view.
struct ViewID: Hashable, Sendable {
    var space: String
    var externalID: String
    var version: String

    static func legacy(_ name: String) -> ViewID {
        ViewID(space: ContainerID.legacySpace, externalID: name, version: "v1")
    }
    static func core(_ name: String) -> ViewID { ViewID(space: "cdf_cdm", externalID: name, version: "v1") }

    /// The name in messages: `space:externalId/version`.
    var qualifiedName: String { "\(space):\(externalID)/\(version)" }
    var json: JSON {
        ["type": "view", "space": .string(space), "externalId": .string(externalID), "version": .string(version)]
    }
}

/// What values a property can have.
enum PropertyType: Equatable, Sendable {
    case text
    case textList
    case float64
    case boolean
    case timestamp
    /// The externalId of a classic file; it need not exist.
    case file
    case direct(ViewID?)
    case directList(ViewID?, limit: Int)
    case enumeration([String])

    var json: JSON {
        switch self {
        case .text: ["type": "text", "list": false, "collation": "ucs_basic"]
        case .textList: ["type": "text", "list": true, "collation": "ucs_basic"]
        case .float64: ["type": "float64", "list": false]
        case .boolean: ["type": "boolean", "list": false]
        case .timestamp: ["type": "timestamp", "list": false]
        case .file: ["type": "file", "list": false]
        case .direct(let view): .members(["type": "direct", "list": false, "source": view?.json])
        case .directList(let view, let limit):
            .members(["type": "direct", "list": true, "maxListSize": .int(Int64(limit)), "source": view?.json])
        case .enumeration(let values):
            [
                "type": "enum",
                "values": .object(Dictionary(values.map { ($0, ["name": .string($0)]) }) { first, _ in first }),
            ]
        }
    }
}

struct PropertyDefinition: Sendable {
    var type: PropertyType
    var isNullable = true
    var fallback: JSON?
}

/// One view: where each of its properties is stored, and which nodes belong to it.
struct ViewDefinition: Sendable {
    struct Mapping: Sendable {
        var container: ContainerID
        var property: String
    }

    var id: ViewID
    var properties: [String: Mapping]
    var implements: [ViewID] = []
    /// Further conditions on its nodes, as a filter of the API.
    var filter: JSON?

    /// Every container behind the view.
    var containers: Set<ContainerID> { Set(properties.values.map(\.container)) }
}

/// The views and containers that the sandbox serves.
enum Schema {
    static let containers: [ContainerID: [String: PropertyDefinition]] = legacyContainers.merging(coreContainers) {
        a,
        _ in a
    }
    static let views: [ViewID: ViewDefinition] = Dictionary(
        (legacyViews + coreViews).map { ($0.id, $0) },
        uniquingKeysWith: { first, _ in first }
    )
    static let spaces = ["cdf_360_image_schema", "cdf_cdm", "cdf_cdm_3d"]

    static func mapping(_ container: ContainerID, only names: [String]? = nil) -> [String: ViewDefinition.Mapping] {
        let all = names ?? Array((containers[container] ?? [:]).keys)
        return Dictionary(all.map { ($0, .init(container: container, property: $0)) }, uniquingKeysWith: { a, _ in a })
    }

    static func definition(_ mapping: ViewDefinition.Mapping) -> PropertyDefinition? {
        containers[mapping.container]?[mapping.property]
    }
}
