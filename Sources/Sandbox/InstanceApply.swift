/// One `POST /models/instances`, from its body to the changes it makes; pure except for the sequence numbers it takes.
struct InstanceApply {
    let state: State
    let now: Int64
    private let createsRelations: Bool
    private let createsStartNodes: Bool
    private let createsEndNodes: Bool
    private let skipsConflicts: Bool
    private let replaces: Bool
    private var pending: [InstanceID: Instance] = [:]
    private var created: [Instance] = []
    private var references: [(target: InstanceID, mayCreate: Bool)] = []

    init(body: JSON, state: State, now: Int64) throws(APIError) {
        (self.state, self.now) = (state, now)
        createsRelations = try body.flag("autoCreateDirectRelations", default: true)
        createsStartNodes = try body.flag("autoCreateStartNodes")
        createsEndNodes = try body.flag("autoCreateEndNodes")
        skipsConflicts = try body.flag("skipOnVersionConflict")
        replaces = try body.flag("replace")
    }

    /// Returns the changes and the answers; throws if the request is refused, which is always as a whole.
    mutating func run(_ items: [JSON], nextNumber: () -> Int64) throws(APIError) -> (changes: [Change], answers: [JSON])
    {
        try checkSources(items)
        var outcomes: [(instance: Instance, wasModified: Bool)] = []
        var changes: [Change] = []
        for item in items {
            let isEdge = try isEdge(item)
            let id = try identify(item)
            let old = state.instances[id]
            try check(old.map { $0.isEdge == isEdge } ?? true, "'\(id.externalID)' exists as another type of instance")
            if let old, let expected = try item.integer("existingVersion"), old.version > expected {
                guard skipsConflicts else { throw .conflict("A version conflict caused the ingest to fail.") }
                pending[id] = old
                outcomes.append((old, false))
                continue
            }
            let draft =
                old
                ?? Instance(id: id, isEdge: isEdge, sequence: nextNumber(), createdTime: now, lastUpdatedTime: now)
            var new = try filled(draft, from: item)
            let wasModified = old.map { !$0.hasSameContents(as: new) } ?? true
            if wasModified {
                if old != nil { new.version += 1 }
                new.lastUpdatedTime = now
                changes.append(.instance(new))
            }
            pending[id] = new
            outcomes.append((new, wasModified))
        }
        changes = try missingTargets(nextNumber).map(Change.instance) + changes
        return (changes, outcomes.map { Self.answer($0.instance, wasModified: $0.wasModified) })
    }

    private func checkSources(_ items: [JSON]) throws(APIError) {
        var sources: [SourceID] = []
        for item in items where item["sources"] != nil {
            for source in try item.items(1...100, in: "sources") {
                guard let named = source["source"] else { throw .badRequest("Each of 'sources' must have a 'source'") }
                sources.append(try SourceID(named))
            }
        }
        try SourceID.checkExistence(sources)
    }

    private func isEdge(_ item: JSON) throws(APIError) -> Bool {
        switch item["instanceType"]?.string {
        case "node": return false
        case "edge": return true
        default: throw .badRequest("'instanceType' must be 'node' or 'edge'")
        }
    }

    private func identify(_ item: JSON) throws(APIError) -> InstanceID {
        let id = try item.instanceID()
        try Identifiers.checkExternalID(id.externalID)
        try checkSpace(id.space)
        try check(pending[id] == nil, "The instance '\(id.externalID)' in '\(id.space)' occurs twice in the request")
        return id
    }

    private func checkSpace(_ space: String) throws(APIError) {
        try Identifiers.checkSpace(space)
        try check(state.records[.space]?[space] != nil, "One or more spaces do not exist: '\(space)'")
    }

    private mutating func filled(_ old: Instance, from item: JSON) throws(APIError) -> Instance {
        var new = old
        if let type = item["type"] { new.type = try reference(type, mayCreate: createsRelations) }
        if new.isEdge {
            guard let start = item["startNode"], let end = item["endNode"], item["type"] != nil else {
                throw .badRequest("An edge must have 'type', 'startNode' and 'endNode'")
            }
            new.startNode = try reference(start, mayCreate: createsStartNodes)
            new.endNode = try reference(end, mayCreate: createsEndNodes)
        }
        guard item["sources"] != nil else { return new }
        var sources: [(id: SourceID, properties: [String: JSON])] = []
        for source in try item.items(1...100, in: "sources") {
            guard let named = source["source"], let properties = source["properties"]?.object else {
                throw .badRequest("Each of 'sources' must have a 'source' and 'properties'")
            }
            sources.append((try SourceID(named), properties))
        }
        let touched = sources.reduce(into: Set<ContainerID>()) { $0.formUnion($1.id.containers) }
        for container in touched where replaces || new.values[container] == nil {
            new.values[container] = (Schema.containers[container] ?? [:]).compactMapValues(\.fallback)
        }
        for source in sources {
            for (name, value) in source.properties { try set(name, value, of: source.id, in: &new) }
        }
        try checkRows(of: new, touched: touched)
        return new
    }

    private mutating func set(_ name: String, _ value: JSON, of source: SourceID, in new: inout Instance)
        throws(APIError)
    {
        guard let mapping = source.properties[name], let definition = Schema.definition(mapping) else {
            throw .badRequest("Unknown property '\(name)' in '\(source.keys.space):\(source.keys.name)'.")
        }
        let isSystem = mapping.container == .cogniteFile && ["isUploaded", "uploadedTime"].contains(mapping.property)
        try check(!isSystem, "Cannot update immutable property '\(name)'.")
        guard value != .null else {
            new.values[mapping.container]?[mapping.property] = nil
            return
        }
        try definition.type.check(value, property: name)
        for target in try definition.type.targets(value) { references.append((target, createsRelations)) }
        new.values[mapping.container, default: [:]][mapping.property] = definition.type.canonical(value)
    }

    private func checkRows(of new: Instance, touched: Set<ContainerID>) throws(APIError) {
        for container in touched {
            for (name, definition) in Schema.containers[container] ?? [:]
            where !definition.isNullable && new.values[container]?[name] == nil {
                throw .badRequest("Invalid value for non-nullable property '\(name)'. Value cannot be null.")
            }
        }
        guard touched.contains(.cogniteFile) else { return }
        for required in [ContainerID.cogniteDescribable, .cogniteSourceable] where new.values[required] == nil {
            throw .badRequest("The container 'CogniteFile' requires the container '\(required.externalID)'.")
        }
    }

    private mutating func reference(_ json: JSON, mayCreate: Bool) throws(APIError) -> InstanceID {
        let id = try json.instanceID()
        references.append((id, mayCreate))
        return id
    }

    /// The empty nodes that the request's relations need; throws where they may not be created.
    private mutating func missingTargets(_ nextNumber: () -> Int64) throws(APIError) -> [Instance] {
        var created: [Instance] = []
        for (target, mayCreate) in references where state.instances[target] == nil && pending[target] == nil {
            try check(
                mayCreate,
                "Node with external id '\(target.externalID)' was referenced as the target of a direct relation, "
                    + "but it does not exist."
            )
            try checkSpace(target.space)
            try Identifiers.checkExternalID(target.externalID)
            let node = Instance(id: target, sequence: nextNumber(), createdTime: now, lastUpdatedTime: now)
            pending[target] = node
            created.append(node)
        }
        return created
    }

    private static func answer(_ instance: Instance, wasModified: Bool) -> JSON {
        [
            "instanceType": instance.isEdge ? "edge" : "node", "space": .string(instance.id.space),
            "externalId": .string(instance.id.externalID), "version": .int(instance.version),
            "wasModified": .bool(wasModified), "createdTime": .int(instance.createdTime),
            "lastUpdatedTime": .int(instance.lastUpdatedTime),
        ]
    }
}

extension SandboxStore {
    /// Handles `POST /models/instances`.
    func applyInstances(_ call: Call) throws -> JSON {
        let items = try call.body.items(0...1000)
        let deletions = try call.body["delete"].map { _ in try call.body.items(0...1000, in: "delete") } ?? []
        try check((1...1000).contains(items.count + deletions.count), "A request must have 1 to 1000 items")
        var apply = try InstanceApply(body: call.body, state: state, now: now)
        let (changes, answers) = try apply.run(items) { nextNumber() }
        let deleted = try existing(deletions)
        try commit(changes + deleted.map(Change.instanceDeleted))
        return ["items": .array(answers), "deleted": .array(deleted.map(\.json))]
    }

    /// Handles `POST /models/instances/delete`; unknown ones are left out of the answer.
    func deleteInstances(_ call: Call) throws -> JSON {
        let deleted = try existing(call.body.items(1...1000))
        let answers = deleted.map { id -> JSON in
            let type: JSON = state.instances[id]?.isEdge == true ? "edge" : "node"
            return ["instanceType": type, "space": .string(id.space), "externalId": .string(id.externalID)]
        }
        try commit(deleted.map(Change.instanceDeleted))
        return ["items": .array(answers)]
    }

    private func existing(_ items: [JSON]) throws -> [InstanceID] {
        var ids: [InstanceID] = []
        for item in items {
            let id = try item.instanceID()
            if state.instances[id] != nil, !ids.contains(id) { ids.append(id) }
        }
        return ids
    }
}
