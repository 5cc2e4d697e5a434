extension SandboxStore {
    /// Handles `POST /sessions`.
    func createSession(_ call: Call) throws -> JSON {
        let item = try call.body.items(1...1)[0]
        let type: String
        if item["clientId"] != nil || item["clientSecret"] != nil {
            guard item["clientId"]?.string == configuration.clientID,
                item["clientSecret"]?.string == configuration.clientSecret
            else { throw APIError.badRequest("Could not create a session: the client credentials are not valid") }
            type = "CLIENT_CREDENTIALS"
        } else if item["tokenExchange"] == true {
            type = "TOKEN_EXCHANGE"
        } else if item["oneshotTokenExchange"] == true {
            type = "ONESHOT_TOKEN_EXCHANGE"
        } else {
            throw APIError.badRequest(
                "A session needs 'clientId' and 'clientSecret', 'tokenExchange' or 'oneshotTokenExchange'"
            )
        }
        let nonce = Secrets.randomToken()
        let now = now
        nonces = nonces.filter { $0.value > now }
        nonces[nonce] = now + configuration.nonceLifetime.milliseconds
        return [
            "items": [
                [
                    "id": .int(nextNumber()), "type": .string(type), "status": "READY", "nonce": .string(nonce),
                    "clientId": .string(configuration.clientID),
                ]
            ]
        ]
    }

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
            if let dataSetID = try item.integer("dataSetId") {
                try check(
                    state.records[.dataSet]?[String(dataSetID)] != nil,
                    "Data set with id \(dataSetID) does not exist"
                )
                members["dataSetId"] = .int(dataSetID)
            }
            let space = try item.text("space", limit: 43)
            if let type = try item.text("type", limit: 20) {
                try check(items.count == 1, "A request may create one data modelling model")
                try check(
                    ["CAD", "PointCloud", "Image360"].contains(type),
                    "'type' must be CAD, PointCloud or Image360"
                )
                guard let space else { throw APIError.badRequest("'space' must be given with 'type'") }
                try check(state.records[.space]?[space] != nil, "One or more spaces do not exist: '\(space)'")
                members["space"] = .string(space)
                members["type"] = .string(type)
                changes.append(.instance(modelNode(members, space: space, type: type, now: now)))
            }
            let record = Record(members: members)
            changes.append(.record(.model, members["id"]?.text ?? "", record))
            answers.append(record.json)
        }
        try commit(changes)
        return ["items": .array(answers)]
    }

    private func modelNode(_ members: [String: JSON], space: String, type: String, now: Int64) -> Instance {
        let id = InstanceID(space: space, externalID: "cog_3d_model_\(members["id"]?.int ?? 0)")
        var node = Instance(id: id, sequence: nextNumber(), createdTime: now, lastUpdatedTime: now)
        node.values[.cogniteDescribable] = ["name": members["name"] ?? ""]
        node.values[.model3D] = ["type": .string(type)]
        return node
    }

    func model(_ text: String) throws -> JSON {
        guard let model = state.records[.model]?[text] else { throw APIError.notFound("3D model \(text) not found") }
        return model.json
    }

    /// Handles `POST /3d/models/{id}/revisions`.
    func createRevisions(_ call: Call, model text: String) throws -> JSON {
        _ = try model(text)
        let now = now
        var changes: [Change] = []
        var answers: [JSON] = []
        for item in try call.body.items(1...1000) {
            guard let fileID = try item.integer("fileId") else { throw APIError.badRequest("'fileId' is missing") }
            guard let file = state.files[fileID] else { throw filesNotFound([["id": .int(fileID)]]) }
            try check(file.isUploaded(at: now), "The file \(fileID) is not uploaded")
            if let nonce = try item.text("nonce", limit: 1000) {
                try check((nonces[nonce] ?? 0) > now, "The nonce is not valid or has expired")
                nonces[nonce] = nil
            }
            let id = nextNumber()
            var members: [String: JSON] = [
                "id": .int(id), "modelId": .int(Int64(text) ?? 0), "fileId": .int(fileID), "status": "Queued",
                "published": .bool(try item.flag("published")), "createdTime": .int(now), "assetMappingCount": 0,
                "thumbnailUrl": .string("\(call.base)/"),
            ]
            for key in ["rotation", "scale", "translation", "camera"] { members[key] = item[key] }
            if let metadata = item["metadata"] {
                try MetadataLimits.threeD.check(metadata)
                members["metadata"] = metadata
            }
            if let pipeline = item["pipelineConfiguration"], call.isBeta {
                let extracts = pipeline["indexingOptions"]?["extractPhotosphereImages"]
                try check(extracts == nil || extracts?.bool != nil, "'extractPhotosphereImages' must be a boolean")
                members["pipelineConfiguration"] = pipeline
            }
            changes.append(.record(.revision, String(id), Record(members: members)))
            changes.append(log(revision: id, "The revision was queued", now: now))
            answers.append(.object(members))
        }
        try commit(changes)
        return ["items": .array(answers)]
    }

    private func log(revision: Int64, _ info: String, now: Int64) -> Change {
        let id = nextNumber()
        return .record(
            .revisionLog,
            String(id),
            Record(members: [
                "id": .int(id), "revisionId": .int(revision), "timestamp": .int(now), "severity": 3,
                "type": .string("Sandbox/Status"), "info": .string(info),
            ])
        )
    }

    func revisions(model text: String) throws -> JSON {
        _ = try model(text)
        return ["items": .array(table(.revision).filter { $0.members["modelId"]?.text == text }.map(\.json))]
    }

    /// Handles `GET /3d/models/{id}/revisions/{rid}`: each request advances the status, from Queued through Processing to Done.
    func revision(model: String, _ text: String) throws -> JSON {
        guard let record = state.records[.revision]?[text], record.members["modelId"]?.text == model else {
            throw APIError.notFound("3D revision \(text) of model \(model) not found")
        }
        let steps: [String: JSON] = ["Queued": "Processing", "Processing": "Done"]
        if let next = steps[record.members["status"]?.string ?? ""], let id = record.members["id"]?.int {
            var moved = record
            moved.members["status"] = next
            let entry = log(revision: id, "The status is now \(next.string ?? "")", now: now)
            try commit([.record(.revision, text, moved), entry])
        }
        return record.json
    }

    func revisionLogs(model: String, _ text: String, severity: String?) throws -> JSON {
        guard state.records[.revision]?[text] != nil else { throw APIError.notFound("3D revision \(text) not found") }
        let least = Int64(severity ?? "0") ?? 0
        let logs = table(.revisionLog).filter {
            $0.members["revisionId"]?.text == text && ($0.members["severity"]?.int ?? 0) >= least
        }
        return ["items": .array(logs.map { $0.json.without(["id", "revisionId"]) })]
    }
}

extension JSON {
    func without(_ keys: Set<String>) -> JSON { .object((object ?? [:]).filter { !keys.contains($0.key) }) }
}
