import Foundation
import Station

extension JSONRequest {
    /// Writes nodes in one transaction: at most ``CDFClient/nodesPerCall``, none twice.
    package static func apply(_ nodes: [NodeWrite], asked: String) -> JSONRequest {
        // Upserts under our own ids.
        JSONRequest("/models/instances", ApplyBody(nodes), asked: asked, .idempotent)
    }
}

extension CDFClient {
    /// The most nodes in one call: CDF's limit.
    package static let nodesPerCall = 1000

    /// Writes nodes in one transaction.
    ///
    /// Writing equal values again changes nothing.
    ///
    /// - Parameters:
    ///   - nodes: At most ``nodesPerCall``, none twice.
    ///   - asked: For the messages.
    /// - Returns: A receipt for every node.
    package func apply(_ nodes: [NodeWrite], asked: String) async throws(CDFError) -> [NodeReceipt] {
        try receipts(in: try await answer(to: .apply(nodes, asked: asked)), for: nodes, asked: asked)
    }

    /// - Throws: ``CDFError/unexpectedAnswer(asked:detail:requestID:)`` if one of `nodes` has no receipt.
    func receipts(in answer: Answer, for nodes: [NodeWrite], asked: String) throws(CDFError) -> [NodeReceipt] {
        struct Applied: Decodable, Sendable { var items: [NodeReceipt] }
        let applied: Applied = try decode(answer, asked: asked)
        let answered = Set(applied.items.map { NodeReference(space: $0.space, externalId: $0.externalId) })
        guard let absent = nodes.map(\.reference).first(where: { !answered.contains($0) }) else { return applied.items }
        throw .unexpectedAnswer(
            asked: asked,
            detail: "no receipt for node \(printable(absent.externalId))",
            requestID: nil
        )
    }

    /// Deletes nodes; missing ones are not an error.
    package func deleteNodes(_ nodes: [NodeReference], asked: String) async throws(CDFError) {
        struct Item: Encodable, Sendable {
            var instanceType = "node"
            var space: String
            var externalId: String
        }
        struct Body: Encodable, Sendable { var items: [Item] }
        let body = Body(items: nodes.map { Item(space: $0.space, externalId: $0.externalId) })
        _ = try await post(JSONRequest("/models/instances/delete", body, asked: asked, .idempotent), as: Nothing.self)
    }

    /// Whether anything in the project points at the node by one of these relations.
    package func isPointedAt(_ node: NodeReference, by relations: [Relations]) async throws(CDFError) -> Bool {
        for relation in relations where try await isPointedAt(node, by: relation) { return true }
        return false
    }

    private func isPointedAt(_ node: NodeReference, by relations: Relations) async throws(CDFError) -> Bool {
        struct Match: Encodable, Sendable {
            struct Equals: Encodable, Sendable {
                var property: [String]
                var value: NodeReference
            }
            var equals: Equals
        }
        struct Body: Encodable, Sendable {
            struct Source: Encodable, Sendable { var source: ViewReference }
            struct Filter: Encodable, Sendable { var or: [Match] }
            var instanceType = "node"
            var sources: [Source]
            var filter: Filter
            var limit = 1
        }
        struct Found: Decodable, Sendable {
            struct Item: Decodable, Sendable {}
            var items: [Item]
        }
        let view = relations.view
        let matches = relations.properties.map { property in
            Match(equals: .init(property: [view.space, "\(view.externalId)/\(view.version)", property], value: node))
        }
        let found: Found = try await post(
            JSONRequest(
                "/models/instances/list",
                Body(sources: [.init(source: view)], filter: .init(or: matches)),
                asked: "the images that point at \(printable(node.externalId))",
                .idempotent
            )
        )
        return !found.items.isEmpty
    }

    /// The number of a data set by its external id; nil if the project has no data set of that name.
    package func dataSetID(externalID: String) async throws(CDFError) -> Int64? {
        struct Entry: Decodable, Sendable { var id: Int64 }
        let asked = "data set \(printable(externalID))"
        let found: [Entry] = try await entries(at: "/datasets/byids", externalID: externalID, asked: asked)
        return found.first?.id
    }

    /// The entries of a service with this external id: one, or none if the project has none that drop360 may read.
    func entries<Entry: Decodable & Sendable>(
        at path: String,
        externalID: String,
        asked: String
    ) async throws(CDFError) -> [Entry] {
        let query = ExternalIDQuery(items: [.init(externalId: externalID)])
        let found: Entries<Entry> = try await post(JSONRequest(path, query, asked: asked, .idempotent))
        return found.items
    }
}

private struct ExternalIDQuery: Encodable, Sendable {
    struct Item: Encodable, Sendable { var externalId: String }
    var items: [Item]
    var ignoreUnknownIds = true
}

private struct Entries<Entry: Decodable & Sendable>: Decodable, Sendable { var items: [Entry] }
