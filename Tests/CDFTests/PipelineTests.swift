import Foundation
import Station
import TestSupport
import Testing

@testable import CDF

/// Reports to extraction pipelines.
struct PipelineTests {
    @Test func `a run reaches the pipeline, and only an existing one is found`() async throws {
        try await Bench.sandbox { bench in
            #expect(try await bench.client.hasPipeline("sandbox"))
            #expect(try await !bench.client.hasPipeline("ep_360"))
            try await bench.client.report(PipelineRun(.seen), to: "sandbox")
            try await bench.client.report(PipelineRun(.failure, "It rains."), to: "sandbox")
            let error = await failure { try await bench.client.report(PipelineRun(.seen), to: "ep_360") }
            #expect(error?.remedy == .giveUp)
        }
    }

    @Test(arguments: [1000, 1001, 5000])
    func `a message is cut to what CDF takes`(length: Int) async throws {
        try await Bench.sandbox { bench in
            try await bench.client.report(PipelineRun(.failure, String(repeating: "ü", count: length)), to: "sandbox")
        }
        let cut = String(repeating: "👷‍♀️", count: length).cut(to: PipelineRun.longestMessage)
        #expect(cut.utf16.count <= 1000)
        #expect(cut.hasSuffix("👷‍♀️…"))
    }

    @Test func `a run of unknown outcome is not repeated`() async throws {
        try await Bench.sandbox { bench in
            try await bench.control.setFaults(
                #"{"match": {"path": "/extpipes/runs"}, "then": {"kind": "status", "status": 503}}"#
            )
            let error = await failure { try await bench.client.report(PipelineRun(.seen), to: "sandbox") }
            guard case .outcomeUnknown = error else { return #expect(Bool(false), "\(String(describing: error))") }
            #expect(try await bench.lines().count { $0 == "POST /extpipes/runs" } == 1)
        }
    }
}
