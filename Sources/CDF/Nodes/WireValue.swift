/// A property's value on the wire.
package enum WireValue: Encodable, Equatable, Sendable {
    case string(String)
    case number(Double)
    /// A direct relation to a node.
    case relation(NodeReference)

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .string(let text): try container.encode(text)
        case .number(let number): try container.encode(number)
        case .relation(let node): try container.encode(node)
        }
    }
}

/// A node in the data modelling service.
package struct NodeReference: Codable, Hashable, Sendable {
    package var space: String
    package var externalId: String

    package init(space: String, externalId: String) {
        self.space = space
        self.externalId = externalId
    }
}

/// One version of one view.
package struct ViewReference: Codable, Hashable, Sendable, CustomStringConvertible {
    package var type = "view"
    package var space: String
    package var externalId: String
    package var version: String

    package init(space: String, externalId: String, version: String) {
        self.space = space
        self.externalId = externalId
        self.version = version
    }

    package var description: String { "\(space):\(externalId)/\(version)" }
}

/// A node to be written: an upsert of these properties of one view.
package struct NodeWrite: Encodable, Equatable, Sendable {
    private struct Source: Encodable, Equatable, Sendable {
        var source: ViewReference
        var properties: [String: WireValue]
    }

    private var instanceType = "node"
    private var space: String
    private var externalId: String
    private var sources: [Source]

    package var reference: NodeReference { NodeReference(space: space, externalId: externalId) }

    package init(_ node: NodeReference, view: ViewReference, properties: [String: WireValue]) {
        space = node.space
        externalId = node.externalId
        sources = [Source(source: view, properties: properties)]
    }
}

/// The body of `POST /models/instances`, with every choice spelled out: relation targets are never created automatically, since a typo
/// would become an empty node that breaks the viewer (contract A.3).
package struct ApplyBody: Encodable, Equatable, Sendable {
    private var items: [NodeWrite]
    private var autoCreateDirectRelations = false
    private var autoCreateStartNodes = false
    private var autoCreateEndNodes = false
    private var skipOnVersionConflict = false
    private var replace = false

    package init(_ items: [NodeWrite]) { self.items = items }
}

/// The result of writing one node.
package struct NodeReceipt: Decodable, Equatable, Sendable {
    package var space: String
    package var externalId: String
    package var version: Int
    package var wasModified: Bool
}
