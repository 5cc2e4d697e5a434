/// One `POST /models/instances`, from its body to the changes it makes; pure except for the sequence numbers it takes.
struct InstanceApply {
    let state: State
    let schema: Schema
    let shape: ProjectShape
    let now: Int64
    private let createsRelations: Bool
    private let createsStartNodes: Bool
    private let createsEndNodes: Bool
    private let skipsConflicts: Bool
    private let replaces: Bool
    private var pending: [InstanceID: Instance] = [:]
    private var references: [Reference] = []

    /// A relation of the request to some node.
    private struct Reference {
        var target: InstanceID
        var mayCreate: Bool
        /// The container in which the node must have data; nil if any node will do.
        var container: ContainerID?
    }

    init(body: JSON, state: State, schema: Schema, shape: ProjectShape, now: Int64) throws(APIError) {
        (self.state, self.schema, self.shape, self.now) = (state, schema, shape, now)
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
        try schema.checkExistence(sources)
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
        try shape.checkWritable(id.space)
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
        let touched = sources.reduce(into: Set<ContainerID>()) { $0.formUnion(schema.containers(of: $1.id)) }
        for container in touched where replaces || new.values[container] == nil {
            let kept = (new.values[container] ?? [:]).filter { Self.isOfService($0.key, in: container) }
            new.values[container] = (schema.containers[container] ?? [:]).compactMapValues(\.fallback)
                .merging(kept) { _, kept in kept }
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
        let mapping = try schema.mapping(of: name, in: source)
        guard let definition = schema.definition(mapping) else { return }
        try check(
            !Self.isOfService(mapping.property, in: mapping.container),
            "The property '\(name)' belongs to the file service and can't be written."
        )
        guard value != .null else {
            new.values[mapping.container]?[mapping.property] = nil
            return
        }
        try definition.type.check(value, property: name)
        for target in try definition.type.targets(value) {
            let container = definition.type.targetContainer
            references.append(Reference(target: target, mayCreate: createsRelations, container: container))
        }
        new.values[mapping.container, default: [:]][mapping.property] = definition.type.canonical(value)
    }

    /// Whether only the file service sets a property: what CDF does with a writer's value is not public; here it is refused.
    private static func isOfService(_ property: String, in container: ContainerID) -> Bool {
        container == .cogniteFile && ["isUploaded", "uploadedTime"].contains(property)
    }

    private func checkRows(of new: Instance, touched: Set<ContainerID>) throws(APIError) {
        for container in touched {
            for (name, definition) in schema.containers[container] ?? [:]
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
        references.append(Reference(target: id, mayCreate: mayCreate))
        return id
    }

    /// The empty nodes that the request's relations need; throws where they may not be created.
    private mutating func missingTargets(_ nextNumber: () -> Int64) throws(APIError) -> [Instance] {
        var created: [Instance] = []
        for reference in references {
            let target = reference.target
            let exists = state.instances[target] != nil || pending[target] != nil
            if let container = reference.container { try requireData(of: target, exists: exists, in: container) }
            guard !exists else { continue }
            try check(reference.mayCreate, Self.missing(target))
            try checkSpace(target.space)
            try shape.checkWritable(target.space)
            try Identifiers.checkExternalID(target.externalID)
            let node = Instance(id: target, sequence: nextNumber(), createdTime: now, lastUpdatedTime: now)
            pending[target] = node
            created.append(node)
        }
        return created
    }

    private static func missing(_ target: InstanceID) -> String {
        "Node with external id '\(target.externalID)' was referenced as the target of a direct relation, "
            + "but it does not exist."
    }

    /// Refuses a relation whose target is not of the required type; creating an empty node would not help.
    private func requireData(of target: InstanceID, exists: Bool, in container: ContainerID) throws(APIError) {
        if state.instances[target]?.values[container] != nil { return }
        let comesWithIt = pending[target]?.values[container] != nil
        if comesWithIt, shape.takesTargetsOfSameRequest { return }
        try check(exists, Self.missing(target))
        let hint = comesWithIt ? " Data that come with the same request don't count." : ""
        throw .badRequest(
            "Node with external id '\(target.externalID)' was referenced as the target of a direct relation, "
                + "but it has no data in the container '\(container.space):\(container.externalID)'.\(hint)"
        )
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
