import CDF
import ConfigFile
import Station

// The extraction pipeline that drop360 reports to.
extension HealthCheck {
    private static let pipelineSubject = "extraction pipeline"

    /// Whether the pipeline exists; nothing where none is configured.
    ///
    /// - Parameter client: Signed in.
    static func pipeline(_ client: CDFClient, _ configuration: Configuration) async -> [Finding] {
        guard let name = configuration.cognite.extractionPipeline else { return [] }
        do throws(CDFError) {
            return [pipeline(name, exists: try await client.hasPipeline(name))]
        } catch {
            let advice = error.advice ?? advice(on: error, client.settings)
            return [Finding(pipelineSubject, .warning, error.summary, advice: advice)]
        }
    }

    /// A warning only: stations are delivered without it.
    static func pipeline(_ name: String, exists: Bool) -> Finding {
        guard !exists else {
            return Finding(pipelineSubject, .good, "drop360 reports to '\(printable(name))'.")
        }
        return Finding(
            pipelineSubject,
            .warning,
            "The project lacks extraction pipeline '\(printable(name))', or drop360 may not read it. Stations are delivered, but nothing is reported to it.",
            advice: "Create it in its data set, or correct `cognite.extraction-pipeline`; "
                + "drop360's group needs extractionPipelinesAcl:READ and extractionRunsAcl:WRITE."
        )
    }
}
