import CDF
import Foundation
import Ledger
import ServiceLifecycleTestKit
import Station
import Synchronization
import TestSupport
import Testing
import Timing

@testable import Delivery
@testable import Sandbox

@Suite(.timeLimit(.minutes(15)))
struct StopTests {
    private static let fourthStalls =
        #"{"match": {"path": "/upload/*"}, "nth": [4], "then": {"kind": "stall"}}"#

    @Test func `what was sent before a shutdown is recorded, and a second run sends only the rest`() async throws {
        try await Depot.run { depot async throws in
            let id = try await depot.accept("site/st")
            try await depot.control.setFaults(Self.fourthStalls)
            try await depot.session(concurrency: 1) { session async throws in
                await session.context.link.probe()
                try await testGracefulShutdown { shutdown in
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask { try await session.uploads.run() }
                        try await depot.control.until { $0.filter { $0.line == "PUT /upload" }.count == 4 }
                        #expect(session.uploads.isBusy)
                        shutdown.triggerGracefulShutdown()
                        try await group.waitForAll()
                    }
                }
                #expect(!session.uploads.isBusy)
                #expect(session.context.board.now.transfers.isEmpty)
            }
            let stopped = try await depot.ledger.item(id)
            #expect(stopped.state.name == .uploading)
            #expect(stopped.attempts == 0)
            let sent = try await depot.ledger.files(of: id).filter { $0.state == .sent }
            #expect(sent.count == 3)
            #expect(sent.allSatisfy { $0.receipt != nil })
            #expect(await depot.server.describeContents().uploadedFiles == 3)

            try await depot.control.clearFaults()
            let before = try await depot.lastRequest()
            try await depot.session { try await $0.deliver() }
            #expect(try await depot.lines(since: before).filter { $0 == "PUT /upload" }.count == 3)
            #expect(await depot.server.describeContents() == .holding(images: 1, stations: 1, collections: 1))
            #expect(try await depot.ledger.item(id).state.name == .registered)
        }
    }

    @Test(arguments: 1...18)
    func `a daemon that is killed at any request delivers exactly once at the next start`(request: Int) async throws {
        try await Depot.run { depot async throws in
            let id = try await depot.accept("site/st")
            // The first daemon ends at its n-th request, half of the time after CDF has done what was asked.
            let kind = request.isMultiple(of: 2) ? "lostAnswer" : "stall"
            try await depot.control.setFaults(#"{"nth": [\#(request)], "then": {"kind": "\#(kind)"}}"#)
            try await depot.session(tries: 1) { session async throws in
                let run = Task {
                    await session.context.link.probe()
                    try await session.uploads.drain()
                    try await session.registrations.drain()
                }
                try await depot.control.until { $0.count >= request }
                run.cancel()
                _ = try await run.value
            }
            try await depot.control.clearFaults()
            try await depot.session { try await $0.deliver() }
            #expect(try await depot.ledger.item(id).state.name == .registered)
            #expect(await depot.server.describeContents() == .holding(images: 1, stations: 1, collections: 1))
        }
    }

    @Test func `a station that arrives while another one is being sent does not wait for it`() async throws {
        try await Depot.run { depot async throws in
            let first = try await depot.accept("site/slow", .init(seed: 1))
            try await depot.control.setFaults(
                #"{"match": {"method": "PUT", "path": "/upload/*"}, "times": 1, "then": {"kind": "stall"}}"#
            )
            let (uploaded, announce) = AsyncStream.makeStream(of: ItemNumber.self)
            let asleep = ManualClock()
            try await depot.session(
                concurrency: 12,
                changed: { if $0.state.name == .uploaded { announce.yield($0.id) } },
                sleep: { try await asleep.sleep(until: asleep.now.advanced(by: $0)) }
            ) { session async throws in
                await session.context.link.probe()
                let running = Task { try await session.uploads.run() }
                _ = try await eventually("six faces on their way") { () async throws -> Bool? in
                    try await depot.lines().count { $0 == "PUT /upload" } == 6 ? true : nil
                }
                let second = try await depot.accept("site/quick", .init(seed: 2))
                session.uploadBell.ring()
                var arrivals = uploaded.makeAsyncIterator()
                #expect(await arrivals.next() == second)
                #expect(try await depot.ledger.item(first).state.name == .uploading)
                running.cancel()
                try await running.value
            }
        }
    }

    @Test func `the services deliver when their bells ring, and end at shutdown`() async throws {
        try await Depot.run { depot async throws in
            let (registered, announce) = AsyncStream.makeStream(of: ItemNumber.self)
            let asleep = ManualClock()
            try await depot.session(
                changed: { if $0.state.name == .registered { announce.yield($0.id) } },
                sleep: { try await asleep.sleep(until: asleep.now.advanced(by: $0)) }
            ) { session async throws in
                try await testGracefulShutdown { shutdown in
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask { await session.context.link.run() }
                        group.addTask { try await session.uploads.run() }
                        group.addTask { try await session.registrations.run() }
                        // Nothing is there yet: link and stages wait for a ring.
                        await asleep.untilAsleep(3)
                        var arrivals = registered.makeAsyncIterator()
                        for index in 0..<3 {
                            let id = try await depot.accept("site/s\(index)", .init(seed: index))
                            session.uploadBell.ring()
                            #expect(await arrivals.next() == id)
                        }
                        shutdown.triggerGracefulShutdown()
                        try await group.waitForAll()
                    }
                }
            }
            #expect(await depot.server.describeContents() == .holding(images: 3, stations: 3, collections: 1))
        }
    }
}
