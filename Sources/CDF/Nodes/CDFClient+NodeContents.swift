import Station

// What nodes hold that CDF has already, whoever wrote them.
extension CDFClient {
    /// In which containers and through which views a node has data.
    struct Holdings: Sendable {
        var containers: Set<ContainerReference>
        /// Empty if they were not asked for.
        var views: Set<ViewReference>
    }

    /// What nodes hold; those that do not exist are absent.
    ///
    /// - Parameters:
    ///   - nodes: At most ``nodesPerCall``, as below.
    ///   - asksForViews: Whether to ask for views as well as for containers.
    ///   - asked: For the messages.
    func holdings(
        of nodes: [NodeReference],
        asksForViews: Bool,
        asked: String
    ) async throws(CDFError) -> [NodeReference: Holdings] {
        struct Body: Encodable, Sendable {
            struct Operations: Encodable, Sendable {
                struct Views: Encodable, Sendable { var allVersions = true }
                var involvedContainers: [String: String] = [:]
                var involvedViews: Views?
            }
            var inspectionOperations: Operations
            var items: [NodeItem]
        }
        struct Found: Decodable, Sendable {
            struct Item: Decodable, Sendable {
                struct Results: Decodable, Sendable {
                    var involvedContainers: [ContainerReference]?
                    var involvedViews: [ViewReference]?
                }
                var space: String
                var externalId: String
                var inspectionResults: Results
            }
            var items: [Item]
        }
        let body = Body(
            inspectionOperations: .init(involvedViews: asksForViews ? .init() : nil),
            items: nodes.map(NodeItem.init)
        )
        let found: Found = try await post(
            JSONRequest("/models/instances/inspect", body, asked: asked, .idempotent)
        )
        return found.items.reduce(into: [:]) { result, item in
            let node = NodeReference(space: item.space, externalId: item.externalId)
            result[node] = Holdings(
                containers: Set(item.inspectionResults.involvedContainers ?? []),
                views: Set(item.inspectionResults.involvedViews ?? [])
            )
        }
    }

    /// Those of `nodes` that exist, whatever they hold.
    func existing(_ nodes: [NodeReference], asked: String) async throws(CDFError) -> Set<NodeReference> {
        struct Body: Encodable, Sendable { var items: [NodeItem] }
        struct Found: Decodable, Sendable { var items: [NodeReference] }
        let body = Body(items: nodes.map(NodeItem.init))
        let found: Found = try await post(JSONRequest("/models/instances/byids", body, asked: asked, .idempotent))
        return Set(found.items)
    }

    /// Those of `nodes` that are of the kind with this mark.
    func nodes(
        _ nodes: [NodeReference],
        marked mark: NodeMark,
        asked: String
    ) async throws(CDFError) -> Set<NodeReference> {
        struct Body: Encodable, Sendable {
            var instanceType = "node"
            var filter: InstanceFilter
            var limit = CDFClient.nodesPerCall
        }
        struct Found: Decodable, Sendable { var items: [NodeReference] }
        let body = Body(filter: .and([.instanceReferences(nodes)] + mark.filters))
        let found: Found = try await post(JSONRequest("/models/instances/list", body, asked: asked, .idempotent))
        return Set(found.items)
    }
}

/// A node as requests name it.
struct NodeItem: Encodable, Sendable {
    var instanceType = "node"
    var space: String
    var externalId: String

    init(_ node: NodeReference) {
        space = node.space
        externalId = node.externalId
    }
}
