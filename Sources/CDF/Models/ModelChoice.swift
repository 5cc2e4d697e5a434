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

    /// The one that the project has; the legacy schema where it has both, unless the space's collections are of the other.
    ///
    /// - Parameter space: The instance space.
    package static func auto(space: String) -> ModelChoice {
        ModelChoice(LegacyModel(space: space), else: CoreModel(space: space))
    }

    /// The choice of a ledger that has delivered: it never changes its model by itself.
    ///
    /// - Parameter delivered: The name of the model it has delivered by; nil if it has delivered nothing.
    /// - Throws: ``CDFError/otherModel(delivered:wanted:)`` if the configuration demands another one.
    package func after(delivered: String?) throws(CDFError) -> ModelChoice {
        guard let delivered else { return self }
        guard let model = candidates.first(where: { $0.name == delivered }) else {
            throw .otherModel(delivered: delivered, wanted: presumed.name)
        }
        return ModelChoice(model)
    }

    /// The allowed models of which the project has at least one view, and the views that it has.
    ///
    /// - Parameter delivered: The name of the model that the ledger has delivered by; nil if it has delivered nothing.
    package func present(
        in client: CDFClient,
        delivered: String?
    ) async throws(CDFError) -> (models: [any WireModel], definitions: [ViewDefinition]) {
        let allowed = try after(delivered: delivered).candidates
        let definitions = try await client.views(allowed.flatMap(\.views))
        return (allowed.filter { model in definitions.contains { model.views.contains($0.reference) } }, definitions)
    }

    /// The model that fits the project's views.
    ///
    /// - Parameter delivered: The name of the model that the ledger has delivered by; nil if it has delivered nothing.
    /// - Throws: ``CDFError/projectLacks(_:advice:)`` if none does, ``CDFError/otherModel(delivered:wanted:)``.
    package func resolved(by client: CDFClient, delivered: String? = nil) async throws(CDFError) -> ChosenModel {
        let allowed = try after(delivered: delivered).candidates
        let (present, definitions) = try await present(in: client, delivered: delivered)
        let chosen: ChosenModel
        switch (present.count, allowed.count) {
        case (_, 1): chosen = ChosenModel(allowed[0], candidates.count == 1 ? .configured : .delivered)
        case (1, _): chosen = ChosenModel(present[0], .only)
        case (0, _):
            throw .projectLacks(
                "Project \(client.settings.project) has neither the \(allowed.map(\.schemaName).joined(separator: " nor the ")), or drop360 may not read them.",
                advice: allowed.map(\.schemaAdvice).joined(separator: " Or: ")
            )
        default: chosen = try await chosenByCollections(present, asking: client)
        }
        try await expectFit(of: chosen.model, among: allowed, in: definitions, asking: client)
        return chosen
    }

    /// The one of several models that the space's collections are of.
    private func chosenByCollections(
        _ models: [any WireModel],
        asking client: CDFClient
    ) async throws(CDFError) -> ChosenModel {
        var used: [any WireModel] = []
        for model in models {
            do throws(CDFError) {
                if try await client.hasCollections(model.collectionMark, in: model.space) { used.append(model) }
            } catch {
                // It is only a hint: whoever does not answer the question can take deliveries all the same.
                guard case .refused = error else { throw error }
            }
        }
        return used.count == 1 ? ChosenModel(used[0], .collections) : ChosenModel(models[0], .preferred)
    }

    /// - Parameters:
    ///   - model: The one that is to be used.
    ///   - allowed: Those that may be used at all; one that fits is named in the advice, never used in `model`'s stead: the fault may pass, while
    ///     a ledger keeps the model of its first delivery for good.
    ///   - definitions: The project's views of all of `allowed`.
    ///   - client: Asked for other versions of views that are missing.
    private func expectFit(
        of model: any WireModel,
        among allowed: [any WireModel],
        in definitions: [ViewDefinition],
        asking client: CDFClient
    ) async throws(CDFError) {
        var mismatches = model.mismatches(in: definitions)
        guard !mismatches.isEmpty else { return }
        let missing = model.views.filter { view in !definitions.contains { $0.reference == view } }
        var advice =
            missing.isEmpty ? "Have the project's admin change the schema so that it fits again." : model.schemaAdvice
        if let other = allowed.first(where: { $0.mismatches(in: definitions).isEmpty }) {
            advice += " Or set `target.model: \(other.name)`: the project's \(other.schemaName) fits."
        }
        if !missing.isEmpty {
            // In their place the project may have others, which tells an operator more than their absence.
            do throws(CDFError) {
                mismatches += try await client.otherVersions(of: missing).map {
                    "the project has \($0), a version that drop360 does not know"
                }
            } catch {
                // What is missing is known; a refusal of this question must not take its place.
                guard case .refused = error else { throw error }
            }
        }
        throw .projectLacks(
            "The \(model.schemaName) of project \(client.settings.project) does not fit what drop360 writes: \(mismatches.joined(separator: "; ")).",
            advice: advice
        )
    }
}
