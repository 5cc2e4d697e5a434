package import Foundation
package import Ledger
package import Logging
package import ServiceLifecycle
package import Timing

/// An inbox, a state directory with a ledger, and a clock that the services under test sleep on.
package final class Desk: LedgerKeeping {
    package let inbox: TemporaryFolder
    package let state: TemporaryFolder
    package let ledger: ItemLedger
    package let clock = ManualClock()
    private let naps: AsyncStream<Void>
    private let nap: AsyncStream<Void>.Continuation

    package init() throws {
        inbox = try TemporaryFolder()
        state = try TemporaryFolder()
        ledger = try ItemLedger(directory: state.path, exclusively: true)
        (naps, nap) = AsyncStream.makeStream()
    }

    package var inboxPath: String { inbox.path }

    /// Stands still but for ``Turns/next(after:)``.
    package var now: Date { clock.date }

    package var timeSource: TimeSource {
        TimeSource(
            sleep: { [clock, nap] in
                nap.yield()
                try await clock.sleep(for: $0)
            },
            now: { [clock] in clock.date }
        )
    }

    package static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Runs a service whose loop sleeps once per iteration, and shuts it down gracefully after `body`.
    package func run(_ service: some Service, _ body: (Turns) async throws -> Void) async throws {
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: service)], gracefulShutdownSignals: [], logger: Self.silent)
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let turns = Turns(naps: naps.makeAsyncIterator(), clock: clock)
            await turns.first()
            do {
                try await body(turns)
            } catch {
                tasks.cancelAll()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// Lets a service run one iteration after another.
    package final class Turns {
        private var naps: AsyncStream<Void>.AsyncIterator
        private let clock: ManualClock

        fileprivate init(naps: AsyncStream<Void>.AsyncIterator, clock: ManualClock) {
            self.naps = naps
            self.clock = clock
        }

        package func first() async { _ = await naps.next() }

        /// Advances the clock until the service wakes, and waits until it sleeps again.
        package func next(after duration: Duration = .seconds(30)) async {
            await clock.untilAsleep()
            clock.advance(by: duration)
            _ = await naps.next()
        }
    }
}
