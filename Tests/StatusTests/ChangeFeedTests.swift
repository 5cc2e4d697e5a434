import Status
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(15)))
struct ChangeFeedTests {
    private func inbox(_ number: Int) -> DaemonChange.Subject { .inbox(path: "/in/\(number)", trouble: nil) }

    @Test func `all who listen see the same changes in the same order`() async {
        let feed = ChangeFeed()
        let (first, second) = (feed.changes(buffering: 5000), feed.changes(buffering: 5000))
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask { for number in 0..<1000 { feed.send(inbox(writer * 1000 + number)) } }
            }
        }
        feed.finish()
        var seen: [[String]] = []
        for stream in [first, second] {
            var (paths, numbers): ([String], [UInt64]) = ([], [])
            for await change in stream {
                numbers.append(change.number)
                if case .inbox(let path, _) = change.subject { paths.append(path) }
            }
            #expect(numbers == Array(1...4000))
            seen.append(paths)
        }
        #expect(seen[0] == seen[1])
        #expect(feed.count == 4000)
    }

    @Test func `a subscriber who is slow keeps the newest, sees by the numbers what it missed, and holds up nobody`()
        async
    {
        let feed = ChangeFeed()
        let (slow, patient) = (feed.changes(buffering: 3), feed.changes(buffering: 100))
        for number in 0..<100 { feed.send(inbox(number)) }
        feed.finish()
        var kept: [UInt64] = []
        for await change in slow { kept.append(change.number) }
        #expect(kept == [98, 99, 100])
        var all = 0
        for await _ in patient { all += 1 }
        #expect(all == 100)
    }

    @Test func `who stops listening is forgotten, however it stops`() async {
        let feed = ChangeFeed()
        let isListening = Shared(0)
        let cancelled = Task {
            let changes = feed.changes()
            isListening.withLock { $0 += 1 }
            for await _ in changes {}
        }
        let broken = Task {
            let changes = feed.changes()
            isListening.withLock { $0 += 1 }
            for await _ in changes { break }
        }
        while isListening.withLock({ $0 }) < 2 { await Task.yield() }
        cancelled.cancel()
        await cancelled.value
        feed.send(.anything)
        await broken.value
        #expect(feed.subscriberCount == 0)
        feed.send(.anything)
        #expect(feed.count == 2)
    }

    @Test func `after the end a subscription is over at once`() async {
        let feed = ChangeFeed()
        feed.finish()
        feed.send(.anything)
        for await _ in feed.changes() { Issue.record("there is nothing to tell") }
        #expect(feed.subscriberCount == 0 && feed.count == 0)
    }
}
