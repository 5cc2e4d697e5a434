extension Schema {
    /// The view as `POST /models/views/byids` returns it.
    func json(_ view: ViewDefinition) -> JSON {
        let id = view.id
        let stored = view.properties.compactMapValues { mapping -> JSON? in
            guard let definition = definition(mapping) else { return nil }
            return .members([
                "container": mapping.container.json, "containerPropertyIdentifier": .string(mapping.property),
                "type": definition.type.json, "nullable": .bool(definition.isNullable), "immutable": false,
                "autoIncrement": false, "defaultValue": definition.fallback,
                "constraintState": ["nullability": "current"],
            ])
        }
        let containers = view.containers.sorted { $0.externalID < $1.externalID }.map(\.json)
        return .members([
            "space": .string(id.space), "externalId": .string(id.externalID), "version": .string(id.version),
            "name": .string(id.externalID), "createdTime": 1_600_000_000_000, "lastUpdatedTime": 1_600_000_000_000,
            "writable": true, "queryable": true, "usedFor": "node", "isGlobal": true,
            "mappedContainers": .array(containers), "implements": .array(view.implements.map(\.json)),
            "filter": view.filter,
            "properties": .object(stored.merging(view.connections) { stored, _ in stored }),
        ])
    }
}

extension SandboxStore {
    /// Handles `POST /models/views/byids`; unknown views are left out.
    func viewsByIDs(_ call: Call) throws -> JSON {
        let items = try call.body.items(1...100)
        let found = try items.flatMap { item in
            let (space, name) = (
                try item.requiredText("space", limit: 43), try item.requiredText("externalId", limit: 255)
            )
            let version = try item.text("version", limit: 43)
            let known = sortedViews().filter {
                $0.id.space == space && $0.id.externalID == name && (version ?? $0.id.version) == $0.id.version
            }
            let isRefused = known.isEmpty && shape.refusesUnknownViews
            try check(!isRefused, "One or more views do not exist: '\(space):\(name)/\(version ?? "*")'")
            return known
        }
        return ["items": .array(found.map(schema.json))]
    }

    /// Handles `GET /models/views?space=`.
    func listViews(_ call: Call) -> JSON {
        let space = call.query["space"]
        return ["items": .array(sortedViews().filter { space == nil || $0.id.space == space }.map(schema.json))]
    }

    private func sortedViews() -> [ViewDefinition] {
        schema.views.values.filter { shape.shows($0.id.space) }.sorted { $0.id.qualifiedName < $1.id.qualifiedName }
    }

    /// Handles `POST /models/spaces`.
    func applySpaces(_ call: Call) throws -> JSON {
        let now = now
        var answers: [JSON] = []
        var changes: [Change] = []
        for item in try call.body.items(1...100) {
            let space = try item.requiredText("space", limit: 43)
            try Identifiers.checkSpace(space)
            try check(!schema.spaces.contains(space), "The space '\(space)' is a system space")
            var members: [String: JSON] = ["space": .string(space), "isGlobal": false, "lastUpdatedTime": .int(now)]
            members["name"] = try item.text("name", limit: 255).map(JSON.string)
            members["description"] = try item.text("description", limit: 1024).map(JSON.string)
            let old = state.records[.space]?[space]?.members
            members["createdTime"] = old?["createdTime"] ?? .int(now)
            if let old, old["name"] == members["name"], old["description"] == members["description"] {
                members = old
            } else {
                changes.append(.record(.space, space, Record(members: members)))
            }
            answers.append(.object(members))
        }
        try commit(changes)
        return ["items": .array(answers)]
    }

    /// Handles `POST /models/spaces/delete`: empty ones only; unknown ones are left out of the answer.
    func deleteSpaces(_ call: Call) throws -> JSON {
        let names = try call.body.items(1...100).map { try $0.requiredText("space", limit: 43) }
        for name in names {
            try check(!schema.spaces.contains(name), "The space '\(name)' is a system space")
            try check(!state.instances.keys.contains { $0.space == name }, "The space '\(name)' is not empty")
        }
        let deleted = names.filter { state.records[.space]?[$0] != nil }
        try commit(deleted.map { .recordDeleted(.space, $0) })
        return ["items": .array(deleted.map { ["space": .string($0)] })]
    }

    /// Handles `POST /models/spaces/byids`; unknown spaces are left out.
    func spacesByIDs(_ call: Call) throws -> JSON {
        let names = try call.body.items(1...100).map { try $0.requiredText("space", limit: 43) }
        return ["items": .array(allSpaces().filter { names.contains($0["space"]?.string ?? "") })]
    }

    /// Handles `GET /models/spaces`.
    func listSpaces(_ call: Call) -> JSON {
        let includesGlobal = call.flag("includeGlobal")
        return ["items": .array(allSpaces().filter { includesGlobal || $0["isGlobal"] != true })]
    }

    /// The project's own spaces.
    var spaceNames: [String] { table(.space).compactMap { $0.members["space"]?.string } }

    private func allSpaces() -> [JSON] {
        let own = table(.space).map(\.json)
        let global = schema.spaces.map { name -> JSON in
            [
                "space": .string(name), "isGlobal": true, "createdTime": 1_600_000_000_000,
                "lastUpdatedTime": 1_600_000_000_000,
            ]
        }
        return (own + global).filter { shape.shows($0["space"]?.string ?? "") }
    }

    /// Handles `GET /models/statistics`.
    func statistics() -> JSON {
        func count(_ number: Int, limit: Int64) -> JSON { ["count": .int(Int64(number)), "limit": .int(limit)] }
        let edges = state.instances.values.filter(\.isEdge).count
        return [
            "spaces": count(table(.space).count, limit: 100), "containers": count(0, limit: 1000),
            "views": count(0, limit: 2000), "dataModels": count(0, limit: 500),
            "containerProperties": count(0, limit: 100_000),
            "instances": [
                "nodes": .int(Int64(state.instances.count - edges)), "edges": .int(Int64(edges)), "softDeletedNodes": 0,
                "softDeletedEdges": 0, "instances": .int(Int64(state.instances.count)), "instancesLimit": 5_000_000,
                "softDeletedInstances": 0, "softDeletedInstancesLimit": 10_000_000,
            ], "concurrentReadLimit": 8, "concurrentWriteLimit": 4, "concurrentDeleteLimit": 2,
        ]
    }
}
