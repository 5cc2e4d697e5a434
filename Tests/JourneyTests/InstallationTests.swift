import Foundation
import Glibc
import TestSupport
import Testing

/// What an operator meets who installs drop360 as a service.
@Suite(.serialized, .timeLimit(.minutes(15)))
struct InstallationTests {
    /// A site whose secret is systemd's credential, with the environment of its service.
    private func site() async throws -> (Site, service: [String: String]) {
        let site = try await Site()
        let yaml = String(decoding: try site.folder.read("config.yaml"), as: UTF8.self)
        try site.folder.write(yaml.replacing(", secret: sandbox}", with: "}"), to: "config.yaml")
        try site.folder.makeFolder("credentials")
        try site.folder.write("sandbox\n", to: "credentials/cognite-secret")
        return (site, ["CREDENTIALS_DIRECTORY": site.folder.path("credentials")])
    }

    private func findings(_ site: Site) async throws -> (ChildProcess.Exit, [Facts]) {
        let finished = try await site.run("doctor", "--json", "--config", site.configuration)
        return (finished.exit, try finished.facts()["findings"].list)
    }

    private func finding(_ subject: String, in findings: [Facts]) throws -> Facts {
        try #require(findings.last { $0["subject"].text == subject }, "\(findings)")
    }

    // MARK: doctor and the credential

    @Test func `doctor without the credential asks the running daemon, or says what it could not check`() async throws {
        let (site, service) = try await site()
        let daemon = try site.startDaemon(environment: service)
        try await daemon.waitForLog("CDF is ready")
        let healthy = try await eventually("the daemon has said that it is connected", every: .milliseconds(100)) {
            let (exit, all) = try await findings(site)
            return try finding("CDF", in: all)["verdict"].text == "good" ? (exit, all) : nil
        }
        #expect(healthy.0 == .code(0))
        #expect(!healthy.1.contains { $0["verdict"].text == "bad" }, "\(healthy.1)")
        #expect(try finding("CDF", in: healthy.1)["message"].text?.contains("has been connected since") == true)

        try await site.stop(daemon)
        let (exit, stopped) = try await findings(site)
        #expect(exit == .code(0))
        let unseen = try finding("CDF", in: stopped)
        #expect(unseen["verdict"].text == "warning" && unseen["message"].text?.contains("Not checked") == true)
        #expect(unseen["advice"].text?.contains("LoadCredential=cognite-secret:") == true)
        #expect(unseen["advice"].text?.contains("--config \(site.configuration)") == true)

        // With the credential it asks CDF itself.
        let own = try await site.run("doctor", "--json", "--config", site.configuration, environment: service)
        #expect(try finding("token", in: try own.facts()["findings"].list)["verdict"].text == "good")
    }

    @Test func `doctor without the credential says what keeps the daemon offline`() async throws {
        let (site, service) = try await site()
        try site.folder.write("wrong\n", to: "credentials/cognite-secret")
        let daemon = try site.startDaemon(environment: service)
        let offline = try await eventually("the daemon has said that it is offline", every: .milliseconds(100)) {
            let (exit, all) = try await findings(site)
            let cdf = all.last { $0["subject"].text == "CDF" }
            return cdf?["verdict"].text == "bad" ? (exit, cdf) : nil
        }
        #expect(offline.0 == .code(1))
        #expect(offline.1?["message"].text?.contains("does not accept the client id and secret") == true, "\(offline)")
        try await site.stop(daemon)
    }

    @Test func `doctor sees who else can read the secret and the state`() async throws {
        let site = try await Site()
        try site.folder.makeFolder("state")
        chmod(site.state, 0o755)
        chmod(site.configuration, 0o644)
        let (_, open) = try await findings(site)
        let privacy = open.filter { $0["subject"].text == "privacy" }
        #expect(privacy.count == 2 && privacy.allSatisfy { $0["verdict"].text == "warning" }, "\(open)")
        chmod(site.state, 0o700)
        chmod(site.configuration, 0o640)
        chmod(site.inbox, 0o2770)
        // The crews' group is that of the configuration: each of them can read the secret.
        let (_, shared) = try await findings(site)
        #expect(try finding("privacy", in: shared)["message"].text?.contains("the crews' group can read it") == true)
        chmod(site.configuration, 0o600)
        let (_, closed) = try await findings(site)
        #expect(!closed.contains { $0["subject"].text == "privacy" }, "\(closed)")
    }

    // MARK: Reload

    @Test func `before a reload a bad file, a missing secret or another state directory is refused`() async throws {
        let (site, service) = try await site()
        let daemon = try site.startDaemon(environment: service)
        try await daemon.waitForLog("CDF is ready")
        let reload = service.merging(["MAINPID": "\(daemon.pid)"]) { $1 }
        func check(_ environment: [String: String]) async throws -> Finished {
            try await site.run("config", "--check", "--config", site.configuration, environment: environment)
        }
        let good = String(decoding: try site.folder.read("config.yaml"), as: UTF8.self)
        #expect(try await check(reload).exit == .code(0))
        // By hand there is no credential, and nothing is wrong for that.
        let byHand = try await check([:])
        #expect(byHand.exit == .code(0) && byHand.errors.contains("Not checked: cognite-secret"))

        // systemd names the folder to what runs for a reload, and keeps it closed.
        let closed = try await check(["MAINPID": "\(daemon.pid)", "CREDENTIALS_DIRECTORY": site.folder.path("nothing")])
        #expect(closed.exit == .code(0) && closed.errors.contains("systemctl restart drop360"), "\(closed.errors)")

        try site.folder.write(good + "uplaod: {}\nlogger: {level: loud}\n", to: "config.yaml")
        let bad = try await check(reload)
        #expect(bad.exit == .code(78) && bad.errors.contains("uplaod") && bad.errors.contains("loud"), "\(bad.errors)")

        try site.folder.write(good.replacing("state: \(site.state)", with: "state: \(site.state)-2"), to: "config.yaml")
        let moved = try await check(reload)
        #expect(moved.exit == .code(78) && moved.errors.contains("restart"), "\(moved.errors)")

        try site.folder.write(good, to: "config.yaml")
        try site.folder.write("", to: "credentials/cognite-secret")
        let empty = try await check(reload)
        #expect(empty.exit == .code(78) && empty.errors.contains("is empty"), "\(empty.errors)")
        try site.folder.write("sandbox\n", to: "credentials/cognite-secret")

        daemon.send(SIGHUP)
        try await daemon.waitForLog("the client secret is the same as before the reload")
        #expect(daemon.errors.contains("systemctl restart drop360"))
        // Some versions of systemd hand over a changed one when they reload.
        try site.folder.write("another\n", to: "credentials/cognite-secret")
        daemon.send(SIGHUP)
        try await daemon.waitForLog("systemd has passed on a new client secret")
        try await site.stop(daemon)
    }

    // MARK: Reports

    @Test func `status, explain, doctor and the log name reports that had to be written elsewhere`() async throws {
        let site = try await Site()
        try site.drop("site/st-1", .init(seed: 1))
        try site.folder.remove("inbox/site/st-1/top.jpg")
        try site.drop("site/st-2", .init(seed: 2))
        // Something of the crew's has the name: as good as a folder that may not be written, and the same for root.
        for name in ["st-1.WAITING.txt", "st-2.UPLOADED.txt"] {
            try site.folder.write("ours", to: "inbox/site/\(name)")
        }
        let daemon = try site.startDaemon()
        try await daemon.waitForLog("CDF is ready")
        try await site.become("registered", "site/st-2")
        let elsewhere = try await eventually("the report is written down", every: .milliseconds(100)) {
            try await site.status()["reportsElsewhere"].list.first
        }
        #expect(elsewhere["folder"].text == site.inbox && elsewhere["count"] == .number(1))
        let report = try #require(try await site.explain("site/st-2")["report"].text)
        #expect(report.hasPrefix(site.inbox + "/site_st-2~") && report.hasSuffix(".UPLOADED.txt"))
        #expect(try String(contentsOfFile: report, encoding: .utf8).contains("Station folder: site/st-2"))
        let status = try await site.run("status", "--config", site.configuration)
        #expect(status.output.contains("in the inbox's top folder"), "\(status.output)")
        let (_, all) = try await findings(site)
        #expect(try finding("reports", in: all)["verdict"].text == "warning")
        #expect(daemon.errors.components(separatedBy: "a report could not be written beside its station").count == 2)
        try await site.stop(daemon)
    }

    // MARK: Descriptors

    @Test func `thousands of connections to the page stop no delivery, and the inbox is not lost`() async throws {
        let site = try await Site()
        // Without what the tests beside this one have open and pass on.
        let alone =
            #"for n in $(ls /proc/self/fd); do [ "$n" -le 2 ] || eval "exec $n>&-"; done; exec prlimit --nofile=160:160 "$@""#
        let daemon = try ChildProcess(
            "/bin/bash",
            ["-c", alone, "bash", Drop360.path(), "run", "--config", site.configuration],
            environment: ProcessInfo.processInfo.environment,
            in: site.folder.path,
            log: site.folder.path("limited")
        )
        let said = try await daemon.waitForLog("CDF is ready")
        let port = try #require(said.firstMatch(of: /url=http:\/\/127\.0\.0\.1:(\d+)\//).flatMap { Int($0.1) })
        var held: [RawConnection] = []
        for number in 0..<600 {
            let connection = try RawConnection(port: port)
            if number.isMultiple(of: 3) { connection.send("GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ") }
            held.append(connection)
            if number == 300 { try site.drop("first", .init(seed: 1)) }
        }
        try site.drop("second", .init(seed: 2))
        for name in ["first", "second"] { _ = try await site.report(name, "UPLOADED") }
        let answer = try await RawConnection.ask(port: port, "GET /healthz HTTP/1.1\r\nHost: localhost")
        #expect(answer.hasSuffix("\r\n\r\nok\n"), "\(answer)")
        #expect(
            !daemon.errors.contains("inbox is lost") && !daemon.errors.contains("Too many open files"),
            "\(daemon.errors)"
        )
        #expect(held.count { !$0.isClosed } <= 40)
        try await site.stop(daemon)
        try await site.sandbox.contents().expectWhole(images: 2)
    }

    @Test func `a daemon that can open nothing for a while loses no inbox`() async throws {
        let site = try await Site()
        let daemon = try site.startDaemon()
        try await daemon.waitForLog("CDF is ready")
        try site.drop("first", .init(seed: 1))
        _ = try await site.report("first", "UPLOADED")
        func allow(_ descriptors: String) async throws {
            let limit = try ChildProcess(
                "/usr/bin/prlimit",
                ["--pid", "\(daemon.pid)", "--nofile=\(descriptors)"],
                environment: [:],
                in: site.folder.path,
                log: site.folder.path("prlimit")
            )
            #expect(try await limit.ended() == .code(0), "\(limit.errors)")
        }
        try await allow("4:")
        try site.drop("second", .init(seed: 2))
        try await daemon.waitForLog("Too many open files")
        #expect(!daemon.errors.contains("inbox is lost"), "\(daemon.errors)")
        try await allow("1024:")
        _ = try await site.report("second", "UPLOADED")
        #expect(!daemon.errors.contains("inbox is lost"), "\(daemon.errors)")
        try await site.stop(daemon)
        try await site.sandbox.contents().expectWhole(images: 2)
    }
}
