import Foundation
import Station
import TestSupport
import Testing
import Timing

@testable import CDF

struct RequestPaceTests {
    @Test(arguments: 0..<20)
    func `whatever CDF answers, between one and all are allowed, and one round of complaints halves the number once`(
        seed: Int
    ) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let most = Int.random(in: 1...64, using: &generator)
        var window = RequestPace.Window(most: most)
        #expect(window.allowed == most)
        var epochs = [0]
        for _ in 0..<500 {
            let before = window.allowed
            switch Int.random(in: 0..<10, using: &generator) {
            case 0:
                let epoch = epochs[Int.random(in: 0..<epochs.count, using: &generator)]
                let isNews = epoch == window.epoch
                window.throttled(in: epoch)
                #expect(window.allowed == before || isNews, "an old complaint says nothing new")
                #expect(window.allowed >= before / 2)
            case 1:
                window.restart()
                #expect(window.allowed == 1)
            default:
                window.recordSuccess()
                #expect(window.allowed >= before && window.allowed <= before + 1)
            }
            epochs.append(window.epoch)
            #expect((1...most).contains(window.allowed))
        }
        for _ in 0..<(most * most) { window.recordSuccess() }
        #expect(window.allowed == most, "what gets through brings all of it back")
    }

    @Test(arguments: [
        ("https://h/api/v1/projects/p/files?overwrite=true", RequestPace.Family.files),
        ("https://h/api/v1/projects/p/files/byids", .files),
        ("https://h/api/v1/projects/p/models/instances", .instances),
        ("https://h/api/v1/projects/p/models/instances/list", .instances),
        ("https://h/api/v1/projects/files/models/spaces/byids", .other), ("https://h/api/v1/token/inspect", .other),
    ])
    func `kinds of requests that are counted together are recognised by the path behind the project`(
        url: String,
        family: RequestPace.Family
    ) {
        #expect(RequestPace.Family(url: url) == family)
    }

    @Test func `after an outage it begins with one, and doubles in each round`() {
        var window = RequestPace.Window(most: 16)
        window.restart()
        var rounds: [Int] = []
        for _ in 0..<4 {
            rounds.append(window.allowed)
            for _ in 0..<window.allowed { window.recordSuccess() }
        }
        #expect(rounds == [1, 2, 4, 8])
    }

    @Test func `the answer 429 to one request applies to all of its kind, and to no other`() async throws {
        let fault =
            #"{"match": {"path": "/files/byids"}, "times": 1, "then": {"kind": "status", "status": 429, "retryAfter": 20}}"#
        try await Bench.sandbox(tries: 1, faults: fault) { bench async throws in
            _ = await failure { try await bench.client.fileStatuses(["a"]) }
            #expect(bench.client.pace.allowed == 3)
            _ = try await bench.client.hasSpace("sandbox")
            #expect(bench.clock.pauses.isEmpty, "schema and spaces are counted elsewhere")
            let before = bench.clock.date
            _ = try await bench.client.fileStatuses(["a"])
            #expect(bench.clock.date.timeIntervalSince(before) >= 20)
            _ = try await bench.client.fileStatuses(["a"])
            #expect(bench.clock.pauses.count == 1)
        }
    }
}

struct TransferBudgetTests {
    /// What many transfers of pieces take, in order, and when they are through.
    private func transfer(_ bytes: Int64, by budget: TransferBudget, from start: Date) -> Double {
        var (now, left) = (start, bytes)
        while left > 0 {
            let piece = min(left, budget.pieceSize(at: now))
            now += budget.take(piece, at: now).inSeconds
            left -= piece
        }
        return now.timeIntervalSince(start)
    }

    private let start = Date(timeIntervalSince1970: 1_777_723_200)

    @Test(arguments: [1_000, 64_000, 2_500_000, 125_000_000] as [Int64])
    func `a rate is kept over any time, within one piece`(rate: Int64) {
        let budget = TransferBudget { _ in rate }
        let seconds = transfer(rate * 60, by: budget, from: start)
        #expect(abs(seconds - 60) < 2.5)
        // Idle time saves up a quarter of a second, not more.
        let later = start.addingTimeInterval(3600)
        #expect(abs(transfer(rate * 60, by: budget, from: later) - 60) < 2.5)
    }

    @Test func `many uploads at once share one rate in turns`() {
        let budget = TransferBudget { _ in 80_000 }
        // All ask at the same moment: each waits until those before are through.
        let waits = (0..<8).map { _ in budget.take(10_000, at: start).inSeconds }
        #expect(waits == waits.sorted())
        #expect(abs(waits[7] - 1) < 0.01)
    }

    @Test func `without a limit nothing waits, even if there was one before`() {
        let noon = start.addingTimeInterval(100)
        let budget = TransferBudget { $0 < noon ? 1000 : nil }
        #expect(budget.take(50_000, at: start) > .seconds(49))
        #expect(budget.take(50_000_000, at: noon) == .zero)
        #expect(budget.pieceSize(at: noon) == FileBody.pieceSize)
    }

    @Test func `a clock step stops no upload for long`() {
        let budget = TransferBudget { _ in 100_000 }
        for step in [-86_400.0, 86_400, -3600, 0] {
            #expect(budget.take(12_500, at: start.addingTimeInterval(step)) <= .seconds(1))
        }
    }
}
