import Foundation
import TestSupport
import Testing

/// `doctor --report`, with a secret planted in every place that can hold one.
struct DoctorReportTests {
    private static let planted = "planted"

    /// The unpacked files by name.
    private func unpacked(_ path: String, in folder: TemporaryFolder) throws -> [String: [UInt8]] {
        let tar = Process()
        tar.executableURL = URL(fileURLWithPath: "/bin/tar")
        tar.arguments = ["-xzf", path, "-C", folder.path]
        try tar.run()
        tar.waitUntilExit()
        try #require(tar.terminationStatus == 0)
        var files: [String: [UInt8]] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path("drop360-report")) {
            files[name] = Array(try folder.read("drop360-report/" + name))
        }
        return files
    }

    private func expectNoSecret(in files: [String: [UInt8]]) {
        for (name, bytes) in files {
            let found = String(decoding: bytes, as: UTF8.self)
            #expect(!bytes.isEmpty && !bytes.contains(Array(Self.planted.utf8)), "\(name): \(found)")
        }
    }

    /// Keys that hold secrets in each way, to stand behind a valid configuration.
    private func secrets(_ folder: TemporaryFolder) throws -> String {
        try folder.write("planted-file-1\nplanted-file-2\n", to: "hook")
        return """
            notifications:
              - webhook: {url: "https://hooks.example.com/services/planted-url-3?key=planted-url-4", secret-file: \(folder.path("hook"))}
              - command: {run: [/bin/true, --token, planted-word, planted-argument-5, "true"]}

            """
    }

    @Test func `what is packed of a valid configuration holds no secret, and nothing that is none is hidden`()
        async throws
    {
        let site = try await Site(secret: "planted-secret-77")
        try site.folder.makeFolder("state")
        let text = String(decoding: try site.folder.read("config.yaml"), as: UTF8.self)
        try site.folder.write(try text + secrets(site.folder), to: "config.yaml")
        let path = site.folder.path("report.tar.gz")
        let arguments = ["doctor", "--report", path, "--config", site.configuration]
        let done = try await site.run(arguments, environment: ["SOME_TOKEN": "planted-secret-78", "NO_TOKEN": "true"])
        #expect(done.exit == .code(1), "the secret is wrong: \(done.output)")
        #expect(done.errors.contains("versions.txt") && done.errors.contains("log.txt"))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        let again = try await site.run(arguments)
        #expect(again.errors.contains("nothing is overwritten"))
        let files = try unpacked(path, in: site.folder)
        #expect(
            files.keys.sorted() == [
                "config.yaml", "doctor.txt", "limits.txt", "log.txt", "status.json", "versions.txt",
            ]
        )
        expectNoSecret(in: files)
        let versions = String(decoding: files["versions.txt"] ?? [], as: UTF8.self)
        #expect(versions.contains("drop360 ") && versions.contains("kernel: Linux"))
        let configuration = String(decoding: files["config.yaml"] ?? [], as: UTF8.self)
        #expect(configuration.contains("/bin/true") && configuration.contains("https://hooks.example.com/(hidden)"))
        #expect(configuration.contains("project:") && configuration.contains("--token"))
        let printed = try await site.run("config", "--config", site.configuration)
        #expect(printed.exit == .code(0) && !printed.output.contains(Self.planted), "\(printed.output)")
    }

    @Test func `an invalid configuration is packed with its errors, line for line, and without a secret`() async throws
    {
        let site = try await Site()
        try site.drop("one", .init(seed: 1))
        try await site.deliverAll()
        let text = String(decoding: try site.folder.read("config.yaml"), as: UTF8.self)
        let broken =
            try text + secrets(site.folder) + """
                client-secrets: planted-secret-6
                proxy: http://user:planted-secret-7@proxy.example:3128  # planted-comment-8
                planted-line-9

                """
        try site.folder.write(broken, to: "config.yaml")
        let path = site.folder.path("report.tar.gz")
        let done = try await site.run("doctor", "--report", path, "--config", site.configuration)
        #expect(done.exit == .code(78))
        #expect(done.errors.contains("config.yaml:") && !done.errors.contains(Self.planted), "\(done.errors)")
        let files = try unpacked(path, in: site.folder)
        expectNoSecret(in: files)
        let configuration = String(decoding: files["config.yaml"] ?? [], as: UTF8.self)
        #expect(
            configuration.split(separator: "\n", omittingEmptySubsequences: false).count
                == broken.split(separator: "\n", omittingEmptySubsequences: false).count
        )
        #expect(configuration.contains("client-secrets: (hidden)"))
        #expect(String(decoding: files["doctor.txt"] ?? [], as: UTF8.self).contains("BAD      configuration: "))
        let status = String(decoding: files["status.json"] ?? [], as: UTF8.self)
        #expect(try Facts.parse(status)["counts"]["registered"].int == 1, "\(status)")
    }

    @Test func `without a configuration file the rest is packed`() async throws {
        let site = try await Site()
        let path = site.folder.path("report.tar.gz")
        let done = try await site.run("doctor", "--report", path, "--config", site.folder.path("nowhere.yaml"))
        #expect(done.exit == .code(78))
        let files = try unpacked(path, in: site.folder)
        #expect(String(decoding: files["config.yaml"] ?? [], as: UTF8.self).contains("it does not exist"))
        #expect(files["versions.txt"]?.isEmpty == false && files["limits.txt"]?.isEmpty == false)
    }
}
