import TestSupport
import Testing
import Timing

@Suite(.timeLimit(.minutes(15)))
struct DoorbellTests {
    /// Sleeps for ever, but for cancellation.
    private let never: @Sendable (Duration) async throws -> Void = { _ in
        let clock = ManualClock()
        try await clock.sleep(until: clock.now.advanced(by: .seconds(1)))
    }

    @Test func `a ring before the wait is kept, and many are one`() async {
        let bell = Doorbell()
        for _ in 0..<2000 {
            bell.ring()
            bell.ring()
            await bell.wait(atMost: .seconds(1), sleep: never)
        }
    }

    @Test func `a ring while somebody waits wakes them`() async {
        let clock = ManualClock()
        let bell = Doorbell()
        for _ in 0..<500 {
            let waiter = Task {
                await bell.wait(atMost: .seconds(10)) { try await clock.sleep(until: clock.now.advanced(by: $0)) }
            }
            await clock.untilAsleep()
            bell.ring()
            await waiter.value
            #expect(clock.sleeperCount == 0, "the limit's sleep ends with the wait")
        }
    }

    @Test func `the limit ends a wait, and not sooner`() async {
        let clock = ManualClock()
        let bell = Doorbell()
        let isOver = Shared(false)
        let waiter = Task {
            await bell.wait(atMost: .seconds(10)) { try await clock.sleep(until: clock.now.advanced(by: $0)) }
            isOver.withLock { $0 = true }
        }
        await clock.untilAsleep()
        clock.advance(by: .milliseconds(9999))
        #expect(!isOver.withLock { $0 })
        #expect(clock.sleeperCount == 1)
        clock.advance(by: .milliseconds(1))
        await waiter.value
    }

    @Test func `cancellation ends a wait whenever it comes`() async {
        let bell = Doorbell()
        for round in 0..<2000 {
            let waiter = Task { await bell.wait(atMost: .seconds(1), sleep: never) }
            for _ in 0..<(round % 7) { await Task.yield() }
            waiter.cancel()
            await waiter.value
        }
        // It still rings afterwards.
        bell.ring()
        await bell.wait(atMost: .seconds(1), sleep: never)
    }

    @Test func `no ring is lost, however it meets the wait`() async {
        let bell = Doorbell()
        let done = Shared(0)
        let work = Shared(0)
        let consumer = Task {
            while done.withLock({ $0 }) < 5000 {
                let taken = work.withLock { work in
                    defer { work = 0 }
                    return work
                }
                done.withLock { $0 += taken }
                if taken == 0 { await bell.wait(atMost: .seconds(1), sleep: never) }
            }
        }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for round in 0..<1250 {
                        work.withLock { $0 += 1 }
                        bell.ring()
                        if round.isMultiple(of: 3) { await Task.yield() }
                    }
                }
            }
        }
        await consumer.value
        #expect(done.withLock { $0 } == 5000)
    }
}
