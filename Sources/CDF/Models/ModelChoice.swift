/// Which model is used to write to a project: the one place that names the models.
package struct ModelChoice: Sendable {
    /// The model that the configuration implies, for use without asking CDF.
    package let presumed: any WireModel

    package init(_ model: any WireModel) { presumed = model }

    /// The legacy schema for 360° images.
    ///
    /// - Parameter space: The instance space.
    package static func image360(space: String) -> ModelChoice { ModelChoice(LegacyModel(space: space)) }

    /// The model that fits the project's views.
    ///
    /// - Throws: ``CDFError/projectLacks(_:advice:)`` if none does.
    package func resolved(by client: CDFClient) async throws(CDFError) -> any WireModel {
        let model = presumed
        let mismatches = model.mismatches(in: try await client.views(model.views))
        guard mismatches.isEmpty else {
            throw .projectLacks(
                "The \(model.schemaName) of project \(client.settings.project) does not fit what drop360 writes: \(mismatches.joined(separator: "; ")).",
                advice: model.schemaAdvice
            )
        }
        return model
    }
}
