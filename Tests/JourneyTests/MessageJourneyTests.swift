import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

/// Messages of the real binary to a real receiver and a real program.
@Suite(.timeLimit(.minutes(10)))
struct MessageJourneyTests {
    private static func addRecipients(_ site: Site, _ text: String) throws {
        let configuration = String(decoding: try site.folder.read("config.yaml"), as: UTF8.self)
        try site.folder.write(configuration + text, to: "config.yaml")
    }

    /// Folders with a face that is no picture, and nothing else.
    private static func dropBad(_ count: Int, into site: Site) throws {
        for number in 1...count {
            try site.folder.makeFolder("staging/bad-\(number)")
            for face in ["front", "back", "left", "right", "top", "bottom"] {
                try site.folder.write("no picture \(number)", to: "staging/bad-\(number)/\(face).jpg")
            }
            try site.folder.move("staging/bad-\(number)", to: "inbox/bad-\(number)")
        }
    }

    @Test func `forty refused stations are one message, signed, to a receiver that fails twice, and to a program`()
        async throws
    {
        let site = try await Site()
        let server = try ScriptedServer { _, number in number < 2 ? .answer(500) : .answer(200) }
        defer { server.stop() }
        let program = site.folder.path("tell")
        try site.folder.write(
            "#!/bin/sh\ncat >> \(site.folder.path("told"))\necho >> \(site.folder.path("told"))\n",
            to: "tell"
        )
        chmod(program, 0o755)
        try site.folder.write("hush\n", to: "hook")
        try Self.addRecipients(
            site,
            """
            notifications:
              - webhook: {url: "\(server.base)/x", secret-file: \(site.folder.path("hook")), on: [rejected]}
              - command: {run: [\(program)], on: [rejected]}
            messages: {box: box-7}

            """
        )
        let daemon = try site.startDaemon()
        try Self.dropBad(40, into: site)
        _ = try await eventually("three requests: \(daemon.errors.suffix(2000))") {
            server.requests.count >= 3 ? true : nil
        }
        _ = try await eventually("the program ran") { site.folder.contains("told") ? true : nil }
        try await site.stop(daemon)
        #expect(server.requests.count == 3)
        #expect(Set(server.requests.map(\.text)).count == 1)
        let message = try JSONDecoder().decode(Facts.self, from: Data(server.requests[2].body))
        #expect(message["event"].text == "rejected")
        #expect(message["box"].text == "box-7")
        #expect(message["count"] == .number(40))
        #expect(message["stations"].list.count == 20)
        #expect(server.requests.allSatisfy { $0.headers["x-drop360-signature"]?.hasPrefix("sha256=") == true })
        let told = String(decoding: try site.folder.read("told"), as: UTF8.self)
        #expect(told == server.requests[2].text + "\n")
        #expect(!daemon.errors.contains("hush"))
    }

    @Test func `killed before the message was sent, the next start sends it, and does not make it again`() async throws
    {
        let site = try await Site()
        let isUp = Mutex(false)
        let server = try ScriptedServer { _, _ in isUp.withLock { $0 } ? .answer(200) : .hangUp }
        defer { server.stop() }
        try Self.addRecipients(site, "notifications: [{webhook: {url: \"\(server.base)/x\", on: rejected}}]\n")
        let first = try site.startDaemon()
        try Self.dropBad(3, into: site)
        _ = try await eventually("a first request: \(first.errors.suffix(2000))") {
            server.requests.isEmpty ? nil : true
        }
        first.send(SIGKILL)
        _ = try await first.ended()
        let before = server.requests.count
        isUp.withLock { $0 = true }
        let second = try site.startDaemon()
        _ = try await eventually("a second request: \(second.errors.suffix(2000))") {
            server.requests.count > before ? true : nil
        }
        try await site.stop(second)
        #expect(Set(server.requests.map(\.text)).count == 1)
        #expect(server.requests.count == before + 1)
        // Nothing is left for a third start.
        let third = try site.startDaemon()
        try await third.waitForLog("CDF is ready")
        try await site.stop(third)
        #expect(server.requests.count == before + 1)
    }

    @Test func `with --until-idle what is gathered is told at the end`() async throws {
        let site = try await Site()
        let server = try ScriptedServer { _, _ in .answer(200) }
        defer { server.stop() }
        try Self.addRecipients(site, "notifications: [{webhook: {url: \"\(server.base)/x\"}}]\n")
        try Self.dropBad(1, into: site)
        #expect(try await site.deliver().exit == .code(1))
        let message = try JSONDecoder().decode(Facts.self, from: Data(try #require(server.requests.first).body))
        #expect(message["event"].text == "rejected")
        #expect(server.requests.count == 1)
    }
}
