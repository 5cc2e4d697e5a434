/// Decides whether an instance satisfies a filter of the data modelling API.
struct InstanceFilter {
    let state: State
    let schema: Schema
    /// The values of `{"parameter": name}`.
    var parameters: [String: JSON] = [:]

    func matches(_ instance: Instance, _ filter: JSON) throws(APIError) -> Bool {
        guard let members = filter.object, members.count == 1, let (name, argument) = members.first else {
            throw .badRequest("A filter must be an object with one member")
        }
        switch name {
        case "and":
            for part in try parts(argument) where !(try matches(instance, part)) { return false }
            return true
        case "or":
            for part in try parts(argument) where try matches(instance, part) { return true }
            return false
        case "not": return !(try matches(instance, argument))
        case "matchAll": return true
        case "hasData": return try hasData(instance, argument)
        case "exists": return try value(argument, of: instance) != nil
        case "equals": return try value(argument, of: instance) == operand(argument, "value", like: instance)
        case "in":
            guard let values = try operand(argument, "values", like: instance)?.array else {
                throw .badRequest("'in' must have 'values'")
            }
            return try value(argument, of: instance).map(values.contains) ?? false
        case "prefix":
            guard let prefix = try operand(argument, "value", like: instance)?.string else {
                throw .badRequest("'prefix' must have a text as 'value'")
            }
            return try value(argument, of: instance)?.string?.hasPrefix(prefix) ?? false
        case "range": return try isInRange(instance, argument)
        case "containsAny", "containsAll":
            guard let values = try operand(argument, "values", like: instance)?.array else {
                throw .badRequest("'\(name)' must have 'values'")
            }
            let list = try value(argument, of: instance)?.array ?? []
            return name == "containsAny" ? values.contains(where: list.contains) : values.allSatisfy(list.contains)
        case "nested": return try isNested(instance, argument)
        case "instanceReferences": return try parts(argument).contains(instance.id.json)
        default: throw .badRequest("The sandbox does not support the filter '\(name)'")
        }
    }

    private func parts(_ argument: JSON) throws(APIError) -> [JSON] {
        guard let parts = argument.array else { throw .badRequest("A filter's parts must be an array") }
        return parts
    }

    private func hasData(_ instance: Instance, _ argument: JSON) throws(APIError) -> Bool {
        for part in try parts(argument) {
            let source = try SourceID(part)
            try schema.checkExistence([source])
            guard schema.hasData(instance, in: source) else { return false }
            if case .view(let id) = source, let filter = schema.views[id]?.filter, !(try matches(instance, filter)) {
                return false
            }
        }
        return true
    }

    private func isNested(_ instance: Instance, _ argument: JSON) throws(APIError) -> Bool {
        guard let scope = argument["scope"], let filter = argument["filter"] else {
            throw .badRequest("'nested' must have 'scope' and 'filter'")
        }
        guard let reference = try value(["property": scope], of: instance),
            let target = state.instances[try reference.instanceID()]
        else { return false }
        return try matches(target, filter)
    }

    private func isInRange(_ instance: Instance, _ argument: JSON) throws(APIError) -> Bool {
        guard let value = try value(argument, of: instance) else { return false }
        for (key, isRight) in [
            ("gt", { $0 > 0 }), ("gte", { $0 >= 0 }), ("lt", { $0 < 0 }), ("lte", { $0 <= 0 }),
        ] as [(String, (Int) -> Bool)] {
            guard let bound = try operand(argument, key, like: instance) else { continue }
            guard let order = Self.order(value, bound), isRight(order) else { return false }
        }
        return true
    }

    /// Negative, zero or positive; nil if the two can't be compared.
    static func order(_ one: JSON, _ other: JSON) -> Int? {
        if let one = one.number, let other = other.number { return one < other ? -1 : one > other ? 1 : 0 }
        if let one = one.string, let other = other.string { return one < other ? -1 : one > other ? 1 : 0 }
        return nil
    }

    /// The operand `key` with parameters filled in, in the form in which the property's values are stored.
    private func operand(_ argument: JSON, _ key: String, like instance: Instance) throws(APIError) -> JSON? {
        guard var operand = argument[key] else { return nil }
        if let name = operand["parameter"]?.string {
            guard let value = parameters[name] else { throw .badRequest("The parameter '\(name)' has no value") }
            operand = value
        }
        guard let path = argument["property"]?.array, let type = try definition(path)?.type else { return operand }
        if key == "values" { return operand.array.map { .array($0.map(type.canonical)) } ?? operand }
        return type.canonical(operand)
    }

    private func mapping(_ path: [JSON]) throws(APIError) -> ViewDefinition.Mapping? {
        guard path.count == 3, let space = path[0].string, let name = path[1].string, let property = path[2].string
        else { return nil }
        let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
        let source: SourceID =
            parts.count == 2
            ? .view(ViewID(space: space, externalID: parts[0], version: parts[1]))
            : .container(ContainerID(space: space, externalID: name))
        try schema.checkExistence([source])
        return try schema.mapping(of: property, in: source)
    }

    private func definition(_ path: [JSON]) throws(APIError) -> PropertyDefinition? {
        try mapping(path).flatMap(schema.definition)
    }

    /// The value at the path `argument.property` of `instance`.
    private func value(_ argument: JSON, of instance: Instance) throws(APIError) -> JSON? {
        guard let path = argument["property"]?.array else { throw .badRequest("A filter must name a 'property'") }
        return try value(path, of: instance)
    }

    func value(_ path: [JSON], of instance: Instance) throws(APIError) -> JSON? {
        if let mapping = try mapping(path) { return instance.values[mapping.container]?[mapping.property] }
        guard path.count == 2, let kind = path[0].string, kind == "node" || kind == "edge", let name = path[1].string
        else { throw .badRequest("The sandbox does not support the property path \(JSON.array(path).text)") }
        switch name {
        case "space": return .string(instance.id.space)
        case "externalId": return .string(instance.id.externalID)
        case "version": return .int(instance.version)
        case "createdTime": return .int(instance.createdTime)
        case "lastUpdatedTime": return .int(instance.lastUpdatedTime)
        case "type": return instance.type?.json
        case "startNode": return instance.startNode?.json
        case "endNode": return instance.endNode?.json
        default: throw .badRequest("Unknown property '\(name)' of a \(kind)")
        }
    }
}
