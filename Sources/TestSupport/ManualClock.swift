package import Foundation
import Synchronization

/// A clock that moves only when a test advances it.
///
/// It feeds both sleeping and the time of day (``date``), so the two cannot drift apart:
///
///     await clock.untilAsleep()          // the code under test is now waiting
///     clock.advance(by: .seconds(10))    // whatever is due wakes up
///     await clock.untilAsleep()          // and has gone to sleep again
package final class ManualClock: Clock, Sendable {
    /// A moment, as the time since the clock was made.
    package struct Instant: InstantProtocol {
        package var offset: Duration

        package init(offset: Duration = .zero) { self.offset = offset }

        package func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        package func duration(to other: Instant) -> Duration { other.offset - offset }
        package static func < (lhs: Instant, rhs: Instant) -> Bool { lhs.offset < rhs.offset }
    }

    private struct Sleeper {
        var deadline: Instant
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct Watcher {
        var count: Int
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var now = Instant()
        var sleepers: [Int: Sleeper] = [:]
        var watchers: [Int: Watcher] = [:]
        var lastID = 0

        mutating func newID() -> Int {
            lastID += 1
            return lastID
        }
    }

    private let start: Date
    private let state = Mutex(State())

    /// Creates a clock that is stopped at `start`: 2026-05-01, 12:00 UTC, by default.
    package init(start: Date = Date(timeIntervalSince1970: 1_777_636_800)) { self.start = start }

    package var now: Instant { state.withLock { $0.now } }

    package var minimumResolution: Duration { .zero }

    /// The time of day by this clock.
    package var date: Date { start.addingTimeInterval(now.offset / .seconds(1)) }

    /// How many sleeps are in progress.
    package var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// When the next sleeper is due; nil if there is none.
    package var nextDeadline: Instant? { state.withLock { $0.sleepers.values.map(\.deadline).min() } }

    /// Sleeps until the test has moved the clock to `deadline`; returns at once if that has passed.
    package func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        let id = state.withLock { $0.newID() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (outcome, watchers) = state.withLock { state -> (Result<Void, any Error>?, [Watcher]) in
                    // A later cancellation waits for this lock, and then finds the sleeper in the table.
                    if Task.isCancelled { return (.failure(CancellationError()), []) }
                    if deadline <= state.now { return (.success(()), []) }
                    state.sleepers[id] = Sleeper(deadline: deadline, continuation: continuation)
                    let satisfied = state.watchers.filter { $0.value.count <= state.sleepers.count }
                    for key in satisfied.keys { state.watchers[key] = nil }
                    return (nil, Array(satisfied.values))
                }
                if let outcome { continuation.resume(with: outcome) }
                for watcher in watchers { watcher.continuation.resume() }
            }
        } onCancel: {
            let sleeper = state.withLock { $0.sleepers.removeValue(forKey: id) }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Advances the clock and wakes, in the order of their deadlines, all sleepers that are due.
    ///
    /// Returns before they have run: wait with ``untilAsleep(_:)`` or for their work.
    package func advance(by duration: Duration) {
        let due = state.withLock { state -> [Sleeper] in
            state.now = state.now.advanced(by: duration)
            let due = state.sleepers.filter { $0.value.deadline <= state.now }
            for key in due.keys { state.sleepers[key] = nil }
            return due.sorted { ($0.value.deadline, $0.key) < ($1.value.deadline, $1.key) }.map(\.value)
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    /// Suspends until at least `count` sleeps are in progress at once, or the waiting task is cancelled.
    ///
    /// Where several tasks sleep on one clock, `count` says how many: one asleep says nothing about the others.
    package func untilAsleep(_ count: Int = 1) async {
        let id = state.withLock { $0.newID() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isSatisfied = state.withLock { state in
                    if Task.isCancelled || state.sleepers.count >= count { return true }
                    state.watchers[id] = Watcher(count: count, continuation: continuation)
                    return false
                }
                if isSatisfied { continuation.resume() }
            }
        } onCancel: {
            let watcher = state.withLock { $0.watchers.removeValue(forKey: id) }
            watcher?.continuation.resume()
        }
    }
}
