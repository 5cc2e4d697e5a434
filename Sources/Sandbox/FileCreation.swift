/// What a fault rule changes about an upload, a session or a revision.
struct UploadEffects: Sendable {
    /// The URLs or the nonce issued have already expired.
    var isExpired = false
    /// How many look-ups answer `uploaded: false` after the contents have arrived.
    var polls = 0
    /// How many milliseconds pass before the file is `uploaded`.
    var delay: Int64 = 0
    /// How the processing of the revision goes; nil for the usual way.
    var course: RevisionCourse?
}

extension SandboxStore {
    /// The members of a file besides name and ids, checked; nulls are dropped.
    func fileMembers(_ body: JSON) throws -> [String: JSON] {
        var members: [String: JSON] = [:]
        for (key, limit) in [("directory", 512), ("source", 128), ("mimeType", 256)] {
            members[key] = try body.text(key, limit: limit).map(JSON.string)
        }
        if let directory = members["directory"]?.string {
            try check(directory.hasPrefix("/"), "'directory' must be an absolute, unix-style path")
        }
        for key in ["sourceCreatedTime", "sourceModifiedTime"] {
            guard let time = try body.integer(key) else { continue }
            try check(time >= 0, "'\(key)' must not be negative")
            members[key] = .int(time)
        }
        if let metadata = body["metadata"] {
            try MetadataLimits.file.check(metadata)
            members["metadata"] = metadata
        }
        if let dataSetID = try body.integer("dataSetId") {
            try check(
                state.records[.dataSet]?[String(dataSetID)] != nil,
                "Data set with id \(dataSetID) does not exist"
            )
            members["dataSetId"] = .int(dataSetID)
        }
        for (key, counts) in [("assetIds", 1...1000), ("securityCategories", 0...100), ("labels", 0...10)] {
            guard let value = body[key] else { continue }
            guard let list = value.array else { throw APIError.badRequest("'\(key)' must be an array") }
            try check(counts.contains(list.count), "'\(key)' must have \(counts) elements")
            let isLabels = key == "labels"
            try check(
                list.allSatisfy { isLabels ? $0["externalId"]?.string != nil : $0.int != nil },
                "'\(key)' contains an element of the wrong type"
            )
            if key == "labels" { try checkLabels(list) }
            if key == "securityCategories" { try checkSecurityCategories(list) }
            members[key] = value
        }
        if let location = body["geoLocation"] {
            try check(location["type"] == "Feature", "'geoLocation' must be a GeoJSON Feature")
            members["geoLocation"] = location
        }
        return members
    }

    /// Creates or, with `overwrite`, changes the entry that `body` describes; nothing is committed yet.
    private func preparedFile(_ body: JSON, overwrite: Bool) throws -> FileEntry {
        let name = try body.requiredText("name", limit: 256)
        let externalID = try body.text("externalId", limit: 255)
        let members = try fileMembers(body)
        try check(!overwrite || externalID != nil, "overwrite=true needs an externalId")
        let now = now
        guard let externalID, var file = state.file(externalID) else {
            return FileEntry(
                id: nextNumber(),
                name: name,
                externalID: externalID,
                members: members,
                createdTime: now,
                lastUpdatedTime: now
            )
        }
        guard overwrite else {
            throw APIError.conflict(
                "Duplicate external ids: \(externalID)",
                duplicated: [["externalId": .string(externalID)]]
            )
        }
        file.name = name
        file.lastUpdatedTime = now
        // The real service does not overwrite these two: that takes an update.
        for (key, value) in members where key != "directory" && key != "source" { file.members[key] = value }
        return file
    }

    private func ticket(for file: FileEntry, effects: UploadEffects, part: UploadTicket.Part? = nil) -> UploadTicket {
        let lifetime = configuration.uploadURLLifetime.milliseconds
        return UploadTicket(
            token: Secrets.randomToken(),
            fileID: file.id,
            expires: effects.isExpired ? now - 1000 : now + lifetime,
            part: part,
            uploadedAfter: effects.delay + configuration.uploadedDelay.milliseconds,
            pollsUntilUploaded: effects.polls
        )
    }

    private func answer(_ file: FileEntry, _ extra: [String: JSON]) -> JSON {
        .object((file.json(at: now).object ?? [:]).merging(extra) { _, new in new })
    }

    /// Handles `POST /files`.
    func createFile(_ call: Call) throws -> JSON {
        let file = try preparedFile(call.body, overwrite: call.flag("overwrite"))
        let ticket = ticket(for: file, effects: call.effects)
        try commit([.file(file), .ticket(ticket)])
        return answer(file, ["uploadUrl": .string("\(call.base)/upload/\(ticket.token)")])
    }

    /// Handles `POST /files/initmultipartupload`.
    func createMultipartFile(_ call: Call) throws -> JSON {
        let parts = try call.partCount()
        let file = try preparedFile(call.body, overwrite: call.flag("overwrite"))
        return try startMultipart(file, parts: parts, call: call, changes: [.file(file)])
    }

    private func startMultipart(_ file: FileEntry, parts: Int, call: Call, changes: [Change]) throws -> JSON {
        let uploadID = Secrets.randomToken()
        let tickets = (0..<parts).map {
            ticket(for: file, effects: call.effects, part: .init(uploadID: uploadID, number: $0))
        }
        let upload = MultipartUpload(
            uploadID: uploadID,
            fileID: file.id,
            partCount: parts,
            uploadedAfter: call.effects.delay + configuration.uploadedDelay.milliseconds,
            pollsUntilUploaded: call.effects.polls
        )
        try commit(changes + [.multipart(upload)] + tickets.map(Change.ticket))
        return answer(
            file,
            [
                "uploadId": .string(uploadID),
                "uploadUrls": .array(tickets.map { .string("\(call.base)/upload/\($0.token)") }),
            ]
        )
    }

    /// Handles `POST /files/uploadlink`.
    func createUploadLink(_ call: Call) throws -> JSON {
        let file = try uploadTarget(call)
        let ticket = ticket(for: file, effects: call.effects)
        try commit([.ticket(ticket)])
        return ["items": [answer(file, ["uploadUrl": .string("\(call.base)/upload/\(ticket.token)")])]]
    }

    /// Handles `POST /files/multiuploadlink`.
    func createMultipartLink(_ call: Call) throws -> JSON {
        let parts = try call.partCount()
        let file = try uploadTarget(call)
        return ["items": [try startMultipart(file, parts: parts, call: call, changes: [])]]
    }

    /// The file that the one item of an upload-link request names.
    private func uploadTarget(_ call: Call) throws -> FileEntry {
        let item = try call.body.items(1...1)[0]
        try check(item["id"] == nil, "An item of an upload link must have an 'externalId' or an 'instanceId'")
        guard let file = try findFile(item) else { throw filesNotFound([item]) }
        if let node = file.instanceID { try shape.checkWritable(node.space) }
        return file
    }
}
