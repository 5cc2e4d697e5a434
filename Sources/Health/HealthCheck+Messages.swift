package import ConfigFile
import Glibc
import Station

// Who gets messages.
extension HealthCheck {
    /// Whether messages can be signed, and commands run; nothing is sent.
    package static func messages(_ configuration: Configuration) -> [Finding] {
        configuration.notifications.compactMap { notification in
            notification.webhook.map { webhook($0, configuration) } ?? notification.command.map(command)
        }
    }

    private static func webhook(_ webhook: Configuration.Webhook, _ configuration: Configuration) -> Finding {
        let subject = "webhook \(webhook.url.shown)"
        do throws(UnusableSetting) {
            let isSigned = try configuration.secret(of: webhook) != nil
            let words = "It gets \(names(webhook.events)); messages are \(isSigned ? "signed" : "not signed")."
            return Finding(subject, .good, words)
        } catch {
            return Finding(subject, .bad, "\(error.summary) No messages are sent to it.", advice: error.advice)
        }
    }

    private static func command(_ command: Configuration.Command) -> Finding {
        let path = command.run.first ?? ""
        let subject = "command \(printable(path))"
        guard access(path, X_OK) == 0 else {
            return Finding(
                subject,
                .bad,
                "It cannot be run (\(String(cString: strerror(errno)))). It gets no messages.",
                advice: "Create it, or let drop360's user run it."
            )
        }
        return Finding(subject, .good, "It gets \(names(command.events)).")
    }

    private static func names(_ events: [MessageEvent]) -> String {
        events == MessageEvent.allCases ? "all messages" : events.map(\.rawValue).joined(separator: ", ")
    }
}
