import Station

/// A view as it is defined in the project.
package struct ViewDefinition: Decodable, Sendable {
    package struct Property: Decodable, Sendable {
        package struct Kind: Decodable, Sendable {
            package var type: String
            /// Whether it takes several values.
            package var list: Bool?
            /// The values of an `enum`, by name.
            package var values: [String: EnumValue]?

            package struct EnumValue: Decodable, Sendable {}
        }
        /// Absent for connections that are not properties of their own (reverse relations, edges).
        package var type: Kind?
        package var nullable: Bool?
        /// Whether CDF supplies a value where none is written.
        package var isSupplied = false
    }

    package var space: String
    package var externalId: String
    package var version: String
    package var properties: [String: Property]

    package var reference: ViewReference { ViewReference(space: space, externalId: externalId, version: version) }
}

extension ViewDefinition.Property {
    private enum CodingKeys: String, CodingKey { case type, nullable, defaultValue, autoIncrement }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        type = try values.decodeIfPresent(Kind.self, forKey: .type)
        nullable = try values.decodeIfPresent(Bool.self, forKey: .nullable)
        let hasDefault = try values.contains(.defaultValue) && !values.decodeNil(forKey: .defaultValue)
        isSupplied = try values.decodeIfPresent(Bool.self, forKey: .autoIncrement) == true || hasDefault
    }
}

extension CDFClient {
    /// The project's views; those it lacks are absent.
    ///
    /// Some servers refuse the whole question where a view or its space does not exist: then they are asked for one by one.
    ///
    /// - Throws: CDF's refusal, if it gives none of them and does not say that something does not exist.
    package func views(_ references: [ViewReference]) async throws(CDFError) -> [ViewDefinition] {
        do throws(CDFError) { return try await definitions(of: references) } catch {
            guard error.isRefusal else { throw error }
            guard references.count > 1 else {
                if error.saysSomethingIsMissing { return [] }
                throw error
            }
        }
        var found: [ViewDefinition] = []
        var refusal: CDFError?
        for reference in references {
            do throws(CDFError) { found += try await views([reference]) } catch {
                guard error.isRefusal else { throw error }
                refusal = error
            }
        }
        if found.isEmpty, let refusal { throw refusal }
        return found
    }

    private func definitions(of references: [ViewReference]) async throws(CDFError) -> [ViewDefinition] {
        struct Item: Encodable, Sendable {
            var space: String
            var externalId: String
            var version: String
        }
        struct Body: Encodable, Sendable { var items: [Item] }
        struct Found: Decodable, Sendable { var items: [ViewDefinition] }
        let found: Found = try await post(
            JSONRequest(
                "/models/views/byids",
                Body(items: references.map { Item(space: $0.space, externalId: $0.externalId, version: $0.version) }),
                asked: "the definition of the 360° views",
                .idempotent
            )
        )
        return found.items
    }

    /// The versions that the project has of views which it lacks in the version asked for; for messages.
    func otherVersions(of references: [ViewReference]) async throws(CDFError) -> [ViewReference] {
        struct Item: Encodable, Sendable {
            var space: String
            var externalId: String
        }
        struct Body: Encodable, Sendable { var items: [Item] }
        struct Found: Decodable, Sendable {
            struct Entry: Decodable, Sendable {
                var space: String
                var externalId: String
                var version: String
            }
            var items: [Entry]
        }
        let body = Body(items: references.map { Item(space: $0.space, externalId: $0.externalId) })
        let asked = "the versions of the 360° views"
        let found: Found = try await post(JSONRequest("/models/views/byids", body, asked: asked, .idempotent))
        return found.items.map { ViewReference(space: $0.space, externalId: $0.externalId, version: $0.version) }
            .filter { !references.contains($0) }.sorted { $0.description < $1.description }
    }

    /// Whether the space has any collection of the model with this mark.
    func hasCollections(_ mark: NodeMark, in space: String) async throws(CDFError) -> Bool {
        struct Body: Encodable, Sendable {
            var instanceType = "node"
            var filter: InstanceFilter
            var limit = 1
        }
        struct Found: Decodable, Sendable {
            struct Item: Decodable, Sendable {}
            var items: [Item]
        }
        let asked = "the collections in space \(space)"
        let body = Body(filter: .and([.equals(property: ["node", "space"], value: space)] + mark.filters))
        let found: Found = try await post(JSONRequest("/models/instances/list", body, asked: asked, .idempotent))
        return !found.items.isEmpty
    }

    /// Whether the project has this space.
    package func hasSpace(_ space: String) async throws(CDFError) -> Bool {
        struct Item: Codable, Sendable { var space: String }
        struct Items: Codable, Sendable { var items: [Item] }
        let found: Items = try await post(
            JSONRequest(
                "/models/spaces/byids",
                Items(items: [Item(space: space)]),
                asked: "space \(space)",
                .idempotent
            )
        )
        return found.items.contains { $0.space == space }
    }
}

extension CDFError {
    fileprivate var isRefusal: Bool { if case .refused = self { true } else { false } }

    /// Whether a refusal is about something that does not exist: `One or more spaces do not exist`, as data modelling says it.
    fileprivate var saysSomethingIsMissing: Bool {
        guard case .refused(_, let status, let message, _) = self else { return false }
        let words = message.lowercased()
        return status == 404 || ["not exist", "not found", "unknown", "missing"].contains { words.contains($0) }
    }
}
