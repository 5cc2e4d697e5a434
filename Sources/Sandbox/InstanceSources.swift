/// A view or a container, as the member `source` names it.
enum SourceID: Hashable {
    case view(ViewID)
    case container(ContainerID)

    /// Reads a source; whether it exists is not checked.
    init(_ json: JSON) throws(APIError) {
        let (space, name) = (try json.requiredText("space", limit: 43), try json.requiredText("externalId", limit: 255))
        switch json["type"]?.string {
        case "view":
            let version = try json.requiredText("version", limit: 43)
            self = .view(ViewID(space: space, externalID: name, version: version))
        case "container": self = .container(ContainerID(space: space, externalID: name))
        default: throw .badRequest("The 'type' of a source must be 'view' or 'container'")
        }
    }

    /// Refuses what the sandbox doesn't serve, all of it in one message.
    static func checkExistence(_ sources: some Sequence<SourceID>) throws(APIError) {
        var views: Set<String> = []
        var containers: Set<String> = []
        for source in sources {
            switch source {
            case .view(let id): if Schema.views[id] == nil { views.insert(id.qualifiedName) }
            case .container(let id):
                if Schema.containers[id] == nil { containers.insert("\(id.space):\(id.externalID)") }
            }
        }
        func quoted(_ names: Set<String>) -> String { names.sorted().map { "'\($0)'" }.joined(separator: ", ") }
        try check(views.isEmpty, "One or more views do not exist: \(quoted(views))")
        try check(containers.isEmpty, "One or more containers do not exist: \(quoted(containers))")
    }

    /// Where each property is stored.
    var properties: [String: ViewDefinition.Mapping] {
        switch self {
        case .view(let id): Schema.views[id]?.properties ?? [:]
        case .container(let id): Schema.mapping(id)
        }
    }

    var containers: Set<ContainerID> {
        switch self {
        case .view(let id): Schema.views[id]?.containers ?? []
        case .container(let id): [id]
        }
    }

    /// The two keys under which answers have the properties.
    var keys: (space: String, name: String) {
        switch self {
        case .view(let id): (id.space, "\(id.externalID)/\(id.version)")
        case .container(let id): (id.space, id.externalID)
        }
    }
}

extension Instance {
    /// Whether every container behind `source` has values of this instance.
    func hasData(in source: SourceID) -> Bool { source.containers.allSatisfy { values[$0] != nil } }

    /// The instance as an answer, with the named properties of `sources`; no names mean all.
    func json(sources: [(source: SourceID, names: Set<String>?)]) -> JSON {
        var spaces: [String: [String: JSON]] = [:]
        for (source, names) in sources where hasData(in: source) {
            let found = source.properties.filter { names?.contains($0.key) ?? true }.compactMapValues {
                values[$0.container]?[$0.property]
            }
            spaces[source.keys.space, default: [:]][source.keys.name] = .object(found)
        }
        return .members([
            "instanceType": isEdge ? "edge" : "node", "space": .string(id.space), "externalId": .string(id.externalID),
            "version": .int(version), "type": type?.json, "startNode": startNode?.json, "endNode": endNode?.json,
            "createdTime": .int(createdTime), "lastUpdatedTime": .int(lastUpdatedTime),
            "properties": .object(spaces.mapValues(JSON.object)),
        ])
    }
}
