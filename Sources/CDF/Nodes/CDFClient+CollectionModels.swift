import Station

/// A node as it is read through one view.
struct FoundNode: Decodable, Sendable {
    /// The value of a property, as far as drop360 reads it.
    struct Value: Decodable, Sendable {
        /// Nil for what is not a direct relation.
        var relation: NodeReference?
        /// Nil for what is not a text.
        var text: String?
        /// Nil for what is not a number.
        var number: Double?

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            // Each kind is tried in turn; a value of none of them is of no interest here.
            relation = try? NodeReference(from: decoder)
            text = try? value.decode(String.self)
            number = try? value.decode(Double.self)
        }
    }

    var space: String
    var externalId: String
    /// By the view's space, its `name/version`, and the property.
    var properties: [String: [String: [String: Value]]]?

    var reference: NodeReference { NodeReference(space: space, externalId: externalId) }

    /// What the node has in the view; empty if it has nothing there.
    func values(in view: ViewReference) -> [String: Value] {
        properties?[view.space]?["\(view.externalId)/\(view.version)"] ?? [:]
    }

    func relation(_ property: String, in view: ViewReference) -> NodeReference? {
        values(in: view)[property]?.relation
    }
}

extension CDFClient {
    /// Those of `nodes` that have data in `view`, with its properties.
    func nodes(_ nodes: [NodeReference], with view: ViewReference, asked: String) async throws(CDFError) -> [FoundNode]
    {
        struct Body: Encodable, Sendable {
            struct Source: Encodable, Sendable { var source: ViewReference }
            var items: [NodeItem]
            var sources: [Source]
        }
        struct Found: Decodable, Sendable { var items: [FoundNode] }
        let body = Body(items: nodes.map(NodeItem.init), sources: [.init(source: view)])
        let found: Found = try await post(JSONRequest("/models/instances/byids", body, asked: asked, .idempotent))
        return found.items
    }

    /// What CDF knows about a collection's 3D model.
    package enum CollectionModelState: Equatable, Sendable {
        /// There is no such collection.
        case noCollection
        case hasModel
        case lacksModel
    }

    /// Whether the collection has a 3D model already.
    package func state(of model: CollectionModel) async throws(CDFError) -> CollectionModelState {
        let asked = "the 3D model of collection \(printable(model.collection.externalId))"
        // Through the view of revisions: that of collections has a filter that ours do not pass.
        let found = try await nodes([model.collection], with: CoreModel.revisionView, asked: asked)
        guard let collection = found.first else { return .noCollection }
        return collection.relation("model3D", in: CoreModel.revisionView) == nil ? .lacksModel : .hasModel
    }

    /// CDF's number of a model that was created for this collection and is not related to it yet; nil if there is none.
    ///
    /// Of several the one with the lowest number: the oldest, as a rule.
    package func existing(_ model: CollectionModel) async throws(CDFError) -> Int64? {
        struct Body: Encodable, Sendable {
            struct Source: Encodable, Sendable { var source: ViewReference }
            var instanceType = "node"
            var sources: [Source]
            var filter: InstanceFilter
            var limit = 1000
        }
        struct Found: Decodable, Sendable { var items: [FoundNode] }
        let view = CoreModel.model
        let filter = InstanceFilter.and([
            .equals(property: ["node", "space"], value: model.collection.space),
            .equals(property: NodeSource.Place.view(view).path(to: "name"), value: model.name),
        ])
        let asked = "the 3D models called \(printable(model.name))"
        let found: Found = try await post(
            JSONRequest(
                "/models/instances/list",
                Body(sources: [.init(source: view)], filter: filter),
                asked: asked,
                .idempotent
            )
        )
        return found.items.compactMap { CollectionModel.number(ofNode: $0.externalId) }.min()
    }

    /// Creates the model, and with it its node.
    ///
    /// Each call creates another one: look for it first.
    ///
    /// - Returns: CDF's number of the model.
    /// - Throws: ``CDFError/outcomeUnknown(asked:cause:)`` if it may have been created: look again.
    package func create(_ model: CollectionModel) async throws(CDFError) -> Int64 {
        struct Created: Decodable, Sendable {
            struct Item: Decodable, Sendable { var id: Int64 }
            var items: [Item]
        }
        let request = JSONRequest.creation(of: model)
        let created: Created = try await post(request)
        guard let item = created.items.first else { throw .answeredWithout("a model", asked: request.asked) }
        return item.id
    }
}

extension JSONRequest {
    /// Creates a collection's 3D model.
    package static func creation(of model: CollectionModel) -> JSONRequest {
        struct Body: Encodable, Sendable {
            struct Item: Encodable, Sendable {
                var name: String
                var space: String
                var type = CollectionModel.type
            }
            var items: [Item]
        }
        return JSONRequest(
            "/3d/models",
            Body(items: [.init(name: model.name, space: model.collection.space)]),
            asked: "the creation of a 3D model for collection \(printable(model.collection.externalId))",
            .once
        )
    }
}
