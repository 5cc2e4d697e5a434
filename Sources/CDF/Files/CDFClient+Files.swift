import Station

/// CDF's permission to send a file's bytes.
package struct UploadTicket: Equatable, Sendable {
    /// CDF's number of the file.
    package var id: Int64
    /// Where the bytes go; valid for a week, and for one content.
    package var url: String
    /// The type that the bytes must be sent with, as CDF knows it; nil if it does not say.
    package var mimeType: String?
}

/// What CDF reports about a file.
package struct FileStatus: Equatable, Sendable, Decodable {
    package var id: Int64
    package var externalId: String?
    package var instanceId: NodeReference?
    package var uploaded: Bool
    /// When its content was uploaded, in milliseconds since 1970.
    package var uploadedTime: Int64?
}

extension JSONRequest {
    /// Asks what CDF knows about these files; those it does not know are left out of the answer.
    ///
    /// - Parameter files: At most 1000, each once.
    package static func fileStatuses(_ files: [FileReference]) -> JSONRequest {
        struct Query: Encodable, Sendable {
            var items: [FileReference]
            var ignoreUnknownIds = true
        }
        let asked = "the confirmation of \(files.count) files"
        return JSONRequest("/files/byids", Query(items: files), asked: asked, .idempotent)
    }
}

extension CDFClient {
    /// Creates the file, or takes over the one of ours with the same id, whose content stays until the new bytes have arrived.
    ///
    /// - Parameters:
    ///   - description: The file.
    ///   - isOurs: Whether the file is certainly ours if it exists.
    package func createFile(
        _ description: FileDescription,
        isOurs: Bool = false
    ) async throws(CDFError) -> UploadTicket {
        // The answer is flat for entries by all SDKs and recordings; `items` for nodes, as elsewhere in the documentation.
        struct Created: Decodable, Sendable {
            struct Entry: Decodable, Sendable {
                var id: Int64
                var uploadUrl: String
                var mimeType: String?
            }
            var id: Int64?
            var uploadUrl: String?
            var mimeType: String?
            var items: [Entry]?
        }
        let answer: FileAnswer<Created> = try await create(description, isOurs: isOurs)
        try await correct(answer.stored, to: description)
        let created = answer.addresses
        if let id = created.id, let url = created.uploadUrl {
            return UploadTicket(id: id, url: url, mimeType: created.mimeType)
        }
        if let entry = created.items?.first {
            return UploadTicket(id: entry.id, url: entry.uploadUrl, mimeType: entry.mimeType)
        }
        throw .unexpectedAnswer(asked: description.creation().asked, detail: "no upload address", requestID: nil)
    }

    /// What CDF knows about these files; those it does not know are absent.
    ///
    /// - Parameter files: At most 1000, each once.
    package func fileStatuses(_ files: [FileReference]) async throws(CDFError) -> [FileReference: FileStatus] {
        struct Found: Decodable, Sendable { var items: [FileStatus] }
        let found: Found = try await post(.fileStatuses(files))
        let asked = Set(files)
        return found.items.reduce(into: [:]) { result, status in
            // A migrated one has both ids, whichever was asked for.
            let references = [
                status.externalId.map(FileReference.externalID), status.instanceId.map(FileReference.node),
            ]
            for case let reference? in references where asked.contains(reference) { result[reference] = status }
        }
    }

    /// Deletes files with their contents; missing ones are not an error.
    ///
    /// - Parameter files: At most 1000, each once.
    package func deleteFiles(_ files: [FileReference], asked: String) async throws(CDFError) {
        var entries: [FileReference] = []
        var nodes: [NodeReference] = []
        for file in files {
            switch file {
            case .externalID: entries.append(file)
            case .node(let node): nodes.append(node)
            }
        }
        if !entries.isEmpty {
            struct Body: Encodable, Sendable {
                var items: [FileReference]
                var ignoreUnknownIds = true
            }
            let request = JSONRequest("/files/delete", Body(items: entries), asked: asked, .idempotent)
            _ = try await post(request, as: Nothing.self)
        }
        // The file service deletes the file of a deleted node.
        if !nodes.isEmpty { try await deleteNodes(nodes, asked: asked) }
    }
}
