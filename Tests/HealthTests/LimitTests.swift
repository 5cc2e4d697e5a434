import ConfigFile
import Foundation
import Ledger
import Logging
import Station
import Status
import TestSupport
import Testing

@testable import Health

/// What `doctor` says of large collections and of the extraction pipeline.
struct LimitTests {
    @Test(arguments: [(9000, "of the 10000 that the viewer loads"), (10_001, "leaves the others out")])
    func `a large collection is a warning with the way out`(images: Int, words: String) {
        let finding = HealthCheck.finding(.init(collection: "site-a", images: images))
        #expect(finding.verdict == .warning)
        #expect(finding.message.contains("collection site-a: \(images) images") && finding.message.contains(words))
        #expect(finding.advice?.contains("site_id") == true)
    }

    private static func pipelineFindings(_ name: String?, base: String) async -> [Finding] {
        var configuration = Configuration.sandbox(inbox: "/in", state: "/state", baseURL: base)
        configuration.cognite.extractionPipeline = name
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let all = await HealthCheck.cdf(configuration, environment: [:], logger: logger).findings
        return all.filter { $0.subject == "extraction pipeline" }
    }

    @Test func `the extraction pipeline must exist`() async throws {
        try await RunningSandbox.run { sandbox in
            #expect(await Self.pipelineFindings(nil, base: sandbox.base) == [])
            #expect(await Self.pipelineFindings("sandbox", base: sandbox.base).map(\.verdict) == [.good])
            let missing = await Self.pipelineFindings("ep_360", base: sandbox.base)
            #expect(missing.map(\.verdict) == [.warning])
            #expect(missing.first?.message.contains("'ep_360'") == true)
            #expect(missing.first?.advice?.contains("extractionRunsAcl:WRITE") == true)
        }
    }
}
