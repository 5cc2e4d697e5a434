/// Evaluates the result expressions of one `POST /models/instances/query`.
struct InstanceQuery {
    let state: State
    let schema: Schema
    let all: [Instance]
    let expressions: [String: JSON]
    let parameters: [String: JSON]
    let cursors: [String: JSON]
    private var results: [String: (page: [Instance], next: String?)] = [:]
    private var beingResolved: Set<String> = []

    init(
        state: State,
        schema: Schema,
        all: [Instance],
        expressions: [String: JSON],
        parameters: [String: JSON],
        cursors: [String: JSON]
    ) throws(APIError) {
        (self.state, self.schema, self.all, self.expressions) = (state, schema, all, expressions)
        for (name, cursor) in cursors {
            try check(expressions[name] != nil, "There is a cursor for '\(name)', but no such result expression")
            // The SDK sends null for each expression on its first page.
            try check(cursor.isNull || cursor.string != nil, "The cursor of '\(name)' must be a string or null")
        }
        (self.parameters, self.cursors) = (parameters, cursors)
    }

    /// The instances of the expression `name`, and the cursor of those beyond its limit.
    mutating func result(_ name: String) throws -> (page: [Instance], next: String?) {
        if let result = results[name] { return result }
        guard let expression = expressions[name] else {
            throw APIError.badRequest("There is no result expression '\(name)'")
        }
        try check(beingResolved.insert(name).inserted, "The result expression '\(name)' depends on itself")
        let isEdges = expression["edges"] != nil
        guard let table = expression["nodes"] ?? expression["edges"] else {
            throw APIError.badRequest(
                "The sandbox supports only 'nodes' and 'edges' in the result expression '\(name)'"
            )
        }
        let candidates = isEdges ? try edges(table) : try nodes(table)
        let filter = InstanceFilter(state: state, schema: schema, parameters: parameters)
        let condition = table["filter"] ?? ["matchAll": [:]]
        let found = try candidates.filter { try filter.matches($0, condition) }
        let limit = try expression.limit(default: 100, max: 10_000)
        let result = try page(found, limit: limit, cursor: cursors[name]?.string)
        results[name] = result
        return result
    }

    private mutating func nodes(_ table: JSON) throws -> [Instance] {
        guard let from = table["from"]?.string else { return all.filter { !$0.isEdge } }
        let start = try result(from).page
        guard let through = table["through"] else { return try ends(of: start, table) }
        guard let sourceJSON = through["view"] ?? through["source"], let identifier = through["identifier"]?.string
        else { throw APIError.badRequest("'through' must have 'view' or 'source', and 'identifier'") }
        let source = try SourceID(sourceJSON)
        try schema.checkExistence([source])
        let mapping = try schema.mapping(of: identifier, in: source)
        func targets(_ instance: Instance) throws -> Set<InstanceID> {
            guard let type = schema.definition(mapping)?.type,
                let value = instance.values[mapping.container]?[mapping.property]
            else { return [] }
            return Set(try type.targets(value))
        }
        if table["direction"] == "outwards" {
            let wanted = try start.reduce(into: Set<InstanceID>()) { $0.formUnion(try targets($1)) }
            return all.filter { !$0.isEdge && wanted.contains($0.id) }
        }
        let wanted = Set(start.map(\.id))
        return try all.filter { try !$0.isEdge && !targets($0).isDisjoint(with: wanted) }
    }

    /// The nodes at the ends of the edges `start`.
    private func ends(of start: [Instance], _ table: JSON) throws -> [Instance] {
        let wantsSource = table["chainTo"] == "source"
        let wanted = Set(start.compactMap { $0.isEdge ? (wantsSource ? $0.startNode : $0.endNode) : $0.id })
        return all.filter { !$0.isEdge && wanted.contains($0.id) }
    }

    private mutating func edges(_ table: JSON) throws -> [Instance] {
        guard let from = table["from"]?.string else { return all.filter(\.isEdge) }
        let wanted = Set(try result(from).page.map(\.id))
        let isInwards = table["direction"] == "inwards"
        return all.filter { edge in
            guard edge.isEdge, let end = isInwards ? edge.endNode : edge.startNode else { return false }
            return wanted.contains(end)
        }
    }
}
