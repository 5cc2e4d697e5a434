import CDF
package import ConfigFile
import Foundation
import Glibc
import Settings
import Station
package import Status

// What only the service can see: its credential, and its view of the file system.
extension HealthCheck {
    /// Secrets that systemd passes to the service and that this process cannot see, by the names of the credentials.
    package static func hiddenSecrets(_ configuration: Configuration, environment: [String: String]) -> [String] {
        let authentication = configuration.cognite.authentication
        var names: [String] = []
        if let certificate = authentication.certificate {
            if certificate.password == .systemdCredential { names.append("password") }
        } else if authentication.secret == .systemdCredential {
            names.append(SecretSource.credentialName)
        }
        if case .server(let proxy) = configuration.cognite.connection.proxy, proxy.login?.password == .systemdCredential
        {
            names.append("proxy-password")
        }
        guard let directory = environment["CREDENTIALS_DIRECTORY"], !directory.isEmpty else { return names }
        // The check before a reload gets the folder's name, but systemd keeps the folder closed to all but the service's main process.
        return names.filter { access(directory + "/" + $0, R_OK) != 0 }
    }

    /// What the running daemon reports about CDF, where this command cannot ask because it lacks the secret.
    ///
    /// - Parameters:
    ///   - daemon: Its own status; nil where its ledger could not be read.
    ///   - hidden: The credentials that this command cannot see.
    ///   - config: The configuration file.
    package static func cdf(seenBy daemon: DaemonStatus?, without hidden: [String], config: String) -> Finding {
        let subject = "CDF"
        let command = command(with: hidden, config)
        let hidden =
            "systemd passes \(hidden.joined(separator: " and ")) to the service only, so this command did not ask CDF itself."
        guard let daemon, daemon.running else {
            return Finding(
                subject,
                .warning,
                "Not checked: \(hidden) No running daemon could be asked, either.",
                advice: "To check with the secret: \(command)"
            )
        }
        if daemon.online {
            let since = daemon.onlineSince.map { " since \($0.formatted(.iso8601))" } ?? ""
            return Finding(
                subject,
                .good,
                "The running daemon has been connected\(since): token, schema, space and data set were in order then. (\(hidden))"
            )
        }
        guard let since = daemon.offlineSince else {
            return Finding(subject, .warning, "The running daemon is still connecting. (\(hidden))")
        }
        let reason = daemon.offlineReason.map { " \($0)" } ?? ""
        return Finding(
            subject,
            .bad,
            "The running daemon has been offline since \(since.formatted(.iso8601)).\(reason)",
            advice: "To check with the secret: \(command)"
        )
    }

    /// Runs `doctor` as the service runs.
    private static func command(with credentials: [String], _ config: String) -> String {
        let loads = credentials.map { " -p LoadCredential=\($0):/etc/drop360/\($0)" }.joined()
        return
            "sudo systemd-run --quiet --pipe --wait -p User=drop360\(loads) /usr/bin/drop360 doctor --config \(shellWord(config))"
    }

    /// What a running daemon reports about an inbox, where this command sees something else.
    ///
    /// The unit shows the service another file system than the one that a command sees.
    package static func reports(_ inbox: Configuration.Inbox, seenBy daemon: DaemonStatus?) -> Finding? {
        guard let daemon, daemon.running, inbox.reports == .beside,
            let trouble = daemon.inboxes.first(where: { $0.path == inbox.path })?.reportsTrouble
        else { return nil }
        return Finding("inbox \(printable(inbox.path))", .warning, "The running daemon says: \(trouble)")
    }

    /// Reports that are not in the folder where crews look for them.
    package static func reportsElsewhere(_ daemon: DaemonStatus?) -> [Finding] {
        (daemon?.reportsElsewhere ?? []).map {
            Finding(
                "reports",
                .warning,
                $0.words,
                advice:
                    "Let drop360 write in the crews' folders (group drop360-crew, umask 002, chmod -R g+w). `drop360 explain STATION` names each report."
            )
        }
    }

    /// Whether this command runs as another user than drop360: rights are checked for the user that runs it.
    package static func user(state: String) -> Finding? {
        guard let rights = Rights(of: state), rights.owner != geteuid() else { return nil }
        let owner = rights.ownerName
        return Finding(
            "user",
            .warning,
            "\(printable(state)) belongs to user '\(printable(owner))', and this command runs as another: what drop360 itself may read and write was not checked.",
            advice: "sudo -u \(shellWord(owner)) drop360 doctor"
        )
    }

    /// Who else can read the configuration and the state directory.
    ///
    /// - Parameters:
    ///   - file: The configuration file.
    ///   - configuration: Its content.
    package static func privacy(file: String, _ configuration: Configuration) -> [Finding] {
        var findings: [Finding] = []
        if case .inline = configuration.cognite.authentication.secret, let rights = Rights(of: file) {
            let inboxes = configuration.inboxes.compactMap { Rights(of: $0.path) }
            let isOpen = rights.mode & 0o004 != 0
            let isCrews = inboxes.contains { $0.mode & 0o020 != 0 && $0.group == rights.group }
            if isOpen || rights.mode & 0o040 != 0 && isCrews {
                findings.append(
                    Finding(
                        "privacy",
                        .warning,
                        "\(printable(file)) holds the client secret, and \(isOpen ? "every user" : "the crews' group") can read it.",
                        advice:
                            "sudo chown root:drop360 \(shellWord(file)); sudo chmod 0640 \(shellWord(file)); crews belong in group drop360-crew"
                    )
                )
            }
        }
        if let rights = Rights(of: configuration.state), rights.mode & 0o077 != 0 {
            findings.append(
                Finding(
                    "privacy",
                    .warning,
                    "\(printable(configuration.state)) is open to other users.",
                    advice: "sudo chmod 0700 \(shellWord(configuration.state))"
                )
            )
        }
        return findings
    }
}

/// Owner and rights of a file or folder.
private struct Rights {
    var mode: Int
    var owner: UInt32
    var ownerName: String
    var group: UInt32

    /// Nil where it does not exist or may not be seen; a link is followed.
    init?(of path: String) {
        let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        // What cannot be seen cannot be checked; other findings report it.
        guard let values = try? FileManager.default.attributesOfItem(atPath: real),
            let mode = values[.posixPermissions] as? NSNumber, let owner = values[.ownerAccountID] as? NSNumber,
            let group = values[.groupOwnerAccountID] as? NSNumber
        else { return nil }
        self.mode = mode.intValue
        self.owner = owner.uint32Value
        self.group = group.uint32Value
        ownerName = values[.ownerAccountName] as? String ?? "\(owner)"
    }
}

extension Configuration {
    /// Throws where a daemon with this configuration and environment could not sign in.
    ///
    /// - Parameter hidden: Credentials that this process may not see: what needs them is not checked.
    package func checkSecrets(environment: [String: String], without hidden: [String] = []) throws {
        guard !hidden.isEmpty else {
            _ = try cdfSettings(environment: environment)
            return
        }
        _ = try authorities()
        if !hidden.contains("proxy-password") { _ = try connectionSettings(environment: environment) }
        if !hidden.contains("password") { _ = try clientCertificate(environment: environment) }
    }
}
