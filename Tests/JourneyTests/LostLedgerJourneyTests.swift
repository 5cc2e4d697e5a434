import Foundation
import Station
import TestSupport
import Testing

/// `drop360 adopt` after the ledger was lost: what drop360 itself has delivered is found again, by whatever CDF's store tells.
@Suite(.timeLimit(.minutes(15)))
struct LostLedgerJourneyTests {
    /// Delivers what is in the inbox, and loses the state directory; returns the number of the last request.
    private func deliverAndForget(_ site: Site) async throws -> Int {
        try await site.deliverAll()
        try FileManager.default.removeItem(atPath: site.state)
        return try await site.sandbox.requests().last?.number ?? 0
    }

    private func adopt(_ site: Site, _ more: String...) async throws -> Finished {
        try await site.run(["adopt", "--collection", "site-a", "--json", "--config", site.configuration] + more)
    }

    private func proofs(_ finished: Finished) throws -> [String?] {
        try finished.facts()["adopted"].list.map { $0["proof"].text }
    }

    @Test(arguments: ["image360", "core"])
    func `a panorama's faces are rendered again, and recognised`(model: String) async throws {
        let site = try await Site()
        try site.configure(inbox: "equirect: convert", model: model)
        try StationMaker().write(
            to: site.folder.path,
            named: "staging/pano",
            .init(stationID: "pano", skipping: Set(Face.allCases))
        )
        try Data(StationMaker.plainJPEG(width: 2048, height: 1024))
            .write(to: URL(fileURLWithPath: site.folder.path("staging/pano/pano.jpg")))
        try site.folder.move("staging/pano", to: "inbox/pano")
        let last = try await deliverAndForget(site)
        let finished = try await adopt(site)
        #expect(finished.exit == .code(0), "\(finished.output) \(finished.errors)")
        #expect(try proofs(finished) == ["md5"], "\(finished.output)")
        try await site.deliverAll()
        #expect(try await site.sandbox.requests(since: last).filter(\.writes).isEmpty)
        #expect(try await site.states() == ["pano": "registered"])
        // What is rendered to be compared is not kept.
        let kept = try? FileManager.default.contentsOfDirectory(atPath: site.state + "/converted")
        #expect(kept ?? [] == [])
    }

    @Test(arguments: ["image360", "core"])
    func `without digests size and id decide, and --verify-bytes decides in any case`(model: String) async throws {
        let site = try await Site()
        try site.configure(model: model)
        try site.drop("one", .init(seed: 1, siteID: "site-a", stationID: "one"))
        try site.drop("two", .init(seed: 2, siteID: "site-a", stationID: "two"))
        let last = try await deliverAndForget(site)
        try await site.sandbox.setProject(#"{"digests": []}"#)
        let begun = try await site.sandbox.requests().last?.number ?? 0
        let trial = try await adopt(site, "--dry-run")
        #expect(trial.exit == .code(0), "\(trial.output) \(trial.errors)")
        #expect(try proofs(trial) == ["size", "size"])
        let links = try await site.sandbox.requests(since: begun).filter { $0.path == "/files/downloadlink" }
        #expect(links.count == 1, "one request for the files of many images")
        #expect(try proofs(try await adopt(site, "--dry-run", "--verify-bytes")) == ["bytes", "bytes"])

        // Other faces of the same size under the same id: only their bytes tell.
        let face = site.inbox + "/two/top.jpg"
        var bytes = try #require(FileManager.default.contents(atPath: face))
        try #require(Self.disturb(&bytes))
        try bytes.write(to: URL(fileURLWithPath: face))
        let finished = try await adopt(site, "--verify-bytes")
        #expect(finished.exit == .code(1), "\(finished.output)")
        #expect(try proofs(finished) == ["bytes"])
        let words = try finished.facts()["unmatched"].list.first?["message"].text ?? ""
        #expect(words.contains("has other faces: drop360 will overwrite the image with them"), "\(words)")
        #expect(try await site.sandbox.requests(since: last).filter(\.writes).isEmpty)
    }

    /// Changes one byte of a comment or of the JFIF density, which no decoder minds.
    private static func disturb(_ jpeg: inout Data) -> Bool {
        guard let start = jpeg.range(of: Data("JFIF".utf8))?.upperBound, jpeg.count > start + 8 else { return false }
        // After the version: units, and two densities.
        jpeg[start + 5] ^= 2
        return true
    }

    @Test func `beside a running daemon what waits is adopted while it is paused`() async throws {
        let site = try await Site()
        try site.configure(model: "image360")
        try site.drop("one", .init(siteID: "site-a", stationID: "one"))
        _ = try await deliverAndForget(site)
        let held = site.folder.path("held")
        try FileManager.default.moveItem(atPath: site.inbox + "/one", toPath: held)
        let daemon = try site.startDaemon()
        try await daemon.waitForLog("CDF is ready")
        #expect(try await site.run("pause", "--config", site.configuration).exit == .code(0))
        try FileManager.default.moveItem(atPath: held, toPath: site.inbox + "/one")
        try await site.become("accepted", "one")
        let last = try await site.sandbox.requests().last?.number ?? 0
        let finished = try await adopt(site)
        #expect(finished.exit == .code(0), "\(finished.output) \(finished.errors)")
        #expect(try proofs(finished) == ["md5"])
        #expect(try await site.run("resume", "--config", site.configuration).exit == .code(0))
        try site.drop("two", .init(seed: 2, siteID: "site-a", stationID: "two"))
        try await site.become("registered", "two")
        #expect(try await site.states()["one"] == "registered")
        let sent = try await site.sandbox.requests(since: last).filter { $0.path == "/files" }
        #expect(Set(sent.compactMap { $0.body["metadata"]["station_id"].text }) == ["two"])

        // While another is being sent, what is known stays known.
        try await site.sandbox.fail(#"{"match": {"path": "/files"}, "then": {"kind": "stall"}}"#)
        try site.drop("three", .init(seed: 3, siteID: "site-a", stationID: "three"))
        try await site.become("uploading", "three")
        let again = try await adopt(site)
        #expect(try again.facts()["known"].list.count == 2, "\(again.output)")
        try await site.sandbox.behave()
        try await site.stop(daemon)
    }
}
