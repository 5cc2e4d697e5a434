import Station

/// What is sent to CDF about a file before its bytes, and how.
package enum FileDescription: Equatable, Sendable {
    /// An entry of the file service, under our own external id.
    case entry(FileEntry)
    /// A node of a data model, which is written first; its bytes go to an address that is requested for the node.
    case node(NodeWrite, mimeType: String)

    package var reference: FileReference {
        switch self {
        case .entry(let entry): .externalID(entry.externalId)
        case .node(let node, _): .node(node.reference)
        }
    }

    package var mimeType: String {
        switch self {
        case .entry(let entry): entry.mimeType
        case .node(_, let type): type
        }
    }

    /// Whether CDF keeps it in a data set.
    package var takesDataSet: Bool { if case .entry = self { true } else { false } }

    package var externalId: String { reference.externalID }

    /// The node that represents it; nil for an entry.
    package var node: NodeWrite? { if case .node(let node, _) = self { node } else { nil } }

    /// The request whose answer contains the address for the bytes; it also creates the entry, but not a node.
    ///
    /// - Parameters:
    ///   - parts: The number of addresses to request; nil for one that takes the whole file.
    ///   - takesOver: Whether an entry that exists under its id becomes this file; otherwise CDF refuses to create it.
    package func creation(parts: Int? = nil, takesOver: Bool = false) -> JSONRequest {
        let asked = "the creation of file \(printable(externalId))" + (parts.map { " in \($0) parts" } ?? "")
        switch self {
        case .entry(let entry):
            // If two sessions are opened the second one counts, and the first is lost. What a first try has created is found (see ``CDFClient``).
            let path = parts.map { "/files/initmultipartupload?parts=\($0)&" } ?? "/files?"
            return JSONRequest(path + "overwrite=\(takesOver)", entry, asked: asked, .idempotent)
        case .node:
            let path = parts.map { "/files/multiuploadlink?parts=\($0)" } ?? "/files/uploadlink"
            return JSONRequest(path, ["items": [reference]], asked: asked, .idempotent)
        }
    }
}

/// A file's entry as it is sent to the file service.
package struct FileEntry: Encodable, Equatable, Sendable {
    package var externalId: String
    package var name: String
    package var mimeType: String
    package var directory: String?
    package var source: String
    package var dataSetId: Int64?
    /// Milliseconds since 1970.
    package var sourceCreatedTime: Int64?
    /// All strings.
    package var metadata: [String: String]
    /// At most 10; nil for none of ours.
    package var labels: [Label]?
    /// At most 100 of CDF's numbers; nil for none of ours.
    package var securityCategories: [Int64]?

    /// A label by its external id.
    package struct Label: Codable, Hashable, Sendable {
        package var externalId: String
    }

    package init(
        externalId: String,
        name: String,
        mimeType: String,
        directory: String?,
        source: String = FileSettings.defaultSource,
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

/// How CDF finds a file.
package enum FileReference: Hashable, Sendable {
    case externalID(String)
    /// The node that represents it in a data model.
    case node(NodeReference)

    /// Without the space, for messages.
    package var externalID: String {
        switch self {
        case .externalID(let id): id
        case .node(let node): node.externalId
        }
    }
}

extension FileReference: Encodable {
    private enum CodingKeys: String, CodingKey { case externalId, instanceId }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .externalID(let id): try container.encode(id, forKey: .externalId)
        case .node(let node): try container.encode(node, forKey: .instanceId)
        }
    }
}
