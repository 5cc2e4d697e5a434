import Foundation
import TestSupport
import Testing

/// `drop360 check` of an E57 file whose panoramas become stations here.
@Suite(.serialized, .timeLimit(.minutes(15)))
struct ScanCheckTests {
    @Test func `check lists every position as a station, and leaves nothing behind`() async throws {
        let site = try await Site(inbox: "e57: {extract: here}")
        try site.dropScan("site-a/hall.e57", ["s1", "s2"], damaged: "s2")
        let temporary = try site.folder.makeFolder("tmp")
        let file = site.inbox + "/site-a/hall.e57"
        func check(_ more: String...) async throws -> Finished {
            let arguments = ["check", "--config", site.configuration, file] + more
            return try await site.run(arguments, environment: ["TMPDIR": temporary])
        }
        let json = try await check("--json")
        #expect(json.exit == .code(1), "\(json.errors)")
        let facts = try #require(try json.facts()["pointClouds"].list.first)
        #expect(facts["verdict"].text == "accepted" && facts["path"].text == file)
        let positions = facts["positions"].list
        #expect(positions.map { $0["name"].text } == ["s1", "s2"])
        #expect(positions.map { $0["path"].text } == [file + "/s1", file + "/s2"])
        #expect(positions.map { $0["verdict"].text } == ["accepted", "rejected"])
        let first = try #require(positions.first)
        #expect(first.keys == ["ids", "name", "notes", "path", "pose", "problems", "seams", "verdict"])
        #expect(first["pose"]["translation"] == .list([.number(0), .number(2), .number(1.7)]))
        #expect(first["ids"]["image"].text == "site-a/s1/20260501T100000Z")
        #expect(first["notes"].list.contains { $0["code"].text == "camera-frame" })
        #expect(positions.last?["problems"].list.map { $0["code"].text } == ["image-truncated"])
        let text = try await check()
        #expect(text.exit == .code(1))
        for words in [
            "ACCEPTED  \(file)/s1  (s1)", "pose 0.000, 2.000, 1.700 m", "image id site-a/s1/20260501T100000Z",
            "REJECTED  \(file)/s2  (s2)", "2 positions, 1 accepted, 1 not.",
        ] {
            #expect(text.output.contains(words), "\(words): \(text.output)")
        }
        let requests = try await check("--requests").facts()["requests"].list
        #expect(requests.filter { $0["method"].text == "PUT" }.count == 6)
        #expect(try site.folder.names(in: "tmp").isEmpty)
        #expect(try site.folder.names(in: "inbox/site-a") == ["hall.e57"])
        #expect(!site.folder.contains("state"))
    }
}
