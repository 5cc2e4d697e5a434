import CDF
import Foundation
import Ledger
import Logging
import Station
import Timing

/// Sends what waits for one recipient, the oldest first, until it is taken or given up.
final class RecipientQueue: Sendable {
    let bell = Doorbell()
    let recipient: Recipient
    private let context: MessageContext
    private let sender: RecipientSender
    private static let longestPause: TimeInterval = 60
    /// For a message that is just being sent when drop360 stops.
    private static let grace = Duration.seconds(3)

    init(_ recipient: Recipient, _ context: MessageContext, _ connection: ConnectionSettings) {
        self.recipient = recipient
        self.context = context
        sender = RecipientSender(to: recipient, context, connection)
    }

    /// To be called once nothing is sent any more.
    func shutdown() async throws { try await sender.shutdown() }

    /// Until the task is cancelled.
    func run() async {
        var lastTrouble: String?
        while !Task.isCancelled {
            let pause = await sendDue(&lastTrouble)
            await bell.wait(atMost: pause, sleep: context.timeSource.sleep)
        }
    }

    /// Sends what is due, and returns how long nothing is.
    ///
    /// - Parameter lastTrouble: The same one is logged once.
    func sendDue(_ lastTrouble: inout String?) async -> Duration {
        do throws(LedgerError) {
            while !Task.isCancelled {
                guard let message = try await context.ledger.nextMessage(for: recipient.key) else {
                    return .seconds(Self.longestPause)
                }
                guard message.notBefore <= context.timeSource.now() else {
                    return context.timeSource.pause(untilDue: message.notBefore, atMost: Self.longestPause)
                }
                try await handle(message, outcome: await send(message), &lastTrouble)
            }
        } catch {
            note(error.summary, "messages cannot be read from the ledger", &lastTrouble)
        }
        return .seconds(30)
    }

    /// The message may be on its way already: it is given some time even where drop360 stops.
    private func send(_ message: WaitingMessage) async -> Result<Void, DeliveryTrouble> {
        let sending = Task { [sender] () async -> Result<Void, DeliveryTrouble> in
            do throws(DeliveryTrouble) { return .success(try await sender.send(message)) } catch {
                return .failure(error)
            }
        }
        return await withTaskCancellationHandler {
            await sending.value
        } onCancel: {
            Task { [context] in
                // Never cancelled itself.
                try? await context.timeSource.timeLimit(Self.grace)
                sending.cancel()
            }
        }
    }

    private func handle(
        _ message: WaitingMessage,
        outcome: Result<Void, DeliveryTrouble>,
        _ lastTrouble: inout String?
    ) async throws(LedgerError) {
        switch outcome {
        case .success:
            try await context.ledger.removeMessage(message.number)
            if lastTrouble != nil {
                context.logger.notice(
                    "messages reach their recipient again",
                    metadata: ["recipient": "\(recipient.name)"]
                )
            }
            lastTrouble = nil
        case .failure(let trouble):
            let next = trouble.nextAttempt(
                afterAttempts: message.attempts + 1,
                madeAt: message.madeAt,
                at: context.timeSource.now(),
                random: context.timeSource.random()
            )
            let words = [trouble.summary, trouble.advice].compactMap(\.self).joined(separator: " ")
            if let next {
                try await context.ledger.putOffMessage(message.number, until: next)
                note(words, "a message was not delivered; it is sent again", &lastTrouble, event: message.event)
            } else {
                try await context.ledger.removeMessage(message.number)
                context.logger.error(
                    "a message is given up",
                    metadata: [
                        "recipient": "\(recipient.name)", "event": "\(message.event)", "error": "\(words)",
                        "attempts": "\(message.attempts + 1)",
                    ]
                )
            }
        }
    }

    private func note(
        _ words: String,
        _ text: Logger.Message,
        _ lastTrouble: inout String?,
        event: String? = nil
    ) {
        let isNew = lastTrouble != words
        lastTrouble = words
        var metadata: Logger.Metadata = ["recipient": "\(recipient.name)", "error": "\(words)"]
        if let event { metadata["event"] = "\(event)" }
        context.logger.log(level: isNew ? .warning : .debug, text, metadata: metadata)
    }
}
