package import ConfigFile
import Glibc
import Settings
import Station

// Where delivered stations go.
extension HealthCheck {
    /// Whether delivered stations can be moved where `after` says.
    package static func moves(_ configuration: Configuration) -> [Finding] {
        var findings = configuration.inboxes.compactMap { inbox -> Finding? in
            guard case .move(let folder) = inbox.after else { return nil }
            let subject = "delivered stations of \(printable(inbox.path))"
            guard access(folder, W_OK | X_OK) != 0 else {
                return Finding(subject, .good, "They are moved to \(printable(folder)).")
            }
            return Finding(
                subject,
                .bad,
                "They stay: drop360's user cannot write in \(printable(folder)) (\(String(cString: strerror(errno)))).",
                advice: "Create the folder, on the inbox's own file system, and give it to drop360's user."
            )
        }
        do throws(UnusableSetting) { try configuration.checkMoves() } catch {
            findings.append(Finding("after", .bad, "\(error.summary) \(error.consequence)", advice: error.advice))
        }
        return findings
    }
}
