import CDF
import ConfigFile
import Delivery
import Foundation
import Glibc
import Messages
import Station
import Status

// Who gets messages, and what they say.
extension Configuration {
    /// In file order, each once.
    var recipients: [Recipient] {
        var seen: Set<String> = []
        return notifications.compactMap { notification in
            let recipient = notification.webhook.map(recipient) ?? notification.command.map(recipient)
            guard let recipient, seen.insert(recipient.key).inserted else { return nil }
            return recipient
        }
    }

    private func recipient(_ webhook: Webhook) -> Recipient {
        var secret: (@Sendable () throws(DeliveryTrouble) -> String)?
        if webhook.secretFile != nil {
            secret = { () throws(DeliveryTrouble) in
                // Read again for each message, so that it can be replaced.
                do throws(UnusableSetting) { return try self.secret(of: webhook)?.reveal() ?? "" } catch {
                    throw DeliveryTrouble(
                        "It was not sent, because it could not be signed. \(error.summary)",
                        advice: error.advice
                    )
                }
            }
        }
        let address = webhook.url
        return Recipient(
            webhook: .init(url: address.reveal, secret: secret),
            name: address.shown,
            events: webhook.events
        )
    }

    private func recipient(_ command: Command) -> Recipient {
        Recipient(command: .init(command.run, limit: command.timeout), events: command.events)
    }

    var messageRules: MessageRules {
        MessageRules(offlineAfter: messages.offlineAfter / .seconds(1), diskLow: messages.diskLow.bytes)
    }

    /// The name of this machine in messages.
    var box: String {
        if let box = messages.box { return box }
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "drop360" }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

extension MessageSight {
    /// - Parameter state: The state directory.
    static func take(link: LinkState, inboxes: [DaemonStatus.Inbox], state: String) async -> MessageSight {
        let link: Link =
            switch link {
            case .unknown: .unknown
            case .ready: .connected
            case .down(let outage): .offline(since: outage.since, reason: outage.reason.description)
            }
        return MessageSight(
            link: link,
            inboxes: inboxes.map {
                .init($0.path, trouble: $0.available ? nil : $0.reason ?? "it is not available.")
            },
            state: state,
            free: await freeSpace(of: state)
        )
    }

    /// Bytes that drop360's user may still write; nil where that is not known.
    private static func freeSpace(of path: String) async -> Int64? {
        await withCheckedContinuation { done in
            // A disk that hangs holds up messages only.
            Thread.detachNewThread {
                done.resume(returning: DiskSpace.free(at: path).map { Int64(clamping: $0) })
            }
        }
    }
}
