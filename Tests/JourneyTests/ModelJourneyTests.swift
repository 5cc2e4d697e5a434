import Foundation
import TestSupport
import Testing

/// `target.model: auto` with the real binary, in projects of each kind.
@Suite(.timeLimit(.minutes(15)))
struct ModelJourneyTests {
    /// A project, what drop360 delivers by there, and words of what `doctor` says about it.
    struct Project: Sendable, CustomTestStringConvertible {
        let shape: String
        let model: String
        let words: String
        var testDescription: String { shape }
    }

    /// What doctor says about one subject.
    private func doctor(_ site: Site, about subject: String) async throws -> (verdict: String, words: String) {
        let finished = try await site.run("doctor", "--json", "--config", site.configuration)
        let findings = try finished.facts()["findings"].list
        let own = findings.first { $0["subject"].text == subject } ?? .null
        let words = [own["message"].text, own["advice"].text].compactMap(\.self).joined(separator: " ")
        return (own["verdict"].text ?? "", words)
    }

    /// The model that `status` names: it learns of it a moment after the first delivery.
    private func modelInStatus(of site: Site) async throws -> String {
        try await eventually("status names the model", every: .milliseconds(50)) {
            try await site.status()["model"]["name"].text
        }
    }

    @Test(arguments: [
        Project(shape: #"{"models": ["legacy"]}"#, model: "image360", words: "has no other schema"),
        Project(shape: #"{"models": ["core"]}"#, model: "core", words: "has no other schema"),
        Project(
            shape: "{}",
            model: "image360",
            words: "has both schemas, and the collections in the space do not decide"
        ),
    ])
    func `stations are delivered by the model that the project has`(project: Project) async throws {
        let site = try await Site()
        try await site.sandbox.setProject(project.shape)
        let said = try await doctor(site, about: "data model")
        #expect(said.verdict == "good" && said.words.contains("by `\(project.model)`"), "\(said)")
        #expect(said.words.contains(project.words), "\(said)")
        try site.drop("station")
        let daemon = try site.startDaemon()
        try await site.become("registered", "station")
        #expect(try await modelInStatus(of: site) == project.model)
        try await site.stop(daemon)
        try await site.sandbox.contents().expectWhole(images: 1)
        let again = try await doctor(site, about: "data model")
        #expect(again.words.contains("this ledger has delivered by it"), "\(again)")
    }

    @Test func `where both are, the one that the space has collections of is used, and a ledger keeps it`() async throws
    {
        let site = try await Site()
        try site.configure(model: "core")
        try site.drop("first", .init(seed: 1, stationID: "first"))
        try await site.deliverAll()
        // As a box that replaces another one.
        try FileManager.default.removeItem(atPath: site.state)
        try site.configure()
        let said = try await doctor(site, about: "data model")
        #expect(said.words.contains("by `core`") && said.words.contains("the collections in the space are"), "\(said)")
        try site.drop("second", .init(seed: 2, stationID: "second"))
        try await site.deliverAll()
        try await site.sandbox.contents().expectWhole(images: 2)

        // Now the configuration demands the other one.
        try site.configure(model: "image360")
        let refused = try await doctor(site, about: "CDF project")
        #expect(
            refused.verdict == "bad" && refused.words.contains("has delivered under `target.model: core`"),
            "\(refused)"
        )
        try site.drop("third", .init(seed: 3, stationID: "third"))
        let last = try await site.sandbox.requests().last?.number ?? 0
        let finished = try await site.deliver()
        #expect(finished.exit == .code(69) && finished.errors.contains("has delivered under"), "\(finished.errors)")
        #expect(try await site.sandbox.requests(since: last).filter(\.writes).isEmpty)
    }

    @Test func `half of a schema stops deliveries with the names of what is missing, and intake continues`()
        async throws
    {
        let site = try await Site()
        try await site.sandbox.setProject(#"{"models": ["legacy"], "missingViews": ["Station360"]}"#)
        let said = try await doctor(site, about: "CDF project")
        #expect(said.verdict == "bad" && said.words.contains("Station360/v1 is missing"), "\(said)")
        try site.drop("station")
        let finished = try await site.deliver()
        #expect(finished.exit == .code(69), "\(finished.errors)")
        #expect(finished.errors.contains("Station360/v1 is missing"))
        #expect(try await site.states()["station"] == "accepted")
        #expect(try await site.sandbox.requests().filter(\.writes).isEmpty)
        try await site.sandbox.setProject("{}")
        try await site.deliverAll()
        try await site.sandbox.contents().expectWhole(images: 1)
    }

    @Test(arguments: [("legacy", "Image360", "image360"), ("core", "Cognite360Image", "core")])
    func `a property that a view comes to require stops a running daemon without failing a station, until it is mended`(
        has: String,
        view: String,
        model: String
    ) async throws {
        let site = try await Site()
        try await site.sandbox.setProject(#"{"models": ["\#(has)"]}"#)
        try site.drop("first", .init(seed: 1, stationID: "first"))
        let daemon = try site.startDaemon()
        try await site.become("registered", "first")

        let changed = #"{"\#(view)": {"surveyor": {"nullable": false}}}"#
        try await site.sandbox.setProject(#"{"models": ["\#(has)"], "properties": \#(changed)}"#)
        try site.drop("second", .init(seed: 2, stationID: "second"))
        let offline = try await eventually("the link is down", every: .milliseconds(50)) {
            try await site.status()["offlineReason"].text
        }
        #expect(offline.contains("\(view)/v1 requires a property 'surveyor'"), "\(offline)")
        let said = try await doctor(site, about: "CDF project")
        #expect(said.verdict == "bad" && said.words.contains("requires a property 'surveyor'"), "\(said)")
        // Taken in all the same.
        try site.drop("third", .init(seed: 3, stationID: "third"))
        try await site.become("accepted", "third")
        let second = try await site.states()["second"] ?? "-"
        #expect(["accepted", "uploaded"].contains(second), "\(second)")

        try await site.sandbox.setProject(#"{"models": ["\#(has)"]}"#)
        try await site.become("registered", "second")
        try await site.become("registered", "third")
        #expect(try await modelInStatus(of: site) == model)
        try await site.stop(daemon)
        try await site.sandbox.contents().expectWhole(images: 3)
        #expect(try await site.ledgerProblems() == [])
    }

    @Test func `a space in which nothing may be written is named by doctor, and no station fails for it`() async throws
    {
        let site = try await Site()
        try await site.sandbox.setProject(#"{"readOnlySpaces": ["sandbox"]}"#)
        let said = try await doctor(site, about: "capabilities")
        #expect(
            said.verdict == "bad" && said.words.contains("dataModelInstancesAcl:WRITE for space 'sandbox'"),
            "\(said)"
        )
        try site.drop("station")
        let finished = try await site.deliver()
        #expect(finished.exit == .code(69), "\(finished.errors)")
        #expect(finished.errors.contains("may not do this in CDF"), "\(finished.errors)")
        #expect(try await site.states()["station"] == "uploaded")
        try await site.sandbox.setProject("{}")
        try await site.deliverAll()
        try await site.sandbox.contents().expectWhole(images: 1)
    }
}
