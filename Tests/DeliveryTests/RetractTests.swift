import CDF
import Foundation
import Ledger
import Station
import TestSupport
import Testing

@testable import Delivery
@testable import Sandbox

/// What becomes of images that an operator takes out of CDF.
struct RetractTests {
    private func request(_ depot: Depot, _ name: String, files: Bool = false) async throws {
        let plan = try await depot.ledger.planRetraction(of: name, at: name)
        _ = try await depot.ledger.requestRetraction(of: plan, withFiles: files, at: depot.clock.date)
    }

    private func events(_ depot: Depot, _ id: ItemNumber) async throws -> [HistoryEntry] {
        try await depot.ledger.history(of: id)
    }

    @Test(arguments: [false, true], ["image360", "core"])
    func `an image goes with its empty places, and its files only if they are to`(
        files: Bool,
        model: String
    ) async throws {
        try await Depot.run { depot async throws in
            let id = try await depot.accept("site/st")
            let choice = model == "core" ? ModelChoice.core(space: "sandbox") : .image360(space: "sandbox")
            try await depot.session(model: choice) { session async throws in
                try await session.deliver()
                try await request(depot, "site/st", files: files)
                let last = try await depot.lastRequest()
                try await session.deliver()
                let left = await depot.server.describeContents()
                #expect(left.images == 0 && left.stations == 0 && left.collections == 0)
                #expect(left.files == (files ? 0 : 6))
                #expect(try await depot.ledger.item(id).isRetracted)
                let deletions = try await depot.lines(since: last).filter { $0.hasSuffix("/delete") }
                let node = "POST /models/instances/delete"
                #expect(
                    deletions == ["POST /models/instances/delete"]
                        + (files ? [model == "core" ? node : "POST /files/delete"] : [])
                        + ["POST /models/instances/delete", "POST /models/instances/delete"]
                )
                let words = try await events(depot, id).last?.detail ?? ""
                #expect(words.hasPrefix(files ? "its files are deleted" : "its files stay in CDF"))
                #expect(words.contains("station site-a/st was empty and is deleted"))
                // Nothing is sent again.
                try await session.deliver()
                #expect(await depot.server.describeContents().images == 0)
            }
        }
    }

    @Test func `places stay as long as another image points at them, and those on their way count`() async throws {
        try await Depot.run { depot async throws in
            let first = try await depot.accept("site/st", .init(stationID: "st"))
            _ = try await depot.accept("site/later", .init(seed: 2, stationID: "st", time: "2026-04-01T10:00:00Z"))
            try await depot.session { session async throws in
                try await session.deliver()
                // Accepted, and not yet in CDF.
                _ = try await depot.accept("site/other", .init(seed: 3))
                try await request(depot, "site/st")
                try await request(depot, "site/later")
                try await session.retractions.drain()
                let between = await depot.server.describeContents()
                #expect(between.images == 0 && between.stations == 0 && between.collections == 1)
                let words = try await events(depot, first).last?.detail ?? ""
                #expect(words.contains("station site-a/st stays; collection site-a stays"))
                try await session.deliver()
                #expect(await depot.server.describeContents().images == 1)
            }
        }
    }

    @Test func `a place at which an image of somebody else points stays`() async throws {
        try await Depot.run { depot async throws in
            try await depot.accept("site/st", .init(stationID: "st"))
            let other = try Depot(beside: depot)
            try await other.accept("site/theirs", .init(seed: 2, stationID: "st", time: "2026-04-01T10:00:00Z"))
            try await depot.session { session async throws in try await session.deliver() }
            try await other.session { session async throws in try await session.deliver() }
            try await request(depot, "site/st", files: true)
            try await depot.session { session async throws in try await session.deliver() }
            let left = await depot.server.describeContents()
            #expect(left.images == 1 && left.stations == 1 && left.collections == 1)
            #expect(left.files == 6)
            #expect(left.danglingRelations == [])
            try other.ledger.close()
        }
    }

    @Test func `one image that was left behind goes, and the folder stays registered`() async throws {
        try await Depot.run { depot async throws in
            let id = try await depot.accept("site/st", .init(stationID: "wrong"))
            try await depot.session { session async throws in
                try await session.deliver()
                try await depot.accept("site/st", .init(stationID: "right"))
                try await session.deliver()
                let behind = try await depot.ledger.item(id).leftBehind
                #expect(behind == ["site-a/wrong/20260501T100000Z"])
                try await request(depot, behind.first ?? "", files: true)
                try await session.deliver()
                let left = await depot.server.describeContents()
                #expect(left.images == 1 && left.stations == 1 && left.collections == 1 && left.files == 6)
                let record = try await depot.ledger.item(id)
                #expect(record.state.name == .registered && record.leftBehind == [])
            }
        }
    }

    @Test(arguments: 1...8)
    func `whatever request fails or loses its answer, everything goes in the end, once`(number: Int) async throws {
        try await Depot.run { depot async throws in
            let id = try await depot.accept("site/st")
            try await depot.session(tries: 1) { session async throws in
                try await session.deliver()
                try await request(depot, "site/st", files: true)
                let rule = number % 2 == 0 ? #"{"kind": "status", "status": 503}"# : #"{"kind": "lostAnswer"}"#
                try await depot.control.setFaults(#"{"nth": [\#((number + 1) / 2)], "then": \#(rule)}"#)
                try await session.deliver()
                let left = await depot.server.describeContents()
                #expect(left.images == 0 && left.stations == 0 && left.collections == 0 && left.files == 0)
                #expect(try await depot.ledger.item(id).isRetracted)
                let retracted = try await events(depot, id).filter { $0.event == "retracted" }
                #expect(retracted.count == 1)
            }
        }
    }

    @Test func `where CDF forbids it, the retraction fails with words, and others are delivered`() async throws {
        try await Depot.run { depot async throws in
            let id = try await depot.accept("site/st")
            try await depot.session { session async throws in
                try await session.deliver()
                try await depot.control.setFaults(
                    #"{"match": {"path": "/files/delete"}, "then": {"kind": "status", "status": 403}}"#
                )
                try await request(depot, "site/st", files: true)
                let second = try await depot.accept("site/other", .init(seed: 2))
                try await session.deliver()
                #expect(try await depot.ledger.item(second).state.name == .registered)
                // The image is gone, its files are not.
                #expect(try await depot.ledger.item(id).isRetracted)
                let failed = try #require(try await depot.ledger.retraction(of: "site-a/st/20260501T100000Z"))
                #expect(failed.failure?.advice?.contains("drop360 retract site-a/st/20260501T100000Z --files") == true)
                #expect(failed.failure?.summary.contains("Nothing is sent") == false)
                try await depot.control.clearFaults()
                try await request(depot, "site-a/st/20260501T100000Z", files: true)
                try await session.deliver()
                let left = await depot.server.describeContents()
                #expect(left.files == 6 && left.images == 1 && left.stations == 1)
            }
        }
    }

    @Test func `content that comes to the same ids meanwhile is delivered after everything is deleted`() async throws {
        try await Depot.run { depot async throws in
            let id = try await depot.accept("site/st")
            try await depot.session { session async throws in
                try await session.deliver()
                try await request(depot, "site/st", files: true)
                try await depot.accept("site/st", .init(seed: 5))
                let last = try await depot.lastRequest()
                try await session.deliver()
                #expect(try await depot.ledger.item(id).state.name == .registered)
                let left = await depot.server.describeContents()
                #expect(left.images == 1 && left.files == 6 && left.danglingFiles == [])
                let lines = try await depot.lines(since: last)
                let deleted = try #require(lines.lastIndex { $0.hasSuffix("/delete") })
                let sent = try #require(lines.firstIndex { $0 == "POST /files" })
                #expect(deleted < sent)
            }
        }
    }

    // MARK: The pose of all visits

    @Test func `visits get another pose by their images alone`() async throws {
        try await Depot.run { depot async throws in
            let first = try await depot.accept("a", .init(stationID: "st"))
            let second = try await depot.accept("b", .init(seed: 2, stationID: "st", time: "2026-04-01T10:00:00Z"))
            try await depot.session { session async throws in
                try await session.deliver()
                let right = Vector3(x: 4, y: 2, z: 1.7)
                try await depot.accept("a", .init(stationID: "st", translation: right))
                try await session.deliver()
                #expect(try await depot.ledger.item(first).visitsElsewhere.map(\.station) == [second.rawValue])
                _ = try await depot.ledger.giveVisitsPose(of: first, at: depot.clock.date)
                let last = try await depot.lastRequest()
                try await session.deliver()
                // One request, one node.
                let written = try await depot.control.requests(since: last)
                #expect(written.map(\.line) == ["POST /models/instances"])
                #expect(written.flatMap(\.views) == ["Image360"])
                #expect(try await depot.ledger.item(second).state.name == .registered)
                #expect(try await depot.ledger.item(second).capture?.pose.translation == right)
                #expect(try await depot.ledger.item(first).visitsElsewhere == [])
            }
        }
    }
}
