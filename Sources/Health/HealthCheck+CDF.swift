import CDF
package import ConfigFile
import Delivery
import Foundation
package import Logging
import Settings
import Station
import Timing

// CDF: network, identity, schema, space, data set.
extension HealthCheck {
    private static func inspect(
        _ client: CDFClient,
        _ configuration: Configuration,
        _ model: (any WireModel)?
    ) async throws(CDFError) -> [Finding] {
        do throws(CDFError) {
            let identity = try await client.inspectToken()
            return [clock(ahead: identity.clockAhead), capabilities(identity, configuration, model)]
        } catch {
            guard error.remedy != .offline else { throw error }
            // What is missing shows in the requests that follow.
            return [Finding("capabilities", .warning, "CDF did not report them: \(error.summary)")]
        }
    }

    /// - Parameter model: The one that the project is written by; nil if that could not be found out.
    static func capabilities(
        _ identity: TokenInspection,
        _ configuration: Configuration,
        _ model: (any WireModel)? = nil
    ) -> Finding {
        let project = configuration.cognite.project
        guard identity.projects.contains(project) else {
            let others = identity.projects.sorted().map { printable($0, limit: 60) }
            return Finding(
                "capabilities",
                .bad,
                "This identity is in no group of the project '\(project)'.",
                advice: "Add it to a group there."
                    + (others.isEmpty ? "" : " Its projects: \(others.joined(separator: ", ")).")
            )
        }
        var others: [NeededGrant] = []
        if case .externalID = configuration.cognite.dataSet { others.append(NeededGrant("datasetsAcl", "READ")) }
        if configuration.cognite.extractionPipeline != nil { others += NeededGrant.pipeline }
        if model?.filesAreEntries ?? true || !configuration.inboxesExtractedByCDF.isEmpty {
            others += NeededGrant.forFiles(with: configuration.cognite.files)
        }
        if !configuration.inboxesExtractedByCDF.isEmpty { others += NeededGrant.extraction }
        // As long as the model is not known, the one of which the least is missing.
        let models = model.map { [$0] } ?? configuration.modelChoice.candidates
        let missing =
            models.map { identity.missing($0.grants + others, in: project) }.min { $0.count < $1.count } ?? []
        func words(for grants: [NeededGrant]) -> String {
            grants.map { "\($0.acl):\($0.action)" + ($0.space.map { " for space '\($0)'" } ?? "") }
                .joined(separator: ", ")
        }
        guard let first = missing.first else {
            // Only of the model that is used: the others' have no effect.
            if let useful = model?.usefulGrants, case let lacking = identity.missing(useful.grants, in: project),
                !lacking.isEmpty
            {
                return Finding(
                    "capabilities",
                    .warning,
                    "Everything can be delivered, but without \(words(for: lacking)) \(useful.otherwise).",
                    advice: "Grant it in a group that the identity is in. drop360 then catches up by itself."
                )
            }
            return Finding("capabilities", .good, "The token has all capabilities that are needed.")
        }
        return Finding(
            "capabilities",
            .bad,
            "The identity '\(printable(identity.subject))' lacks: \(words(for: missing)).",
            advice:
                "Grant \(first.acl) in a group that the identity is in; docs/administrators.md lists all that are needed under \"What must exist in CDF\"."
        )
    }

    /// Sends CDF the requests that a daemon sends when it starts; writes nothing there.
    ///
    /// - Parameters:
    ///   - configuration: The daemon's.
    ///   - delivered: The name of the model that the ledger has delivered by; nil if it has sent nothing yet.
    ///   - environment: The process's environment variables.
    ///   - logger: For what the requests have to say.
    /// - Returns: The findings, and whether CDF could not be reached at all.
    package static func cdf(
        _ configuration: Configuration,
        delivered: String? = nil,
        environment: [String: String],
        logger: Logger
    ) async -> (findings: [Finding], isOffline: Bool) {
        let settings: CDFSettings
        do {
            settings = try configuration.cdfSettings(environment: environment)
        } catch let error as UnusableSetting {
            return ([Finding("connection", .bad, error.summary, advice: error.advice)], false)
        } catch {
            return ([Finding("secret", .bad, "\(error)")], false)
        }
        let client = CDFClient(settings: settings, logger: logger)
        let result = await ask(client, configuration, delivered, logger)
        // Connections that do not close in order end with the process.
        try? await client.shutdown()
        return result
    }

    private static func prepared(by link: Link) async -> Result<PreparedProject, CDFError> {
        do throws(CDFError) { return .success(try await link.prepare()) } catch { return .failure(error) }
    }

    private static func ask(
        _ client: CDFClient,
        _ configuration: Configuration,
        _ delivered: String?,
        _ logger: Logger
    ) async -> ([Finding], Bool) {
        var findings = way(client.settings, configuration)
        var subject = "token"
        do throws(CDFError) {
            try await client.authenticate()
            let proof = client.settings.credentials.certificate == nil ? "secret" : "certificate"
            findings.append(Finding(subject, .good, "The identity provider accepts the client id and \(proof)."))
            subject = "CDF project"
            let link = Link(
                client: client,
                model: configuration.modelChoice,
                delivered: delivered,
                dataSet: configuration.cognite.dataSet,
                files: configuration.cognite.files,
                timeSource: .init(),
                listeners: [],
                logger: logger
            )
            let asked = await prepared(by: link)
            // What may not be read is told by the capabilities, so they come first.
            let model: (any WireModel)? =
                switch asked {
                case .success(let project): project.model
                case .failure: nil
                }
            findings += try await inspect(client, configuration, model)
            let prepared = try asked.get()
            findings.append(
                Finding(
                    subject,
                    .good,
                    "\(configuration.cognite.project) at \(configuration.cognite.host) has the \(prepared.model.schemaName), the space '\(prepared.model.space)'"
                        + (configuration.cognite.dataSet == nil ? "." : " and the data set.")
                )
            )
            findings.append(
                Finding(
                    "data model",
                    .good,
                    "Stations are delivered by `\(prepared.model.name)`: \(prepared.reason.words)."
                )
            )
            findings += fileSettings(prepared)
            findings += await pipeline(client, configuration)
            return (findings + (await extraction(client, configuration, prepared)), false)
        } catch {
            // A clock that is far off may be why the request was refused.
            if let ahead = client.clockAhead, abs(ahead) >= 60, !findings.contains(where: { $0.subject == "clock" }) {
                findings.append(clock(ahead: ahead))
            }
            findings.append(
                Finding(
                    hop(of: error) ?? subject,
                    .bad,
                    error.summary,
                    advice: error.advice ?? advice(on: error, client.settings)
                )
            )
            return (findings, error.remedy == .offline)
        }
    }
}
