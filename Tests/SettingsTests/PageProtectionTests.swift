import Access
import ConfigFile
import Foundation
import Glibc
import LocalServer
import Settings
import TestSupport
import Testing

/// What protects the page, with real files.
struct PageProtectionTests {
    private let authority: TestAuthority

    init() async throws { authority = try await TestAuthority() }

    private func protection(_ dashboard: String) throws -> PageProtection {
        let text = """
            version: 1
            cognite: {host: "https://c.example", project: p, idp-authentication: {tenant: t, client-id: c, secret: s}}
            target: {space: s}
            inboxes: [{path: /srv/in}]
            dashboard: \(dashboard)
            """
        return try Configuration.parse(text, file: "c.yaml", environment: [:]).pageProtection()
    }

    private func refusal(_ dashboard: String) throws -> String {
        try #require(throws: UnusableSetting.self) { _ = try protection(dashboard) }.description
    }

    @Test func `without anything, nothing protects it`() throws {
        let open = try protection("{}")
        #expect(open.users == nil && open.identity == nil && open.proxy == nil)
    }

    @Test func `certificate and key are read, and words say what is wrong with them`() async throws {
        _ = try await authority.issue("page", for: ["localhost"])
        _ = try await authority.issue("other", for: ["localhost"])
        let folder = authority.folder
        let (certificate, key) = (folder.path("page.crt"), folder.path("page.key"))
        func tls(_ certificate: String, _ key: String) -> String { "{tls: {certificate: \(certificate), key: \(key)}}" }
        chmod(key, 0o640)
        let identity = try #require(try protection(tls(certificate, key)).identity)
        #expect(identity.validFrom < identity.validUntil)
        chmod(folder.path("other.key"), 0o644)
        #expect(try refusal(tls(certificate, folder.path("other.key"))).contains("Every user"))
        chmod(folder.path("other.key"), 0o600)
        #expect(try refusal(tls(certificate, folder.path("other.key"))).contains("does not belong to"))
        #expect(try refusal(tls(key, key)).contains("has no certificate in PEM format"))
        #expect(try refusal(tls(certificate, certificate)).contains("Every user"))
        chmod(certificate, 0o600)
        #expect(try refusal(tls(certificate, certificate)).contains("has no private key in PEM format"))
        let missing = try refusal(tls(folder.path("none"), key))
        #expect(missing.contains("dashboard.tls.certificate") && missing.contains("does not exist"))
        #expect(missing.contains("There is no status page with it; deliveries continue."))
        chmod(key, 0o644)
        #expect(try refusal(tls(certificate, key)).contains("chmod o="))
    }

    @Test func `a users' file must be there, have users, and be closed`() throws {
        let path = authority.folder.path("users")
        let setting = "{users-file: \(path)}"
        #expect(try refusal(setting).contains("drop360 dashboard add-user NAME"))
        let hash = try #require(PasswordHash.make(of: "right")).text
        try authority.folder.write("anna:\(hash)\n", to: "users")
        chmod(path, 0o644)
        #expect(try refusal(setting).contains("chmod o="))
        chmod(path, 0o600)
        #expect(try protection(setting).users?.path == path)
        try authority.folder.write("anna:plain\n", to: "users")
        chmod(path, 0o600)
        let words = try refusal(setting)
        #expect(words.contains("line 1 has a hash that is neither bcrypt") && !words.contains("plain"))
    }
}
