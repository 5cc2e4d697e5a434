/// A revision of a 3D model: what CDF makes of one file.
package struct Revision3D: Equatable, Sendable {
    /// How far CDF is with it.
    package enum Status: Equatable, Sendable {
        case queued, processing, done, failed
        /// A word that drop360 does not know.
        case other(String)

        init(_ word: String) {
            self =
                switch word {
                case "Queued": .queued
                case "Processing": .processing
                case "Done": .done
                case "Failed": .failed
                default: .other(word)
                }
        }
    }

    /// CDF's number.
    package var id: Int64
    /// The file that it is made from; nil for one that was made otherwise.
    package var fileID: Int64?
    package var status: Status
    package var metadata: [String: String]
    /// Milliseconds since 1970, by CDF's clock.
    package var createdTime: Int64

    package init(id: Int64, fileID: Int64?, status: Status, metadata: [String: String], createdTime: Int64) {
        self.id = id
        self.fileID = fileID
        self.status = status
        self.metadata = metadata
        self.createdTime = createdTime
    }
}

extension Revision3D: Decodable {
    private enum CodingKeys: String, CodingKey { case id, fileId, status, metadata, createdTime }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        id = try members.decode(Int64.self, forKey: .id)
        fileID = try members.decodeIfPresent(Int64.self, forKey: .fileId)
        status = Status(try members.decode(String.self, forKey: .status))
        // Metadata of another form is not drop360's, and must not hide the other revisions.
        metadata = (try? members.decodeIfPresent([String: String].self, forKey: .metadata)) ?? [:]
        createdTime = try members.decode(Int64.self, forKey: .createdTime)
    }
}

/// What is sent to create a revision whose panoramas CDF extracts.
package struct NewRevision3D: Sendable {
    /// CDF's number of the model.
    package var model: Int64
    /// CDF's number of the uploaded file.
    package var fileID: Int64
    /// Where CDF writes the nodes of the panoramas.
    package var space: String
    package var nonce: SessionNonce
    /// At most 16 pairs; keys up to 32 bytes, values up to 512.
    package var metadata: [String: String]

    package init(model: Int64, fileID: Int64, space: String, nonce: SessionNonce, metadata: [String: String]) {
        self.model = model
        self.fileID = fileID
        self.space = space
        self.nonce = nonce
        self.metadata = metadata
    }

    /// The request's body.
    struct Body: Encodable, Sendable {
        struct Item: Encodable, Sendable {
            struct Pipeline: Encodable, Sendable {
                struct Indexing: Encodable, Sendable {
                    // A boolean: the string "true" is not documented.
                    var extractPhotosphereImages = true
                    var dmsInstancesSpaceId: String
                }
                var indexingOptions: Indexing
            }
            var fileId: Int64
            var nonce: String
            var metadata: [String: String]?
            var pipelineConfiguration: Pipeline
        }
        var items: [Item]
    }

    var body: Body {
        let pipeline = Body.Item.Pipeline(indexingOptions: .init(dmsInstancesSpaceId: space))
        let item = Body.Item(
            fileId: fileID,
            nonce: nonce.secret,
            metadata: metadata.isEmpty ? nil : metadata,
            pipelineConfiguration: pipeline
        )
        return Body(items: [item])
    }
}
