import Foundation
import Station
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(15)))
struct IdentityJourneyTests {
    private func lastRequest(_ site: Site) async throws -> Int {
        try await site.sandbox.requests().last?.number ?? 0
    }

    @Test func `the same content under another name sends nothing, and the report says where it is`() async throws {
        let site = try await Site()
        try site.drop("first", .init(seed: 1, stationID: "s"))
        try await site.deliverAll()
        let last = try await lastRequest(site)
        try site.drop("again/copy", .init(seed: 1, stationID: "s"))
        try await site.deliverAll()
        #expect(try await site.sandbox.requests(since: last).filter(\.writes).isEmpty)
        #expect(try await site.states() == ["first": "registered", "again/copy": "registered"])
        let report = try await site.report("again/copy", "UPLOADED")
        #expect(report.contains("\(site.inbox)/first"), "\(report)")
        try await site.sandbox.contents().expectWhole(images: 1)
    }

    @Test func `copies that come together are sent once`() async throws {
        let site = try await Site()
        for name in ["a", "b", "c"] { try site.drop(name, .init(seed: 1, stationID: "s")) }
        try await site.deliverAll()
        #expect(try await site.sandbox.requests().count { $0.method == "PUT" } == 6)
        #expect(Set(try await site.states().values) == ["registered"])
        try await site.sandbox.contents().expectWhole(images: 1)
    }

    @Test func `a revisit is a second image at the same station`() async throws {
        let site = try await Site()
        try site.drop("spring", .init(seed: 1, stationID: "s"))
        try await site.deliverAll()
        try site.drop("summer", .init(seed: 2, stationID: "s", time: "2026-06-01T10:00:00Z"))
        try await site.deliverAll()
        let contents = try await site.sandbox.contents()
        contents.expectWhole(images: 2, stations: 1)
        #expect(
            contents.nodeIDs == [
                "site-a", "site-a/s", "site-a/s/20260501T100000Z", "site-a/s/20260601T100000Z",
            ]
        )
    }

    @Test func `a revisit whose tripod stood elsewhere is refused with the way out`() async throws {
        let site = try await Site()
        try site.drop("spring", .init(seed: 1, stationID: "s"))
        try await site.deliverAll()
        let last = try await lastRequest(site)
        let moved = Vector3(x: 1.2, y: 2, z: 1.7)
        try site.drop("summer", .init(seed: 2, stationID: "s", time: "2026-06-01T10:00:00Z", translation: moved))
        try site.drop("autumn", .init(seed: 3, stationID: "s", time: "2026-09-01T10:00:00Z", heading: 3))
        #expect(try await site.deliver().exit == .code(1))
        #expect(try await site.sandbox.requests(since: last).filter(\.writes).isEmpty)
        for name in ["summer", "autumn"] {
            #expect(
                try await site.explain("\(site.inbox)/\(name)")["problems"].list.map { $0["code"].text } == [
                    "pose-drift"
                ]
            )
            #expect(try await site.report(name, "REJECTED").contains("station_id of its own"))
        }
        try await site.sandbox.contents().expectWhole(images: 1)
    }

    @Test func `a correction in the same folder is taken while the daemon runs, and overwrites`() async throws {
        let site = try await Site()
        let daemon = try site.startDaemon()
        try site.drop("station", .init(seed: 1))
        _ = try await site.report("station", "UPLOADED")
        let before = try await site.sandbox.contents()
        let last = try await lastRequest(site)
        try site.folder.write(try StationMaker().jpeg(.left, seed: 50), to: "inbox/station/left.jpg")
        _ = try await eventually("a second registration: \(daemon.errors)", every: .milliseconds(50)) {
            () async throws -> Bool? in
            let history = try await site.explain("\(site.inbox)/station")["history"].list
            return history.count { $0["event"].text == "registered" } == 2 ? true : nil
        }
        try await site.stop(daemon)
        let after = try await site.sandbox.contents()
        after.expectWhole(images: 1)
        #expect(after.fileIDs == before.fileIDs && after.nodeIDs == before.nodeIDs)
        func digests(_ contents: Contents) -> [String: String] {
            Dictionary(
                uniqueKeysWithValues: contents.files.map { ($0["externalId"].text ?? "", $0["sha256"].text ?? "") }
            )
        }
        let changed = digests(after).filter { digests(before)[$0.key] != $0.value }.keys.sorted()
        #expect(changed == ["site-a/station/20260501T100000Z/left"])
        let sent = try await site.sandbox.requests(since: last).filter { $0.path == "/files" }
        #expect(!sent.isEmpty && sent.allSatisfy { $0.query["overwrite"] == "true" })
    }

    @Test func `a conflict from another folder is refused, until an operator says replace`() async throws {
        let site = try await Site()
        try site.drop("first", .init(seed: 1, stationID: "s"))
        let daemon = try site.startDaemon()
        _ = try await site.report("first", "UPLOADED")
        let last = try await lastRequest(site)
        try site.drop("second", .init(seed: 2, stationID: "s"))
        let report = try await site.report("second", "REJECTED")
        #expect(report.contains("already delivered from \(site.inbox)/first"))
        #expect(report.contains("drop360 replace"))
        #expect(try await site.sandbox.requests(since: last).filter(\.writes).isEmpty)

        let wrong = try await site.run("replace", site.inbox + "/first", "--config", site.configuration)
        #expect(wrong.exit == .code(1))
        let replaced = try await site.run("replace", "inbox/second", "--config", site.configuration)
        #expect(replaced.exit == .code(0), "\(replaced.errors)")
        _ = try await site.report("second", "UPLOADED")
        #expect(!site.folder.contains("inbox/second.REJECTED.txt"))
        try await site.stop(daemon)
        let contents = try await site.sandbox.contents()
        contents.expectWhole(images: 1)
        let front = contents.files.first { $0["externalId"].text == "site-a/s/20260501T100000Z/front" } ?? .null
        let faces = try await site.explain("\(site.inbox)/second")["faces"].list
        #expect(front["sha256"] == faces.first { $0["face"].text == "front" }?["sha256"])
        // Nobody fights: the first folder does not come back at the next start.
        let settled = try await lastRequest(site)
        try await site.deliverAll()
        #expect(try await site.sandbox.requests(since: settled).filter(\.writes).isEmpty)
    }
}
