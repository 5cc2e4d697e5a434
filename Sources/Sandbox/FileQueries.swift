extension SandboxStore {
    /// The file that `item` names by `id`, `externalId` or `instanceId`; nil as well while the service does not know it yet.
    func findFile(_ item: JSON) throws -> FileEntry? {
        if let id = try item.integer("id") { return state.files[id] }
        if let externalID = try item.text("externalId", limit: 255) { return state.file(externalID) }
        if let reference = item["instanceId"] {
            let id = try reference.instanceID()
            guard let left = lateFiles[id] else { return state.file(id) }
            lateFiles[id] = left > 0 ? left - 1 : nil
            return left > 0 ? nil : state.file(id)
        }
        throw APIError.badRequest("Each item must have an 'id', an 'externalId' or an 'instanceId'")
    }

    private func identifier(_ item: JSON) -> (key: JSON, text: String) {
        if let id = item["id"] { return (["id": id], id.text) }
        if let instanceID = item["instanceId"] { return (["instanceId": instanceID], instanceID.text) }
        return (["externalId": item["externalId"] ?? .null], item["externalId"]?.string ?? "")
    }

    func filesNotFound(_ items: [JSON]) -> APIError {
        let names = items.map(identifier)
        var error = APIError.badRequest(
            "Files ids not found: \(names.map(\.text).joined(separator: ", "))",
            missing: names.map(\.key)
        )
        if let late = shape.lateFiles, items.contains(where: isLate) {
            error.status = late.status
            if !late.tellsMissing { error.missing = nil }
        }
        return error
    }

    private func isLate(_ item: JSON) -> Bool {
        guard let space = item["instanceId"]?["space"]?.string, let name = item["instanceId"]?["externalId"]?.string
        else {
            return false
        }
        return lateFiles[InstanceID(space: space, externalID: name)] != nil
    }

    /// The files that `items` name, in their order; refuses duplicates and, unless `ignoringUnknown`, unknown files.
    func files(_ items: [JSON], ignoringUnknown: Bool = false) throws -> [FileEntry] {
        var seen: Set<JSON> = []
        let repeated = items.filter { !seen.insert(identifier($0).key).inserted }
        guard repeated.isEmpty else {
            let names = repeated.map(identifier)
            throw APIError.conflict(
                "Duplicate external ids: \(names.map(\.text).joined(separator: ", "))",
                duplicated: names.map(\.key)
            )
        }
        var found: [FileEntry] = []
        var missing: [JSON] = []
        for item in items {
            if let file = try findFile(item) { found.append(file) } else { missing.append(item) }
        }
        guard missing.isEmpty || ignoringUnknown else { throw filesNotFound(missing) }
        return found
    }

    /// Handles `POST /files/byids`; each look-up counts towards a late `uploaded`.
    func filesByIDs(_ call: Call) throws -> JSON {
        let found = try files(
            call.body.items(1...1000),
            ignoringUnknown: call.body.flag("ignoreUnknownIds")
        )
        return ["items": .array(try found.map(lookUp))]
    }

    /// Handles `GET /files/{id}`.
    func file(id text: String) throws -> JSON {
        guard let id = Int64(text), let file = state.files[id] else {
            throw filesNotFound([["id": Int64(text).map(JSON.int) ?? .string(text)]])
        }
        return try lookUp(file)
    }

    private func lookUp(_ file: FileEntry) throws -> JSON {
        let answer = file.json(at: now)
        if file.content != nil, file.pollsUntilUploaded > 0 {
            var counted = file
            counted.pollsUntilUploaded -= 1
            try commit([.file(counted)])
        }
        return answer
    }

    /// Handles `POST /files/list`, and `GET /files` with the filter taken from the query.
    func listFiles(_ body: JSON) throws -> JSON {
        let filter = body["filter"] ?? [:]
        try check(filter.object != nil, "'filter' must be an object")
        let now = now
        let all = try state.files.values.sorted { $0.id < $1.id }.filter { try matches($0, filter, now) }
        let (page, next) = try page(
            all,
            limit: body.limit(default: 100, max: 1000),
            cursor: body.text("cursor", limit: 99)
        )
        return .members(["items": .array(page.map { $0.json(at: now) }), "nextCursor": next.map(JSON.string)])
    }

    private func matches(_ file: FileEntry, _ filter: JSON, _ now: Int64) throws -> Bool {
        for (key, wanted) in filter.object ?? [:] where !wanted.isNull {
            let isMatch: Bool
            switch key {
            case "externalIdPrefix": isMatch = file.externalID?.hasPrefix(wanted.string ?? "") ?? false
            case "name": isMatch = file.name == wanted.string
            case "directoryPrefix":
                isMatch = file.members["directory"]?.string?.hasPrefix(wanted.string ?? "") ?? false
            case "mimeType", "source": isMatch = file.members[key] == wanted
            case "uploaded": isMatch = file.isUploaded(at: now) == wanted.bool
            case "metadata":
                isMatch = (wanted.object ?? [:]).allSatisfy { file.members["metadata"]?[$0.key] == $0.value }
            case "dataSetIds":
                let ids = try (wanted.array ?? []).map { try dataSetID($0) }
                isMatch = ids.contains(file.members["dataSetId"]?.int)
            default: throw APIError.badRequest("The sandbox does not support the file filter '\(key)'")
            }
            guard isMatch else { return false }
        }
        return true
    }

    /// Handles `POST /files/downloadlink`.
    func downloadLinks(_ call: Call) throws -> JSON {
        let items = try call.body.items(1...100)
        let lifetime: Int64 = call.flag("extendedExpiration") ? 3_600_000 : 30_000
        let found = try files(items)
        let missing = zip(items, found).filter { !$0.1.isUploaded(at: now) }.map(\.0)
        guard missing.isEmpty else {
            let names = missing.map(identifier)
            throw APIError.badRequest(
                "Files not uploaded, ids: \(names.map(\.text).joined(separator: ", "))",
                missing: names.map(\.key)
            )
        }
        let links = zip(items, found).map { item, file in
            let expires = now + lifetime
            let signature = Secrets.sign("\(file.id).\(expires)")
            let url = "\(call.base)/download/\(file.id)?expires=\(expires)&signature=\(signature)"
            return JSON.object(["downloadUrl": .string(url)].merging(identifier(item).key.object ?? [:]) { a, _ in a })
        }
        return ["items": .array(links)]
    }

    /// Handles `POST /files/delete`.
    ///
    /// It takes no `instanceId`; what it does with the file of a node is not public. Here such a file goes with its node only.
    func deleteFiles(_ call: Call) throws -> JSON {
        let items = try call.body.items(1...1000)
        try check(items.allSatisfy { $0["instanceId"] == nil }, "A file that is deleted needs an 'id' or 'externalId'")
        let found = try files(items, ignoringUnknown: call.body.flag("ignoreUnknownIds"))
        try check(found.allSatisfy { $0.instanceID == nil }, "The file of a node is deleted by deleting the node")
        try commit(found.map { .fileDeleted($0.id) })
        for file in found { if let content = file.content { try removeBlob(content.blob) } }
        return [:]
    }
}
