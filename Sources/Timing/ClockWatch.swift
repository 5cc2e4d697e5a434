package import Foundation
package import Logging
import ServiceLifecycle

/// Notices that the clock jumped forward or back, and logs it.
package struct ClockWatch: Service {
    private let timeSource: TimeSource
    private let elapsed: @Sendable () -> Duration
    private let stepped: @Sendable (TimeInterval) async -> Void
    private let logger: Logger

    private static let interval = Duration.seconds(15)
    /// Smaller steps are normal corrections by time servers.
    private static let notable: TimeInterval = 5

    /// - Parameters:
    ///   - timeSource: The clock that may step.
    ///   - elapsed: A monotonic clock that also runs while the machine sleeps.
    ///   - logger: For each step.
    ///   - stepped: Called after each step, in seconds; below zero if the clock jumped back.
    package init(
        timeSource: TimeSource,
        elapsed: @escaping @Sendable () -> Duration,
        logger: Logger,
        stepped: @escaping @Sendable (TimeInterval) async -> Void
    ) {
        self.timeSource = timeSource
        self.elapsed = elapsed
        self.logger = logger
        self.stepped = stepped
    }

    package func run() async {
        await cancelWhenGracefulShutdown {
            var (date, time) = (self.timeSource.now(), self.elapsed())
            while !Task.isCancelled {
                do { try await self.timeSource.sleep(Self.interval) } catch { return }
                let (newDate, newTime) = (self.timeSource.now(), self.elapsed())
                let step = newDate.timeIntervalSince(date) - (newTime - time).inSeconds
                (date, time) = (newDate, newTime)
                guard abs(step) > Self.notable else { continue }
                self.logger.warning(
                    "the clock jumped \(step > 0 ? "forward" : "back")",
                    metadata: ["clock.seconds": "\(Int(abs(step)))", "clock.now": "\(newDate.formatted(.iso8601))"]
                )
                await self.stepped(step)
            }
        }
    }
}
