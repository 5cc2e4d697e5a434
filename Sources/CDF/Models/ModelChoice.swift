/// Which model is used to write to a project: the one place that names the models.
package struct ModelChoice: Sendable {
    /// The models that the configuration allows, the preferred one first; never empty.
    package let candidates: [any WireModel]
    /// The model that the configuration implies, for use without asking CDF.
    package let presumed: any WireModel

    package init(_ model: any WireModel, else others: any WireModel...) {
        presumed = model
        candidates = [model] + others
    }

    /// The legacy schema for 360° images.
    ///
    /// - Parameter space: The instance space.
    package static func image360(space: String) -> ModelChoice { ModelChoice(LegacyModel(space: space)) }

    /// The core data model.
    ///
    /// - Parameter space: The instance space.
    package static func core(space: String) -> ModelChoice { ModelChoice(CoreModel(space: space)) }

    /// The model that fits the project's views.
    ///
    /// - Throws: ``CDFError/projectLacks(_:advice:)`` if none does.
    package func resolved(by client: CDFClient) async throws(CDFError) -> any WireModel {
        let views = candidates.flatMap(\.views)
        let definitions = try await client.views(views)
        if let model = candidates.first(where: { $0.mismatches(in: definitions).isEmpty }) { return model }
        let mismatches = presumed.mismatches(in: definitions).joined(separator: "; ")
        throw .projectLacks(
            "The \(presumed.schemaName) of project \(client.settings.project) does not fit what drop360 writes: \(mismatches).",
            advice: presumed.schemaAdvice
        )
    }
}
