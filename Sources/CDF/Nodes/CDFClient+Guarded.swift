import Station

extension CDFClient {
    /// Writes nodes in one transaction, but over nothing that another tool keeps under the same ids.
    ///
    /// Nodes that have a kind are first written as new ones, which costs no further request. Only if CDF already has one of them does it
    /// take a look at what they hold, and a second write.
    ///
    /// - Parameters:
    ///   - nodes: At most ``nodesPerCall``, none twice.
    ///   - known: Those that this process has written before.
    ///   - asked: For the messages.
    /// - Returns: A receipt for every node.
    /// - Throws: ``CDFError/occupied(node:space:holds:)`` if one holds something of another kind; then nothing is written.
    package func write(
        _ nodes: [NodeWrite],
        known: Set<NodeReference> = [],
        asked: String
    ) async throws(CDFError) -> [NodeReceipt] {
        let new = nodes.filter { $0.kind != nil && !known.contains($0.reference) }
        guard !new.isEmpty else { return try await apply(nodes, asked: asked) }
        let insertion = nodes.map { known.contains($0.reference) ? $0 : $0.asNew }
        let answer = try await answer(to: .apply(insertion, asked: asked)) { $0.isVersionConflict }
        if answer.isSuccess { return try receipts(in: answer, for: nodes, asked: asked) }
        // One of them exists: from an earlier attempt or visit, mostly.
        let held = try await containers(of: new.map(\.reference), asked: asked)
        for node in new {
            guard let held = held[node.reference], let kind = node.kind, !held.isEmpty, !held.contains(kind) else {
                continue
            }
            throw .occupied(
                node: node.reference.externalId,
                space: node.reference.space,
                holds: held.map { "\($0.space):\($0.externalId)" }.sorted().joined(separator: ", ")
            )
        }
        return try await apply(nodes, asked: asked)
    }

    /// In which containers nodes have data; those that do not exist are absent.
    private func containers(
        of nodes: [NodeReference],
        asked: String
    ) async throws(CDFError) -> [NodeReference: Set<ContainerReference>] {
        struct Body: Encodable, Sendable {
            struct Operations: Encodable, Sendable { var involvedContainers: [String: String] = [:] }
            var inspectionOperations = Operations()
            var items: [NodeItem]
        }
        struct Found: Decodable, Sendable {
            struct Item: Decodable, Sendable {
                struct Results: Decodable, Sendable { var involvedContainers: [ContainerReference]? }
                var space: String
                var externalId: String
                var inspectionResults: Results
            }
            var items: [Item]
        }
        let body = Body(items: nodes.map(NodeItem.init))
        let found: Found = try await post(
            JSONRequest("/models/instances/inspect", body, asked: asked, .idempotent)
        )
        return found.items.reduce(into: [:]) { result, item in
            let node = NodeReference(space: item.space, externalId: item.externalId)
            result[node] = Set(item.inspectionResults.involvedContainers ?? [])
        }
    }
}

extension NodeWrite {
    /// The same, for a node that must not exist yet, if it has a kind: how it is written first.
    package var asNew: NodeWrite {
        var node = self
        if kind != nil { node.existingVersion = 0 }
        return node
    }
}

extension Answer {
    /// Whether a node exists in a newer version than may be written over, or another client was writing it at the same time.
    fileprivate var isVersionConflict: Bool {
        // The status is known from one SDK only.
        status == 409 || (status == 400 && errorMessage.lowercased().contains("version conflict"))
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
