import CDF
import Ledger
import Timing

/// The way to one recipient, of its own: one that hangs, be it a webhook or a program, holds up nobody else.
enum RecipientSender: Sendable {
    case webhook(WebhookSender, Recipient.Webhook)
    case command(CommandSender, Recipient.CommandLine)

    init(to recipient: Recipient, _ context: MessageContext, _ connection: ConnectionSettings) {
        switch recipient.way {
        case .webhook(let webhook):
            self = .webhook(WebhookSender(connection, timeLimit: context.timeSource.timeLimit), webhook)
        case .command(let command): self = .command(CommandSender(), command)
        }
    }

    /// Cancelled, it ends soon; the message may have been taken all the same.
    ///
    /// - Returns: After the recipient took it.
    func send(_ message: WaitingMessage) async throws(DeliveryTrouble) {
        switch self {
        case .webhook(let sender, let webhook): try await sender.send(message, to: webhook)
        case .command(let sender, let command): try await sender.send(message, to: command)
        }
    }

    /// To be called once nothing is sent any more.
    func shutdown() async throws {
        switch self {
        case .webhook(let sender, _): try await sender.shutdown()
        case .command(let sender, _): try await sender.shutdown()
        }
    }
}
