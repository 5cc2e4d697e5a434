import Foundation
import Synchronization
import TestSupport
import Testing
import Timing

@Suite(.timeLimit(.minutes(15)))
struct ClockWatchTests {
    @Test(arguments: [-86_400.0, 86_400]) func `a step of the clock is noticed once, and time that only passes is none`(
        step: Double
    ) async throws {
        let desk = try Desk()
        let shift = Mutex(0.0)
        let steps = Mutex<[TimeInterval]>([])
        var timeSource = desk.timeSource
        timeSource.now = { desk.clock.date + shift.withLock { $0 } }
        let watch = ClockWatch(
            timeSource: timeSource,
            elapsed: { desk.clock.now.offset },
            logger: Desk.silent
        ) { step in steps.withLock { $0.append(step) } }
        try await desk.run(watch) { turns async throws in
            await turns.next(after: .seconds(15))
            #expect(steps.withLock { $0 } == [])
            shift.withLock { $0 = step }
            await turns.next(after: .seconds(15))
            #expect(steps.withLock { $0 } == [step])
            await turns.next(after: .seconds(15))
            #expect(steps.withLock { $0 } == [step])
        }
    }
}
