import CDF
import ConfigFile
import Delivery
import Station

// E57 files that CDF gets as a whole: the 3D model that they go into.
extension HealthCheck {
    /// What is said of each inbox whose E57 files go to CDF.
    ///
    /// - Parameters:
    ///   - client: Signed in.
    ///   - configuration: Its inboxes.
    ///   - project: What the probe found.
    static func extraction(
        _ client: CDFClient,
        _ configuration: Configuration,
        _ project: PreparedProject
    ) async -> [Finding] {
        var findings: [Finding] = []
        var known: [ModelTarget: Finding] = [:]
        for (inbox, target) in configuration.inboxesExtractedByCDF {
            let found: Finding
            if let before = known[target] {
                found = before
            } else {
                do throws(CDFError) {
                    found = model(target, try await candidates(target, client, project.dataSetID))
                } catch {
                    found = Finding("", .bad, error.summary, advice: error.advice ?? advice(on: error, client.settings))
                }
                known[target] = found
            }
            let words =
                found.verdict == .bad
                ? found.message
                : "\(found.message) CDF writes the images into the space '\(printable(project.model.space))'; "
                    + "it does this in asset-centric projects only."
            findings.append(
                Finding("E57 files of \(printable(inbox.path))", found.verdict, words, advice: found.advice)
            )
        }
        return findings
    }

    /// The models that the target may mean, the oldest first.
    private static func candidates(
        _ target: ModelTarget,
        _ client: CDFClient,
        _ dataSetID: Int64?
    ) async throws(CDFError) -> [Model3D] {
        switch target {
        case .number(let id): try await client.model3D(id).map { [$0] } ?? []
        case .name(let name): try await client.models3D(named: name, dataSetID: dataSetID)
        }
    }

    /// What is said of the 3D model, without a subject.
    static func model(_ target: ModelTarget, _ found: [Model3D]) -> Finding {
        switch (target, found.first) {
        case (.number(let id), nil):
            Finding(
                "",
                .bad,
                "CDF has no 3D model \(id).",
                advice: "Correct `model-id`, or give a name as `model`: drop360 creates that one if it is missing."
            )
        case (.name(let name), nil):
            Finding("", .good, "drop360 will create the 3D model '\(printable(name))' for the first file.")
        case (.name(let name), let oldest?) where found.count > 1:
            Finding(
                "",
                .warning,
                "CDF has \(found.count) 3D models named '\(printable(name))'; drop360 uses the oldest one, \(oldest.id).",
                advice: "To use another one, give its number as `model-id`."
            )
        case (_, let model?):
            Finding("", .good, "They go into the 3D model '\(printable(model.name))' (\(model.id)).")
        }
    }
}

extension Configuration {
    /// The inboxes whose E57 files CDF gets as a whole, each with the 3D model that they go into.
    var inboxesExtractedByCDF: [(inbox: Inbox, model: ModelTarget)] {
        inboxes.compactMap { inbox in
            guard let e57 = inbox.e57, e57.extract == .cdf else { return nil }
            return e57.model.map { (inbox, $0) }
        }
    }
}
