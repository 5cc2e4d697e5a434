import Foundation
import Testing

@testable import AfterDelivery

/// What counts as time for a deletion.
struct WitnessedTimeTests {
    private static let start = Date(timeIntervalSince1970: 1_777_636_800)

    @Test func `time counts as a steady clock sees it, whichever way the other one jumps`() {
        var time = WitnessedTime(recordedAt: Self.start)
        time.look(at: Self.start, steady: .seconds(100))
        time.look(at: Self.start + 60, steady: .seconds(160))
        #expect(time.milliseconds == 60_000)
        // A year ahead within a minute.
        time.look(at: Self.start + 365 * 86400, steady: .seconds(220))
        #expect(time.milliseconds == 120_000)
        // And back.
        time.look(at: Self.start + 200, steady: .seconds(300))
        #expect(time.milliseconds == 120_000)
        time.look(at: Self.start + 260, steady: .seconds(360))
        #expect(time.milliseconds == 180_000)
    }

    @Test func `while no daemon ran, at most a day counts`() {
        var short = WitnessedTime(milliseconds: 1000, recordedAt: Self.start)
        short.look(at: Self.start + 3600, steady: .zero)
        #expect(short.milliseconds == 3_601_000)
        var long = WitnessedTime(milliseconds: 1000, recordedAt: Self.start)
        long.look(at: Self.start + 40 * 86400, steady: .zero)
        #expect(long.milliseconds == 86_401_000)
    }
}
