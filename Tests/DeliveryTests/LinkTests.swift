import CDF
import Foundation
import Station
import TestSupport
import Testing
import Timing

@testable import Delivery

@Suite(.timeLimit(.minutes(15)))
struct LinkTests {
    @Test func `the end of a long outage is noticed as soon as CDF accepts connections, and delivery begins slowly`()
        async throws
    {
        try await Depot.run { depot async throws in
            try await depot.control.setFaults(#"{"then": {"kind": "reset"}}"#)
            let (clock, isOpen) = (ManualClock(), Shared(false))
            let told = Shared<[LinkState]>([])
            try await depot.session(tries: 1) { session async throws in
                let client = session.context.client
                let link = Link(
                    client: client,
                    model: .image360(space: "sandbox"),
                    dataSet: nil,
                    timeSource: TimeSource(sleep: { try await clock.sleep(for: $0) }, now: { clock.date }),
                    listeners: [],
                    logger: session.context.logger,
                    glance: { isOpen.withLock { $0 } },
                    changed: { state in told.withLock { $0.append(state) } }
                )
                let running = Task { await link.run() }
                while clock.now.offset < .seconds(3600) {
                    await clock.untilAsleep()
                    clock.advance(by: .seconds(20))
                }
                await clock.untilAsleep()
                guard case .down(let outage) = link.state else {
                    Issue.record("\(link.state)")
                    return
                }
                #expect((20..<60).contains(outage.probes))
                try await depot.control.clearFaults()
                isOpen.withLock { $0 = true }
                let before = clock.now
                while link.state.isDown, clock.now.offset - before.offset < .seconds(300) {
                    clock.advance(by: .seconds(10))
                    await clock.untilAsleep()
                }
                #expect(!link.state.isDown)
                #expect(clock.now.offset - before.offset <= .seconds(30))
                #expect(client.pace.allowed == 1, "no burst")
                let states = told.withLock { $0 }
                #expect(states.first?.isDown == true && states.last == link.state)
                #expect(states.count { !$0.isDown } == 1)
                running.cancel()
                await running.value
            }
        }
    }
}

extension LinkState {
    fileprivate var isDown: Bool { if case .down = self { true } else { false } }
}
