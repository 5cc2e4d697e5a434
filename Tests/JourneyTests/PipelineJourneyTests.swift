import Foundation
import TestSupport
import Testing

/// What an extraction pipeline in the sandbox hears of the real daemon.
@Suite(.serialized, .timeLimit(.minutes(15)))
struct PipelineJourneyTests {
    /// A site whose daemon reports to the sandbox's pipeline.
    private func site() async throws -> Site {
        let site = try await Site()
        let text = String(decoding: try site.folder.read("config.yaml"), as: UTF8.self)
        let pipeline = "data-set: {external-id: sandbox}\n  extraction-pipeline: {external-id: sandbox}"
        try site.folder.write(text.replacing("data-set: {external-id: sandbox}", with: pipeline), to: "config.yaml")
        return site
    }

    /// The reports so far: status and message.
    private func reports(to site: Site) async throws -> [(status: String, message: String)] {
        try await site.sandbox.requests().filter { $0.path == "/extpipes/runs" }.compactMap { request in
            request.body["items"].list.first.map { ($0["status"].text ?? "", $0["message"].text ?? "") }
        }
    }

    @Test func `a daemon is seen, and its good end is a success`() async throws {
        let site = try await site()
        let daemon = try site.startDaemon()
        _ = try await eventually("a report: \(daemon.errors)") { () async throws -> Bool? in
            try await reports(to: site).isEmpty ? nil : true
        }
        try site.drop("station")
        try await site.become("registered", "station")
        try await site.stop(daemon)
        let runs = try await reports(to: site)
        #expect(runs.first?.status == "seen")
        #expect(runs.last?.status == "success")
        #expect(runs.last?.message.contains("1 registered") == true)
        #expect(!runs.contains { $0.status == "failure" })
    }

    @Test func `what CDF refuses is a failure with its reason, and no success follows`() async throws {
        let site = try await site()
        try await site.sandbox.fail(
            #"{"match": {"method": "POST", "path": "/files"}, "then": {"kind": "status", "status": 400}}"#
        )
        try site.drop("station")
        #expect(try await site.deliver().exit == .code(1))
        let runs = try await reports(to: site)
        #expect(runs.contains { $0.status == "failure" && $0.message.contains("station") })
        #expect(!runs.contains { $0.status == "success" })
    }

    @Test func `a pipeline that does not answer holds up nothing`() async throws {
        let site = try await site()
        try await site.sandbox.fail(
            #"{"match": {"path": "/extpipes/runs"}, "then": {"kind": "status", "status": 403}}"#
        )
        try site.drop("station")
        try await site.deliverAll()
        #expect(try await site.states()["station"] == "registered")
    }
}
