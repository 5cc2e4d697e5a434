import Station

/// A 3D model in CDF: what its revisions belong to.
package struct Model3D: Equatable, Sendable, Decodable {
    package var id: Int64
    package var name: String
    /// The data set that it belongs to; nil for none.
    package var dataSetID: Int64?
    /// Milliseconds since 1970, by CDF's clock.
    package var createdTime: Int64

    private enum CodingKeys: String, CodingKey {
        case id, name, createdTime
        case dataSetID = "dataSetId"
    }
}

extension CDFClient {
    /// The models of exactly this name in a data set, the oldest first.
    ///
    /// CDF does not keep names unique.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - dataSetID: The data set; nil for the models without one.
    package func models3D(named name: String, dataSetID: Int64?) async throws(CDFError) -> [Model3D] {
        let asked = "the list of 3D models"
        let models: [Model3D]? = try await list("/3d/models", asked: asked) {
            $0.name == name && $0.dataSetID == dataSetID
        }
        guard let models else { throw .unexpectedAnswer(asked: asked, detail: "there is no such list", requestID: nil) }
        return models.sorted { ($0.createdTime, $0.id) < ($1.createdTime, $1.id) }
    }

    /// The model with CDF's number `id`; nil if the project has none.
    package func model3D(_ id: Int64) async throws(CDFError) -> Model3D? {
        try await get("/3d/models/\(id)", asked: "3D model \(id)")
    }

    /// Creates a model.
    ///
    /// Each call creates another one: look for it first.
    ///
    /// - Parameters:
    ///   - name: At most 255 characters.
    ///   - dataSetID: Nil for none.
    ///   - metadata: At most 16 pairs; keys up to 32 bytes, values up to 512.
    /// - Throws: ``CDFError/outcomeUnknown(asked:cause:)`` if it may have been created: look again.
    package func createModel3D(
        name: String,
        dataSetID: Int64?,
        metadata: [String: String] = [:]
    ) async throws(CDFError) -> Model3D {
        struct Item: Encodable, Sendable {
            var name: String
            var dataSetId: Int64?
            var metadata: [String: String]?
        }
        struct Body: Encodable, Sendable { var items: [Item] }
        struct Created: Decodable, Sendable { var items: [Model3D] }
        let asked = "the creation of 3D model \(printable(name))"
        let item = Item(name: name, dataSetId: dataSetID, metadata: metadata.isEmpty ? nil : metadata)
        let created: Created = try await post(JSONRequest("/3d/models", Body(items: [item]), asked: asked, .once))
        guard let model = created.items.first else { throw .answeredWithout("a model", asked: asked) }
        return model
    }
}

extension CDFError {
    /// It was carried out, but its answer lacks the result.
    static func answeredWithout(_ what: String, asked: String) -> CDFError {
        .outcomeUnknown(
            asked: asked,
            cause: .unexpectedAnswer(asked: asked, detail: "it does not contain \(what)", requestID: nil)
        )
    }
}
