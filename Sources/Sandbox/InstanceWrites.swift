extension ProjectShape {
    /// Refuses a write into a space in which the caller may only read.
    func checkWritable(_ space: String) throws(APIError) {
        guard readOnlySpaces.contains(space) else { return }
        throw APIError(
            status: 403,
            message: "Access denied: dataModelInstancesAcl:WRITE is missing for the space '\(space)'"
        )
    }
}

extension SandboxStore {
    /// Handles `POST /models/instances`.
    func applyInstances(_ call: Call) throws -> JSON {
        let items = try call.body.items(0...1000)
        let deletions = try call.body["delete"].map { _ in try call.body.items(0...1000, in: "delete") } ?? []
        try check((1...1000).contains(items.count + deletions.count), "A request must have 1 to 1000 items")
        var apply = try InstanceApply(body: call.body, state: state, schema: schema, shape: shape, now: now)
        let (changes, answers) = try apply.run(items) { nextNumber() }
        let deleted = try existing(deletions)
        let files = entries(ofNodesIn: changes)
        let (removals, blobs) = removal(of: deleted)
        try commit(changes + files.map(Change.file) + removals)
        for blob in blobs { try removeBlob(blob) }
        return ["items": .array(answers), "deleted": .array(deleted.map(\.json))]
    }

    /// Handles `POST /models/instances/delete`; unknown ones are left out of the answer.
    func deleteInstances(_ call: Call) throws -> JSON {
        let deleted = try existing(call.body.items(1...1000))
        let answers = deleted.map { id -> JSON in
            let type: JSON = state.instances[id]?.isEdge == true ? "edge" : "node"
            return ["instanceType": type, "space": .string(id.space), "externalId": .string(id.externalID)]
        }
        let (removals, blobs) = removal(of: deleted)
        try commit(removals)
        for blob in blobs { try removeBlob(blob) }
        return ["items": .array(answers)]
    }

    private func existing(_ items: [JSON]) throws -> [InstanceID] {
        var ids: [InstanceID] = []
        for item in items {
            let id = try item.instanceID()
            try shape.checkWritable(id.space)
            if state.instances[id] != nil, !ids.contains(id) { ids.append(id) }
        }
        return ids
    }

    /// The changes that delete `ids`, and the contents that go with them: a file's node takes its file along.
    private func removal(of ids: [InstanceID]) -> (changes: [Change], blobs: [String]) {
        let files = ids.compactMap { state.file($0) }
        for id in ids { lateFiles[id] = nil }
        return (
            ids.map(Change.instanceDeleted) + files.map { .fileDeleted($0.id) }, files.compactMap { $0.content?.blob }
        )
    }

    /// What the file service knows of the nodes of files that `changes` write.
    ///
    /// It learns of a new one late where the project is shaped so.
    private func entries(ofNodesIn changes: [Change]) -> [FileEntry] {
        changes.compactMap { change in
            guard case .instance(let node) = change, let values = node.values[.cogniteFile] else { return nil }
            let old = state.file(node.id)
            if old == nil, let late = shape.lateFiles { lateFiles[node.id] = late.refusals }
            var file =
                old
                ?? FileEntry(id: nextNumber(), name: "", instanceID: node.id, createdTime: now, lastUpdatedTime: now)
            file.name = node.values[.cogniteDescribable]?["name"]?.string ?? "untitled"
            for key in ["mimeType", "directory"] { file.members[key] = values[key] }
            file.lastUpdatedTime = now
            return file
        }
    }
}
