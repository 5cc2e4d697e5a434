import ConfigFile
import Foundation
import Health
import TestSupport
import Testing

struct ReportTests {
    @Test func `no secret of configuration, environment or addresses is left in a report`() throws {
        let folder = try TemporaryFolder()
        try folder.write("hook-secret-7\n", to: "hook")
        let yaml = """
            version: 1
            cognite:
              host: http://127.0.0.1:1
              project: p
              idp-authentication: {token-url: "http://127.0.0.1:1/t", client-id: c, secret: inline-secret-1}
              connection: {proxy: "http://proxy.example.com:3128", proxy-user: u, proxy-password: proxy-secret-2}
            target: {space: s}
            state: \(folder.path("state"))
            inboxes: [{path: \(folder.path("inbox"))}]
            notifications:
              - webhook: {url: "https://hooks.example.com/path-secret-3", secret-file: \(folder.path("hook"))}
              - command: {run: [/usr/local/bin/tell, drop360, "true", --key, argument-secret-4]}
            """
        try folder.write(yaml, to: "config.yaml")
        let environment = ["MY_API_TOKEN": "environment-secret-5", "HOME": "/root", "USE_TOKEN": "true"]
        let configuration = try Configuration.load(path: folder.path("config.yaml"), environment: environment)
        let file = try MaskedFile(path: folder.path("config.yaml"), environment: environment)
        let redaction = Redaction(file: file, configuration, environment: environment)
        let text = """
            \(configuration.rendered())
            inline-secret-1 proxy-secret-2 hook-secret-7 argument-secret-4 environment-secret-5 /root
            POST /path-secret-3 drop360 sends: true
            PUT https://user:password-secret-6@blob.example.com/a/b?sig=signature-secret-8&x=1 failed
            Authorization: Bearer token-secret-9
            """
        let clean = redaction.applied(to: text)
        #expect(!clean.contains(/-secret-[0-9]/), "\(clean)")
        #expect(clean.contains("://(hidden)@blob.example.com/a/b?(hidden) failed") && clean.contains("/root"))
        #expect(clean.contains("project:") && clean.contains("http://proxy.example.com:3128"))
        #expect(clean.contains("drop360 sends: true") && clean.contains("/usr/local/bin/tell"))
    }

    @Test func `a secret is hidden however it is spelled, and a short one only as a word of its own`() throws {
        let text =
            "cognite:\n  idp-authentication:\n    secret: 'a\"b/c d-secret-1'\n  connection: {proxy-password: sand}\n"
        let redaction = Redaction(file: MaskedFile(text), nil, environment: [:])
        let clean = redaction.applied(
            to: #"a"b/c d-secret-1 "a\"b\/c d-secret-1" a%22b%2Fc%20d-secret-1 sand sandbox the-sand."#
        )
        #expect(!clean.contains("d-secret-1") && clean.hasSuffix("(hidden) sandbox the-(hidden)."), "\(clean)")
        let key = "-----BEGIN PRIVATE KEY-----\nMIIsecret\n-----END PRIVATE KEY-----"
        #expect(redaction.applied(to: "x \(key) y") == "x (hidden) y")
        #expect(redaction.applied(to: "Basic dXNlcjpwYXNz") == "Basic (hidden)")
    }

    @Test func `an archive is one that tar reads, for its owner alone, and never in the place of another file`()
        async throws
    {
        let folder = try TemporaryFolder()
        var archive = ReportArchive(folder: "drop360-report", time: Date(timeIntervalSince1970: 1_777_629_600))
        let long = String(repeating: "0123456789abcdef\n", count: 5000)
        archive.add("doctor.txt", "good\n")
        archive.add("log.txt", long)
        let path = folder.path("report.tar.gz")
        try archive.write(to: path)
        #expect(archive.contents.map(\.name) == ["doctor.txt", "log.txt"])
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        #expect(throws: ReportArchive.NotWritten.self) { try archive.write(to: path) }
        let tar = Process()
        tar.executableURL = URL(fileURLWithPath: "/bin/tar")
        tar.arguments = ["-xzf", path, "-C", folder.path]
        try tar.run()
        tar.waitUntilExit()
        #expect(tar.terminationStatus == 0)
        #expect(String(decoding: try folder.read("drop360-report/log.txt"), as: UTF8.self) == long)
        #expect(String(decoding: try folder.read("drop360-report/doctor.txt"), as: UTF8.self) == "good\n")
    }
}
