extension SandboxStore {
    /// Handles `POST /files/update`.
    func updateFiles(_ call: Call) throws -> JSON {
        let items = try call.body.items(1...1000)
        let now = now
        let changed = try zip(items, files(items)).map { item, file in
            guard let update = item["update"]?.object else { throw APIError.badRequest("'update' must be an object") }
            var file = file
            for (key, step) in update {
                try check(
                    file.instanceID == nil || Self.updatableOfNode.contains(key),
                    "'\(key)' of the file of a node can't be updated here: update the node"
                )
                try apply(key, step, to: &file)
            }
            file.lastUpdatedTime = now
            return file
        }
        try commit(changed.flatMap { file in renaming(file) + [Change.file(file)] })
        return ["items": .array(changed.map { $0.json(at: now) })]
    }

    /// What the classic service may change about the file of a node.
    private static let updatableOfNode: Set<String> = [
        "externalId", "metadata", "assetIds", "dataSetId", "labels", "geoLocation",
    ]

    /// A file that changes its externalId frees the old one.
    private func renaming(_ file: FileEntry) -> [Change] {
        state.files[file.id]?.externalID == file.externalID ? [] : [.fileDeleted(file.id)]
    }

    private func apply(_ key: String, _ step: JSON, to file: inout FileEntry) throws {
        try check(step.object != nil, "The update of '\(key)' must be an object")
        let isNull = try step.flag("setNull")
        switch key {
        case "name", "instanceId": throw APIError.badRequest("'\(key)' can't be updated")
        case "externalId":
            let externalID = isNull ? nil : try step.text("set", limit: 255)
            if let externalID, let other = state.file(externalID), other.id != file.id {
                throw APIError.conflict(
                    "Duplicate external ids: \(externalID)",
                    duplicated: [["externalId": .string(externalID)]]
                )
            }
            file.externalID = externalID
        case "metadata":
            var metadata = step["set"]?.object ?? (isNull ? [:] : file.members[key]?.object ?? [:])
            metadata.merge(step["add"]?.object ?? [:]) { _, new in new }
            for name in step["remove"]?.array ?? [] { metadata[name.string ?? ""] = nil }
            try MetadataLimits.file.check(.object(metadata))
            file.members[key] = .object(metadata)
        case "assetIds", "labels", "securityCategories":
            var list = step["set"]?.array ?? (isNull ? [] : file.members[key]?.array ?? [])
            let removed = step["remove"]?.array ?? []
            list = list.filter { !removed.contains($0) } + (step["add"]?.array ?? [])
            file.members[key] = list.isEmpty ? nil : try fileMembers([key: .array(list)])[key]
        case "directory", "source", "mimeType", "sourceCreatedTime", "sourceModifiedTime", "dataSetId", "geoLocation":
            if isNull {
                file.members[key] = nil
            } else {
                guard let value = step["set"] else {
                    throw APIError.badRequest("The update of '\(key)' must have 'set' or 'setNull'")
                }
                file.members[key] = try fileMembers([key: value])[key]
            }
        default: throw APIError.badRequest("Unknown field '\(key)' in a file update")
        }
    }
}
