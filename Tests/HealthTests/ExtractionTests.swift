import CDF
import ConfigFile
import Foundation
import Logging
import Station
import TestSupport
import Testing

@testable import Health

/// What `doctor` says of scans that go to CDF, by asking a sandbox.
struct ExtractionTests {
    private static func findings(_ models: [ModelTarget?], base: String) async -> [Finding] {
        var configuration = Configuration.sandbox(inbox: "/in/0", state: "/state", baseURL: base)
        let template = configuration.inboxes[0]
        configuration.inboxes = models.enumerated().map { number, model in
            var inbox = template
            inbox.path = "/in/\(number)"
            inbox.e57 = model.map { Configuration.E57(extract: .cdf, model: $0) }
            return inbox
        }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return await HealthCheck.cdf(configuration, environment: [:], logger: logger).findings
    }

    private static func createModel(_ name: String, base: String) async throws {
        let url = try #require(URL(string: base))
        let settings = CDFSettings(
            host: url.absoluteString,
            project: "sandbox",
            credentials: .init(tokenURL: "\(base)/oauth2/token", clientID: "sandbox", secret: { "sandbox" }, scopes: [])
        )
        let client = CDFClient(settings: settings, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let set = try await client.dataSetID(externalID: "sandbox")
        _ = try await client.createModel3D(name: name, dataSetID: set)
        try await client.shutdown()
    }

    @Test func `each inbox whose scans go to CDF has a finding of its own`() async throws {
        try await RunningSandbox.run { sandbox in
            for _ in 0..<2 { try await Self.createModel("Twice", base: sandbox.base) }
            let all = await Self.findings([.name("New"), nil, .name("Twice"), .number(5)], base: sandbox.base)
            let found = all.filter { $0.subject.hasPrefix("E57 files of ") }
            #expect(found.map(\.subject) == ["/in/0", "/in/2", "/in/3"].map { "E57 files of \($0)" })
            #expect(found.map(\.verdict) == [.good, .warning, .bad])
            #expect(found[0].message.contains("will create the 3D model 'New'"))
            #expect(found[0].message.contains("space 'sandbox'; it does this in asset-centric projects only"))
            #expect(found[1].message.contains("2 3D models named 'Twice'"))
            #expect(found[2].message == "CDF has no 3D model 5.")
            let capabilities = try #require(all.first { $0.subject == "capabilities" })
            #expect(capabilities.verdict == .good, "\(capabilities)")
            let none = await Self.findings([nil], base: sandbox.base)
            #expect(!none.contains { $0.subject.hasPrefix("E57") })
        }
    }
}
