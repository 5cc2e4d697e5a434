import Foundation

extension SandboxStore {
    /// The ticket of an upload URL that still accepts a PUT.
    func openTicket(_ token: String) throws -> UploadTicket {
        guard let ticket = state.tickets[token] else { throw APIError.notFound("No such upload") }
        guard ticket.expires > now else {
            throw APIError(status: 403, message: "The upload URL has expired")
        }
        return ticket
    }

    /// Records the contents of a PUT, which are already in the blobs folder.
    ///
    /// The ticket stays valid: the same URL may be used again, as with the real storage.
    func finishPut(_ ticket: UploadTicket, content: FileEntry.Content, effects: UploadEffects) throws {
        var stale: String?
        if let part = ticket.part {
            guard var upload = state.multiparts[part.uploadID] else { throw APIError.notFound("No such upload") }
            stale = upload.parts[part.number]?.blob
            upload.parts[part.number] = content
            upload.uploadedAfter = max(upload.uploadedAfter, effects.delay)
            upload.pollsUntilUploaded = max(upload.pollsUntilUploaded, effects.polls)
            try commit([.multipart(upload)])
        } else {
            guard let file = state.files[ticket.fileID] else { throw APIError.notFound("The file was deleted") }
            stale = file.content?.blob
            try commit(
                changes(
                    giving: content,
                    to: file,
                    after: max(ticket.uploadedAfter, effects.delay),
                    polls: max(ticket.pollsUntilUploaded, effects.polls)
                )
            )
        }
        if let stale { try removeBlob(stale) }
    }

    private func changes(giving content: FileEntry.Content, to file: FileEntry, after delay: Int64, polls: Int)
        -> [Change]
    {
        var file = file
        file.content = content
        file.uploadedTime = now + delay
        file.pollsUntilUploaded = polls
        file.lastUpdatedTime = now
        guard file.instanceID != nil else { return [.file(file)] }
        settling.insert(file.id)
        return [.file(file)] + settled(file, at: now)
    }

    /// Tells the nodes of files that have become `uploaded` in the meantime.
    func settleUploads() throws {
        let now = now
        try commit(settling.sorted().compactMap { state.files[$0] }.flatMap { settled($0, at: now) })
    }

    /// What its file's upload changes about a node: the file service sets `isUploaded` and `uploadedTime` of it.
    private func settled(_ file: FileEntry, at now: Int64) -> [Change] {
        guard file.isUploaded(at: now) else { return [] }
        settling.remove(file.id)
        guard let id = file.instanceID, var node = state.instances[id] else { return [] }
        node.values[.cogniteFile, default: [:]]["isUploaded"] = true
        node.values[.cogniteFile, default: [:]]["uploadedTime"] = .string(Timestamps.text(file.uploadedTime ?? now))
        node.version += 1
        node.lastUpdatedTime = now
        return [.instance(node)]
    }

    /// The parts of the multipart upload that `body` completes, in order; refuses gaps and small parts.
    ///
    /// Joining them may take long; until ``stopJoining(_:)``, further requests for the same upload get 409.
    func completeParts(_ body: JSON) throws -> (upload: MultipartUpload, blobs: [String]) {
        let uploadID = try body.requiredText("uploadId", limit: 1024)
        guard let file = try findFile(body) else { throw filesNotFound([body]) }
        guard let upload = state.multiparts[uploadID], upload.fileID == file.id else {
            throw APIError.badRequest("No multipart upload '\(uploadID)' of this file")
        }
        var blobs: [String] = []
        for number in 0..<upload.partCount {
            guard let part = upload.parts[number] else {
                throw APIError.badRequest("Part \(number + 1) of \(upload.partCount) has not been uploaded")
            }
            try check(
                number == upload.partCount - 1 || part.size > configuration.minimumPartSize,
                "Part \(number + 1) must be larger than \(configuration.minimumPartSize) bytes, has \(part.size)"
            )
            blobs.append(part.blob)
        }
        guard joining.insert(uploadID).inserted else {
            throw APIError(status: 409, message: "The parts of '\(uploadID)' are already being joined")
        }
        return (upload, blobs)
    }

    /// Called when joining the upload's parts has ended, successfully or not.
    func stopJoining(_ uploadID: String) { joining.remove(uploadID) }

    /// Gives the file the contents joined from its parts.
    func finishMultipart(_ upload: MultipartUpload, content: FileEntry.Content) throws {
        guard let file = state.files[upload.fileID] else { throw APIError.notFound("The file was deleted") }
        let stale = upload.parts.values.map(\.blob) + (file.content.map { [$0.blob] } ?? [])
        try commit(
            changes(giving: content, to: file, after: upload.uploadedAfter, polls: upload.pollsUntilUploaded)
                + [.multipartEnded(upload.uploadID)]
        )
        stopJoining(upload.uploadID)
        for blob in stale { try removeBlob(blob) }
    }

    /// The contents to serve for a download link or an icon.
    func content(ofFile id: Int64) throws -> (content: FileEntry.Content, mimeType: String) {
        guard let file = state.files[id] else { throw filesNotFound([["id": .int(id)]]) }
        guard let content = file.content, file.isUploaded(at: now) else {
            throw APIError.badRequest("Files not uploaded, ids: \(id)", missing: [["id": .int(id)]])
        }
        return (content, file.members["mimeType"]?.string ?? "application/octet-stream")
    }
}
