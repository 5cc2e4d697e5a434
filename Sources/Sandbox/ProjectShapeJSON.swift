extension ProjectShape {
    private static let members: Set<String> = [
        "models", "missingViews", "versions", "properties", "readOnlySpaces", "takesTargetsOfSameRequest", "lateFiles",
        "digests", "capabilities", "refusesUnknownViews",
    ]

    /// Reads the body of `POST /sandbox/project`; what it leaves out is as in `start`, the shape at the sandbox's start.
    ///
    /// Unknown members, views and types are refused: a test that misspells one would otherwise test nothing.
    init(_ json: JSON, otherwise start: ProjectShape) throws(APIError) {
        self = start
        for key in (json.object ?? [:]).keys where !Self.members.contains(key) {
            throw .badRequest("Unknown member '\(key)' of a project's shape")
        }
        if let names = try json.texts("models") { models = try Self.cases(names, "model") }
        if let names = try json.texts("digests") { digests = try Self.cases(names, "digest") }
        if let names = try json.texts("missingViews") { missingViews = Set(names) }
        if let names = try json.texts("readOnlySpaces") { readOnlySpaces = Set(names) }
        takesTargetsOfSameRequest = try json.flag("takesTargetsOfSameRequest", default: takesTargetsOfSameRequest)
        refusesUnknownViews = try json.flag("refusesUnknownViews", default: refusesUnknownViews)
        if json["capabilities"] != nil {
            var grants: [Grant] = []
            for item in try json.items(0...100, in: "capabilities") { grants.append(try Grant(item)) }
            capabilities = grants
        }
        if json["versions"] != nil { versions = [:] }
        for (view, version) in json["versions"]?.object ?? [:] {
            guard let version = version.string else { throw .badRequest("The version of '\(view)' must be a string") }
            versions[view] = version
        }
        if json["properties"] != nil { properties = [:] }
        for (view, changes) in json["properties"]?.object ?? [:] {
            guard let changes = changes.object else {
                throw .badRequest("The properties of '\(view)' must be an object")
            }
            for (name, change) in changes { properties[view, default: [:]][name] = try Property(change) }
        }
        let known = Set((Schema.legacyViews + Schema.coreViews).map(\.id.externalID))
        for view in missingViews.union(versions.keys).union(properties.keys) where !known.contains(view) {
            throw .badRequest("The sandbox has no view '\(view)'")
        }
        if let late = json["lateFiles"] {
            let status = try late.integer("status") ?? 400
            try check([400, 404, 422].contains(status), "'status' of 'lateFiles' must be 400, 404 or 422")
            lateFiles = LateFiles(
                refusals: Int(clamping: try late.integer("refusals") ?? 1),
                status: Int(status),
                tellsMissing: try late.flag("missing", default: true)
            )
        }
    }

    private static func cases<Case: RawRepresentable<String>>(_ names: [String], _ noun: String) throws(APIError)
        -> Set<Case>
    {
        var found: Set<Case> = []
        for name in names {
            guard let value = Case(rawValue: name) else { throw .badRequest("Unknown \(noun) '\(name)'") }
            found.insert(value)
        }
        return found
    }

    /// The shape as ``init(_:)`` reads it.
    var json: JSON {
        func list(_ names: some Sequence<String>) -> JSON { .array(names.sorted().map(JSON.string)) }
        return .members([
            "models": list(models.map(\.rawValue)), "missingViews": list(missingViews),
            "versions": .object(versions.mapValues(JSON.string)),
            "properties": .object(properties.mapValues { .object($0.mapValues(\.json)) }),
            "readOnlySpaces": list(readOnlySpaces), "takesTargetsOfSameRequest": .bool(takesTargetsOfSameRequest),
            "refusesUnknownViews": .bool(refusesUnknownViews),
            "lateFiles": lateFiles.map { late in
                [
                    "refusals": .int(Int64(late.refusals)), "status": .int(Int64(late.status)),
                    "missing": .bool(late.tellsMissing),
                ]
            }, "digests": list(digests.map(\.rawValue)), "capabilities": capabilities.map { .array($0.map(\.json)) },
        ])
    }
}

extension ProjectShape.Property {
    /// Reads null for a missing property, or `{"type"?, "nullable"?}`.
    fileprivate init(_ json: JSON) throws(APIError) {
        guard json != .null else {
            self = .missing
            return
        }
        var type: ValueType?
        if let name = try json.text("type", limit: 20) {
            guard let value = ValueType(rawValue: name) else { throw .badRequest("Unknown property type '\(name)'") }
            type = value
        }
        self = .present(type, isNullable: try json.flag("nullable", default: true))
    }

    fileprivate var json: JSON {
        exists ? .members(["type": type.map { .string($0.rawValue) }, "nullable": .bool(isNullable)]) : .null
    }
}

extension JSON {
    /// The texts in the member `key`; nil if it is absent.
    fileprivate func texts(_ key: String) throws(APIError) -> [String]? {
        guard let value = self[key] else { return nil }
        let texts = (value.array ?? []).compactMap(\.string)
        try check(texts.count == value.array?.count, "'\(key)' must be an array of strings")
        return texts
    }
}
