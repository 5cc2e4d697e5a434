/// A property's value on the wire.
package enum WireValue: Encodable, Equatable, Sendable {
    case string(String)
    case number(Double)
    case bool(Bool)
    /// A direct relation to a node.
    case relation(NodeReference)

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .string(let text): try container.encode(text)
        case .number(let number): try container.encode(number)
        case .bool(let flag): try container.encode(flag)
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

/// A container: where views keep their properties.
package struct ContainerReference: Codable, Hashable, Sendable, CustomStringConvertible {
    package var type = "container"
    package var space: String
    package var externalId: String

    package init(space: String, externalId: String) {
        self.space = space
        self.externalId = externalId
    }

    package var description: String { "\(space):\(externalId)" }
}

/// Properties of one node, as one view or one container names them.
package struct NodeSource: Encodable, Equatable, Sendable {
    /// What names the properties.
    package enum Place: Encodable, Hashable, Sendable {
        case view(ViewReference)
        case container(ContainerReference)

        package func encode(to encoder: any Encoder) throws {
            switch self {
            case .view(let view): try view.encode(to: encoder)
            case .container(let container): try container.encode(to: encoder)
            }
        }
    }

    package var source: Place
    package var properties: [String: WireValue]

    package init(_ source: Place, _ properties: [String: WireValue]) {
        self.source = source
        self.properties = properties
    }
}

/// A node to be written: an upsert of these properties.
package struct NodeWrite: Encodable, Equatable, Sendable {
    private var instanceType = "node"
    private var space: String
    private var externalId: String
    /// The newest version that may be written over; nil for any, 0 if the node must be new.
    var existingVersion: Int?
    package var sources: [NodeSource]
    /// By what a node of its kind is told from another thing under the same id.
    var kind: NodeMark?

    private enum CodingKeys: String, CodingKey { case instanceType, space, externalId, existingVersion, sources }

    package var reference: NodeReference { NodeReference(space: space, externalId: externalId) }

    /// - Parameters:
    ///   - node: Which node.
    ///   - sources: Each view and each container once.
    ///   - kind: By what a node of its kind is told from others; nil to write over whatever has the id.
    package init(_ node: NodeReference, _ sources: [NodeSource], kind: NodeMark? = nil) {
        space = node.space
        externalId = node.externalId
        self.sources = sources
        self.kind = kind
    }

    package init(
        _ node: NodeReference,
        view: ViewReference,
        properties: [String: WireValue],
        kind: NodeMark? = nil
    ) {
        self.init(node, [NodeSource(.view(view), properties)], kind: kind)
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
