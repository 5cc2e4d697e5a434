import Foundation
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(15)))
struct ConfigurationJourneyTests {
    /// A command that needs no sandbox.
    private func run(_ arguments: [String], environment: [String: String] = [:], in folder: TemporaryFolder)
        async throws -> Finished
    {
        let child = try Drop360.start(
            arguments,
            environment: environment,
            in: folder.path,
            log: folder.path("log-\(UUID().uuidString)")
        )
        let exit = try await child.ended()
        return Finished(
            exit: exit,
            output: child.output,
            errors: child.errors,
            everythingPrinted: child.everythingPrinted
        )
    }

    @Test func `every problem of a bad file is printed with its line, and systemd is told not to restart`() async throws
    {
        let folder = try TemporaryFolder()
        try folder.write(
            """
            version: 1
            cognite:
              host: http://example.com
              project: plant
              idp-authentication: {tenant: t, client-id: c, secret: s}
            target: {space: plant}
            state: \(folder.path("state"))
            inboxes:
              - path: \(folder.path("inbox"))
                setle: 2s
            upload: {concurrency: many}

            """,
            to: "bad.yaml"
        )
        for command in [["run"], ["run", "--until-idle"], ["config"], ["status"], ["check", "."]] {
            let finished = try await run(command + ["--config", "bad.yaml"], in: folder)
            #expect(finished.exit == .code(78), "\(command): \(finished.errors)")
            #expect(finished.errors.contains("bad.yaml:3: cognite.host"))
            #expect(finished.errors.contains("bad.yaml:10: inboxes[0].setle"))
            #expect(finished.errors.contains("settle"))
            #expect(finished.errors.contains("bad.yaml:11: upload.concurrency"))
            #expect(finished.output == "")
        }
        #expect(!folder.contains("state"))
    }

    @Test func `a missing file is a configuration error, a wrong word a usage error`() async throws {
        let folder = try TemporaryFolder()
        let missing = try await run(["run", "--config", "nowhere.yaml"], in: folder)
        #expect(missing.exit == .code(78))
        #expect(missing.errors.contains("nowhere.yaml"))
        for wrong in [
            ["run", "--confg", "x"], ["deliver"], ["check"], ["retry"], ["retry", "1", "--failed"],
            ["run", "--inbox", "x"], ["run", "--sandbox", "--config", "x"], ["list", "--state", "broken"],
        ] {
            let finished = try await run(wrong, in: folder)
            #expect(finished.exit == .code(64), "\(wrong): \(finished.errors)")
            #expect(!finished.errors.isEmpty, "\(wrong)")
        }
    }

    @Test func `the effective configuration hides the secret`() async throws {
        let folder = try TemporaryFolder()
        try folder.write(
            """
            version: 1
            cognite:
              host: https://westeurope-1.cognitedata.com
              project: plant
              idp-authentication: {tenant: t, client-id: c, secret: "hush-hush-1234"}
            target: {space: plant}
            state: \(folder.path("state"))
            inboxes: [{path: \(folder.path("inbox"))}]

            """,
            to: "good.yaml"
        )
        for json in [[], ["--json"]] {
            let finished = try await run(["config", "--config", "good.yaml"] + json, in: folder)
            #expect(finished.exit == .code(0), "\(finished.errors)")
            #expect(finished.output.contains("westeurope-1"))
            #expect(!(finished.output + finished.errors).contains("hush"))
        }
    }

    @Test func `the example is accepted as it is`() async throws {
        let folder = try TemporaryFolder()
        let example = try await run(["config", "--example"], in: folder)
        #expect(example.exit == .code(0))
        try folder.write(example.output, to: "example.yaml")
        let environment = ["COGNITE_CLIENT_ID": "id", "COGNITE_CLIENT_SECRET": "hush-hush"]
        let read = try await run(["config", "--config", "example.yaml"], environment: environment, in: folder)
        #expect(read.exit == .code(0), "\(read.errors)")
        #expect(!read.output.contains("hush"))
        let without = try await run(["config", "--config", "example.yaml"], in: folder)
        #expect(without.exit == .code(78))
        #expect(without.errors.contains("COGNITE_CLIENT_SECRET"))
    }

    @Test func `a log that can no longer be written stops no delivery`() async throws {
        let site = try await Site()
        try site.drop("station")
        // As when the disk that holds the log is full.
        let command = "exec \"$0\" run --config config.yaml --until-idle 2>/dev/full"
        let child = try ChildProcess(
            "/bin/sh",
            ["-c", command, try Drop360.path()],
            environment: ["PATH": "/usr/bin:/bin"],
            in: site.folder.path,
            log: site.folder.path("full")
        )
        #expect(try await child.ended() == .code(0))
        try await site.sandbox.contents().expectWhole(images: 1)

        let list = "exec \"$0\" list --config config.yaml >/dev/full"
        let facts = try ChildProcess(
            "/bin/sh",
            ["-c", list, try Drop360.path()],
            environment: ["PATH": "/usr/bin:/bin"],
            in: site.folder.path,
            log: site.folder.path("facts")
        )
        #expect(try await facts.ended() == .code(1))
        #expect(facts.errors.contains("standard output"))
    }

    @Test func `a second daemon on the same state directory ends with a message`() async throws {
        let site = try await Site()
        let first = try site.startDaemon()
        try await first.waitForLog("CDF is ready")
        let second = try await site.deliver()
        #expect(second.exit == .code(1))
        #expect(second.errors.contains("Another drop360 (process \(first.pid))"), "\(second.errors)")
        #expect(first.exit == nil)
        try site.drop("station")
        _ = try await site.report("station", "UPLOADED")
        try await site.stop(first)
    }

    @Test func `with a wrong secret nothing is sent, and the message says so`() async throws {
        let site = try await Site(secret: "wrong")
        try site.drop("station")
        let finished = try await site.deliver()
        #expect(finished.exit == .code(69))
        #expect(finished.errors.contains("does not accept the client id and secret"), "\(finished.errors)")
        #expect(!finished.errors.contains("secret=wrong"))
        #expect(try await site.sandbox.requests().filter { $0.path != "/oauth2/token" }.isEmpty)
        #expect(try await site.states() == ["station": "accepted"])

        try site.configure()
        try await site.deliverAll()
        try await site.sandbox.contents().expectWhole(images: 1)
    }

    @Test func `a service that does not answer is waited for, and then reported by the exit code`() async throws {
        let site = try await Site()
        try site.drop("station")
        let text = String(decoding: try site.folder.read("config.yaml"), as: UTF8.self)
        // Port 1 of this machine: nobody listens there.
        try site.folder.write(
            text.replacingOccurrences(of: site.sandbox.url, with: "http://127.0.0.1:1"),
            to: "config.yaml"
        )
        let finished = try await site.run("run", "--config", site.configuration, "--until-idle")
        #expect(finished.exit == .code(69), "\(finished.errors)")
        #expect(finished.errors.contains("127.0.0.1") && finished.errors.contains("cannot be reached"))
        #expect(try await site.states() == ["station": "accepted"])
        try site.configure()
        try await site.deliverAll()
        try await site.sandbox.contents().expectWhole(images: 1)
    }

    @Test func `a project that refuses the token counts as a service that cannot be used`() async throws {
        let site = try await Site()
        try site.drop("station")
        let text = String(decoding: try site.folder.read("config.yaml"), as: UTF8.self)
        try site.folder.write(
            text.replacingOccurrences(of: "project: sandbox", with: "project: elsewhere"),
            to: "config.yaml"
        )
        let finished = try await site.deliver()
        #expect(finished.exit == .code(69), "\(finished.errors)")
        #expect(try await site.sandbox.requests().filter(\.writes).isEmpty)
    }
}
