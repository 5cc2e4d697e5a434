import Logs
import Testing

struct RepeatLimitTests {
    private let start = ContinuousClock.now

    private func cause(_ reason: String, station: String = "1") -> String {
        RepeatLimit.cause(of: "it failed", ["reason": reason, "station.number": station]) ?? ""
    }

    @Test func `the same trouble is written once an hour, with how often it was left out`() {
        var limit = RepeatLimit()
        #expect(limit.decide(cause("no route"), at: start) == .write(repeated: 0))
        for minute in 1..<60 {
            #expect(limit.decide(cause("no route"), at: start + .seconds(60 * minute)) == .leaveOut)
        }
        #expect(limit.decide(cause("no route"), at: start + .seconds(3600)) == .write(repeated: 59))
    }

    @Test func `another cause and another station are other troubles; numbers and request ids are not`() {
        var limit = RepeatLimit()
        #expect(limit.decide(cause("status 503 (x-request-id a1)"), at: start) == .write(repeated: 0))
        #expect(limit.decide(cause("status 503 (x-request-id b2)"), at: start) == .leaveOut)
        #expect(limit.decide(cause("status 502 (x-request-id b2)"), at: start) == .leaveOut)
        #expect(limit.decide(cause("no route"), at: start) == .write(repeated: 0))
        #expect(limit.decide(cause("no route", station: "2"), at: start) == .write(repeated: 0))
        #expect(RepeatLimit.cause(of: "a station arrived", ["station.number": "1"]) == nil)
    }

    @Test func `what was left out and never came again is told once`() {
        var limit = RepeatLimit()
        for _ in 0..<3 { _ = limit.decide(cause("no route"), at: start) }
        #expect(limit.takeLeftOut(at: start + .seconds(3599)).isEmpty)
        let told = limit.takeLeftOut(at: start + .seconds(3600))
        #expect(told.map(\.message) == ["it failed"] && told.map(\.times) == [2])
        #expect(limit.takeLeftOut(at: start + .seconds(9000)).isEmpty)
    }

    @Test func `it remembers a bounded number of troubles`() {
        var limit = RepeatLimit(limit: 10)
        for index in 0..<1000 { _ = limit.decide("cause \(index)", at: start + .seconds(index)) }
        #expect(limit.decide("cause 999", at: start + .seconds(1000)) == .leaveOut)
        #expect(limit.decide("cause 0", at: start + .seconds(1000)) == .write(repeated: 0))
    }
}
