import TestSupport
import Testing

@testable import Delivery

@Suite(.timeLimit(.minutes(15)))
struct SlotsTests {
    private struct Count {
        var now = 0
        var most = 0
        var order: [Int] = []
    }

    @Test(arguments: [1, 2, 6])
    func `no more uploads run at once than there are slots, and all get their turn`(limit: Int) async {
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

    @Test func `those that are patient let the others pass, and leave them half of the slots`() async {
        let slots = Slots { 4 }
        let count = Shared(Count())
        let isOpen = Shared(false)
        // Six parts ask first: two get a slot, four wait.
        var parts: [Task<Void, Never>] = []
        for _ in 0..<6 {
            parts.append(
                Task {
                    await slots.occupied(isPatient: true) {
                        count.withLock { $0.now += 1 }
                        while !isOpen.withLock({ $0 }) { await Task.yield() }
                        count.withLock { $0.order.append(1) }
                    }
                }
            )
        }
        while await slots.waitingCount < 4 || count.withLock({ $0.now }) < 2 { await Task.yield() }
        // Files of stations find room at once.
        for _ in 0..<3 { await slots.occupied { count.withLock { $0.order.append(0) } } }
        #expect(count.withLock { $0.order } == [0, 0, 0] && count.withLock { $0.now } == 2)
        isOpen.withLock { $0 = true }
        for part in parts { await part.value }
        #expect(count.withLock { $0.order } == [0, 0, 0, 1, 1, 1, 1, 1, 1])
        #expect(await slots.waitingCount == 0)
    }

    @Test func `slots are given in the order of the requests, even if some are cancelled`() async {
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
