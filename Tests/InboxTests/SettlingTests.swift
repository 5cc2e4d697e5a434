import Station
import TestSupport
import Testing

@testable import Inbox

/// The test macros cannot call what changes a value, but they can call this.
extension Shared<Settling<String, ContinuousClock.Instant>> {
    fileprivate var count: Int { withLock { $0.count } }
    fileprivate func saw(_ key: String, stamp: Stamp, at now: ContinuousClock.Instant) -> Bool {
        withLock { $0.saw(key, stamp: stamp, at: now) }
    }
    fileprivate func noteEvent(in key: String, at now: ContinuousClock.Instant) {
        withLock { $0.noteEvent(in: key, at: now) }
    }
    fileprivate func remove(_ key: String) { withLock { $0.remove(key) } }
    fileprivate func nextListing() -> ContinuousClock.Instant? { withLock { $0.nextListing() } }
    fileprivate func takeDue(at now: ContinuousClock.Instant, limit: Int) -> [String] {
        withLock { $0.takeDue(at: now, limit: limit) }
    }
}

struct SettlingTests {
    private typealias Instant = ContinuousClock.Instant
    private let start = Instant.now
    private func at(_ milliseconds: Int) -> Instant { start + .milliseconds(milliseconds) }
    private let settling = Shared(Settling<String, Instant>(quietPeriod: .seconds(2), interval: .seconds(1)))

    @Test func `a folder is quiet when its stamp has not changed for the quiet period, and not before`() {
        #expect(!settling.saw("a", stamp: "1", at: at(0)))
        #expect(!settling.saw("a", stamp: "1", at: at(1999)))
        #expect(settling.saw("a", stamp: "1", at: at(2000)))
    }

    @Test func `every change starts the quiet period again`() {
        for second in 0..<20 { #expect(!settling.saw("a", stamp: Stamp(rawValue: "\(second)"), at: at(second * 1500))) }
        #expect(settling.saw("a", stamp: "19", at: at(19 * 1500 + 2000)))
    }

    @Test func `a changing folder is listed each second and at its deadline`() {
        _ = settling.saw("a", stamp: "1", at: at(0))
        #expect(settling.nextListing() == at(1000))
        #expect(settling.takeDue(at: at(999), limit: 9).isEmpty)
        #expect(settling.takeDue(at: at(1000), limit: 9) == ["a"])
        _ = settling.saw("a", stamp: "2", at: at(1300))
        #expect(settling.takeDue(at: at(2300), limit: 9) == ["a"])
        _ = settling.saw("a", stamp: "2", at: at(2350))
        #expect(settling.nextListing() == at(3300))
    }

    @Test func `a folder that was taken is due again even if it was not listed`() {
        _ = settling.saw("a", stamp: "1", at: at(0))
        #expect(settling.takeDue(at: at(1000), limit: 1) == ["a"])
        #expect(settling.takeDue(at: at(2000), limit: 1) == ["a"])
    }

    @Test func `an event without a new stamp delays a folder, but not for ever`() {
        _ = settling.saw("a", stamp: "1", at: at(0))
        settling.noteEvent(in: "a", at: at(1500))
        #expect(!settling.saw("a", stamp: "1", at: at(2500)))
        #expect(settling.saw("a", stamp: "1", at: at(3500)))
        for second in 4..<100 { settling.noteEvent(in: "a", at: at(second * 1000)) }
        #expect(settling.saw("a", stamp: "1", at: at(22_000)))
    }

    @Test func `events in folders that are not settling have no effect`() {
        settling.noteEvent(in: "a", at: at(0))
        #expect(settling.count == 0)
        #expect(settling.nextListing() == nil)
    }

    /// A folder is quiet exactly when the last `quietPeriod` saw neither another stamp nor (within patience) an event,
    /// and there always is a next look for each.
    @Test(arguments: UInt64(0)..<60)
    func `whatever happens, quiet means quiet, and no folder is forgotten`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let settling = Shared(
            Settling<String, Instant>(quietPeriod: .milliseconds(500), interval: .milliseconds(200))
        )
        var stamps: [String: (stamp: String, since: Int)] = [:]
        var now = 0
        for _ in 0..<150 {
            now += Int.random(in: 0...150, using: &random)
            let key = "\(Int.random(in: 0..<5, using: &random))"
            if Int.random(in: 0..<10, using: &random) == 0 {
                settling.remove(key)
                stamps[key] = nil
            } else {
                let stamp = "\(Int.random(in: 0..<3, using: &random))"
                if stamps[key]?.stamp != stamp { stamps[key] = (stamp, now) }
                let isQuiet = settling.saw(key, stamp: Stamp(rawValue: stamp), at: at(now))
                #expect(isQuiet == (now - (stamps[key]?.since ?? now) >= 500))
            }
            #expect(settling.count == stamps.count)
            #expect((settling.nextListing() == nil) == stamps.isEmpty)
        }
        let due = settling.takeDue(at: at(now + 200), limit: .max)
        #expect(Set(due) == Set(stamps.keys))
        #expect(due.count == stamps.count)
    }
}

struct DeadlineQueueTests {
    @Test(arguments: UInt64(0)..<60)
    func `keys become due in the order of the times last set, each once`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var table = DeadlineQueue<Int, Int>()
        var truth: [Int: Int] = [:]
        var now = 0
        for _ in 0..<150 {
            let key = Int.random(in: 0..<20, using: &random)
            let time = now + Int.random(in: 0..<50, using: &random)
            switch Int.random(in: 0..<8, using: &random) {
            case 0:
                table.cancel(key)
                truth[key] = nil
            case 1:
                table.set(key, noLaterThan: time)
                truth[key] = min(truth[key] ?? .max, time)
            case 2:
                now += Int.random(in: 0..<30, using: &random)
                let due = table.takeDue(at: now)
                let expected = truth.filter { $0.value <= now }
                #expect(Set(due) == Set(expected.keys))
                #expect(due.compactMap { expected[$0] } == expected.values.sorted())
                for key in due { truth[key] = nil }
            default:
                table.set(key, at: time)
                truth[key] = time
            }
            #expect(table.count == truth.count)
            let next = table.next()
            #expect(next == truth.values.min())
        }
    }

    @Test func `the limit leaves the later keys for the next time`() {
        var table = DeadlineQueue<String, Int>()
        for (key, time) in ["a": 3, "b": 1, "c": 2] { table.set(key, at: time) }
        let (first, rest) = (table.takeDue(at: 9, limit: 2), table.takeDue(at: 9))
        #expect(first == ["b", "c"])
        #expect(rest == ["a"])
    }
}
