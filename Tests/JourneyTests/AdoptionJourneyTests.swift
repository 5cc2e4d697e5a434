import Foundation
import TestSupport
import Testing

/// `drop360 adopt` with the real binary, on a collection that was written by hand.
@Suite(.timeLimit(.minutes(15)))
struct AdoptionJourneyTests {
    /// Two whole images of folders in the inbox, and six that something is wrong with, or that no folder is like.
    private func writeCollection(_ hand: ByHand) async throws {
        let site = hand.site
        let pose: [Double] = try await {
            let facts = try await site.run("check", "--json", site.inbox).facts()["stations"].list
            let pose = facts.first?["pose"] ?? .null
            return (pose["translation"].list + pose["eulerRotation"].list).compactMap(\.double)
        }()
        try #require(pose.count == 6)
        try await hand.collection("hand")
        for station in ["s1", "s2", "s3"] { try await hand.station(station) }
        try await hand.files("a", of: site.inbox + "/one")
        try await hand.files("b", of: site.inbox + "/two")
        try await hand.files("x", of: site.folder.path("elsewhere/three"))
        try await hand.file("empty", nil)
        try await hand.image("i1", at: "s1", files: "a", pose: pose)
        try await hand.image("i2", at: "s2", files: "b", pose: pose)
        // The sandbox's legacy schema demands all faces and numbers; there the same images name a file and a station that do not exist.
        let isLegacy = hand.model == "image360"
        try await hand.image(
            "no-top",
            at: "s3",
            files: "x",
            pose: pose,
            without: isLegacy ? [] : ["top"],
            top: isLegacy ? "nowhere" : nil
        )
        try await hand.image("never-uploaded", at: "s3", files: "x", pose: pose, top: "empty")
        try await hand.image(
            "no-pose",
            at: isLegacy ? "ghost" : "s3",
            files: "x",
            pose: pose,
            without: isLegacy ? [] : ["translationX"]
        )
        try await hand.image("no-station", at: nil, files: "x", pose: pose)
        try await hand.image("moved", at: "s1", files: "x", pose: [90, 90, 90, 0, 0, 0])
        try await hand.image("stranger", at: "s3", files: "x", pose: pose)
    }

    private func adopt(_ site: Site, _ more: String...) async throws -> Finished {
        try await site.run(["adopt", "--collection", "hand", "--config", site.configuration] + more)
    }

    @Test(arguments: ["image360", "core"])
    func `what was written by hand is adopted, named where it is broken, not sent again, and corrected in place`(
        model: String
    ) async throws {
        let site = try await Site()
        try site.configure(model: model)
        try site.drop("one", .init(seed: 1, stationID: "one"))
        try site.drop("two", .init(seed: 2, stationID: "two"))
        try StationMaker().write(to: site.folder.path, named: "elsewhere/three", .init(seed: 3))
        try await writeCollection(ByHand(site: site, model: model))
        let written = try await site.sandbox.requests().last?.number ?? 0

        let trial = try await adopt(site, "--dry-run")
        #expect(
            trial.exit == .code(1) && trial.output.contains("2 would be adopted"),
            "\(trial.output) \(trial.errors)"
        )
        #expect(!FileManager.default.fileExists(atPath: site.state + "/ledger.sqlite"))

        let finished = try await adopt(site, "--json")
        #expect(finished.exit == .code(1), "\(finished.errors)")
        let facts = try finished.facts()
        let adopted = facts["adopted"].list
        #expect(adopted.map { $0["image"].text } == ["i1", "i2"], "\(finished.output)")
        #expect(adopted.allSatisfy { $0["proof"].text == "md5" })
        #expect(facts["unmatched"].list.count == 6)
        let faults = Set(facts["faults"].list.map { "\($0["code"].text ?? "") \($0["id"].text ?? "")" })
        let own: Set =
            model == "core"
            ? ["face-missing no-top", "image-without-pose no-pose", "collection-without-name hand"]
            : ["file-missing nowhere", "station-missing ghost"]
        let shared = faults.filter { $0.hasPrefix("file-shared") }
        #expect(!shared.isEmpty && !shared.contains("file-shared i1"))
        #expect(
            faults.subtracting(shared)
                == own.union(["file-not-uploaded empty", "image-without-station no-station", "station-two-poses moved"])
        )

        try await site.deliverAll()
        #expect(try await site.sandbox.requests(since: written).filter(\.writes).isEmpty)
        #expect(try await site.states() == ["one": "registered", "two": "registered"])

        // The folder changes: what stands in CDF is overwritten.
        let before = try await site.sandbox.contents()
        try StationMaker().write(
            to: site.inbox,
            named: "one",
            .init(seed: 11, stationID: "one")
        )
        try await site.deliverAll()
        let after = try await site.sandbox.contents()
        #expect(after.images == 8 && after.fileIDs == before.fileIDs)
        #expect(after.nodeIDs.isSuperset(of: before.nodeIDs) && !after.nodeIDs.contains { $0.hasPrefix("site-a") })
        let sent = try await site.sandbox.requests(since: written).filter { $0.method == "PUT" }
        #expect(sent.count == 6)
    }

    @Test(arguments: [("CAD", "Its type is 'CAD'"), (nil, "Its type is not set")] as [(String?, String)])
    func `a core collection that is not one of 360° images is named, and nothing of it is adopted`(
        type: String?,
        words: String
    ) async throws {
        let site = try await Site()
        try site.configure(model: "core")
        try site.drop("one", .init(seed: 1, stationID: "one"))
        let hand = ByHand(site: site, model: "core")
        try await hand.collection("hand", type: type)
        try await hand.station("s1")
        try await hand.files("a", of: site.inbox + "/one")
        try await hand.image("i1", at: "s1", files: "a", pose: [0, 0, 0, 0, 0, 0])
        let finished = try await adopt(site, "--json")
        #expect(finished.exit == .code(1))
        let facts = try finished.facts()
        let faults = facts["faults"].list.compactMap { $0["code"].text }
        #expect(faults == ["collection-of-other-type", "collection-without-name"], "\(finished.output)")
        #expect(facts["faults"].list.first?["message"].text?.hasPrefix(words) == true)
        #expect(facts["adopted"].list.isEmpty && facts["unmatched"].list.count == 1)
    }

    @Test func `positions of E57 files are not compared, and adopt says so`() async throws {
        let site = try await Site()
        try site.configure(inbox: "e57: {extract: here}", model: "image360")
        try site.folder.write(Array("ASTM-E57".utf8), to: "inbox/hall.e57")
        let hand = ByHand(site: site, model: "image360")
        try await hand.collection("hand")
        try await hand.station("s1")
        try StationMaker().write(to: site.folder.path, named: "elsewhere/x", .init(seed: 3))
        try await hand.files("a", of: site.folder.path("elsewhere/x"))
        try await hand.image("i1", at: "s1", files: "a", pose: [0, 0, 0, 0, 0, 0])
        let finished = try await adopt(site)
        #expect(finished.exit == .code(1))
        #expect(
            finished.output.contains("The positions of 1 E57 file (`extract: here`) are not compared"),
            "\(finished.output)"
        )
    }

    @Test func `check --requests shows the ids that adopted things have in CDF`() async throws {
        let site = try await Site()
        try site.configure(model: "image360")
        try site.drop("one", .init(seed: 1, stationID: "one"))
        let hand = ByHand(site: site, model: "image360")
        try await hand.collection("hand")
        try await hand.station("s1")
        try await hand.files("a", of: site.inbox + "/one")
        try await hand.image("i1", at: "s1", files: "a", pose: [0, 0, 0, 0, 0, 0])
        _ = try await adopt(site)
        let shown = try await site.run("check", "--requests", "--config", site.configuration, site.inbox)
        let requests = try shown.facts()["requests"].list
        let files = requests.filter { $0["path"].text?.hasPrefix("/files?") == true }
        #expect(files.compactMap { $0["body"]["externalId"].text }.sorted() == ByHand.faces.map { "a_\($0)" }.sorted())
        // What is delivered already is taken over.
        #expect(files.allSatisfy { $0["path"].text == "/files?overwrite=true" })
        let nodes = requests.filter { $0["path"].text == "/models/instances" }.flatMap { $0["body"]["items"].list }
        #expect(nodes.compactMap { $0["externalId"].text } == ["hand", "s1", "i1"])
    }
}
