import CDF
import Foundation
import Ledger
import Station
import TestSupport
import Testing

@testable import Delivery
@testable import Sandbox

struct RetryTests {
    @Test func `the pauses grow step by step, and are never shorter than the server asks for`() {
        let schedule = RetrySchedule.standard
        let pauses = (0...9).map { schedule.pause(afterAttempts: $0, atLeast: nil) }
        #expect(
            pauses == [
                nil, .seconds(25), .seconds(120), .seconds(600), .seconds(3600), .seconds(18000), .seconds(86400), nil,
                nil, nil,
            ]
        )
        #expect(schedule.pause(afterAttempts: 1, atLeast: .seconds(5)) == .seconds(25))
        #expect(schedule.pause(afterAttempts: 1, atLeast: .seconds(900)) == .seconds(900))
        #expect(schedule.pause(afterAttempts: 7, atLeast: .seconds(900)) == nil)
        #expect(RetrySchedule(pauses: []).pause(afterAttempts: 1, atLeast: nil) == nil)
    }

    @Test(arguments: ["/files", "/upload/*", "/files/byids", "/models/instances"])
    func `lasting trouble postpones a station across restarts, and fails it in the end with a reason`(path: String)
        async throws
    {
        try await Depot.run { depot async throws in
            let id = try await depot.accept("site/st")
            try await depot.control.setFaults(
                #"{"match": {"path": "\#(path)"}, "then": {"kind": "status", "status": 500}}"#
            )
            let schedule = RetrySchedule.standard
            for (index, pause) in schedule.pauses.enumerated() {
                // Each attempt by another daemon: the ledger alone remembers.
                try await depot.session(tries: 1) { session async throws in
                    await session.context.link.probe()
                    try await session.uploads.drain()
                    try await session.registrations.drain()
                }
                let record = try await depot.ledger.item(id)
                #expect(record.attempts == index + 1)
                #expect(record.notBefore == depot.clock.date + pause / .seconds(1))
                depot.clock.advance(by: pause - .seconds(1))
                let before = try await depot.lastRequest()
                try await depot.session(tries: 1) { session async throws in
                    await session.context.link.probe()
                    try await session.uploads.drain()
                    try await session.registrations.drain()
                }
                let lines = try await depot.lines(since: before)
                #expect(lines.count == 3, "it is not due yet: only the start's requests")
                depot.clock.advance(by: .seconds(1))
            }
            try await depot.session(tries: 1) { try await $0.deliver() }
            let failure = try #require(try await depot.ledger.item(id).failure)
            #expect(failure.summary.hasPrefix("Given up after 7 attempts. The last error: CDF had trouble with "))
            #expect(failure.advice?.contains("drop360 retry") == true)
            #expect(await depot.server.describeContents().images == 0)

            try await depot.control.clearFaults()
            _ = try await depot.ledger.retry(id, at: depot.clock.date)
            try await depot.session { try await $0.deliver() }
            #expect(try await depot.states() == [.registered])
            #expect(await depot.server.describeContents() == .holding(images: 1, stations: 1, collections: 1))
        }
    }

    @Test func `the pause that a server asks for is kept, and only by the station concerned`() async throws {
        try await Depot.run { depot async throws in
            let ids = try await depot.accept(2)
            try await depot.control.setFaults(
                #"{"match": {"path": "/files"}, "nth": [1], "then": {"kind": "status", "status": 429, "retryAfter": 900}}"#
            )
            try await depot.session(concurrency: 1) { session async throws in
                await session.context.link.probe()
                let now = depot.clock.date
                try await session.uploads.drain()
                var waits: [TimeInterval] = []
                for id in ids { waits.append(try await depot.ledger.item(id).notBefore.timeIntervalSince(now)) }
                #expect(waits.filter { $0 >= 900 }.count == 1)
                #expect(waits.filter { $0 < 100 }.count == 1)
                #expect(try await depot.lines().filter { $0 == "PUT /upload" }.count == 11, "the other five faces went")
                try await session.deliver()
            }
            #expect(try await depot.states() == [.registered, .registered])
            #expect(try await depot.lines().filter { $0 == "PUT /upload" }.count == 12)
        }
    }
}
