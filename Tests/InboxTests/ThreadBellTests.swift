import TestSupport
import Testing

@testable import Inbox

@Suite(.timeLimit(.minutes(5)))
struct ThreadBellTests {
    @Test func `a ring that came first is heard at once, several are one, and then the time limit holds`() async throws
    {
        let bell = ThreadBell()
        for _ in 0..<100_000 { bell.ring() }
        await onOwnThread("waiting") { bell.wait(atMost: .seconds(3600)) }
        let began = ContinuousClock.now
        await onOwnThread("waiting") { bell.wait(atMost: .milliseconds(50)) }
        #expect(ContinuousClock.now - began >= .milliseconds(50))
    }

    @Test func `a thread that waits is woken by a ring`() async throws {
        let bell = ThreadBell()
        async let waiting: Void = onOwnThread("waiting") { bell.wait(atMost: .seconds(3600)) }
        bell.ring()
        await waiting
    }
}
