import CDF
import ConfigFile
import Delivery
import Foundation
import Settings
import Station
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

    @Test func `without the right to create 3D models, core deliveries are possible, and what is missing is said`()
        throws
    {
        var configuration = Configuration.sandbox(inbox: "/in", state: "/state", baseURL: "http://127.0.0.1:1")
        configuration.target.model = .core
        configuration.target.space = "plant"
        let model = configuration.modelChoice.presumed
        let needed = [
            grant("filesAcl", #""READ", "WRITE""#), grant("datasetsAcl", #""READ""#),
            grant("dataModelsAcl", #""READ""#), grant("dataModelInstancesAcl", #""READ", "WRITE""#),
        ]
        func check(_ grants: [String]) throws -> Finding {
            HealthCheck.capabilities(try inspection(grants.joined(separator: ", ")), configuration, model)
        }
        let warning = try check(needed)
        #expect(warning.verdict == .warning)
        #expect(warning.message.contains("threedAcl:CREATE") && warning.message.contains("Fusion's lists do not"))
        #expect(try check(needed + [grant("threedAcl", #""CREATE""#)]).verdict == .good)
        #expect(try check(Array(needed.dropLast())).verdict == .bad)
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

    @Test func `labels and security categories need capabilities where files have them`() throws {
        var configuration = Configuration.sandbox(inbox: "/in", state: "/state", baseURL: "http://127.0.0.1:1")
        configuration.cognite.files.labels = ["panorama"]
        configuration.cognite.files.securityCategories = [7]
        let space = configuration.target.space
        let common = try inspection(
            [
                grant("filesAcl", #""READ", "WRITE""#), grant("datasetsAcl", #""READ""#),
                grant("dataModelsAcl", #""READ""#), grant("dataModelInstancesAcl", #""READ", "WRITE""#),
                grant("threedAcl", #""READ", "CREATE""#),
            ].joined(separator: ", ")
        )
        let legacy = HealthCheck.capabilities(common, configuration, LegacyModel(space: space))
        #expect(legacy.message.contains("labelsAcl:READ, securityCategoriesAcl:MEMBEROF"))
        #expect(HealthCheck.capabilities(common, configuration, CoreModel(space: space)).verdict == .good)
    }

    @Test func `settings that the core data model has no place for are a warning`() {
        var files = FileSettings()
        files.directory = "/plant"
        func findings(_ model: any WireModel) -> [Finding] {
            HealthCheck.fileSettings(.init(model: model, dataSetID: nil, files: files))
        }
        #expect(findings(CoreModel(space: "s")) == [])
        files.labels = ["panorama"]
        files.source = "rig"
        #expect(findings(LegacyModel(space: "s")) == [])
        let finding = findings(CoreModel(space: "s")).first
        #expect(finding?.verdict == .warning)
        #expect(finding?.message.contains("no place for `cognite.files.labels`, `cognite.files.source`") == true)
    }

    @Test func `an inbox whose scans go to CDF needs three more capabilities`() throws {
        let base = [
            grant("filesAcl", #""READ", "WRITE""#), grant("datasetsAcl", #""READ""#),
            grant("dataModelsAcl", #""READ""#), grant("dataModelInstancesAcl", #""READ", "WRITE""#),
        ]
        var configuration = Configuration.sandbox(inbox: "/in", state: "/state", baseURL: "http://127.0.0.1:1")
        func check(_ grants: [String]) throws -> Finding {
            HealthCheck.capabilities(try inspection(grants.joined(separator: ", ")), configuration)
        }
        #expect(try check(base).verdict == .good)
        configuration.inboxes[0].e57 = Configuration.E57(extract: .here)
        #expect(try check(base).verdict == .good)
        configuration.inboxes[0].e57 = Configuration.E57(extract: .cdf, model: .name("Site A"))
        let lacking = try check(base + [grant("threedAcl", #""READ""#)])
        #expect(lacking.verdict == .bad)
        #expect(lacking.message.contains("lacks: threedAcl:CREATE, sessionsAcl:CREATE."))
        let more = [grant("threedAcl", #""READ", "CREATE""#), grant("sessionsAcl", #""CREATE""#)]
        #expect(try check(base + more).verdict == .good)
    }

    @Test func `of models with one name the oldest is used, and said`() throws {
        let text = #"[{"id": 7, "name": "A", "createdTime": 1}, {"id": 8, "name": "A", "createdTime": 2}]"#
        let models = try JSONDecoder().decode([Model3D].self, from: Data(text.utf8))
        let several = HealthCheck.model(.name("A"), models)
        #expect(several.verdict == .warning && several.message.contains("oldest one, 7") && several.advice != nil)
        let one = HealthCheck.model(.name("A"), Array(models.prefix(1)))
        #expect(one.verdict == .good && one.message.contains("'A' (7)"))
        #expect(HealthCheck.model(.number(7), Array(models.prefix(1))) == one)
        let none = HealthCheck.model(.name("A"), [])
        #expect(none.verdict == .good && none.message.contains("will create"))
        let unknown = HealthCheck.model(.number(9), [])
        #expect(unknown.verdict == .bad && unknown.message.contains("no 3D model 9") && unknown.advice != nil)
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

    @Test func `a timetable in UTC is mentioned, since people mean their own time`() {
        var configuration = Configuration.sandbox(inbox: "/in", state: "/state", baseURL: "http://127.0.0.1:1")
        let (utc, oslo) = (TimeZone(identifier: "UTC"), TimeZone(identifier: "Europe/Oslo"))
        #expect(HealthCheck.timeZone(configuration, utc ?? .gmt) == nil)
        configuration.upload.timetable = Timetable("07:00,2Mbit/s 19:00,off")
        #expect(HealthCheck.timeZone(configuration, utc ?? .gmt)?.advice?.contains("timedatectl set-timezone") == true)
        #expect(HealthCheck.timeZone(configuration, oslo ?? .gmt)?.verdict == (oslo == nil ? .warning : .good))
    }
}
