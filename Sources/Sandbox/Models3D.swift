extension SandboxStore {
    /// Handles `POST /3d/models`; with `type` and `space`, in data modelling as well.
    func createModels(_ call: Call) throws -> JSON {
        let items = try call.body.items(1...1000)
        let now = now
        var changes: [Change] = []
        var answers: [JSON] = []
        for item in items {
            var members: [String: JSON] = ["id": .int(nextNumber()), "createdTime": .int(now)]
            members["name"] = .string(try item.requiredText("name", limit: 255))
            if let metadata = item["metadata"] {
                try MetadataLimits.threeD.check(metadata)
                members["metadata"] = metadata
            }
            members["dataSetId"] = try dataSet(item, "dataSetId")
            let space = try item.text("space", limit: 43)
            if let type = try item.text("type", limit: 20) {
                try check(items.count == 1, "A request may create one data modelling model")
                try check(
                    ["CAD", "PointCloud", "Image360"].contains(type),
                    "'type' must be CAD, PointCloud or Image360"
                )
                guard let space else { throw APIError.badRequest("'space' must be given with 'type'") }
                try check(state.records[.space]?[space] != nil, "One or more spaces do not exist: '\(space)'")
                try check(schema.containers[.model3D] != nil, "The core data model is not enabled in this project")
                try shape.checkWritable(space)
                members["space"] = .string(space)
                members["type"] = .string(type)
                let thumbnail = try item["thumbnailReference"].map { reference in
                    let file = try reference.instanceID()
                    try check(
                        state.instances[file]?.values[.cogniteFile] != nil,
                        "The file '\(file.externalID)' of 'thumbnailReference' does not exist"
                    )
                    return reference
                }
                changes.append(.instance(modelNode(members, space: space, thumbnail: thumbnail, now: now)))
            }
            let record = Record(members: members)
            changes.append(.record(.model, members["id"]?.text ?? "", record))
            answers.append(record.json)
        }
        try commit(changes)
        return ["items": .array(answers)]
    }

    private func modelNode(_ members: [String: JSON], space: String, thumbnail: JSON?, now: Int64) -> Instance {
        let id = InstanceID(space: space, externalID: "cog_3d_model_\(members["id"]?.int ?? 0)")
        var node = Instance(id: id, sequence: nextNumber(), createdTime: now, lastUpdatedTime: now)
        node.values[.cogniteDescribable] = ["name": members["name"] ?? ""]
        node.values[.model3D, default: [:]]["type"] = members["type"]
        node.values[.model3D, default: [:]]["thumbnail"] = thumbnail
        return node
    }

    /// The number of an existing data set in the member `key`; nil if it is absent.
    private func dataSet(_ item: JSON, _ key: String) throws -> JSON? {
        guard let id = try item.integer(key) else { return nil }
        try check(state.records[.dataSet]?[String(id)] != nil, "Data set with id \(id) does not exist")
        return .int(id)
    }

    func model(_ text: String) throws -> Record {
        guard let model = state.records[.model]?[text] else { throw APIError.notFound("3D model \(text) not found") }
        return model
    }

    /// Handles `GET /3d/models`.
    func listModels(_ call: Call) throws -> JSON {
        let wanted = call.query["published"]
        let all = table(.model).filter { model in
            wanted.map { $0 == String(isPublished(model)) } ?? true
        }
        return try listed(all.map { call.flag("includeRevisionInfo") ? withRevisions($0) : $0.json }, call)
    }

    private func revisions(of model: Record) -> [Record] {
        table(.revision).filter { $0.members["modelId"] == model.members["id"] }
    }

    private func isPublished(_ model: Record) -> Bool {
        revisions(of: model).contains { $0.members["published"] == true }
    }

    private func withRevisions(_ model: Record) -> JSON {
        let revisions = revisions(of: model)
        var members = model.members
        members["revisionCount"] = .int(Int64(revisions.count))
        members["lastRevisionInfo"] = revisions.last.map {
            .object($0.members.filter { ["id", "createdTime", "published", "status"].contains($0.key) })
        }
        return .object(members)
    }

    /// The page of `all` that a GET asks for with `limit` and `cursor`.
    func listed(_ all: [JSON], _ call: Call) throws -> JSON {
        let limit = call.query["limit"].map { Int($0) ?? 0 } ?? 100
        try check((1...1000).contains(limit), "'limit' must be between 1 and 1000")
        let (page, next) = try page(all, limit: limit, cursor: call.query["cursor"])
        return .members(["items": .array(page), "nextCursor": next.map(JSON.string)])
    }

    /// Handles `POST /3d/models/update`.
    func updateModels(_ call: Call) throws -> JSON {
        try updated(.model, call) { members, key, step in
            switch key {
            case "name": members[key] = .string(try step.requiredText("set", limit: 255))
            case "dataSetId": members[key] = try step.flag("setNull") ? nil : try dataSet(step, "set")
            case "metadata": try members.patchMetadata(step)
            default: throw APIError.badRequest("Unknown field '\(key)' in the update of a 3D model")
            }
        }
    }

    /// Changes the records of `kind` that the items name, all or none.
    ///
    /// - Parameters:
    ///   - kind: Models or revisions.
    ///   - call: The request.
    ///   - isOwn: Whether a record may be named here.
    ///   - apply: Carries out one member of `update`.
    func updated(
        _ kind: RecordKind,
        _ call: Call,
        where isOwn: (Record) -> Bool = { _ in true },
        _ apply: (inout [String: JSON], String, JSON) throws -> Void
    ) throws -> JSON {
        var changed: [(String, Record)] = []
        for item in try call.body.items(1...1000) {
            guard let id = try item.integer("id") else { throw APIError.badRequest("Each item must have an 'id'") }
            guard var record = state.records[kind]?[String(id)], isOwn(record) else { throw Self.notFound(kind, [id]) }
            guard let update = item["update"]?.object else { throw APIError.badRequest("'update' must be an object") }
            for (key, step) in update {
                try check(step.object != nil, "The update of '\(key)' must be an object")
                try apply(&record.members, key, step)
            }
            changed.append((String(id), record))
        }
        try commit(changed.map { .record(kind, $0, $1) })
        return ["items": .array(changed.map(\.1.json))]
    }

    static func notFound(_ kind: RecordKind, _ ids: [Int64]) -> APIError {
        .badRequest(
            "3D \(kind.rawValue) ids not found: \(ids.map(String.init).joined(separator: ", "))",
            missing: ids.map { ["id": .int($0)] }
        )
    }

    /// Handles `POST /3d/models/delete`: their revisions go with them.
    func deleteModels(_ call: Call) throws -> JSON {
        let ids = try named(.model, call) { _ in true }
        let models = Set(ids)
        let revisions = table(.revision).filter { models.contains($0.members["modelId"]?.int ?? 0) }
        try commit(
            ids.map { .recordDeleted(.model, String($0)) } + revisions.flatMap { deletion(ofRevision: $0.json) }
        )
        return [:]
    }

    /// The ids of the records of `kind` that the items name; refuses unknown ones.
    func named(_ kind: RecordKind, _ call: Call, where isOwn: (Record) -> Bool) throws -> [Int64] {
        let ids = try call.body.items(1...1000).map { item in
            guard let id = try item.integer("id") else { throw APIError.badRequest("Each item must have an 'id'") }
            return id
        }
        let missing = ids.filter { id in !(state.records[kind]?[String(id)].map(isOwn) ?? false) }
        guard missing.isEmpty else { throw Self.notFound(kind, missing) }
        return ids
    }
}

extension [String: JSON] {
    /// Carries out `{"set"}` or `{"add", "remove"}` on the metadata of a 3D record.
    mutating func patchMetadata(_ step: JSON) throws {
        var metadata = step["set"]?.object ?? self["metadata"]?.object ?? [:]
        metadata.merge(step["add"]?.object ?? [:]) { _, new in new }
        for name in step["remove"]?.array ?? [] { metadata[name.string ?? ""] = nil }
        try MetadataLimits.threeD.check(.object(metadata))
        self["metadata"] = .object(metadata)
    }
}
