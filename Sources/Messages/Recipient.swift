import Crypto
import Foundation
package import Station

/// Who gets messages.
package struct Recipient: Sendable {
    package enum Way: Sendable {
        case webhook(Webhook)
        case command(CommandLine)
    }

    package struct Webhook: Sendable {
        /// The address may hold a secret: it is in no log.
        let url: @Sendable () -> String
        /// Read for each message; nil where messages are not signed.
        let secret: (@Sendable () throws(DeliveryTrouble) -> String)?

        package init(
            url: @escaping @Sendable () -> String,
            secret: (@Sendable () throws(DeliveryTrouble) -> String)?
        ) {
            self.url = url
            self.secret = secret
        }
    }

    package struct CommandLine: Sendable {
        /// An absolute path, and arguments.
        package var words: [String]
        /// It is killed after this time.
        package var limit: Duration

        package init(_ words: [String], limit: Duration) {
            self.words = words
            self.limit = limit
        }
    }

    /// The same after a restart; it holds no secret.
    package let key: String
    /// For logs: `https://hooks.example.com`, `/usr/local/bin/tell-crew`.
    package let name: String
    let events: Set<MessageEvent>
    let way: Way

    package init(webhook: Webhook, name: String, events: [MessageEvent]) {
        key = Self.key(["webhook", webhook.url()])
        self.name = name
        self.events = Set(events)
        way = .webhook(webhook)
    }

    package init(command: CommandLine, events: [MessageEvent]) {
        key = Self.key(["command"] + command.words)
        name = command.words.first ?? ""
        self.events = Set(events)
        way = .command(command)
    }

    private static func key(_ parts: [String]) -> String {
        let digest = SHA256.hash(data: Data(parts.map { "\($0.utf8.count):\($0)" }.joined().utf8))
        return "\(parts.first ?? "")-" + digest.prefix(16).map { String(format: "%02x", $0) }.joined()
    }
}
