extension SandboxStore {
    /// Handles `POST /3d/models/{id}/revisions`.
    func createRevisions(_ call: Call, model text: String) throws -> JSON {
        let model = try model(text)
        let now = now
        var changes: [Change] = []
        var answers: [JSON] = []
        for item in try call.body.items(1...1000) {
            guard let fileID = try item.integer("fileId") else { throw APIError.badRequest("'fileId' is missing") }
            guard let file = state.files[fileID] else { throw filesNotFound([["id": .int(fileID)]]) }
            try check(file.isUploaded(at: now), "The file \(fileID) is not uploaded")
            let id = nextNumber()
            var members: [String: JSON] = [
                "id": .int(id), "modelId": model.members["id"] ?? .null, "fileId": .int(fileID), "status": "Queued",
                "published": .bool(try item.flag("published")), "createdTime": .int(now), "assetMappingCount": 0,
                "thumbnailUrl": .string("\(call.base)/"),
            ]
            try Self.placement.forEach { key in
                if let value = item[key] { members[key] = try Self.threeNumbers(key, value) }
            }
            members["camera"] = item["camera"]
            if let metadata = item["metadata"] {
                try MetadataLimits.threeD.check(metadata)
                members["metadata"] = metadata
            }
            var extraction = Extraction(revision: id, course: call.effects.course ?? RevisionCourse(), now: now)
            let spent = try spentNonce(item)
            // The stable API knows no such member, and takes it without a word.
            if let pipeline = item["pipelineConfiguration"], call.isBeta {
                members["pipelineConfiguration"] = pipeline
                extraction.space = try extractionSpace(pipeline)
                try check(extraction.space == nil || spent != nil, "The extraction of 360° images needs a 'nonce'")
            }
            if let spent { changes.append(spent) }
            changes.append(.record(.revision, String(id), Record(members: members)))
            changes.append(.extraction(extraction))
            changes.append(log(revision: id, .information("The revision was queued"), now: now))
            answers.append(Self.shown(members))
        }
        try commit(changes)
        return ["items": .array(answers)]
    }

    static let placement = ["rotation", "scale", "translation"]

    static func threeNumbers(_ key: String, _ value: JSON) throws -> JSON {
        let numbers = value.array ?? []
        try check(numbers.count == 3 && numbers.allSatisfy { $0.number != nil }, "'\(key)' must be three numbers")
        return value
    }

    /// Where a pipeline configuration asks for 360° images; nil if it asks for none.
    private func extractionSpace(_ pipeline: JSON) throws -> String? {
        guard let options = pipeline["indexingOptions"] else { return nil }
        guard let flag = options["extractPhotosphereImages"] else { return nil }
        guard let extracts = flag.bool else {
            throw APIError.badRequest("'extractPhotosphereImages' must be a boolean, is a \(flag.kind)")
        }
        guard extracts else { return nil }
        let space = try options.requiredText("dmsInstancesSpaceId", limit: 43)
        try check(state.records[.space]?[space] != nil, "One or more spaces do not exist: '\(space)'")
        return space
    }

    /// What the API shows of a revision.
    static func shown(_ members: [String: JSON]) -> JSON { JSON.object(members).without(["modelId"]) }

    /// A log line of a revision, as a change.
    func log(revision: Int64, _ line: RevisionCourse.Line, now: Int64) -> Change {
        let id = nextNumber()
        return .record(
            .revisionLog,
            String(id),
            Record(members: [
                "id": .int(id), "revisionId": .int(revision), "timestamp": .int(now), "severity": .int(line.severity),
                "type": .string(line.type), "info": .string(line.info),
            ])
        )
    }

    private func record(model: String, _ text: String) throws -> Record {
        guard let record = state.records[.revision]?[text], record.members["modelId"]?.text == model else {
            throw APIError.notFound("3D revision \(text) of model \(model) not found")
        }
        return record
    }

    /// Handles `GET /3d/models/{id}/revisions`.
    func listRevisions(_ call: Call, model text: String) throws -> JSON {
        _ = try model(text)
        let wanted = call.query["published"]
        let ids = table(.revision).filter { $0.members["modelId"]?.text == text }.compactMap { $0.members["id"]?.int }
        for id in ids { try advance(revision: id, isLookUp: false) }
        let all = ids.compactMap { state.records[.revision]?[String($0)]?.members }.filter { members in
            wanted.map { $0 == members["published"]?.text } ?? true
        }
        return try listed(all.map(Self.shown), call)
    }

    /// Handles `GET /3d/models/{id}/revisions/{rid}`; each look-up counts towards the end of its processing.
    func revision(model: String, _ text: String) throws -> JSON {
        let record = try record(model: model, text)
        try advance(revision: record.members["id"]?.int ?? 0, isLookUp: true)
        return Self.shown(try self.record(model: model, text).members)
    }

    /// Handles `GET /3d/models/{id}/revisions/{rid}/logs`.
    func revisionLogs(model: String, _ text: String, severity: String?) throws -> JSON {
        _ = try record(model: model, text)
        guard let least = Int64(severity ?? "5") else { throw APIError.badRequest("'severity' must be an integer") }
        let logs = table(.revisionLog).filter {
            $0.members["revisionId"]?.text == text && ($0.members["severity"]?.int ?? 0) >= least
        }
        return ["items": .array(logs.map { $0.json.without(["id", "revisionId"]) })]
    }

    /// Handles `POST /3d/models/{id}/revisions/update`.
    func updateRevisions(_ call: Call, model text: String) throws -> JSON {
        _ = try model(text)
        let isOwn: (Record) -> Bool = { $0.members["modelId"]?.text == text }
        let answer = try updated(.revision, call, where: isOwn) { members, key, step in
            switch key {
            case "published":
                try check(step["set"] != nil, "The update of 'published' must have 'set'")
                members[key] = .bool(try step.flag("set"))
            case "metadata": try members.patchMetadata(step)
            case "camera": members[key] = step["set"]
            case let key where Self.placement.contains(key):
                members[key] = try step["set"].map { try Self.threeNumbers(key, $0) }
            default: throw APIError.badRequest("Unknown field '\(key)' in the update of a 3D revision")
            }
        }
        return ["items": .array((answer["items"]?.array ?? []).map { $0.without(["modelId"]) })]
    }

    /// Handles `POST /3d/models/{id}/revisions/delete`.
    func deleteRevisions(_ call: Call, model text: String) throws -> JSON {
        _ = try model(text)
        let ids = try named(.revision, call) { $0.members["modelId"]?.text == text }
        try commit(ids.flatMap { deletion(ofRevision: ["id": .int($0)]) })
        return [:]
    }

    /// Removes a revision with its log; what was made from it stays.
    func deletion(ofRevision revision: JSON) -> [Change] {
        guard let id = revision["id"]?.int else { return [] }
        let lines = (state.records[.revisionLog] ?? [:]).filter { $0.value.members["revisionId"]?.int == id }
        return [.recordDeleted(.revision, String(id)), .extractionEnded(id)]
            + lines.keys.map { .recordDeleted(.revisionLog, $0) }
    }
}

extension JSON {
    func without(_ keys: Set<String>) -> JSON { .object((object ?? [:]).filter { !keys.contains($0.key) }) }
}
