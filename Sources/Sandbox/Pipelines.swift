extension SandboxStore {
    /// The records of `kind` that `items` name by id or externalId; refuses unknown ones unless `ignoreUnknownIds` is set.
    func records(_ kind: RecordKind, _ call: Call, noun: String) throws -> [Record] {
        let all = table(kind)
        var found: [Record] = []
        var missing: [JSON] = []
        for item in try call.body.items(1...1000) {
            let (id, externalID) = (try item.integer("id"), try item.text("externalId", limit: 255))
            try check(id != nil || externalID != nil, "Each item must have an 'id' or an 'externalId'")
            let match = all.first { record in
                if let id { return record.members["id"]?.int == id }
                return record.members["externalId"]?.string == externalID
            }
            if let match { found.append(match) } else { missing.append(item) }
        }
        guard try missing.isEmpty || call.body.flag("ignoreUnknownIds") else {
            let names = missing.map { $0["externalId"]?.string ?? $0["id"]?.text ?? "" }
            throw APIError.badRequest("\(noun) ids not found: \(names.joined(separator: ", "))", missing: missing)
        }
        return found
    }

    /// The id of the data set that `item` names; nil if there is none.
    func dataSetID(_ item: JSON) throws -> Int64? {
        if let id = try item.integer("id") { return id }
        let externalID = item["externalId"]
        return table(.dataSet).first { $0.members["externalId"] == externalID }?.members["id"]?.int
    }

    func dataSetsByIDs(_ call: Call) throws -> JSON {
        ["items": .array(try records(.dataSet, call, noun: "Data set").map(\.json))]
    }

    func listDataSets() -> JSON { ["items": .array(table(.dataSet).map(\.json))] }

    /// Handles `POST /datasets`.
    func createDataSets(_ call: Call) throws -> JSON {
        let now = now
        var names = Set(table(.dataSet).compactMap { $0.members["externalId"]?.string })
        var changes: [Change] = []
        var answers: [JSON] = []
        for item in try call.body.items(1...10) {
            let id = nextNumber()
            var members: [String: JSON] = [
                "id": .int(id), "createdTime": .int(now), "lastUpdatedTime": .int(now),
                "writeProtected": .bool(try item.flag("writeProtected")), "metadata": item["metadata"] ?? [:],
            ]
            if let externalID = try item.text("externalId", limit: 255) {
                try checkNew(externalID, &names)
                members["externalId"] = .string(externalID)
            }
            members["name"] = try item.text("name", limit: 50).map(JSON.string)
            members["description"] = try item.text("description", limit: 500).map(JSON.string)
            changes.append(.record(.dataSet, String(id), Record(members: members)))
            answers.append(.object(members))
        }
        try commit(changes)
        return ["items": .array(answers)]
    }

    func pipelinesByIDs(_ call: Call) throws -> JSON {
        ["items": .array(try records(.pipeline, call, noun: "Extraction pipeline").map(withLastRuns))]
    }

    func listPipelines() -> JSON { ["items": .array(table(.pipeline).map(withLastRuns))] }

    /// The pipeline with the time of its last run of each kind, and the last message.
    private func withLastRuns(_ pipeline: Record) -> JSON {
        var members = pipeline.members
        for run in table(.run) where run.members["externalId"] == pipeline.members["externalId"] {
            guard let status = run.members["status"]?.string else { continue }
            members[["success": "lastSuccess", "failure": "lastFailure"][status] ?? "lastSeen"] =
                run.members["createdTime"]
            members["lastSeen"] = run.members["createdTime"]
            members["lastMessage"] = run.members["message"]
        }
        return .object(members)
    }

    /// Handles `POST /extpipes`.
    func createPipelines(_ call: Call) throws -> JSON {
        let now = now
        var names = Set(table(.pipeline).compactMap { $0.members["externalId"]?.string })
        var made: [[String: JSON]] = []
        for item in try call.body.items(1...1000) {
            let (externalID, dataSet) = (try item.requiredText("externalId", limit: 255), try item.integer("dataSetId"))
            try checkNew(externalID, &names)
            guard let dataSet, state.records[.dataSet]?[String(dataSet)] != nil else {
                throw APIError.badRequest("An extraction pipeline needs the 'dataSetId' of an existing data set")
            }
            var members = item.object ?? [:]
            members["name"] = .string(try item.requiredText("name", limit: 140))
            for time in ["createdTime", "lastUpdatedTime"] { members[time] = .int(now) }
            members["id"] = .int(nextNumber())
            made.append(members)
        }
        try commit(made.map { .record(.pipeline, $0["id"]?.text ?? "", Record(members: $0)) })
        return ["items": .array(made.map(JSON.object))]
    }

    /// Refuses an externalId that is in use.
    func checkNew(_ externalID: String, _ names: inout Set<String>) throws {
        guard names.insert(externalID).inserted else {
            throw APIError.conflict(
                "Duplicate external ids: \(externalID)",
                duplicated: [["externalId": .string(externalID)]]
            )
        }
    }

    /// Handles `POST /extpipes/runs`.
    func createRun(_ call: Call) throws -> JSON {
        let item = try call.body.items(1...1)[0]
        let pipeline = try item.requiredText("externalId", limit: 255)
        guard table(.pipeline).contains(where: { $0.members["externalId"]?.string == pipeline }) else {
            throw APIError.badRequest(
                "Extraction pipeline ids not found: \(pipeline)",
                missing: [["externalId": .string(pipeline)]]
            )
        }
        let status = try item.requiredText("status", limit: 20)
        try check(["success", "failure", "seen"].contains(status), "'status' must be success, failure or seen")
        let id = nextNumber()
        var members: [String: JSON] = [
            "id": .int(id), "externalId": .string(pipeline), "status": .string(status),
            "createdTime": .int(try item.integer("createdTime") ?? now),
        ]
        members["message"] = try item.text("message", limit: 1000).map(JSON.string)
        try commit([.record(.run, String(id), Record(members: members))])
        return ["items": [.object(members)]]
    }

    /// Handles `POST /extpipes/runs/list`, newest first.
    func listRuns(_ body: JSON) throws -> JSON {
        let filter = body["filter"] ?? [:]
        let pipeline = try filter.requiredText("externalId", limit: 255)
        let statuses = filter["statuses"]?.array
        let runs = table(.run).reversed().filter { run in
            run.members["externalId"]?.string == pipeline
                && (statuses?.contains(run.members["status"] ?? .null) ?? true)
        }
        let (page, next) = try page(
            Array(runs),
            limit: body.limit(default: 100, max: 1000),
            cursor: body.text("cursor", limit: 99)
        )
        return .members([
            "items": .array(page.map { $0.json.without(["externalId"]) }), "nextCursor": next.map(JSON.string),
        ])
    }
}
