/// Names a node or an edge.
struct InstanceID: Hashable, Codable, Sendable {
    var space: String
    var externalID: String

    var json: JSON { .reference(space, externalID) }
}

/// A file of the classic Files API, with its contents, if any.
struct FileEntry: Codable, Sendable {
    var id: Int64
    var name: String
    var externalID: String?
    /// The node of a file that was created through data modelling.
    var instanceID: InstanceID?
    /// The other members as sent: mimeType, directory, source, metadata, dataSetId, labels.
    var members: [String: JSON] = [:]
    var createdTime: Int64
    var lastUpdatedTime: Int64
    var content: Content?
    /// When the file becomes `uploaded`; nil for a file without contents.
    var uploadedTime: Int64?
    /// How many look-ups still answer `uploaded: false`.
    var pollsUntilUploaded = 0

    struct Content: Codable, Sendable {
        /// The name of the file in the blobs folder.
        var blob: String
        var size: Int64
        var sha256: String
        var md5: String
    }

    func isUploaded(at now: Int64) -> Bool {
        content != nil && pollsUntilUploaded == 0 && (uploadedTime ?? .max) <= now
    }

    func json(at now: Int64) -> JSON {
        var all = members
        all["id"] = .int(id)
        all["name"] = .string(name)
        all["externalId"] = externalID.map(JSON.string)
        all["instanceId"] = instanceID?.json
        all["createdTime"] = .int(createdTime)
        all["lastUpdatedTime"] = .int(lastUpdatedTime)
        all["uploaded"] = .bool(isUploaded(at: now))
        if isUploaded(at: now) { all["uploadedTime"] = uploadedTime.map(JSON.int) }
        return .object(all)
    }
}

/// One URL that accepts a PUT.
struct UploadTicket: Codable, Sendable {
    var token: String
    var fileID: Int64
    var expires: Int64
    /// Which part of which multipart upload; nil for the whole contents.
    var part: Part?
    /// How long, in milliseconds, and for how many look-ups the file is not yet `uploaded` after the PUT.
    var uploadedAfter: Int64
    var pollsUntilUploaded: Int

    struct Part: Codable, Sendable {
        var uploadID: String
        var number: Int
    }
}

/// A multipart upload that is not completed.
struct MultipartUpload: Codable, Sendable {
    var uploadID: String
    var fileID: Int64
    var partCount: Int
    /// The parts that have arrived: their blob and size, by number from 0.
    var parts: [Int: FileEntry.Content] = [:]
    var uploadedAfter: Int64
    var pollsUntilUploaded: Int
}

/// A node or an edge.
struct Instance: Codable, Sendable, Equatable {
    var id: InstanceID
    var isEdge = false
    /// Its place in the order of creation, which is the order of lists.
    var sequence: Int64
    var type: InstanceID?
    var startNode: InstanceID?
    var endNode: InstanceID?
    var version: Int64 = 1
    var createdTime: Int64
    var lastUpdatedTime: Int64
    /// Values by container and property.
    var values: [ContainerID: [String: JSON]] = [:]

    /// Whether `other` has the same contents; versions and times are ignored.
    func hasSameContents(as other: Instance) -> Bool {
        type == other.type && startNode == other.startNode && endNode == other.endNode && values == other.values
    }
}

/// A record without a form of its own here: a space, a data set, a label, a 3D model, a revision, a pipeline run.
struct Record: Codable, Sendable {
    var members: [String: JSON]

    var json: JSON { .object(members) }
}

/// The tables of plain records.
enum RecordKind: String, Codable, Sendable, CaseIterable {
    case space, dataSet, label, securityCategory, model, revision, revisionLog, pipeline, run
}
