import CDF
import ConfigFile
import Foundation
import Station

// The way to CDF: proxy, encryption, and what drop360 signs in with.
extension HealthCheck {
    /// The place on the way where it broke; nil where that is CDF or the identity provider itself.
    static func hop(of error: CDFError) -> String? {
        switch error {
        case .proxy: "proxy"
        case .tls: "TLS"
        case .unreachable, .notCDF: "network"
        default: nil
        }
    }

    /// What to try where the error itself has no advice.
    static func advice(on error: CDFError, _ settings: CDFSettings) -> String? {
        guard case .unreachable(let host, _) = error, settings.connection.proxy == nil else { return nil }
        return
            "Check this machine's network, and the name \(printable(host)). If connections must go through a proxy, set `cognite.connection.proxy`."
    }

    /// What the configuration shows about the way, before anything is sent.
    static func way(_ settings: CDFSettings, _ configuration: Configuration, now: Date = Date()) -> [Finding] {
        var findings: [Finding] = []
        let hosts = [settings.host, settings.credentials.tokenURL].compactMap { URL(string: $0)?.host }
        if let proxy = settings.connection.proxy {
            let direct = hosts.filter { settings.connection.proxy(to: $0) == nil }.map { printable($0) }
            let words =
                Set(direct).count == Set(hosts).count
                ? "No connection uses the proxy \(printable(proxy.name)): all hosts are excluded from it."
                : "Connections go through \(printable(proxy.name))"
                    + (direct.isEmpty ? "." : ", but not to \(direct.joined(separator: ", ")).")
            findings.append(Finding("proxy", .good, words))
        } else if configuration.cognite.connection.proxy == .fromEnvironment {
            findings.append(
                Finding(
                    "proxy",
                    .warning,
                    "`proxy: from-environment` is set, but neither HTTPS_PROXY nor ALL_PROXY is: all connections are direct.",
                    advice:
                        "A service does not see the variables of your shell: put Environment=HTTPS_PROXY=http://proxy.example:3128 in the unit (systemctl edit drop360)."
                )
            )
        }
        if let certificate = settings.credentials.certificate?() {
            findings.append(signInCertificate(certificate.subject, end: certificate.end, now: now))
        }
        return findings
    }

    static func signInCertificate(_ subject: String, end: Date, now: Date) -> Finding {
        let days = Int((end.timeIntervalSince(now) / 86400).rounded(.down))
        let words = "The certificate '\(printable(subject))' is valid until \(end.formatted(.iso8601))."
        if days >= 30 { return Finding("certificate", .good, words) }
        return Finding(
            "certificate",
            days < 0 ? .bad : .warning,
            days < 0 ? "The certificate '\(printable(subject))' expired at \(end.formatted(.iso8601))." : words,
            advice:
                "Upload a new certificate to the application at the identity provider, then replace the file; drop360 reads it again for each token."
        )
    }
}
