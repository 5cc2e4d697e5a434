import Foundation
import Glibc
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(15)))
struct StopTests {
    @Test(arguments: [SIGTERM, SIGINT])
    func `stopped in the middle of an upload, drop360 records what it has done, and the next run finishes`(
        signal: Int32
    )
        async throws
    {
        let site = try await Site()
        try site.drop("station")
        // Two faces get through, the other four crawl.
        try await site.sandbox.fail(
            #"{"match": {"method": "PUT"}, "nth": [3, 4, 5, 6], "then": {"kind": "slow", "bytesPerSecond": 10}}"#
        )
        let daemon = try site.startDaemon()
        _ = try await eventually("two faces sent and four on their way: \(daemon.errors)") { () async throws -> Bool? in
            let puts = try await site.sandbox.requests().filter { $0.method == "PUT" }
            return puts.count == 6 && puts.count { $0.status.int == 200 } == 2 ? true : nil
        }
        daemon.send(signal)
        #expect(try await daemon.ended() == .code(0), "\(daemon.errors)")
        try await site.sandbox.behave()

        let station = try await site.explain("\(site.inbox)/station")
        #expect(station["summary"]["state"] == .text("uploading"))
        #expect(station["summary"]["attempts"] == .number(0))
        let sent = station["faces"].list.filter { $0["state"] == .text("sent") }.compactMap { $0["fileID"].text }
        #expect(sent.count == 2)
        #expect(try await site.ledgerProblems() == [])

        let last = try #require(try await site.sandbox.requests().last).number
        try await site.deliverAll()
        let after = try await site.sandbox.requests(since: last)
        #expect(after.count { $0.method == "PUT" } == 4)
        #expect(!after.contains { sent.contains($0.body["externalId"].text ?? "") && $0.path == "/files" })
        try await site.sandbox.contents().expectWhole(images: 1)
    }

    @Test func `drop360 stops even if CDF does not answer`() async throws {
        let site = try await Site()
        try site.drop("station")
        try await site.sandbox.fail(#"{"match": {"path": "/files"}, "then": {"kind": "stall"}}"#)
        let daemon = try site.startDaemon()
        _ = try await eventually("a request that is not answered") { () async throws -> Bool? in
            try await site.sandbox.struck()[0] > 0 ? true : nil
        }
        try await site.stop(daemon)
        try await site.sandbox.behave()
        try await site.deliverAll()
        try await site.sandbox.contents().expectWhole(images: 1)
    }

    @Test func `drop360 stops even if the identity provider does not answer`() async throws {
        let site = try await Site()
        try site.drop("station")
        try await site.sandbox.fail(#"{"match": {"path": "/oauth2/token"}, "then": {"kind": "stall"}}"#)
        let daemon = try site.startDaemon()
        _ = try await eventually("a request that is not answered") { () async throws -> Bool? in
            try await site.sandbox.struck()[0] > 0 ? true : nil
        }
        try await site.stop(daemon)
    }
}
