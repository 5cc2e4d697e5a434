extension SandboxStore {
    /// All instances in order of creation.
    var orderedInstances: [Instance] { state.instances.values.sorted { $0.sequence < $1.sequence } }

    /// The member `sources` of a read, at most ten that exist.
    private func sources(_ body: JSON) throws -> [(source: SourceID, names: Set<String>?)] {
        guard body["sources"] != nil else { return [] }
        let read = try body.items(0...10, in: "sources").map { item -> (source: SourceID, names: Set<String>?) in
            guard let source = item["source"] else {
                throw APIError.badRequest("Each of 'sources' must have a 'source'")
            }
            let names = item["properties"]?.array.map { Set($0.compactMap(\.string)) }
            let isAll = names == nil || names?.contains("*") == true
            return (try SourceID(source), isAll ? nil : names)
        }
        try schema.checkExistence(read.map(\.source))
        for (source, names) in read {
            for name in names ?? [] { _ = try schema.mapping(of: name, in: source) }
        }
        return read
    }

    /// Handles `POST /models/instances/byids`; unknown instances, and those without data in every source, are left out.
    func instancesByIDs(_ call: Call) throws -> JSON {
        let sources = try sources(call.body)
        let found = try call.body.items(1...1000).compactMap { item -> JSON? in
            guard let instance = state.instances[try item.instanceID()] else { return nil }
            try check(
                ["node", "edge"].contains(item["instanceType"]?.string),
                "'instanceType' must be 'node' or 'edge'"
            )
            guard instance.isEdge == (item["instanceType"] == "edge"),
                sources.allSatisfy({ schema.hasData(instance, in: $0.source) })
            else { return nil }
            return schema.json(instance, sources: sources)
        }
        return ["items": .array(found)]
    }

    /// Handles `POST /models/instances/inspect`: in which containers, and through which views, instances have data; unknown ones are left out.
    func inspectInstances(_ call: Call) throws -> JSON {
        guard let operations = call.body["inspectionOperations"]?.object, !operations.isEmpty else {
            throw APIError.badRequest("'inspectionOperations' must name an operation")
        }
        let found = try call.body.items(1...1000).compactMap { item -> JSON? in
            guard let instance = state.instances[try item.instanceID()] else { return nil }
            var results: [String: JSON] = [:]
            if operations["involvedContainers"] != nil {
                let containers = instance.values.filter { !$0.value.isEmpty }.keys
                    .sorted { ($0.space, $0.externalID) < ($1.space, $1.externalID) }
                results["involvedContainers"] = .array(containers.map(\.json))
            }
            if operations["involvedViews"] != nil {
                let views = schema.views.keys.filter { schema.hasData(instance, in: .view($0)) }
                    .sorted { ($0.space, $0.externalID) < ($1.space, $1.externalID) }
                results["involvedViews"] = .array(views.map(\.json))
            }
            var members = instance.id.json.object ?? [:]
            members["instanceType"] = instance.isEdge ? "edge" : "node"
            members["inspectionResults"] = .object(results)
            return .object(members)
        }
        return ["items": .array(found)]
    }

    private func selected(_ body: JSON, sources: [(source: SourceID, names: Set<String>?)]) throws -> [Instance] {
        let filter = InstanceFilter(state: state, schema: schema)
        let wantsEdges = body["instanceType"] == "edge"
        return try orderedInstances.filter { instance in
            guard instance.isEdge == wantsEdges, sources.allSatisfy({ schema.hasData(instance, in: $0.source) }) else {
                return false
            }
            return try body["filter"].map { try filter.matches(instance, $0) } ?? true
        }
    }

    /// Handles `POST /models/instances/list`.
    func listInstances(_ body: JSON) throws -> JSON {
        let sources = try sources(body)
        let all = try sorted(selected(body, sources: sources), by: body["sort"]?.array ?? [])
        let (page, next) = try page(
            all,
            limit: body.limit(default: 1000, max: 1000),
            cursor: body.text("cursor", limit: 99)
        )
        return .members([
            "items": .array(page.map { schema.json($0, sources: sources) }), "nextCursor": next.map(JSON.string),
        ])
    }

    /// Handles `POST /models/instances/search`: instances of one view with a text property in which a word begins with `query`.
    func searchInstances(_ body: JSON) throws -> JSON {
        guard let view = body["view"] else { throw APIError.badRequest("'view' is missing") }
        let source = try SourceID(view)
        try schema.checkExistence([source])
        let wanted = (try body.text("query", limit: 1000) ?? "").lowercased()
        let found = try selected(body, sources: [(source, nil)]).filter { instance in
            wanted.isEmpty
                || schema.properties(of: source).values.contains { mapping in
                    let words = instance.values[mapping.container]?[mapping.property]?.string?.lowercased() ?? ""
                    return words.split(separator: " ").contains { $0.hasPrefix(wanted) }
                }
        }
        let limit = try body.limit(default: 1000, max: 1000)
        return ["items": .array(found.prefix(limit).map { schema.json($0, sources: [(source, nil)]) })]
    }

    /// Handles `POST /models/instances/aggregate`: counts of instances, without groups.
    func aggregateInstances(_ body: JSON) throws -> JSON {
        guard let view = body["view"] else { throw APIError.badRequest("'view' is missing") }
        let source = try SourceID(view)
        try schema.checkExistence([source])
        try check(body["groupBy"] == nil, "The sandbox does not group aggregates")
        let count = Int64(try selected(body, sources: [(source, nil)]).count)
        let aggregates = try body.items(1...5, in: "aggregates").map { item -> JSON in
            guard let property = item["count"]?["property"]?.string else {
                throw APIError.badRequest("The sandbox only counts: {\"count\": {\"property\": …}}")
            }
            return ["aggregate": "count", "property": .string(property), "value": .int(count)]
        }
        return ["items": [["instanceType": body["instanceType"] ?? "node", "aggregates": .array(aggregates)]]]
    }

    func sorted(_ instances: [Instance], by keys: [JSON]) throws -> [Instance] {
        guard !keys.isEmpty else { return instances }
        let filter = InstanceFilter(state: state, schema: schema)
        let paths = try keys.map { key in
            guard let path = key["property"]?.array else { throw APIError.badRequest("'sort' must name a 'property'") }
            return (path, key["direction"] == "descending")
        }
        return try instances.sorted { one, other in
            for (path, isDescending) in paths {
                guard let left = try filter.value(path, of: one),
                    let right = try filter.value(path, of: other),
                    let order = InstanceFilter.order(left, right), order != 0
                else { continue }
                return isDescending ? order > 0 : order < 0
            }
            return one.sequence < other.sequence
        }
    }

    /// Handles `POST /models/instances/query`.
    func queryInstances(_ body: JSON) throws -> JSON {
        guard let expressions = body["with"]?.object, let select = body["select"]?.object else {
            throw APIError.badRequest("A query must have 'with' and 'select'")
        }
        var query = try InstanceQuery(
            state: state,
            schema: schema,
            all: orderedInstances,
            expressions: expressions,
            parameters: body["parameters"]?.object ?? [:],
            cursors: body["cursors"]?.object ?? [:]
        )
        var items: [String: JSON] = [:]
        var cursors: [String: JSON] = [:]
        for (name, selection) in select {
            let sources = try sources(selection)
            let (found, next) = try query.result(name)
            items[name] = .array(found.map { schema.json($0, sources: sources) })
            cursors[name] = next.map(JSON.string)
        }
        return ["items": .object(items), "nextCursor": .object(cursors)]
    }
}
