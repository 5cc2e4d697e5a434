import Ledger
import TestSupport
import Testing

@testable import Delivery

@Suite(.timeLimit(.minutes(1)))
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

@Suite(.timeLimit(.minutes(1)))
struct SlotsTests {
    private struct Count {
        var now = 0
        var most = 0
        var order: [Int] = []
    }

    @Test(arguments: [1, 2, 6])
    func `never more than so many work at once, and all get their turn`(limit: Int) async {
        let slots = Slots { limit }
        let count = Shared(Count())
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<300 {
                group.addTask {
                    await slots.occupied {
                        count.withLock { count in
                            count.now += 1
                            count.most = max(count.most, count.now)
                        }
                        for _ in 0..<(index % 5) { await Task.yield() }
                        count.withLock { $0.now -= 1 }
                    }
                }
                if index.isMultiple(of: 50) { group.cancelAll() }
            }
        }
        #expect(count.withLock { $0.most } == limit)
        #expect(count.withLock { $0.now } == 0)
    }

    @Test func `who asks first is served first, also among the cancelled`() async {
        let slots = Slots { 1 }
        let count = Shared(Count())
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let (begun, hasBegun) = AsyncStream.makeStream(of: Void.self)
        let holder = Task {
            await slots.occupied {
                hasBegun.yield()
                for await _ in gate { break }
            }
        }
        for await _ in begun { break }
        var waiting: [Task<Void, Never>] = []
        for index in 0..<20 {
            waiting.append(Task { await slots.occupied { count.withLock { $0.order.append(index) } } })
            while await slots.waitingCount <= index { await Task.yield() }
            if index.isMultiple(of: 3) { waiting[index].cancel() }
        }
        open.yield()
        await holder.value
        for task in waiting { await task.value }
        #expect(count.withLock { $0.order } == Array(0..<20))
        #expect(await slots.waitingCount == 0)
    }
}

struct TransferBoardTests {
    @Test func `the board shows what is under way, and counts every piece of progress`() {
        let board = TransferBoard()
        board.begin(.init(rawValue: 1), path: "a", total: 100)
        board.begin(.init(rawValue: 2), path: "b", total: 50)
        board.add(60, to: .init(rawValue: 1))
        board.add(-60, to: .init(rawValue: 1))
        board.add(30, to: .init(rawValue: 1))
        board.step()
        #expect(
            board.now.transfers == [
                .init(station: .init(rawValue: 1), path: "a", total: 100, sent: 30),
                .init(station: .init(rawValue: 2), path: "b", total: 50, sent: 0),
            ]
        )
        #expect(board.now.bytes == 90)
        #expect(board.now.steps == 6)
        // An earlier run sent these.
        board.addTaken(20, of: .init(rawValue: 2))
        #expect(board.now.transfers.map(\.sent) == [30, 20])
        #expect(board.now.bytes == 90)
        board.end(.init(rawValue: 1))
        board.add(5, to: .init(rawValue: 1))
        #expect(board.now.transfers.map(\.path) == ["b"])
    }
}
