import Foundation
import TestSupport
import Testing

@testable import CDF

struct BackoffTests {
    @Test func `a pause lies between nothing and a ceiling that doubles up to 30 seconds`() {
        var generator = SeededGenerator(seed: 1)
        for attempt in 1...60 {
            let ceiling = Duration.milliseconds(min(500 * Int64(pow(2, Double(min(attempt, 10)))), 30_000))
            for _ in 0..<200 {
                let random = Double.random(in: 0..<1, using: &generator)
                let pause = Backoff.pause(afterAttempt: attempt, retryAfter: nil, random: random)
                #expect(pause >= .zero && pause < ceiling)
            }
            #expect(Backoff.pause(afterAttempt: attempt, retryAfter: nil, random: 0) == .zero)
            #expect(Backoff.pause(afterAttempt: attempt, retryAfter: nil, random: 0.5) == ceiling / 2)
        }
    }

    @Test(arguments: [0, 0.5, 0.999])
    func `what the server asks for wins over the jitter, and is never undercut`(random: Double) {
        for attempt in 1...6 {
            let pause = Backoff.pause(afterAttempt: attempt, retryAfter: .seconds(7), random: random)
            #expect(pause >= .seconds(7) && pause <= .milliseconds(7250))
        }
    }

    @Test(
        arguments: [
            (nil, nil), ("", nil), ("soon", nil), ("NaN", nil), ("0", .zero), ("-3", .zero), ("2", .seconds(2)),
            (" 120 ", .seconds(120)), ("1.5", .milliseconds(1500)), ("1e300", .seconds(86400)),
            ("Fri, 01 May 2026 12:00:30 GMT", .seconds(30)), ("Fri, 01 May 2026 11:00:00 GMT", .zero),
            ("Tue, 01 May 2096 11:00:00 GMT", .seconds(86400)),
        ] as [(String?, Duration?)]
    )
    func `retry-after is read as seconds or as an HTTP date`(header: String?, expected: Duration?) {
        let now = Date(timeIntervalSince1970: 1_777_636_800)  // 2026-05-01, 12:00 UTC
        #expect(Backoff.retryAfter(header, now: now) == expected)
    }
}
