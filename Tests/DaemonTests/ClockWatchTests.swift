import CDF
import Foundation
import Ledger
import Station
import Synchronization
import TestSupport
import Testing

@testable import Daemon

@Suite(.timeLimit(.minutes(1)))
struct ClockWatchTests {
    @Test(arguments: [-86_400.0, 86_400]) func `a step of the clock is noticed, and nobody waits for it`(step: Double)
        async throws
    {
        let desk = try Desk()
        let stepped = Mutex(0.0)
        let wakes = Mutex(0)
        var timeSource = desk.timeSource
        timeSource.now = { desk.clock.date + stepped.withLock { $0 } }
        let watch = ClockWatch(
            ledger: desk.ledger,
            timeSource: timeSource,
            elapsed: { desk.clock.now.offset },
            wake: { wakes.withLock { $0 += 1 } },
            logger: Desk.silent
        )
        let id = try await desk.sees("a", .accepted(.sample())).id
        let now = desk.clock.date
        _ = try await desk.ledger.postpone(id, until: now + 600, counts: true, reason: "trouble", at: now)
        try await desk.run(watch) { turns async throws in
            await turns.next(after: .seconds(15))
            #expect(wakes.withLock { $0 } == 0, "time that only passes is no step")
            stepped.withLock { $0 = step }
            await turns.next(after: .seconds(15))
            #expect(wakes.withLock { $0 } == 1)
            await turns.next(after: .seconds(15))
            #expect(wakes.withLock { $0 } == 1, "it was one step")
        }
        let due = try await desk.ledger.station(id).notBefore
        #expect(due == (step < 0 ? now + 600 + step : now + 600))
    }
}
