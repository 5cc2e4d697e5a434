import AsyncHTTPClient
import Crypto
import Foundation
import NIOCore
import NIOHTTP1
import Station

/// What CDF is told of a file before its bytes.
package struct FileDescription: Encodable, Equatable, Sendable {
    package var externalId: String
    package var name: String
    package var mimeType: String
    package var directory: String?
    package var source: String
    package var dataSetId: Int64?
    /// Milliseconds since 1970.
    package var sourceCreatedTime: Int64?
    /// Strings all.
    package var metadata: [String: String]

    package init(
        externalId: String,
        name: String,
        mimeType: String,
        directory: String?,
        source: String = "drop360",
        dataSetId: Int64?,
        sourceCreatedTime: Int64?,
        metadata: [String: String]
    ) {
        self.externalId = externalId
        self.name = name
        self.mimeType = mimeType
        self.directory = directory
        self.source = source
        self.dataSetId = dataSetId
        self.sourceCreatedTime = sourceCreatedTime
        self.metadata = metadata
    }
}

/// CDF's leave to send a file's bytes.
package struct UploadTicket: Equatable, Sendable {
    /// CDF's number of the file.
    package var id: Int64
    /// Where the bytes go; good for a week, and for one content.
    package var url: String
}

/// What CDF says of a file.
package struct FileStatus: Equatable, Sendable, Decodable {
    package var id: Int64
    package var externalId: String?
    package var uploaded: Bool
    /// When its content came, in milliseconds since 1970.
    package var uploadedTime: Int64?
}

extension CDFClient {
    /// Creates the file's entry, or takes over the one with the same external id, whose content stays until the new bytes are there.
    package func createFile(_ description: FileDescription) async throws(CDFError) -> UploadTicket {
        let asked = "the creation of file \(printable(description.externalId))"
        // The answer is flat by all SDKs and recordings; `items` by the document's habit elsewhere.
        struct Created: Decodable, Sendable {
            struct Entry: Decodable, Sendable {
                var id: Int64
                var uploadUrl: String
            }
            var id: Int64?
            var uploadUrl: String?
            var items: [Entry]?
        }
        let created: Created = try await post(
            // With our external id it takes over what stands under it: the same entry each time.
            JSONRequest("/files?overwrite=true", description, asked: asked, .idempotent)
        )
        if let id = created.id, let url = created.uploadUrl { return UploadTicket(id: id, url: url) }
        if let entry = created.items?.first { return UploadTicket(id: entry.id, url: entry.uploadUrl) }
        throw .unexpectedAnswer(asked: asked, detail: "no upload address", requestID: nil)
    }

    /// What CDF knows of these files, by external id; those it does not know are absent.
    ///
    /// - Parameter externalIDs: At most 1000, each once.
    package func fileStatuses(_ externalIDs: [String]) async throws(CDFError) -> [String: FileStatus] {
        struct Query: Encodable, Sendable {
            struct Item: Encodable, Sendable { var externalId: String }
            var items: [Item]
            var ignoreUnknownIds = true
        }
        struct Found: Decodable, Sendable { var items: [FileStatus] }
        let found: Found = try await post(
            JSONRequest(
                "/files/byids",
                Query(items: externalIDs.map(Query.Item.init)),
                asked: "the confirmation of \(externalIDs.count) files",
                .idempotent
            )
        )
        return found.items.reduce(into: [:]) { result, status in
            if let id = status.externalId { result[id] = status }
        }
    }
}
