import CDF
import Foundation
import Station
import TestSupport
import Testing

@testable import Delivery

struct LinkStateTests {
    private static let forbidden = CDFError.forbidden(asked: "a", message: "m", requestID: nil)
    private static let reasons: [CDFError] = [
        .unreachable(host: "h", detail: "no route"), .notCDF(host: "h", detail: "a page"),
        .credentialsRefused(host: "h", detail: "invalid_client"), forbidden,
        .projectLacks("a space", advice: "create it"),
        .serverTrouble(asked: "a", status: 500, message: "", retryAfter: nil, requestID: nil),
    ]

    @Test(arguments: 0..<20)
    func `whatever is reported, an outage keeps its beginning and its probes get slower up to five minutes`(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        var now = Date(timeIntervalSince1970: 1_777_636_800)
        var state = LinkState.unknown
        var since: Date?
        var probes = 0
        for _ in 0..<300 {
            now += Double.random(in: 0..<400, using: &generator)
            if Int.random(in: 0..<12, using: &generator) == 0 {
                state = .ready(PreparedProject(model: LegacyModel(space: "s"), dataSetID: nil))
                (since, probes) = (nil, 0)
                #expect(!state.needsOperator)
                continue
            }
            let reason = Self.reasons[Int.random(in: 0..<Self.reasons.count, using: &generator)]
            let probed = Bool.random(using: &generator)
            let before = state
            state = state.lost(reason, at: now, probed: probed)
            guard case .down(let outage) = state else {
                Issue.record("\(state) after \(reason)")
                return
            }
            let wait = outage.nextProbe.timeIntervalSince(now)
            if since == nil {
                since = now
                let expected: Double = probed ? 30 : reason == Self.forbidden ? 300 : 5
                #expect(wait == expected)
            } else if probed {
                probes += 1
                let age = since.map { now.timeIntervalSince($0) } ?? 0
                #expect(abs(wait - min(max(age / 12, 30), 300)) < 0.001)
                #expect(outage.reason == reason)
            } else {
                #expect(state == before, "requests that fail on a broken link say nothing new")
            }
            #expect(outage.since == since)
            #expect(outage.probes == probes)
            #expect(state.needsOperator == (outage.reason.remedy == .pauseStage))
        }
    }

    @Test func `the time that CDF names is not undercut`() {
        let now = Date(timeIntervalSince1970: 1_777_636_800)
        let busy = CDFError.throttled(asked: "a", retryAfter: .seconds(400), requestID: nil)
        for state in [LinkState.unknown, .unknown.lost(Self.reasons[0], at: now, probed: true)] {
            guard case .down(let outage) = state.lost(busy, at: now, probed: true) else { continue }
            #expect(outage.nextProbe == now + 400)
        }
    }

    @Test func `the pauses between probes grow up to five minutes`() {
        #expect([0, 60, 360, 1200, 3600, 1e9].map(LinkState.pause(inOutageOf:)) == [30, 30, 30, 100, 300, 300])
    }
}
