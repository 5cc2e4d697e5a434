import CDF
import ConfigFile
import DropFolder
import Foundation
import Inbox
import Inspection
import Station
import TestSupport
import Testing

@testable import Settings

/// What the words of the configuration file become.
struct ConfigurationMappingTests {
    private func load(secret: String = "secret: s3cret", cognite: String = "", inbox: String = "") throws
        -> Configuration
    {
        let text = """
            version: 1
            cognite:
              host: https://c.example.com/
              project: plant
              timeout: 20
              idp-authentication:
                tenant: t-1
                client-id: app
                \(secret)
                scopes: [one, two]
                resource: res
                audience: aud
                min-ttl: 45s
              \(cognite)
            target: {space: plant_360, external-id-prefix: "p:"}
            inboxes:
              - path: /srv/in
                \(inbox)
            """
        return try Configuration.parse(text, file: "c.yaml", environment: [:])
    }

    @Test func `host, project and credentials go to CDF as they are`() throws {
        let settings = try load().cdfSettings(environment: [:])
        #expect(settings.host == "https://c.example.com")
        #expect(settings.project == "plant")
        #expect(settings.requestTimeout == .seconds(20))
        #expect(settings.application == "drop360/" + Release.version)
        #expect(settings.credentials.clientID == "app")
        #expect(settings.credentials.secret() == "s3cret")
        #expect(settings.credentials.scopes == ["one", "two"])
        #expect(settings.credentials.resource == "res")
        #expect(settings.credentials.audience == "aud")
        #expect(settings.credentials.minimumLifetime == .seconds(45))
        #expect(settings.credentials.tokenURL == "https://login.microsoftonline.com/t-1/oauth2/v2.0/token")
    }

    @Test func `a secret file that is replaced is found, one that is lost costs nothing`() throws {
        let folder = try TemporaryFolder()
        try folder.write("first\n", to: "secret")
        let settings = try load(secret: "secret-file: \(folder.path("secret"))").cdfSettings(environment: [:])
        #expect(settings.credentials.secret() == "first")
        try folder.write("second\n", to: "secret")
        #expect(settings.credentials.secret() == "second")
        try folder.remove("secret")
        #expect(settings.credentials.secret() == "first")
    }

    @Test func `a secret that is missing at the start is said at the start`() throws {
        let configuration = try load(secret: "secret-file: /nowhere/secret")
        #expect(throws: SecretError.self) { try configuration.cdfSettings(environment: [:]) }
    }

    @Test func `proxy, authorities and version of TLS go to the connection, with the password`() async throws {
        let authority = try await TestAuthority()
        let settings = try load(
            cognite:
                "connection: {proxy: 'http://crew:hush@proxy.example:3128', no-proxy: [.corp], ca-file: \(authority.certificate), min-tls: 1.3}"
        ).cdfSettings(environment: [:])
        let proxy = try #require(settings.connection.proxy)
        #expect(proxy.name == "proxy.example:3128")
        #expect(proxy.login?.user == "crew" && proxy.login?.password() == "hush")
        #expect(settings.connection.proxy(to: "c.example.com") != nil)
        #expect(settings.connection.proxy(to: "cdf.corp") == nil)
        #expect(settings.connection.authorities?.count == 1)
        #expect(settings.connection.minimumTLS == .v13)
        let plain = try load().cdfSettings(environment: ["HTTPS_PROXY": "http://proxy.example:1"]).connection
        #expect(plain.proxy == nil && plain.authorities == nil && plain.minimumTLS == .v12)
    }

    @Test func `a certificate that is replaced is found, one that is lost costs nothing`() async throws {
        let authority = try await TestAuthority()
        let (first, second) = (
            try await authority.issue("a", for: ["first"]), try await authority.issue("b", for: ["second"])
        )
        let folder = authority.folder
        try folder.write(try Data(contentsOf: URL(fileURLWithPath: first)), to: "login.pem")
        let configuration = try load(secret: "certificate: {path: \(folder.path("login.pem"))}")
        let read = try #require(configuration.cdfSettings(environment: [:]).credentials.certificate)
        #expect(read().subject == "first")
        try folder.write(try Data(contentsOf: URL(fileURLWithPath: second)), to: "login.pem")
        #expect(read().subject == "second")
        try folder.remove("login.pem")
        #expect(read().subject == "first")
        #expect(throws: UnusableSetting.self) { try configuration.cdfSettings(environment: [:]) }
    }

    @Test func `the data set is named by number, by external id, or not at all`() throws {
        #expect(try load().cognite.dataSet == nil)
        #expect(try load(cognite: "data-set: {id: 42}").cognite.dataSet == .id(42))
        #expect(try load(cognite: "data-set: {external-id: ds}").cognite.dataSet == .externalID("ds"))
    }

    @Test(arguments: [("auto", Detection.auto), ("inotify", .inotify), ("poll", .poll)])
    func `an inbox is watched as it says`(word: String, detection: Detection) throws {
        let configuration = try load(inbox: "detection: \(word)\n    settle: 300ms\n    ignore: [\"*.bak\"]")
        let settings = try #require(configuration.inboxes.first?.settings)
        #expect(settings.root == "/srv/in")
        #expect(settings.settle == .milliseconds(300))
        #expect(settings.detection == detection)
        #expect(settings.ignore == IgnoreRules(patterns: ["*.bak"]))
    }

    @Test func `stations are inspected by the rules of their inbox`() throws {
        let configuration = try load(
            inbox: """
                site: {id: site-a, name: Site A}
                    time-zone: Europe/Oslo
                    offset: {x: 500000.5, y: 6600000, z: -3}
                    min-face: 256
                    max-face: 8192
                    ignore: ["*.bak"]
                """
        )
        let moment = Date(timeIntervalSince1970: 5)
        let rules = try #require(configuration.inboxes.first).inspectionRules(externalIDPrefix: "p:", now: { moment })
        #expect(rules.externalIDPrefix == "p:")
        #expect(rules.site == .init(id: "site-a", name: "Site A"))
        #expect(rules.timeZone?.identifier == "Europe/Oslo")
        #expect(rules.offset == Vector3(x: 500000.5, y: 6_600_000, z: -3))
        #expect(rules.minFace == 256)
        #expect(rules.maxFace == 8192)
        #expect(rules.ignore == IgnoreRules(patterns: ["*.bak"]))
        #expect(rules.now() == moment)
    }

    @Test func `what is not configured is as inspection has it`() throws {
        let rules = try #require(load().inboxes.first).inspectionRules(externalIDPrefix: "", now: { Date() })
        let usual = InspectionRules()
        #expect(rules.site == nil)
        #expect(rules.timeZone == nil)
        #expect(rules.offset == usual.offset)
        #expect(rules.minFace == usual.minFace)
        #expect(rules.maxFace == usual.maxFace)
    }

    @Test(
        arguments: [
            ("", [], nil), ("e57: {extract: off}", [], nil),
            ("e57: {model: Scans}", ["e57", "zip"], .cdf(.name("Scans"))),
            ("e57: {model-id: 4}", ["e57", "zip"], .cdf(.number(4))), ("e57: {extract: here}", ["e57"], .here),
        ] as [(String, Set<String>, FileRules.Extraction?)]
    )
    func `E57 files are watched where something is done with them`(
        section: String,
        endings: Set<String>,
        extraction: FileRules.Extraction?
    ) throws {
        let inbox = try #require(try load(inbox: section).inboxes.first)
        #expect(inbox.settings.fileEndings == endings)
        let rules = inbox.fileRules(externalIDPrefix: "p:", now: { Date() })
        #expect(rules?.extraction == extraction)
        #expect(rules.map(\.endings) ?? [] == endings)
    }

    @Test func `E57 files are checked by the rules of their inbox`() throws {
        let section = "e57: {extract: here, azimuth: edge-x}\n    site: {id: north}"
        let rules = try #require(
            try load(inbox: section).inboxes.first?.fileRules(externalIDPrefix: "p:", now: { Date() })
        )
        #expect(rules.inspection.azimuth == .edgeX)
        #expect(rules.inspection.site == Site(id: "north") && rules.inspection.externalIDPrefix == "p:")
    }
}
