import CDF
package import ConfigFile
import Delivery
import Foundation
package import Logging
import Station

// CDF: network, identity, schema, space, data set.
extension Examination {
    /// Asks CDF for what a daemon asks for when it starts; writes nothing there.
    ///
    /// - Returns: The findings, and whether CDF could not be reached at all.
    package static func cdf(
        _ configuration: Configuration,
        environment: [String: String],
        logger: Logger
    ) async -> (findings: [Finding], isOffline: Bool) {
        let settings: CDFSettings
        do throws(SecretError) {
            settings = try configuration.cdfSettings(environment: environment)
        } catch {
            return ([Finding("secret", .bad, error.description)], false)
        }
        let client = CDFClient(settings: settings, logger: logger)
        let result = await ask(client, configuration, logger)
        // Connections that do not close in order end with the process.
        try? await client.shutdown()
        return result
    }

    private static func ask(
        _ client: CDFClient,
        _ configuration: Configuration,
        _ logger: Logger
    ) async -> ([Finding], Bool) {
        var findings: [Finding] = []
        var subject = "token"
        do throws(CDFError) {
            try await client.authenticate()
            findings.append(Finding(subject, .good, "The identity provider accepts the client id and secret."))
            subject = "CDF project"
            let link = Link(
                client: client,
                space: configuration.target.space,
                dataSet: configuration.linkDataSet,
                surroundings: .init(),
                listeners: [],
                logger: logger
            )
            _ = try await link.prepare()
            findings.append(
                Finding(
                    subject,
                    .good,
                    "\(configuration.cognite.project) at \(configuration.cognite.host) has the 360° schema, the space '\(configuration.target.space)'"
                        + (configuration.cognite.dataSet == nil ? "." : " and the data set.")
                )
            )
            return (findings, false)
        } catch {
            findings.append(Finding(subject, .bad, error.summary, advice: error.advice))
            return (findings, error.remedy == .offline)
        }
    }
}
