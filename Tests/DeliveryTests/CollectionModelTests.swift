import Foundation
import Ledger
import Station
import TestSupport
import Testing

@testable import CDF
@testable import Delivery
@testable import Sandbox

/// A collection gets one 3D model, whatever happens to the requests for it, and no image waits for it.
struct CollectionModelTests {
    private static let core = ModelChoice.core(space: "sandbox")
    private static let creation = #"{"match": {"path": "/3d/models"}, "#

    private static func models(_ depot: Depot) async throws -> Int {
        try await depot.lines().filter { $0 == "POST /3d/models" }.count
    }

    /// Whether the only collection has its model.
    private static func isRelated(_ depot: Depot) async throws -> Bool {
        try await depot.session(model: core) { session async throws in
            let collection = NodeReference(space: "sandbox", externalId: "site")
            return try await session.context.client.state(of: CollectionModel(of: collection)) == .hasModel
        }
    }

    @Test func `a model whose creation got no answer is found again`() async throws {
        try await Depot.run { depot async throws in
            try await depot.accept("site/st", .init(siteID: "site"))
            try await depot.control.setFaults(Self.creation + #""nth": [1], "then": {"kind": "lostAnswer"}}"#)
            try await depot.session(model: Self.core) { try await $0.deliver() }
            #expect(try await depot.states() == [.registered])
            #expect(try await Self.models(depot) == 1)
            #expect(await depot.server.describeContents().models == 1)
            #expect(try await Self.isRelated(depot))
        }
    }

    @Test func `a creation that may still be under way is waited for, across a restart`() async throws {
        try await Depot.run { depot async throws in
            try await depot.accept("site/st", .init(siteID: "site"))
            // It never arrived, which drop360 cannot know.
            try await depot.control.setFaults(
                Self.creation + #""nth": [1], "then": {"kind": "reset", "afterBytes": 400}}"#
            )
            try await depot.session(model: Self.core) { session async throws in
                await session.context.link.probe()
                try await session.drain()
            }
            #expect(try await depot.states() == [.registered])
            let began = depot.clock.date
            try await depot.session(model: Self.core) { try await $0.deliver() }
            #expect(
                depot.clock.date.timeIntervalSince(began) >= 60,
                "nothing was created while the first might have been"
            )
            #expect(await depot.server.describeContents().models == 1)
            #expect(try await Self.isRelated(depot))
        }
    }

    @Test
    func `without the right to create models, images are delivered all the same, and the log says what is missing`()
        async throws
    {
        try await Depot.run { depot async throws in
            _ = try await depot.accept(2)
            try await depot.control.setFaults(Self.creation + #""then": {"kind": "status", "status": 403}}"#)
            try await depot.session(model: Self.core) { session async throws in
                await session.context.link.probe()
                try await session.drain()
                guard case .ready = session.context.link.state else {
                    Issue.record("\(session.context.link.state)")
                    return
                }
            }
            #expect(try await depot.states() == [.registered, .registered])
            let warnings = depot.warnings
            #expect(warnings.count == 1)
            #expect(warnings.first?.contains("threedAcl:READ,CREATE") == true)
            #expect(depot.errors.isEmpty)
            // It is tried again by itself, without further warnings, and then it works.
            try await depot.session(model: Self.core) { session async throws in
                await session.context.link.probe()
                depot.clock.advance(by: .seconds(61))
                try await session.drain()
                try await depot.control.clearFaults()
                try await session.deliver()
            }
            #expect(depot.warnings.count == 1)
            #expect(try await Self.isRelated(depot))
        }
    }

    @Test func `a model that a lost ledger has created is used again`() async throws {
        try await Depot.run { depot async throws in
            try await depot.accept("site/st", .init(siteID: "site"))
            // Created, but never related to its collection.
            try await depot.control.setFaults(
                #"{"match": {"path": "/models/instances"}, "nth": [4], "then": {"kind": "status", "status": 403}}"#
            )
            try await depot.session(model: Self.core) { session async throws in
                await session.context.link.probe()
                try await session.drain()
            }
            let other = try Depot(beside: depot)
            try await other.accept("site/later", .init(seed: 4, siteID: "site"))
            try await other.session(model: Self.core) { try await $0.deliver() }
            try other.ledger.close()
            #expect(await depot.server.describeContents().models == 1)
            #expect(try await Self.models(depot) == 1)
            #expect(try await Self.isRelated(depot))
        }
    }

    @Test func `a collection of somebody else that has a model keeps it`() async throws {
        try await Depot.run { depot async throws in
            try await depot.accept("site/st", .init(siteID: "site"))
            try await depot.session(model: Self.core) { try await $0.deliver() }
            let other = try Depot(beside: depot)
            try await other.accept("site/later", .init(seed: 4, siteID: "site"))
            try await other.session(model: Self.core) { session async throws in
                await session.context.link.probe()
                let started = try await depot.lastRequest()
                try await session.deliver()
                #expect(try await depot.lines(since: started).last == "POST /models/instances/byids")
            }
            try other.ledger.close()
            #expect(await depot.server.describeContents().models == 1)
        }
    }

    @Test func `a relation to a model that is refused once is written later`() async throws {
        try await Depot.run { depot async throws in
            try await depot.accept("site/st", .init(siteID: "site"))
            try await depot.control.setFaults(
                #"{"match": {"path": "/models/instances"}, "nth": [4], "then": {"kind": "status", "status": 400}}"#
            )
            try await depot.session(model: Self.core) { try await $0.deliver() }
            #expect(try await Self.isRelated(depot))
            #expect(await depot.server.describeContents().models == 1)
        }
    }

    @Test func `a model that somebody deletes before it is related is looked for, and never created again`()
        async throws
    {
        try await Depot.run { depot async throws in
            try await depot.accept("site/st", .init(siteID: "site"))
            try await depot.control.setFaults(
                #"{"match": {"path": "/models/instances"}, "nth": [4], "then": {"kind": "status", "status": 400}}"#
            )
            try await depot.session(model: Self.core) { session async throws in
                await session.context.link.probe()
                try await session.drain()
                let wish = CollectionModel(of: NodeReference(space: "sandbox", externalId: "site"))
                let number = try #require(try await session.context.client.existing(wish))
                let node = NodeReference(space: "sandbox", externalId: CollectionModel.nodeID(number))
                try await session.context.client.deleteNodes([node], asked: "a model")
                for pause in [61, 601, 3601, 21_601, 21_601] {
                    depot.clock.advance(by: .seconds(pause))
                    try await session.drain()
                }
            }
            #expect(try await Self.models(depot) == 1)
            #expect(try await depot.states() == [.registered])
            #expect(depot.warnings.count == 1 && !depot.warnings[0].contains("threedAcl"), "\(depot.warnings)")
        }
    }

    @Test func `while CDF cannot be reached, one collection asks for its model in vain, not all`() async throws {
        try await Depot.run { depot async throws in
            _ = try await depot.accept(3) { "site\($0)" }
            try await depot.control.setFaults(
                #"{"match": {"path": "/models/instances/byids"}, "then": {"kind": "reset"}}"#
            )
            try await depot.session(model: Self.core, tries: 2) { session async throws in
                await session.context.link.probe()
                try await session.uploads.drain()
                let stage = RegisterStage(context: session.context)
                let due = try await stage.due(at: depot.clock.date, besides: [])
                guard case .ready(let project) = session.context.link.state else {
                    Issue.record("\(session.context.link.state)")
                    return
                }
                for stations in due { try await stage.process(stations, in: project) }
            }
            #expect(try await depot.states() == Array(repeating: .registered, count: 3))
            #expect(try await depot.control.requests().filter { $0.path == "/models/instances/byids" }.count == 2)
        }
    }
}
