import CDF
import ConfigFile
import Foundation
import Testing

@testable import Health

struct HealthCheckTests {
    private func inspection(
        _ capabilities: String,
        projects: String = #"[{"projectUrlName": "sandbox", "groups": [1]}]"#
    )
        throws -> TokenInspection
    {
        let text = #"{"subject": "crew-box", "projects": \#(projects), "capabilities": [\#(capabilities)]}"#
        return try JSONDecoder().decode(TokenInspection.self, from: Data(text.utf8))
    }

    private func grant(
        _ acl: String,
        _ actions: String,
        scope: String = #"{"all": {}}"#,
        projects: String = #"["sandbox"]"#
    )
        -> String
    {
        #"{"\#(acl)": {"version": 1, "actions": [\#(actions)], "scope": \#(scope)}, "projectScope": {"projects": \#(projects)}}"#
    }

    private func finding(_ inspection: TokenInspection) throws -> Finding {
        var configuration = Configuration.sandbox(inbox: "/in", state: "/state", baseURL: "http://127.0.0.1:1")
        configuration.target.space = "plant"
        return HealthCheck.capabilities(inspection, configuration)
    }

    @Test func `with every capability nothing is wrong`() throws {
        let all = [
            grant("filesAcl", #""READ", "WRITE""#), grant("datasetsAcl", #""READ""#),
            grant("dataModelsAcl", #""READ""#),
            grant("dataModelInstancesAcl", #""READ", "WRITE""#),
            // What nobody here has heard of does no harm.
            #"{"newAcl": 7, "other": [1]}"#,
        ]
        #expect(try finding(inspection(all.joined(separator: ", "))).verdict == .good)
        for missing in 0..<4 where missing != 1 {
            let some = all.enumerated().filter { $0.offset != missing }.map(\.element)
            let finding = try finding(inspection(some.joined(separator: ", ")))
            #expect(finding.verdict == .bad && finding.advice != nil)
        }
    }

    @Test func `a capability for another space or project does not count`() throws {
        let rest = [
            grant("filesAcl", #""READ", "WRITE""#), grant("datasetsAcl", #""READ""#),
            grant("dataModelsAcl", #""READ""#),
        ]
        let elsewhere = grant(
            "dataModelInstancesAcl",
            #""READ", "WRITE""#,
            scope: #"{"spaceIdScope": {"spaceIds": ["other"]}}"#
        )
        let wrong = try finding(inspection((rest + [elsewhere]).joined(separator: ", ")))
        #expect(wrong.message.contains("dataModelInstancesAcl:WRITE for space 'plant'"))
        let here = grant(
            "dataModelInstancesAcl",
            #""READ", "WRITE""#,
            scope: #"{"spaceIdScope": {"spaceIds": ["other", "plant"]}}"#
        )
        #expect(try finding(inspection((rest + [here]).joined(separator: ", "))).verdict == .good)
        let other = grant("dataModelInstancesAcl", #""READ", "WRITE""#, projects: #"["other"]"#)
        #expect(try finding(inspection((rest + [other]).joined(separator: ", "))).verdict == .bad)
        let stranger = try finding(inspection("", projects: #"[{"projectUrlName": "other"}]"#))
        #expect(stranger.verdict == .bad && stranger.message.contains("in no group of the project 'sandbox'"))
    }

    @Test(arguments: [(400.0, "good"), (30, "good"), (29.9, "warning"), (0.1, "warning"), (-0.1, "bad")])
    func `a certificate to sign in with is replaced in good time`(days: Double, verdict: String) {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        let finding = HealthCheck.signInCertificate("drop360", end: now.addingTimeInterval(days * 86400), now: now)
        #expect(finding.verdict.rawValue == verdict)
        #expect((finding.advice != nil) == (verdict != "good"))
    }

    @Test(arguments: [(0.0, "good"), (-59, "good"), (60, "warning"), (-299, "warning"), (300, "bad"), (-90_000, "bad")])
    func `the clock may be off by a minute`(ahead: Double, verdict: String) {
        let finding = HealthCheck.clock(ahead: ahead)
        #expect(finding.verdict.rawValue == verdict)
        #expect((finding.advice != nil) == (verdict != "good"))
        if ahead < -5 { #expect(finding.message.contains("behind")) }
    }
}
