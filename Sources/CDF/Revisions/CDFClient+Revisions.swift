package import Station

extension CDFClient {
    /// The API's preview that documents the extraction of panoramas; the stable API may ignore it.
    private static let extractionVersion = "20230101-beta"

    /// All revisions of a model, the oldest first; nil if the project has no such model.
    package func revisions3D(of model: Int64) async throws(CDFError) -> [Revision3D]? {
        let asked = "the revisions of 3D model \(model)"
        let revisions: [Revision3D]? = try await list("/3d/models/\(model)/revisions", asked: asked)
        return revisions?.sorted { ($0.createdTime, $0.id) < ($1.createdTime, $1.id) }
    }

    /// Creates a revision, whose panoramas CDF extracts.
    ///
    /// Each call creates another one: look for it first.
    ///
    /// - Throws: ``CDFError/outcomeUnknown(asked:cause:)`` if it may have been created: look again. An error with
    ///   ``CDFError/mayConcernNonce`` may be about the nonce: a fresh session may work.
    package func createRevision3D(_ new: NewRevision3D) async throws(CDFError) -> Revision3D {
        struct Created: Decodable, Sendable { var items: [Revision3D] }
        let asked = "the creation of a revision of 3D model \(new.model)"
        let request = JSONRequest(
            "/3d/models/\(new.model)/revisions",
            new.body,
            asked: asked,
            .once,
            version: Self.extractionVersion
        )
        let created: Created
        do throws(CDFError) { created = try await post(request) } catch { throw error.hiding(new.nonce.secret) }
        guard let revision = created.items.first else { throw .answeredWithout("a revision", asked: asked) }
        return revision
    }

    /// The revision; nil if the project has none of these numbers.
    package func revision3D(_ revision: ModelRevision) async throws(CDFError) -> Revision3D? {
        let asked = "revision \(revision.revision) of 3D model \(revision.model)"
        return try await get("/3d/models/\(revision.model)/revisions/\(revision.revision)", asked: asked)
    }
}
