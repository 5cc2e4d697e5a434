import CDF
import Ledger
import Station
import TestSupport
import Testing

@testable import Delivery

/// Which of the two data models is used, by what the project has and what the ledger has done.
@Suite(.timeLimit(.minutes(15)))
struct ModelChoiceTests {
    private static let auto = ModelChoice.auto(space: "sandbox")

    private func probe(_ depot: Depot, _ choice: ModelChoice = Self.auto) async throws -> LinkState {
        try await depot.session(model: choice) { session async throws in
            await session.context.link.probe()
            return session.context.link.state
        }
    }

    private func expectModel(
        _ name: String,
        _ reason: ChosenModel.Reason,
        _ state: LinkState,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        guard case .ready(let project) = state else {
            Issue.record("\(state)", sourceLocation: sourceLocation)
            return
        }
        #expect(project.model.name == name && project.reason == reason, sourceLocation: sourceLocation)
    }

    private func reason(_ state: LinkState, sourceLocation: SourceLocation = #_sourceLocation) -> CDFError? {
        guard case .down(let outage) = state else {
            Issue.record("\(state)", sourceLocation: sourceLocation)
            return nil
        }
        #expect(state.needsOperator, sourceLocation: sourceLocation)
        return outage.reason
    }

    @Test(arguments: [("legacy", "image360"), ("core", "core")])
    func `the model that the project has is used`(has: String, used: String) async throws {
        try await Depot.run { depot async throws in
            try await depot.control.setProject(#"{"models": ["\#(has)"]}"#)
            expectModel(used, .only, try await probe(depot))
        }
    }

    @Test(arguments: [("legacy", "image360"), ("core", "core")])
    func `a server that refuses a question about views that do not exist is understood`(has: String, used: String)
        async throws
    {
        try await Depot.run { depot async throws in
            try await depot.control.setProject(#"{"models": ["\#(has)"], "refusesUnknownViews": true}"#)
            expectModel(used, .only, try await probe(depot))
            try await depot.control.setProject(
                #"{"models": ["legacy"], "missingViews": ["Station360"], "refusesUnknownViews": true}"#
            )
            let lacking = try #require(reason(try await probe(depot)))
            #expect(lacking.summary.contains("view cdf_360_image_schema:Station360/v1 is missing"), "\(lacking)")
            #expect(!lacking.summary.contains("Image360Collection"), "the others are there")
        }
    }

    @Test func `a project without any of the views lacks both schemas, however the server says it`() async throws {
        try await Depot.run { depot async throws in
            try await depot.control.setProject(#"{"models": [], "refusesUnknownViews": true}"#)
            let lacking = try #require(reason(try await probe(depot)))
            #expect(lacking.summary.contains("has neither the 360° schema nor the core data model"), "\(lacking)")
        }
    }

    @Test func `a refusal that is about something else is passed on`() async throws {
        try await Depot.run { depot async throws in
            try await depot.control.setFaults(
                #"{"match": {"path": "/models/views/byids"}, "then": {"kind": "status", "status": 400}}"#
            )
            let state = try await probe(depot)
            guard case .down(let outage) = state else {
                Issue.record("\(state)")
                return
            }
            #expect(outage.reason.summary.contains("with status 400"), "\(outage.reason)")
        }
    }

    @Test func `of two, the one that the space's collections are of is used, else the legacy schema`() async throws {
        try await Depot.run { depot async throws in
            expectModel("image360", .preferred, try await probe(depot))
            try await depot.accept("station")
            try await depot.session(model: .core(space: "sandbox")) { session async throws in
                try await session.deliver()
            }
            #expect(try await depot.states() == [.registered])
            let fresh = try Depot(beside: depot)
            expectModel("core", .collections, try await probe(fresh))
            try fresh.ledger.close()
        }
    }

    @Test func `a project that does not say which collections it has is taken as one without`() async throws {
        try await Depot.run { depot async throws in
            try await depot.control.setFaults(
                #"{"match": {"path": "/models/instances/list"}, "then": {"kind": "status", "status": 400}}"#
            )
            expectModel("image360", .preferred, try await probe(depot))
        }
    }

    @Test func `where CDF answers for one of two models only, that answer counts`() async throws {
        try await Depot.run { depot async throws in
            try await depot.accept("station")
            try await depot.session(model: .core(space: "sandbox")) { session async throws in
                try await session.deliver()
            }
            let fresh = try Depot(beside: depot)
            // The first question is about the legacy schema.
            try await depot.control.setFaults(
                #"{"match": {"path": "/models/instances/list"}, "nth": [1], "then": {"kind": "status", "status": 400}}"#
            )
            expectModel("core", .collections, try await probe(fresh))
            try fresh.ledger.close()
        }
    }

    @Test func `what is missing is said even where CDF does not tell which other versions there are`() async throws {
        try await Depot.run { depot async throws in
            try await depot.control.setProject(#"{"models": ["legacy"], "missingViews": ["Station360"]}"#)
            try await depot.control.setFaults(
                #"{"match": {"path": "/models/views/byids"}, "nth": [2], "then": {"kind": "status", "status": 400}}"#
            )
            let lacking = try #require(reason(try await probe(depot)))
            #expect(lacking.summary.contains("view cdf_360_image_schema:Station360/v1 is missing"), "\(lacking)")
        }
    }

    @Test func `a ledger that has delivered keeps its model, whatever the project gains, and says so if it must not`()
        async throws
    {
        try await Depot.run { depot async throws in
            try await depot.control.setProject(#"{"models": ["core"]}"#)
            try await depot.accept("one", .init(seed: 1, stationID: "one"))
            try await depot.session(model: Self.auto) { session async throws in try await session.deliver() }
            #expect(try await depot.ledger.deliveredModel() == "core")
            try await depot.control.setProject("{}")
            let delivered = try await depot.ledger.deliveredModel()
            try await depot.session(model: Self.auto, delivered: delivered) { session async throws in
                await session.context.link.probe()
                expectModel("core", .delivered, session.context.link.state)
            }
            try await depot.accept("two", .init(seed: 2, stationID: "two"))
            let last = try await depot.lastRequest()
            let other = ModelChoice.image360(space: "sandbox")
            try await depot.session(model: other, delivered: delivered) { session async throws in
                await session.context.link.probe()
                #expect(reason(session.context.link.state) == .otherModel(delivered: "core", wanted: "image360"))
                try await session.uploads.drain()
            }
            // Nor does one that was not told at the start.
            try await depot.session(model: other) { session async throws in
                await session.context.link.probe()
                try await session.uploads.drain()
                #expect(reason(session.context.link.state) == .otherModel(delivered: "core", wanted: "image360"))
            }
            #expect(try await depot.lines(since: last).allSatisfy { !$0.contains(" /files") })
            #expect(try await depot.states() == [.registered, .accepted])
        }
    }

    @Test func `half of a schema, another version and a missing space are said with their names`() async throws {
        try await Depot.run { depot async throws in
            try await depot.control.setProject(
                #"{"models": ["legacy"], "missingViews": ["Station360"], "versions": {"Image360": "v2"}}"#
            )
            let lacking = try #require(reason(try await probe(depot)))
            for words in [
                "view cdf_360_image_schema:Station360/v1 is missing",
                "the project has cdf_360_image_schema:Image360/v2",
            ] { #expect(lacking.summary.contains(words), "\(lacking)") }
            #expect(lacking.advice?.contains("target.model") == false, "\(lacking)")
            // The other schema is named, and not used by itself.
            try await depot.control.setProject(#"{"missingViews": ["Station360"]}"#)
            let half = try #require(reason(try await probe(depot)))
            #expect(half.advice?.contains("Or set `target.model: core`") == true, "\(half)")
            try await depot.control.setProject(#"{"models": []}"#)
            let none = try #require(reason(try await probe(depot)))
            #expect(none.summary.contains("has neither the 360° schema nor the core data model"), "\(none)")
            #expect(none.advice?.contains("cdf_cdm") == true && none.advice?.contains("cdf_360_image_schema") == true)
            try await depot.control.setProject("{}")
            let space = try #require(reason(try await probe(depot, .auto(space: "elsewhere"))))
            #expect(space.summary.contains("lacks space 'elsewhere'"))
        }
    }

    @Test(arguments: [
        (
            #""Image360": {"translationX": {"type": "float32"}, "timeTaken": {"type": "text"}, "cubeMapTop": {"type": "text"}}"#,
            "legacy"
        ),
        (#""Image360": {"remark": {}}"#, "legacy"),
        (
            #""Cognite360Image": {"translationX": {"type": "float32"}, "takenAt": {"type": "text"}, "remark": {}}"#,
            "core"
        ),
    ])
    func `other types of numbers, times and files, and further properties, are adapted to`(
        properties: String,
        model: String
    ) async throws {
        try await Depot.run { depot async throws in
            try await depot.control.setProject(#"{"models": ["\#(model)"], "properties": {\#(properties)}}"#)
            try await depot.accept("station")
            try await depot.session(model: Self.auto) { session async throws in try await session.deliver() }
            #expect(try await depot.states() == [.registered])
        }
    }

    @Test(arguments: [
        ("legacy", "Image360", "cdf_360_image_schema:Image360/v1", ItemState.Name.uploaded),
        ("core", "Cognite360Image", "cdf_cdm:Cognite360Image/v1", .uploaded),
        // Files are nodes: they are refused before their bytes are sent.
        ("core", "CogniteFile", "cdf_cdm:CogniteFile/v1", .uploading),
    ])
    func `a property that a view comes to require stops deliveries at the next refusal, and no station is to blame`(
        model: String,
        view: String,
        words: String,
        halted: ItemState.Name
    ) async throws {
        try await Depot.run { depot async throws in
            try await depot.control.setProject(#"{"models": ["\#(model)"]}"#)
            try await depot.accept("station")
            try await depot.session(model: Self.auto) { session async throws in
                await session.context.link.probe()
                try await depot.control.setProject(
                    #"{"models": ["\#(model)"], "properties": {"\#(view)": {"surveyor": {"nullable": false}}}}"#
                )
                try await session.uploads.drain()
                try await session.registrations.drain()
                let lacking = try #require(reason(session.context.link.state))
                #expect(lacking.summary.contains("view \(words) requires a property 'surveyor'"), "\(lacking)")
                #expect(try await depot.states() == [halted])
                let record = try #require(try await depot.ledger.items().first)
                #expect(record.attempts == 0)
                // Fixed: it continues by itself.
                try await depot.control.setProject(#"{"models": ["\#(model)"]}"#)
                depot.clock.advance(by: .seconds(400))
                try await session.deliver()
            }
            #expect(try await depot.states() == [.registered])
        }
    }
}
