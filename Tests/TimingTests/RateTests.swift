import Testing
import Timing

/// How fast bytes are sent.
struct RateTests {
    private let start = ContinuousClock.Instant.now

    @Test func `the rate is that of the window, and unknown before the second sample`() {
        var rate = Rate(over: .seconds(10))
        #expect(rate.bytesPerSecond == 0)
        rate.record(1000, at: start)
        #expect(rate.bytesPerSecond == 0)
        rate.record(6000, at: start + .seconds(5))
        #expect(rate.bytesPerSecond == 1000)
        // The slow beginning is forgotten.
        for second in 6...30 { rate.record(6000 + Int64(second - 5) * 2000, at: start + .seconds(second)) }
        #expect(rate.bytesPerSecond == 2000)
    }

    @Test func `two looks at one moment are no division by zero`() {
        var rate = Rate()
        rate.record(1, at: start)
        rate.record(2, at: start)
        #expect(rate.bytesPerSecond == 0)
    }
}
