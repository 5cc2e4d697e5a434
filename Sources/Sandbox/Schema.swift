/// Names a container.
struct ContainerID: Hashable, Codable, Sendable {
    var space: String
    var externalID: String

    static let cogniteDescribable = ContainerID(space: "cdf_cdm", externalID: "CogniteDescribable")
    static let cogniteSourceable = ContainerID(space: "cdf_cdm", externalID: "CogniteSourceable")
    static let cogniteFile = ContainerID(space: "cdf_cdm", externalID: "CogniteFile")
    static let sourceSystem = ContainerID(space: "cdf_cdm", externalID: "CogniteSourceSystem")
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

    var json: JSON { ["type": "container", "space": .string(space), "externalId": .string(externalID)] }
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

/// Which nodes a direct relation may point at.
enum RelationTarget: Equatable, Sendable {
    case anything
    /// The view's definition names this one; nobody enforces it.
    case view(ViewID)
    /// Only nodes with data in this container.
    case container(ContainerID)

    var container: ContainerID? { if case .container(let id) = self { id } else { nil } }
}

/// What values a property can have.
enum PropertyType: Equatable, Sendable {
    case text
    case textList
    case float32
    case float64
    case boolean
    case timestamp
    /// The externalId of a classic file; it need not exist.
    case file
    case direct(RelationTarget)
    case directList(RelationTarget, limit: Int)
    case enumeration([String])

    var json: JSON {
        switch self {
        case .text: ["type": "text", "list": false, "collation": "ucs_basic"]
        case .textList: ["type": "text", "list": true, "collation": "ucs_basic"]
        case .float32: ["type": "float32", "list": false]
        case .float64: ["type": "float64", "list": false]
        case .boolean: ["type": "boolean", "list": false]
        case .timestamp: ["type": "timestamp", "list": false]
        case .file: ["type": "file", "list": false]
        case .direct(let target): Self.relation(target, ["list": false])
        case .directList(let target, let limit):
            Self.relation(target, ["list": true, "maxListSize": .int(Int64(limit))])
        case .enumeration(let values):
            [
                "type": "enum",
                "values": .object(Dictionary(values.map { ($0, ["name": .string($0)]) }) { first, _ in first }),
            ]
        }
    }

    private static func relation(_ target: RelationTarget, _ members: [String: JSON]) -> JSON {
        var members = members
        members["type"] = "direct"
        switch target {
        case .anything: break
        case .view(let view): members["source"] = view.json
        case .container(let container): members["container"] = container.json
        }
        return .object(members)
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
    /// Properties that are stored elsewhere, as the API shows them: the relations that point at the view's nodes.
    var connections: [String: JSON] = [:]
    var implements: [ViewID] = []
    /// Further conditions on its nodes, as a filter of the API.
    var filter: JSON?

    /// Every container behind the view.
    var containers: Set<ContainerID> { Set(properties.values.map(\.container)) }
}

/// The views and containers of one project.
struct Schema: Sendable {
    private(set) var containers: [ContainerID: [String: PropertyDefinition]]
    private(set) var views: [ViewID: ViewDefinition]
    /// The system spaces that the project has.
    let spaces: [String]

    init(_ shape: ProjectShape) {
        containers = [:]
        var definitions: [ViewDefinition] = []
        var spaces: [String] = []
        if shape.models.contains(.legacy) {
            containers.merge(Self.legacyContainers) { first, _ in first }
            definitions += Self.legacyViews
            spaces.append(ContainerID.legacySpace)
        }
        if shape.models.contains(.core) {
            containers.merge(Self.coreContainers) { first, _ in first }
            definitions += Self.coreViews
            spaces += ["cdf_cdm", "cdf_cdm_3d"]
        }
        self.spaces = spaces
        views = [:]
        for var view in definitions where !shape.missingViews.contains(view.id.externalID) {
            for (name, change) in shape.properties[view.id.externalID] ?? [:] { apply(change, to: name, of: &view) }
            view.id.version = shape.versions[view.id.externalID] ?? view.id.version
            views[view.id] = view
        }
    }

    private mutating func apply(_ change: ProjectShape.Property, to name: String, of view: inout ViewDefinition) {
        guard change.exists else {
            view.properties[name] = nil
            return
        }
        let mapping = view.properties[name] ?? .init(container: view.home, property: name)
        view.properties[name] = mapping
        let type = change.type?.propertyType ?? definition(mapping)?.type ?? .text
        containers[mapping.container, default: [:]][mapping.property] = PropertyDefinition(
            type: type,
            isNullable: change.isNullable
        )
    }

    func definition(_ mapping: ViewDefinition.Mapping) -> PropertyDefinition? {
        containers[mapping.container]?[mapping.property]
    }

    /// How `container` itself maps its properties.
    func mapping(_ container: ContainerID) -> [String: ViewDefinition.Mapping] {
        Self.mapping(container, Array((containers[container] ?? [:]).keys))
    }

    static func mapping(_ container: ContainerID, _ names: [String]) -> [String: ViewDefinition.Mapping] {
        Dictionary(names.map { ($0, .init(container: container, property: $0)) }, uniquingKeysWith: { a, _ in a })
    }
}

extension ViewDefinition {
    /// The container that takes a property of the view's own.
    fileprivate var home: ContainerID {
        let own = containers.first { $0.externalID == id.externalID }
        let shared = [ContainerID.revision3D, .group3D, .model3D].first(where: containers.contains)
        return own ?? shared ?? .cogniteDescribable
    }
}
