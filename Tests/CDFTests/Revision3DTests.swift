import Foundation
import Station
import TestSupport
import Testing

@testable import CDF

struct Revision3DTests {
    private static let new = NewRevision3D(
        model: 12,
        fileID: 987_654_321,
        space: "plant_360",
        nonce: SessionNonce("NONCE"),
        metadata: [:]
    )
    private static let created =
        #"{"items": [{"id": 5, "fileId": 987654321, "published": false, "status": "Queued", "createdTime": 1}]}"#

    @Test func `the body is the contract's, with the beta header`() async throws {
        try await Bench.scripted { _, _ in
            .json(Self.created, status: 201)
        } body: { bench, server async throws in
            let revision = try await bench.client.createRevision3D(Self.new)
            #expect(
                revision == Revision3D(id: 5, fileID: 987_654_321, status: .queued, metadata: [:], createdTime: 1)
            )
            let call = try #require(server.calls.first)
            #expect(call.target == "/api/v1/projects/sandbox/3d/models/12/revisions")
            #expect(call.headers["cdf-version"] == "20230101-beta")
            let wanted =
                #"{"items":[{"fileId":987654321,"nonce":"NONCE","pipelineConfiguration":{"indexingOptions":{"#
                + #""dmsInstancesSpaceId":"plant_360","extractPhotosphereImages":true}}}]}"#
            #expect(String(decoding: call.body, as: UTF8.self) == wanted)
            var marked = Self.new
            marked.metadata = ["sha256": "ab"]
            _ = try await bench.client.createRevision3D(marked)
            #expect(String(decoding: server.calls[1].body, as: UTF8.self).contains(#""metadata":{"sha256":"ab"}"#))
        }
    }

    @Test(arguments: [500, 502, 503, 408])
    func `an answer that leaves the outcome open is not followed by a second request`(status: Int) async throws {
        try await Bench.scripted { _, _ in
            .answer(status)
        } body: { bench, server async throws in
            let error = await failure { try await bench.client.createRevision3D(Self.new) }
            guard case .outcomeUnknown = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(error?.mayConcernNonce == false)
            #expect(server.calls.count == 1)
        }
    }

    @Test(arguments: [400, 401, 403, 422])
    func `a rejection may be about the nonce`(status: Int) async throws {
        try await Bench.scripted { _, _ in
            .json(#"{"error": {"code": \#(status), "message": "no"}}"#, status: status)
        } body: { bench, _ async throws in
            let error = await failure { try await bench.client.createRevision3D(Self.new) }
            #expect(error?.mayConcernNonce == true)
        }
    }

    @Test func `too many requests are waited for, since nothing was made`() async throws {
        try await Bench.scripted { _, number in
            number == 0 ? .answer(429, headers: ["retry-after": "3"]) : .json(Self.created, status: 201)
        } body: { bench, server async throws in
            #expect(try await bench.client.createRevision3D(Self.new).id == 5)
            #expect(server.calls.count == 2)
        }
    }

    @Test func `statuses and metadata of any form are read`() async throws {
        let answer = """
            {"items": [
              {"id": 4, "fileId": 2, "status": "Failed", "createdTime": 9, "metadata": {"sha256": "ab"}},
              {"id": 3, "fileId": 2, "status": "Done", "createdTime": 9, "metadata": {"n": 1}},
              {"id": 2, "status": "Processing", "createdTime": 3},
              {"id": 1, "fileId": 2, "status": "Paused", "createdTime": 4}
            ]}
            """
        try await Bench.scripted { _, _ in
            .json(answer)
        } body: { bench, _ async throws in
            let found = try #require(try await bench.client.revisions3D(of: 12))
            #expect(found.map(\.id) == [2, 1, 3, 4])
            #expect(found.map(\.status) == [.processing, .other("Paused"), .done, .failed])
            #expect(found.map(\.metadata) == [[:], [:], [:], ["sha256": "ab"]])
            #expect(found.map(\.fileID) == [nil, 2, 2, 2])
        }
    }

    @Test func `what CDF does not have is nil`() async throws {
        try await Bench.sandbox { bench async throws in
            #expect(try await bench.client.revisions3D(of: 5) == nil)
            #expect(try await bench.client.revision3D(ModelRevision(model: 5, revision: 6)) == nil)
            let lines = try await bench.client.revisionLogs3D(ModelRevision(model: 5, revision: 6), atLeast: .error)
            #expect(lines.isEmpty)
        }
    }

    @Test func `of the log the newest lines are kept, in order and printable`() async throws {
        let lines = (0..<60).map {
            #"{"timestamp": \#(1000 * (60 - $0)), "severity": \#([3, 5, 7][$0 % 3]), "type": "T\u001b", "info": "i\#($0)"}"#
        }
        try await Bench.scripted { _, _ in
            .json(#"{"items": [\#(lines.joined(separator: ", "))]}"#)
        } body: { bench, server async throws in
            let revision = ModelRevision(model: 1, revision: 2)
            let all = try await bench.client.revisionLogs3D(revision, atLeast: .information)
            #expect(all.count == 50)
            #expect(all.first?.info == "i49" && all.last?.info == "i0")
            #expect(all.last?.time == Date(timeIntervalSince1970: 60))
            #expect(all[0].type == #"T\u{1b}"#)
            let bad = try await bench.client.revisionLogs3D(revision, atLeast: .error)
            #expect(bad.count == 20 && bad.allSatisfy { $0.severity == .error })
            #expect(
                server.calls.map { $0.target.split(separator: "?").last } == ["severity=3", "severity=7"]
            )
        }
    }
}
