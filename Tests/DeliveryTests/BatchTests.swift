import CDF
import Foundation
import Ledger
import Station
import TestSupport
import Testing

@testable import Delivery
@testable import Sandbox

struct BatchTests {
    /// The names of the data models, as in the configuration.
    private static let models = ["image360", "core"]

    private static func choice(_ model: String) -> ModelChoice {
        model == "core" ? .core(space: "sandbox") : .image360(space: "sandbox")
    }

    /// How many writes of nodes come before those of the places: files are nodes under the core data model.
    private static func earlier(_ model: String) -> Int { model == "core" ? 1 : 0 }

    /// Over CDF's 256 bytes for a node, but not over its 255 characters for a file: the files go through, the image doesn't.
    private static let tooLong = String(repeating: "ä", count: 130)

    /// Makes what CDF refuses of a capture: its image, but not its files.
    private static func spoil(_ capture: inout Capture, _ index: Int, _ model: String) {
        if model == "core" {
            capture.pose.translation.x = 1e39
        } else {
            capture.ids.image = tooLong + "\(index)"
        }
    }

    private static func make(
        _ bad: Set<Int>,
        of count: Int,
        in depot: Depot,
        _ model: String,
        site: (Int) -> String
    ) async throws {
        try await limitNumbers(in: depot)
        for index in 0..<count {
            try await depot.accept("\(site(index))/s\(index)", .init(seed: index, siteID: site(index))) { capture in
                if bad.contains(index) { spoil(&capture, index, model) }
            }
        }
    }

    /// Gives the core data model numbers that cannot hold everything. (The ids of files are longer than those of images: too long a one would be
    /// refused before there are any places.)
    private static func limitNumbers(in depot: Depot) async throws {
        try await depot.control.setProject(
            #"{"properties": {"Cognite360Image": {"translationX": {"type": "float32"}}}}"#
        )
    }

    @Test(arguments: [[0], [3], [6], [2, 3], [0, 6], [0, 1, 2, 3, 4, 5, 6]] as [Set<Int>], models)
    func `a station that CDF refuses stops no other, and leaves no empty collection`(bad: Set<Int>, model: String)
        async throws
    {
        try await Depot.run { depot async throws in
            try await Self.make(bad, of: 7, in: depot, model) { "site\($0)" }
            try await depot.session(model: Self.choice(model)) { try await $0.deliver() }
            let expected = (0..<7).map { bad.contains($0) ? ItemState.Name.failed : .registered }
            #expect(try await depot.states() == expected)
            let contents = await depot.server.describeContents()
            let good = 7 - bad.count
            #expect(contents.images == good)
            #expect(contents.emptyCollections.isEmpty)
            #expect(contents.collections == good)
            #expect(contents.stations == good)
            #expect(contents.danglingRelations.isEmpty)
            #expect(contents.models == (model == "core" ? good : 0))
            for failed in try await depot.ledger.items(in: .failed) {
                guard case .failed(_, let failure) = failed.state else { continue }
                #expect(failure.summary.contains("with status 400: "))
                #expect(failure.summary.contains(model == "core" ? "float32" : "256 bytes"))
                #expect(failure.summary.contains(failed.path), "the words are about the station alone")
                #expect(failure.advice?.contains("drop360 retry") == true)
            }
        }
    }

    @Test(arguments: [[0], [1], [3], [0, 3]] as [Set<Int>], models)
    func `a collection that has good stations as well is kept`(bad: Set<Int>, model: String) async throws {
        try await Depot.run { depot async throws in
            try await Self.make(bad, of: 4, in: depot, model) { _ in "site" }
            try await depot.session(model: Self.choice(model)) { try await $0.deliver() }
            let contents = await depot.server.describeContents()
            #expect(contents.images == 4 - bad.count)
            #expect(contents.collections == 1)
            #expect(contents.stations == 4 - bad.count)
            #expect(contents.emptyCollections.isEmpty && contents.danglingRelations.isEmpty)
        }
    }

    @Test(arguments: models)
    func `a collection that existed before is never removed`(model: String) async throws {
        try await Depot.run { depot async throws in
            try await Self.limitNumbers(in: depot)
            try await depot.accept("site/good", .init(seed: 1))
            try await depot.session(model: Self.choice(model)) { try await $0.deliver() }
            try await depot.accept("site/bad", .init(seed: 2)) { Self.spoil(&$0, 2, model) }
            try await depot.session(model: Self.choice(model)) { try await $0.deliver() }
            #expect(try await depot.states() == [.registered, .failed])
            #expect(
                await depot.server.describeContents().collections == 1
            )
            #expect(await depot.server.describeContents().danglingRelations.isEmpty)
        }
    }

    @Test(arguments: models)
    func `an image that is refused only after an interrupted try leaves no empty collection either`(model: String)
        async throws
    {
        try await Depot.run { depot async throws in
            try await Self.make([0], of: 1, in: depot, model) { _ in "site" }
            try await depot.control.setFaults(
                #"{"match": {"path": "/models/instances"}, "nth": [\#(2 + Self.earlier(model))], "then": {"kind": "status", "status": 500}}"#
            )
            try await depot.session(model: Self.choice(model), tries: 1) { try await $0.deliver() }
            #expect(try await depot.states() == [.failed])
            #expect(await depot.server.describeContents().collections == 0)
        }
    }

    @Test(arguments: models)
    func `an empty collection is removed even if the answer to its creation was lost, or drop360 was killed`(
        model: String
    ) async throws {
        try await Depot.run { depot async throws in
            try await Self.make([0], of: 1, in: depot, model) { _ in "lost" }
            try await depot.control.setFaults(
                #"{"match": {"path": "/models/instances"}, "nth": [\#(1 + Self.earlier(model))], "then": {"kind": "lostAnswer"}}"#
            )
            try await depot.session(model: Self.choice(model)) { try await $0.deliver() }
            #expect(try await depot.states() == [.failed])
            #expect(await depot.server.describeContents().collections == 0)
        }
        try await Depot.run { depot async throws in
            try await Self.make([0], of: 1, in: depot, model) { _ in "killed" }
            try await depot.control.setFaults(
                #"{"match": {"path": "/models/instances"}, "nth": [\#(2 + Self.earlier(model))], "then": {"kind": "reset"}}"#
            )
            // Its collection stands, its image was not asked for: another process goes on.
            try await depot.session(model: Self.choice(model), tries: 1) { session async throws in
                await session.context.link.probe()
                try await session.uploads.drain()
                try await session.registrations.drain()
            }
            #expect(await depot.server.describeContents().collections == 1)
            try await depot.control.clearFaults()
            try await depot.session(model: Self.choice(model)) { try await $0.deliver() }
            #expect(try await depot.states() == [.failed])
            #expect(await depot.server.describeContents().collections == 0)
        }
    }

    @Test func `an operator's retry after the cause is fixed delivers without sending the files again`() async throws {
        try await Depot.run { depot async throws in
            let id = try await depot.accept("site/st") { $0.label = String(repeating: "x", count: 130_000) }
            try await depot.session { session async throws in
                try await session.deliver()
                #expect(try await depot.states() == [.failed])
                #expect(depot.errors.contains { $0.contains("The text has more than 128000 bytes") })
                #expect(await depot.server.describeContents().collections == 0)
                _ = try await depot.ledger.retry(id, at: depot.clock.date)
                let before = try await depot.lastRequest()
                try await session.deliver()
                #expect(try await !depot.lines(since: before).contains("PUT /upload"))
                #expect(try await depot.states() == [.failed])
            }
        }
    }

    @Test func `a request about files that CDF refuses is split into halves`() async throws {
        try await Depot.run { depot async throws in
            let ids = try await depot.accept(4)
            try await depot.control.setFaults(
                #"{"match": {"path": "/files/byids"}, "nth": [1, 2], "then": {"kind": "status", "status": 400}}"#
            )
            try await depot.session { try await $0.deliver() }
            // Four, then two, then one and one of them; the other two together.
            #expect(
                try await depot.control.requests().filter { $0.path == "/files/byids" }.map {
                    $0.requestBody?.items?.count
                } == [24, 12, 6, 6, 12]
            )
            for id in ids { #expect(try await depot.ledger.item(id).state.name == .registered) }
        }
    }

    @Test func `stations that failed before are sent in ever smaller batches`() async throws {
        try await Depot.run { depot async throws in
            let ids = try await depot.accept(5)
            try await depot.session { session async throws in
                await session.context.link.probe()
                try await session.uploads.drain()
                let now = depot.clock.date
                for _ in 0..<4 {
                    for id in ids.dropFirst(2) {
                        _ = try await depot.ledger.postpone(id, until: now, counts: true, reason: "a test", at: now)
                    }
                }
                let stage = RegisterStage(context: session.context)
                let batches = try await stage.due(at: now, besides: []).map { $0.map(\.id) }
                #expect(batches == [Array(ids[..<2]), [ids[2]], [ids[3]], [ids[4]]])
            }
        }
    }
}
