import Testing

@testable import Daemon

/// Whether the daemon makes progress, from what is seen of it.
struct LivenessTests {
    private let start = ContinuousClock.now

    @Test func `an idle daemon lives as long as its scanner turns`() {
        var liveness = Liveness(patience: .seconds(300), at: start)
        func stalls(_ seconds: Int, scannedBefore: Int) -> [Stall] {
            let now = start + .seconds(seconds)
            return liveness.check(scanner: now - .seconds(scannedBefore), busy: false, steps: 0, at: now)
        }
        for minutes in 0..<60 { #expect(stalls(60 * minutes, scannedBefore: 299).isEmpty) }
        #expect(stalls(3600, scannedBefore: 300) == [Stall(part: .scanner, duration: .seconds(300))])
        #expect(stalls(3600, scannedBefore: 0).isEmpty)
    }

    @Test func `a busy stage has to move`() {
        var liveness = Liveness(patience: .seconds(300), at: start)
        func stalls(_ seconds: Int, busy: Bool, steps: UInt64) -> [Stall] {
            let now = start + .seconds(seconds)
            return liveness.check(scanner: now, busy: busy, steps: steps, at: now)
        }
        #expect(stalls(0, busy: true, steps: 1).isEmpty)
        #expect(stalls(299, busy: true, steps: 1).isEmpty)
        #expect(stalls(300, busy: true, steps: 1) == [Stall(part: .delivery, duration: .seconds(300))])
        #expect(stalls(900, busy: true, steps: 1).map(\.part) == [.delivery])
        // It moved after all.
        #expect(stalls(901, busy: true, steps: 2).isEmpty)
        #expect(stalls(1200, busy: true, steps: 2).isEmpty)
        // What was finished starts the count again.
        #expect(stalls(5000, busy: false, steps: 2).isEmpty)
        #expect(stalls(5299, busy: true, steps: 2).isEmpty)
        #expect(!stalls(5300, busy: true, steps: 2).isEmpty)
    }

    @Test func `a scanner and a stage that hang are both named, with the time`() {
        var liveness = Liveness(patience: .seconds(300), at: start)
        let now = start + .seconds(725)
        let stalls = liveness.check(scanner: start, busy: true, steps: 0, at: now)
        #expect(stalls.map(\.part) == [.scanner, .delivery])
        #expect(stalls.allSatisfy { $0.words.contains("12 min") })
    }
}
