import Foundation
import Ledger
import Station
import TestSupport
import Testing

@testable import Messages

/// When something is told, and that it is told once.
struct MessageDeskTests {
    private static let start = Date(timeIntervalSince1970: 1_777_636_800)
    private static let rules = MessageRules()
    private static let causes = [
        Cause(.rejected, "face-missing"), Cause(.failed, "CDF refused it."), Cause(.conflict, "conflict"),
    ]

    /// One day of a daemon: troubles, outages, lost inboxes and a disk that fills, looked at every few seconds.
    private struct Walk {
        var random: SeededGenerator
        var now = MessageDeskTests.start
        var desk = MessageDesk()
        var told: [(at: Date, notice: Notice)] = []
        var noted: [Cause: [ItemNumber]] = [:]
        var sight = MessageSight(
            link: .connected,
            inboxes: [.init("/in")],
            state: "/var/lib/drop360",
            free: 8 << 30
        )
        /// Outages as they were, with how long the desk could see each.
        var outages: [TimeInterval] = []
        var offlineSince: Date?
        private var lastItem: Int64 = 0

        init(seed: UInt64) { random = SeededGenerator(seed: seed) }

        mutating func step() {
            now += Double.random(in: 1...60, using: &random)
            switch Int.random(in: 0..<12, using: &random) {
            case 0..<4:
                guard let cause = MessageDeskTests.causes.randomElement(using: &random) else { return }
                for _ in 0..<Int.random(in: 1...30, using: &random) {
                    lastItem += 1
                    noted[cause, default: []].append(.init(rawValue: lastItem))
                    desk.note(cause, of: .init(rawValue: lastItem), at: now)
                }
            case 4 where offlineSince == nil:
                offlineSince = now
                sight.link = .offline(since: now, reason: "No route to CDF.")
            case 5:
                if let since = offlineSince { outages.append(now.timeIntervalSince(since)) }
                offlineSince = nil
                sight.link = .connected
            case 6: sight.inboxes = [.init("/in", trouble: "not mounted")]
            case 7: sight.inboxes = [.init("/in")]
            case 8: sight.free = Int64.random(in: 0..<4, using: &random) << 29
            case 9:
                // As after a restart: only what was kept is there.
                do {
                    desk = try JSONDecoder().decode(MessageDesk.self, from: JSONEncoder().encode(desk))
                } catch {
                    Issue.record(error)
                }
            default: break
            }
            look()
        }

        mutating func look() {
            desk.note(sight, MessageDeskTests.rules, at: now)
            let open = Set(desk.dueItems(MessageDeskTests.rules, at: now))
            for notice in desk.due(open: open, MessageDeskTests.rules, at: now) { told.append((now, notice)) }
        }

        /// As long as it takes until nothing is gathered.
        mutating func end() {
            for _ in 0..<200 {
                now += 60
                look()
            }
        }
    }

    @Test(arguments: UInt64(0)..<100)
    func `each station that needs attention is in exactly one message`(seed: UInt64) {
        var walk = Walk(seed: seed)
        for _ in 0..<300 { walk.step() }
        walk.end()
        for cause in Self.causes {
            let told = walk.told.flatMap { _, notice -> [ItemNumber] in
                if case .stations(cause, let items, _) = notice { items } else { [] }
            }
            #expect(told.sorted() == (walk.noted[cause] ?? []).sorted(), "\(cause)")
        }
    }

    @Test(arguments: UInt64(0)..<100)
    func `one cause is told no sooner than its pause after the last time`(seed: UInt64) {
        var walk = Walk(seed: seed)
        for _ in 0..<300 { walk.step() }
        walk.end()
        for cause in Self.causes {
            let times = walk.told.compactMap { at, notice -> Date? in
                if case .stations(cause, _, _) = notice { at } else { nil }
            }
            for (earlier, later) in zip(times, times.dropFirst()) {
                #expect(later.timeIntervalSince(earlier) >= Self.rules.pause(after: cause))
            }
        }
    }

    @Test(arguments: UInt64(0)..<100)
    func `an outage is told once, and its end once, and a short one not at all`(seed: UInt64) {
        var walk = Walk(seed: seed)
        for _ in 0..<300 { walk.step() }
        walk.sight.link = .connected
        if let since = walk.offlineSince { walk.outages.append(walk.now.timeIntervalSince(since)) }
        walk.end()
        let link = walk.told.compactMap { _, notice -> String? in
            switch notice {
            case .offline: "offline"
            case .recovered: "recovered"
            default: nil
            }
        }
        #expect(link.count % 2 == 0)
        for (index, word) in link.enumerated() { #expect(word == (index % 2 == 0 ? "offline" : "recovered")) }
        // The desk sees an outage only from look to look.
        let long = walk.outages.count { $0 >= Self.rules.offlineAfter + 60 }
        let possible = walk.outages.count { $0 >= Self.rules.offlineAfter - 60 }
        #expect((long...possible).contains(link.count / 2), "\(walk.outages)")
    }

    @Test(arguments: UInt64(0)..<100)
    func `an inbox is found as often as it was lost, and the disk is not low twice in a row`(seed: UInt64) {
        var walk = Walk(seed: seed)
        for _ in 0..<300 { walk.step() }
        walk.sight.inboxes = [.init("/in")]
        walk.end()
        let lost = walk.told.count { if case .inboxLost = $0.notice { true } else { false } }
        let found = walk.told.count { if case .inboxFound = $0.notice { true } else { false } }
        #expect(lost == found)
        #expect(lost > 0)
    }

    private func due(_ desk: inout MessageDesk, _ sight: MessageSight? = nil, after seconds: TimeInterval) -> [Notice] {
        let now = Self.start + seconds
        if let sight { desk.note(sight, Self.rules, at: now) }
        return desk.due(open: Set(desk.dueItems(Self.rules, at: now)), Self.rules, at: now)
    }

    @Test func `three hundred stations with one cause make one message`() throws {
        var desk = MessageDesk()
        for number in Int64(1)...300 {
            desk.note(Self.causes[0], of: .init(rawValue: number), at: Self.start + Double(number) / 2)
            #expect(due(&desk, after: Double(number) / 2).isEmpty)
        }
        let told = due(&desk, after: 160)
        guard case .stations(let cause, let items, 0) = try #require(told.first) else { return #expect(Bool(false)) }
        #expect(told.count == 1)
        #expect(cause == Self.causes[0])
        #expect(items.count == 300)
    }

    @Test func `a station that is well again before it is told makes no message, and no pause`() {
        var desk = MessageDesk()
        desk.note(Self.causes[0], of: .init(rawValue: 1), at: Self.start)
        #expect(desk.due(open: [], Self.rules, at: Self.start + 10).isEmpty)
        desk.note(Self.causes[0], of: .init(rawValue: 2), at: Self.start + 20)
        #expect(due(&desk, after: 30) == [.stations(Self.causes[0], [.init(rawValue: 2)], more: 0)])
    }

    @Test func `of one cause a thousand stations are kept by number, and the others counted`() {
        var desk = MessageDesk()
        for number in Int64(1)...1500 { desk.note(Self.causes[1], of: .init(rawValue: number), at: Self.start) }
        guard case .stations(_, let items, let more)? = due(&desk, after: 10).first else { return #expect(Bool(false)) }
        #expect(items.count == 1000)
        #expect(more == 500)
    }

    @Test func `the disk is told again only after there was clearly more room`() {
        var desk = MessageDesk()
        func sight(_ mebibytes: Int64) -> MessageSight {
            MessageSight(link: .unknown, state: "/s", free: mebibytes << 20)
        }
        #expect(due(&desk, sight(1025), after: 0).isEmpty)
        #expect(due(&desk, sight(1023), after: 1) == [.diskLow(path: "/s", free: 1023 << 20)])
        #expect(due(&desk, sight(1100), after: 2).isEmpty)
        #expect(due(&desk, sight(900), after: 3).isEmpty)
        #expect(due(&desk, sight(1280), after: 4).isEmpty)
        #expect(due(&desk, sight(1000), after: 5) == [.diskLow(path: "/s", free: 1000 << 20)])
    }

    @Test(arguments: [-604_800.0, 31_536_000.0])
    func `a clock that jumps makes no outage long`(jump: TimeInterval) {
        var desk = MessageDesk()
        let down = MessageSight(link: .offline(since: Self.start, reason: "No route."))
        #expect(due(&desk, down, after: 0).isEmpty)
        #expect(due(&desk, down, after: 60).isEmpty)
        #expect(due(&desk, down, after: 120 + jump).isEmpty)
        // Nine of the ten minutes are left at most, and it does not take longer than ten.
        #expect(due(&desk, down, after: 180 + jump).isEmpty)
        for minutes in 1..<12 { _ = due(&desk, down, after: 180 + jump + Double(minutes) * 60) }
        #expect(due(&desk, MessageSight(link: .connected), after: 960 + jump) == [.recovered(since: Self.start)])
    }
}
