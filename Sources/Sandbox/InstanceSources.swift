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

    /// The two keys under which answers have the properties.
    var keys: (space: String, name: String) {
        switch self {
        case .view(let id): (id.space, "\(id.externalID)/\(id.version)")
        case .container(let id): (id.space, id.externalID)
        }
    }
}

extension Schema {
    /// Refuses what the project doesn't have, all of it in one message.
    func checkExistence(_ sources: some Sequence<SourceID>) throws(APIError) {
        var views: Set<String> = []
        var containers: Set<String> = []
        for source in sources {
            switch source {
            case .view(let id): if self.views[id] == nil { views.insert(id.qualifiedName) }
            case .container(let id):
                if self.containers[id] == nil { containers.insert("\(id.space):\(id.externalID)") }
            }
        }
        func quoted(_ names: Set<String>) -> String { names.sorted().map { "'\($0)'" }.joined(separator: ", ") }
        try check(views.isEmpty, "One or more views do not exist: \(quoted(views))")
        try check(containers.isEmpty, "One or more containers do not exist: \(quoted(containers))")
    }

    /// Where each property of `source` is stored.
    func properties(of source: SourceID) -> [String: ViewDefinition.Mapping] {
        switch source {
        case .view(let id): views[id]?.properties ?? [:]
        case .container(let id): mapping(id)
        }
    }

    func containers(of source: SourceID) -> Set<ContainerID> {
        switch source {
        case .view(let id): views[id]?.containers ?? []
        case .container(let id): [id]
        }
    }

    /// Where the property `name` of `source` is stored; refuses unknown ones.
    func mapping(of name: String, in source: SourceID) throws(APIError) -> ViewDefinition.Mapping {
        guard let mapping = properties(of: source)[name] else {
            throw .badRequest("Unknown property '\(name)' in '\(source.keys.space):\(source.keys.name)'.")
        }
        return mapping
    }

    /// Whether `instance` has values in every container behind `source`.
    func hasData(_ instance: Instance, in source: SourceID) -> Bool {
        containers(of: source).allSatisfy { instance.values[$0] != nil }
    }

    /// `instance` as an answer, with the named properties of `sources`; no names mean all.
    func json(_ instance: Instance, sources: [(source: SourceID, names: Set<String>?)]) -> JSON {
        var spaces: [String: [String: JSON]] = [:]
        for (source, names) in sources where hasData(instance, in: source) {
            let found = properties(of: source).filter { names?.contains($0.key) ?? true }.compactMapValues {
                instance.values[$0.container]?[$0.property]
            }
            spaces[source.keys.space, default: [:]][source.keys.name] = .object(found)
        }
        return .members([
            "instanceType": instance.isEdge ? "edge" : "node", "space": .string(instance.id.space),
            "externalId": .string(instance.id.externalID), "version": .int(instance.version),
            "type": instance.type?.json, "startNode": instance.startNode?.json, "endNode": instance.endNode?.json,
            "createdTime": .int(instance.createdTime), "lastUpdatedTime": .int(instance.lastUpdatedTime),
            "properties": .object(spaces.mapValues(JSON.object)),
        ])
    }
}
