import Foundation
import Ledger
import TestSupport
import Testing

/// What systemd hears.
@Suite(.serialized, .timeLimit(.minutes(15)))
struct ServiceJourneyTests {
    @Test func `readiness is reported before the first station is inspected, and the watchdog is fed while 200 are`()
        async throws
    {
        let site = try await Site()
        for number in 1...200 {
            try StationMaker().write(to: site.inbox, named: "area-\(number % 7)/station-\(number)", .init(seed: number))
        }
        let systemd = try NotifySocket(site.folder.path("notify"))
        let daemon = try site.startDaemon(environment: ["NOTIFY_SOCKET": systemd.path, "WATCHDOG_USEC": "600000"])
        _ = try await eventually(
            "200 registered; heard \(systemd.messages.last?.text ?? "nothing"); \(daemon.errors.suffix(500))",
            within: .seconds(240),
            every: .milliseconds(100)
        ) {
            systemd.messages.contains { $0.text == "STATUS=Connected. 200 registered" } ? true : nil
        }
        let messages = systemd.messages
        let first = try #require(messages.first)
        #expect(first.text.split(separator: "\n").first == "READY=1")
        #expect(messages.count { $0.text.contains("READY=1") } == 1)
        let ledger = try ItemLedger(directory: site.state, exclusively: false)
        let stations = try await ledger.items()
        try ledger.close()
        #expect(stations.count == 200)
        #expect(try #require(stations.map(\.firstSeen).min()) > first.at)

        // Each round feeds the watchdog and then says what changed. The machine decides how far apart rounds are; but systemd's patience, three
        // minutes in the unit file, is never nearly used up.
        let beats = messages.filter { $0.text == "WATCHDOG=1" }.map(\.at)
        #expect(zip(beats, beats.dropFirst()).allSatisfy { $1.timeIntervalSince($0) < 60 }, "\(beats)")
        var isFed = false
        for message in messages.dropFirst() {
            if message.text == "WATCHDOG=1" { isFed = true }
            if message.text.hasPrefix("STATUS=") {
                #expect(isFed, "\(message.text)")
                isFed = false
            }
        }
        #expect(messages.contains { $0.text.hasPrefix("STATUS=Connected") && $0.text.contains("accepted") })

        // And when nothing is left to do.
        let sofar = systemd.count("WATCHDOG=1")
        _ = try await eventually("more beats") { systemd.count("WATCHDOG=1") > sofar + 3 ? true : nil }
        #expect(systemd.count("STOPPING=1") == 0)
        try await site.stop(daemon)
        #expect(systemd.count("STOPPING=1") == 1)
        try await site.sandbox.contents().expectWhole(images: 200)
    }

    @Test func `an outage is reported with its reason, and so is its end`() async throws {
        let site = try await Site()
        let yaml = String(decoding: try site.folder.read("config.yaml"), as: UTF8.self)
        try site.folder.write(yaml + "upload: {concurrency: 1}\n", to: "config.yaml")
        // All tries of one request.
        try await site.sandbox.fail(#"{"match": {"path": "/files"}, "times": 4, "then": {"kind": "garbage"}}"#)
        let systemd = try NotifySocket(site.folder.path("notify"))
        let daemon = try site.startDaemon(environment: ["NOTIFY_SOCKET": systemd.path, "WATCHDOG_USEC": "600000"])
        try site.drop("station")
        _ = try await eventually("offline: \(daemon.errors)") {
            systemd.messages.contains { $0.text.hasPrefix("STATUS=Offline since") } ? true : nil
        }
        _ = try await eventually("back: \(daemon.errors)") {
            systemd.messages.contains { $0.text == "STATUS=Connected. 1 registered" } ? true : nil
        }
        try await site.stop(daemon)
        try await site.sandbox.contents().expectWhole(images: 1)
    }

    @Test func `a daemon that cannot start never reports readiness`() async throws {
        let site = try await Site()
        let systemd = try NotifySocket(site.folder.path("notify"))
        let first = try site.startDaemon()
        try await first.waitForLog("CDF is ready")
        let second = try site.startDaemon(environment: ["NOTIFY_SOCKET": systemd.path])
        #expect(try await second.ended() == .code(1))
        #expect(systemd.messages.isEmpty)
        try await site.stop(first)
    }
}
