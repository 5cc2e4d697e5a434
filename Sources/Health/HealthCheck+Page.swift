package import ConfigFile
package import Foundation
import LocalServer
import Settings
import Station

// Who may see the status page, and whether its certificate is still valid.
extension HealthCheck {
    /// - Parameters:
    ///   - configuration: Valid, so it says who may see the page.
    ///   - now: The clock.
    package static func page(_ configuration: Configuration, now: Date) -> [Finding] {
        let subject = "status page"
        let dashboard = configuration.dashboard
        let protection: PageProtection
        do throws(UnusableSetting) { protection = try configuration.pageProtection() } catch {
            return [Finding(subject, .bad, "\(error.summary) \(error.consequence)", advice: error.advice)]
        }
        let scheme = protection.identity == nil ? "http" : "https"
        let guards =
            if protection.users != nil { "asks for a name and a password" } else if protection.proxy != nil {
                "answers its proxy only"
            } else { "asks for no password and answers on this machine only" }
        var findings = [
            Finding(subject, .good, "\(scheme)://\(printable(dashboard.listen.text))/ \(guards).")
        ]
        if let identity = protection.identity, let path = dashboard.tls?.certificate {
            findings += certificate(identity, printable(path), now: now).map { [$0] } ?? []
        }
        if let proxy = dashboard.proxy, proxy.userHeader == nil, dashboard.usersFile == nil {
            findings.append(
                Finding(
                    subject,
                    .warning,
                    "Whoever reaches the proxy can act on stations, and the history will not say who it was.",
                    advice:
                        "Let the proxy ask for passwords and name the user (dashboard.behind-proxy.user-header), or give dashboard.users-file."
                )
            )
        }
        return findings
    }

    private static func certificate(_ identity: ServerIdentity, _ path: String, now: Date) -> Finding? {
        let (from, until) = (
            Date(timeIntervalSince1970: TimeInterval(identity.validFrom)),
            Date(timeIntervalSince1970: TimeInterval(identity.validUntil))
        )
        let renew = "Renew it, then: sudo systemctl reload drop360"
        let subject = "status page"
        if now >= until {
            return Finding(
                subject,
                .bad,
                "The certificate \(path) expired at \(until.formatted(.iso8601)).",
                advice: renew
            )
        }
        if now < from {
            return Finding(
                subject,
                .bad,
                "The certificate \(path) is valid from \(from.formatted(.iso8601)), which is in the future.",
                advice: "Check this machine's clock: timedatectl"
            )
        }
        guard until.timeIntervalSince(now) < 14 * 86400 else { return nil }
        return Finding(
            subject,
            .warning,
            "The certificate \(path) expires at \(until.formatted(.iso8601)).",
            advice: renew
        )
    }
}
