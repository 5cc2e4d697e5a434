package import Foundation
package import Ledger
import Logging
import Station
import Timing

/// Makes messages of what the ledger and the daemon say, and puts them into the ledger for their recipients.
///
/// All of one turn is one transaction: what was read, what is remembered of it, and the messages.
package struct MessageMaking: Sendable {
    private let context: MessageContext
    private var desk: MessageDesk
    private var historyRead: Int64
    /// What the ledger has.
    private var saved: (desk: MessageDesk, historyRead: Int64)
    /// Rows of the history without anything to tell are not worth a write each time.
    private static let mostUnsaved: Int64 = 10_000

    /// Continues where an earlier one ended; ``ItemLedger/prepareMessages(for:)`` has been called before.
    package init(_ context: MessageContext) async throws(LedgerError) {
        self.context = context
        let memory = try await context.ledger.messageMemory()
        historyRead = memory?.historyRead ?? 0
        desk = memory.map { Self.desk(from: $0.memory, context.logger) } ?? MessageDesk()
        saved = (desk.kept, historyRead)
    }

    /// A memory that cannot be read is a bug, or of another version: some things may then be told twice.
    private static func desk(from text: String, _ logger: Logger) -> MessageDesk {
        do {
            return try JSONDecoder().decode(MessageDesk?.self, from: Data(text.utf8)) ?? MessageDesk()
        } catch {
            logger.warning(
                "what was told before cannot be read; some of it may be told again",
                metadata: ["error": "\(error)"]
            )
            return MessageDesk()
        }
    }

    /// When there is something to do if nothing else happens; nil if there is not.
    package var nextDeadline: Date? { desk.nextDeadline(context.rules) }

    /// Looks at what is new, and records the messages that are due.
    ///
    /// - Parameter isLast: Tells at once what would still be gathered: nobody will be there later.
    /// - Returns: The keys of recipients with new messages.
    package mutating func turn(isLast: Bool = false) async throws(LedgerError) -> Set<String> {
        let now = context.timeSource.now()
        var page: TroublePage
        repeat {
            page = try await context.ledger.troubles(after: historyRead)
            for trouble in page.troubles { desk.note(Cause(of: trouble), of: trouble.item, at: now) }
            historyRead = page.readUpTo
        } while page.hasMore
        desk.note(await context.sight(), context.rules, at: now)
        if isLast { desk.troubles.hurry() }
        let due = desk.dueItems(context.rules, at: now)
        let open = due.isEmpty ? [] : Set(try await context.ledger.stillTroubled(due, first: 0).numbers)
        var messages: [(recipient: String, event: String, body: String)] = []
        for notice in desk.due(open: open, context.rules, at: now) {
            let message = try await message(on: notice, at: now)
            let body: String
            do { body = try message.encoded() } catch {
                context.logger.critical(
                    "a message is skipped: this is a bug in drop360",
                    metadata: ["error": "\(error)"]
                )
                continue
            }
            for recipient in context.recipients where recipient.events.contains(message.event) {
                messages.append((recipient.key, message.event.rawValue, body))
            }
        }
        try await save(messages, isLast: isLast, at: now)
        return Set(messages.map(\.recipient))
    }

    private func message(on notice: Notice, at now: Date) async throws(LedgerError) -> Message {
        guard case .stations(_, let items, let more) = notice else {
            return Message(notice, box: context.box, at: now)
        }
        let found = try await context.ledger.stillTroubled(items, first: Message.mostStations)
        return Message(notice, stations: found.first, count: items.count + more, box: context.box, at: now)
    }

    private mutating func save(
        _ messages: [(recipient: String, event: String, body: String)],
        isLast: Bool,
        at now: Date
    ) async throws(LedgerError) {
        let unsaved = historyRead - saved.historyRead
        guard !messages.isEmpty || desk.kept != saved.desk || unsaved > (isLast ? 0 : Self.mostUnsaved) else { return }
        let memory: String
        do { memory = String(decoding: try JSONEncoder().encode(desk), as: UTF8.self) } catch {
            context.logger.critical(
                "what is told is not recorded: this is a bug in drop360",
                metadata: ["error": "\(error)"]
            )
            return
        }
        let dropped = try await context.ledger.record(
            .init(historyRead: historyRead, memory: memory),
            messages: messages,
            at: now
        )
        if dropped > 0 {
            context.logger.error(
                "old messages were dropped: too many wait for a recipient",
                metadata: ["messages.dropped": "\(dropped)"]
            )
        }
        saved = (desk.kept, historyRead)
    }
}
