import Foundation
import TestSupport
import Testing

/// Trouble with what protects the status page: deliveries matter more.
@Suite(.serialized, .timeLimit(.minutes(15)))
struct PageTroubleJourneyTests {
    /// A site whose page has users, and whose metrics are read.
    private func site() async throws -> Site {
        let site = try await Site()
        let rest = String(decoding: try site.folder.read("config.yaml"), as: UTF8.self)
            .split(separator: "\n").filter { !$0.hasPrefix("dashboard:") }.joined(separator: "\n")
        let page = "dashboard: {listen: \"127.0.0.1:0\", users-file: \(site.folder.path("users"))}"
        try site.folder.write(rest + "\n\(page)\nmetrics: {listen: \"127.0.0.1:0\"}\n", to: "config.yaml")
        return site
    }

    private func pages(_ daemon: ChildProcess) -> [Int] {
        daemon.errors.matches(of: /url=http:\/\/127\.0\.0\.1:(\d+)\/\s/).compactMap { Int($0.1) }
    }

    @Test
    func `without its users' file drop360 delivers without the page, and a reload brings it once the file is there`()
        async throws
    {
        let site = try await site()
        let notify = try NotifySocket(site.folder.path("notify"))
        let daemon = try site.startDaemon(environment: ["NOTIFY_SOCKET": notify.path])
        try site.drop("one")
        _ = try await site.report("one", "UPLOADED")
        try await daemon.waitForLog("there is no status page; deliveries continue")
        #expect(pages(daemon).isEmpty)

        // Everyone who looks is told.
        let scrape = try await Scrape.take(daemon)
        #expect(scrape["drop360_page_up"] == 0)
        let port = try #require(Scrape.ports(of: daemon).first)
        let health = try await RawConnection.ask(port: port, "GET /healthz HTTP/1.1\r\nHost: localhost")
        #expect(health.hasPrefix("HTTP/1.1 200 ") && health.contains("degraded: no status page: The users' file"))
        let status = try await site.run("status", "--config", site.configuration)
        #expect(status.output.contains("There is no status page: The users' file"), "\(status.output)")
        #expect(status.output.contains("drop360 dashboard add-user NAME"))
        _ = try await eventually("systemd is told") {
            notify.messages.contains { $0.text.contains("No status page: The users' file") } ? true : nil
        }

        // Whoever checks, or asks for a reload, is refused.
        let check = try await site.run("config", "--check", "--config", site.configuration)
        #expect(check.exit == .code(78) && check.errors.contains("There is no status page with it"), "\(check.errors)")
        let doctor = try await site.run("doctor", "--config", site.configuration)
        #expect(doctor.exit == .code(1) && doctor.output.contains("status page"), "\(doctor.output)")
        daemon.send(SIGHUP)
        try await daemon.waitForLog("the new configuration has problems; the old one stays in use")

        try site.folder.write("secret 1234\n", to: "password")
        let add = "exec \"$0\" dashboard add-user anna --config config.yaml < password"
        let added = try ChildProcess(
            "/bin/sh",
            ["-c", add, try Drop360.path()],
            environment: ["PATH": "/usr/bin:/bin"],
            in: site.folder.path,
            log: site.folder.path("add-user")
        )
        #expect(try await added.ended() == .code(0), "\(added.errors)")
        daemon.send(SIGHUP)
        try await daemon.waitForLog("configuration reloaded")
        let page = try await eventually("the address of the page") { pages(daemon).first }
        let anna = "Authorization: Basic " + Data("anna:secret 1234".utf8).base64EncodedString()
        let ask = "GET /status.json HTTP/1.1\r\nHost: localhost"
        #expect(try await RawConnection.ask(port: page, ask).hasPrefix("HTTP/1.1 401"))
        let answer = try await RawConnection.ask(port: page, ask + "\r\n" + anna)
        #expect(answer.hasPrefix("HTTP/1.1 200") && !answer.contains("pageTrouble"))
        #expect(try await Scrape.take(daemon, number: 1)["drop360_page_up"] == 1)
        try await site.stop(daemon)
    }

    @Test func `a port that is taken is said by status, and stops no delivery`() async throws {
        let site = try await Site()
        let port = try #require(URL(string: site.sandbox.url)?.port)
        let text = String(decoding: try site.folder.read("config.yaml"), as: UTF8.self)
        try site.folder.write(text.replacing("127.0.0.1:0", with: "127.0.0.1:\(port)"), to: "config.yaml")
        let daemon = try site.startDaemon()
        try site.drop("one")
        _ = try await site.report("one", "UPLOADED")
        try await daemon.waitForLog("the status page cannot be served and is tried again every minute")
        _ = try await eventually("the word of status") {
            let status = try await site.run("status", "--config", site.configuration)
            return status.output.contains("There is no status page: 127.0.0.1:\(port): Address already in use.")
                ? true : nil
        }
        try await site.stop(daemon)
    }

    @Test func `an address that is none is refused with its line, and not when the page is made`() async throws {
        let site = try await Site()
        for bad in ["999.0.0.1", "10.0.0.0/33", "1:2:3", "fd00::/129"] {
            let text = String(decoding: try site.folder.read("config.yaml"), as: UTF8.self)
                .split(separator: "\n").filter { !$0.hasPrefix("dashboard:") }.joined(separator: "\n")
            try site.folder.write(text + "\ndashboard: {behind-proxy: {trusted: [\"\(bad)\"]}}\n", to: "config.yaml")
            let run = try await site.run("run", "--config", site.configuration)
            #expect(run.exit == .code(78) && run.errors.contains("config.yaml:"), "\(bad): \(run.errors)")
        }
    }
}
