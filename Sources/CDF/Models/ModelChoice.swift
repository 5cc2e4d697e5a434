/// Which model a project is written by: the one place that names the models.
package struct ModelChoice: Sendable {
    /// As far as the configuration alone tells, for whoever has not asked CDF.
    package let presumed: any WireModel

    package init(_ model: any WireModel) { presumed = model }

    /// The legacy schema for 360° images.
    ///
    /// - Parameter space: The instance space.
    package static func image360(space: String) -> ModelChoice { ModelChoice(LegacyModel(space: space)) }

    /// The model that fits the project's views.
    ///
    /// - Throws: ``CDFError/projectLacks(_:advice:)`` where none does.
    package func resolved(by client: CDFClient) async throws(CDFError) -> any WireModel {
        let model = presumed
        let mismatches = model.mismatches(in: try await client.views(model.views))
        guard mismatches.isEmpty else {
            throw .projectLacks(
                "The \(model.schemaName) of project \(client.settings.project) is not what drop360 can write: \(mismatches.joined(separator: "; ")).",
                advice: model.schemaAdvice
            )
        }
        return model
    }
}
