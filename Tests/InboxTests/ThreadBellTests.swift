import TestSupport
import Testing

@testable import Inbox

@Suite(.timeLimit(.minutes(15)))
struct ThreadBellTests {
    @Test func `a ring before the wait ends it at once, several rings count as one, and then the time limit applies`()
        async throws
    {
        let bell = ThreadBell()
        for _ in 0..<100_000 { bell.ring() }
        await onOwnThread("waiting") { bell.wait(atMost: .seconds(3600)) }
        let began = ContinuousClock.now
        await onOwnThread("waiting") { bell.wait(atMost: .milliseconds(50)) }
        #expect(ContinuousClock.now - began >= .milliseconds(50))
    }

    @Test func `a ring wakes a waiting thread`() async throws {
        let bell = ThreadBell()
        async let waiting: Void = onOwnThread("waiting") { bell.wait(atMost: .seconds(3600)) }
        bell.ring()
        await waiting
    }
}
