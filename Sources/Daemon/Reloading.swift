import ConfigFile
import Logging
import Settings

/// Makes plans for turns: the first one, and those that a changed configuration file asks for.
struct Reloading: Sendable {
    /// Reads the instructions again; nil where they stand in no file.
    let read: (@Sendable () throws -> DaemonRun.Instructions)?
    let environment: [String: String]

    /// - Throws: Where something that the configuration names is missing or cannot be used.
    func plan(for instructions: DaemonRun.Instructions) throws -> TurnPlan {
        let configuration = instructions.configuration
        var credential: Secret?
        // Whether a reload brings a changed one depends on systemd's version, so it is looked at and not promised.
        if configuration.cognite.authentication.secret == .systemdCredential {
            // Where it cannot be read just now, the settings below say so.
            credential = try? configuration.clientSecret(environment: environment)
        }
        return TurnPlan(
            configuration: configuration,
            logger: instructions.logger,
            cdf: try configuration.cdfSettings(environment: environment),
            credential: credential
        )
    }

    /// Reads and checks everything again; nil, with words in the log, where it is not to be used.
    func plan(replacing now: TurnPlan) -> TurnPlan? {
        guard let read else {
            now.logger.notice("there is no configuration file to reload; everything stays as it is")
            return nil
        }
        do {
            let fresh = try read()
            guard fresh.configuration.state == now.configuration.state else {
                now.logger.error(
                    "the configuration was not reloaded: `state` has changed. Restart drop360 for it; until then everything stays as it is"
                )
                return nil
            }
            return try plan(for: fresh)
        } catch {
            now.logger.error(
                "the new configuration has problems; everything stays as it is",
                metadata: ["problems": "\(error)"]
            )
            return nil
        }
    }

    /// Says what is in use from now on.
    func announce(_ plan: TurnPlan, after before: TurnPlan) {
        plan.logger.notice(
            "configuration reloaded",
            metadata: ["inboxes": "\(plan.configuration.inboxes.map(\.path))"]
        )
        guard let secret = plan.credential, let old = before.credential else { return }
        if secret == old {
            plan.logger.notice(
                "the client secret is the same as before the reload",
                metadata: [
                    "advice": "systemd hands over a changed one when the service starts: systemctl restart drop360"
                ]
            )
        } else {
            plan.logger.notice("systemd has handed over another client secret; it is in use")
        }
    }
}
