import ConfigFile
import Logging
import Settings

/// Makes plans for turns: the first one, and one for each reload.
struct Reloading: Sendable {
    /// Called to read the instructions again; nil where they are not from a file.
    let read: (@Sendable () throws -> DaemonRun.Instructions)?
    let environment: [String: String]

    /// The plan to start with: without a status page if what protects that cannot be used, since deliveries matter more.
    ///
    /// - Throws: Where something else that the configuration names is missing or cannot be used.
    func firstPlan(for instructions: DaemonRun.Instructions) throws -> TurnPlan {
        let page: PagePlan
        do throws(UnusableSetting) { page = .guarded(by: try instructions.configuration.pageProtection()) } catch {
            instructions.logger.error(
                "there is no status page; deliveries continue",
                metadata: [
                    "problem": "\(error.summary)",
                    "advice": "\(error.advice) Then reload: `systemctl reload drop360`",
                ]
            )
            page = .closed(error)
        }
        return try plan(for: instructions, page: page)
    }

    private func plan(for instructions: DaemonRun.Instructions, page: PagePlan) throws -> TurnPlan {
        let configuration = instructions.configuration
        var credential: Secret?
        // Whether a reload brings a changed one depends on systemd's version, so it is checked, not assumed.
        if configuration.cognite.authentication.secret == .systemdCredential {
            // If it cannot be read now, the settings below report that.
            credential = try? configuration.clientSecret(environment: environment)
        }
        try configuration.checkMoves()
        return TurnPlan(
            configuration: configuration,
            logger: instructions.logger,
            cdf: try configuration.cdfSettings(environment: environment),
            page: page,
            credential: credential
        )
    }

    /// Reads and checks everything again; nil, with a log message, where it cannot be used.
    func plan(replacing now: TurnPlan) -> TurnPlan? {
        guard let read else {
            now.logger.notice("nothing was reloaded: there is no configuration file")
            return nil
        }
        do {
            let fresh = try read()
            guard fresh.configuration.state == now.configuration.state else {
                now.logger.error(
                    "the configuration was not reloaded: `state` has changed, which needs a restart of drop360; the old configuration stays in use"
                )
                return nil
            }
            // Here a page that cannot be protected is a reason to keep the old configuration.
            return try plan(for: fresh, page: .guarded(by: try fresh.configuration.pageProtection()))
        } catch {
            now.logger.error(
                "the new configuration has problems; the old one stays in use",
                metadata: ["problems": "\(error)"]
            )
            return nil
        }
    }

    /// Logs what is in use from now on.
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
                    "advice": "systemd passes on a changed secret when the service starts: systemctl restart drop360"
                ]
            )
        } else {
            plan.logger.notice("systemd has passed on a new client secret; it is in use now")
        }
    }
}
