package import CDF
import Foundation
import Ledger
import Logging
import ServiceLifecycle
package import Status
import Timing

/// Tells people outside what needs somebody: makes messages, and sends them to the recipients of the configuration.
///
/// Never in the way of deliveries: it reads the ledger in turns of its own, and a recipient that does not answer holds up only its own
/// messages. The change feed only wakes it; what there is to tell is in the ledger.
package final class Messenger: Service {
    private let context: MessageContext
    private let feed: ChangeFeed
    private let isUntilIdle: Bool
    private let connection: ConnectionSettings
    private let bell = Doorbell()
    /// Between two turns when there are many changes.
    private static let breath = Duration.seconds(2)
    private static let longestPause: TimeInterval = 60
    /// Out of the 20 seconds of a shutdown; what is being sent then has some more (`RecipientQueue`).
    private static let grace = Duration.seconds(5)

    /// - Parameters:
    ///   - context: What it works with; without recipients it does nothing.
    ///   - connection: The ways out of this machine.
    ///   - feed: Wakes it.
    ///   - isUntilIdle: Whether the daemon ends when its work is done: what is gathered is then told at the end.
    package init(_ context: MessageContext, connection: ConnectionSettings, feed: ChangeFeed, isUntilIdle: Bool) {
        self.context = context
        self.connection = connection
        self.feed = feed
        self.isUntilIdle = isUntilIdle
    }

    package func run() async throws {
        let queues = context.recipients.map { RecipientQueue($0, context, connection) }
        await cancelWhenGracefulShutdown { [self] in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.listen() }
                group.addTask { await self.make(for: queues) }
                for queue in queues { group.addTask { await queue.run() } }
            }
        }
        if isUntilIdle { await finish(queues) }
        for queue in queues { try await queue.shutdown() }
    }

    /// Rings on each change.
    private func listen() async {
        // One is enough: it only wakes.
        for await _ in feed.changes(buffering: 1) { bell.ring() }
    }

    private func make(for queues: [RecipientQueue]) async {
        var making: MessageMaking?
        while !Task.isCancelled {
            var pause = Duration.seconds(Self.longestPause)
            do throws(LedgerError) {
                var present: MessageMaking
                if let making { present = making } else { present = try await MessageMaking(context) }
                let told = try await present.turn()
                for queue in queues where told.contains(queue.recipient.key) { queue.bell.ring() }
                if let due = present.nextDeadline {
                    pause = context.timeSource.pause(untilDue: due, atMost: Self.longestPause)
                }
                making = present
            } catch {
                // Begun again from what the ledger has.
                making = nil
                context.logger.warning(
                    "messages could not be made; this is tried again",
                    metadata: ["error": "\(error)"]
                )
            }
            // Ends early only with the task.
            try? await context.timeSource.sleep(Self.breath)
            await bell.wait(atMost: pause, sleep: context.timeSource.sleep)
        }
    }

    /// What is left is made and sent once, within the grace; the rest waits for the next start.
    private func finish(_ queues: [RecipientQueue]) async {
        let last = Task { [context] in
            do throws(LedgerError) {
                var making = try await MessageMaking(context)
                _ = try await making.turn(isLast: true)
            } catch {
                context.logger.warning("messages could not be made", metadata: ["error": "\(error)"])
            }
            await withTaskGroup(of: Void.self) { group in
                for queue in queues {
                    group.addTask {
                        var trouble: String?
                        _ = await queue.sendDue(&trouble)
                    }
                }
            }
        }
        let limit = Task { [timeSource = context.timeSource] in
            // Ends early only when it is cancelled.
            try? await timeSource.timeLimit(Self.grace)
            last.cancel()
        }
        await last.value
        limit.cancel()
    }
}
