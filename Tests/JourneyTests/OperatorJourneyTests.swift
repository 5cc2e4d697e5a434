import Foundation
import Glibc
import TestSupport
import Testing

/// What an operator does to a running daemon: pause, limit, reload, stop.
@Suite(.serialized, .timeLimit(.minutes(15)))
struct OperatorJourneyTests {
    @Test func `while paused, stations are inspected and not sent, also over a restart, until the pause ends`()
        async throws
    {
        let site = try await Site()
        var daemon = try site.startDaemon()
        try site.drop("before", .init(seed: 1))
        try await site.become("registered", "before")
        #expect(try await site.run("pause", "--config", site.configuration).exit == .code(0))
        try site.drop("after", .init(seed: 2))
        try await site.become("accepted", "after")
        let status = try await site.status()
        #expect(status["paused"] == .bool(true))
        #expect(status["pausedSince"].text != nil)
        try await site.stop(daemon)
        daemon = try site.startDaemon()
        try site.drop("later", .init(seed: 3))
        try await site.become("accepted", "later")
        #expect(try await site.states()["after"] == "accepted")
        let unfinished = try await site.sandbox.requests().count { $0.writes }
        #expect(unfinished == 14, "one station, and nothing else was sent")
        let resumed = try await site.run("resume", "--json", "--config", site.configuration)
        #expect(try resumed.facts()["paused"] == .bool(false))
        try await site.become("registered", "later")
        try await site.become("registered", "after")
        #expect(try await site.status()["paused"] == .bool(false))
        try await site.stop(daemon)
    }

    @Test func `while paused, a run until idle ends as unfinished`() async throws {
        let site = try await Site()
        try site.drop("station")
        try await site.deliverAll()
        _ = try await site.run("pause", "--config", site.configuration)
        try site.drop("other", .init(seed: 9))
        #expect(try await site.deliver().exit == .code(1))
        #expect(try await site.states()["other"] == "accepted")
    }

    @Test(arguments: [[], ["--until-idle"]])
    func `when stopped, drop360 finishes the station in progress and begins no other`(mode: [String]) async throws {
        let site = try await Site()
        // Enough of them that the signal comes in the middle on a busy machine too; each quick enough to end in time.
        let stations = 40
        for number in 1...stations { try site.drop("station-\(number)", .init(seed: number)) }
        try await site.sandbox.fail(#"{"match": {"method": "PUT"}, "then": {"kind": "slow", "bytesPerSecond": 20000}}"#)
        let daemon = try site.start(["run", "--config", site.configuration] + mode)
        _ = try await eventually("files on their way: \(daemon.errors)") { () async throws -> Bool? in
            try await site.sandbox.requests().contains { $0.method == "PUT" } ? true : nil
        }
        daemon.send(SIGTERM)
        // A run until idle tells by its exit code that something is left.
        #expect(try await daemon.ended() == .code(mode.isEmpty ? 0 : 1), "\(daemon.errors)")
        let states = try await site.states().values.sorted()
        #expect(Set(states).isSubset(of: ["accepted", "registered"]), "\(states)")
        #expect(states.contains("registered") && states.contains("accepted"), "\(states): \(daemon.errors)")
        try await site.sandbox.behave()
        try await site.deliverAll()
        let creations = try await site.sandbox.requests().count { $0.method == "PUT" }
        #expect(creations == 6 * stations, "nothing was sent twice")
        try await site.sandbox.contents().expectWhole(images: stations)
    }

    @Test func `SIGHUP takes a new inbox into use, and a bad file changes nothing`() async throws {
        let site = try await Site()
        let notify = try NotifySocket(site.folder.path("notify"))
        let daemon = try site.startDaemon(environment: ["NOTIFY_SOCKET": notify.path])
        try site.drop("first", .init(seed: 1))
        try await site.become("registered", "first")
        let good = String(decoding: try site.folder.read("config.yaml"), as: UTF8.self)

        try site.folder.write(good + "uplaod: {concurrency: 2}\n", to: "config.yaml")
        daemon.send(SIGHUP)
        _ = try await eventually("the word on the bad file: \(daemon.errors)") {
            daemon.errors.contains("the old one stays in use") ? true : nil
        }
        #expect(daemon.errors.contains("uplaod"))
        #expect(daemon.errors.contains("Did you mean 'upload'?"))
        try site.drop("second", .init(seed: 2))
        // Commands would stumble over the file, too.
        _ = try await eventually("second is registered", every: .milliseconds(50)) { () async throws -> Bool? in
            let listed = try await site.run("list", "--json", "--state", site.state)
            return try listed.facts()["stations"].list.contains {
                $0["path"].text == "second" && $0["state"].text == "registered"
            } ? true : nil
        }

        try site.folder.makeFolder("inbox-2")
        let both = good.replacing(
            "settle: 200ms}]",
            with: "settle: 200ms}, {path: \(site.folder.path("inbox-2")), settle: 200ms}]"
        )
        try site.folder.write(both, to: "config.yaml")
        daemon.send(SIGHUP)
        _ = try await eventually("the word on the good file: \(daemon.errors)") {
            daemon.errors.contains("configuration reloaded") ? true : nil
        }
        try StationMaker().write(to: site.folder.path, named: "inbox-2/third", .init(seed: 3))
        try await site.become("registered", "third")
        try site.drop("fourth", .init(seed: 4))
        try await site.become("registered", "fourth")
        #expect(daemon.exit == nil)
        #expect(notify.count("RELOADING=1") == 2)
        #expect(notify.count("READY=1") == 3)
        #expect(notify.count("STOPPING=1") == 0)
        try await site.stop(daemon)
        #expect(notify.count("STOPPING=1") == 1)
        try await site.sandbox.contents().expectWhole(images: 4)
    }

    @Test func `wrong credentials pause everything with a message, and a reload with the right ones continues`()
        async throws
    {
        let site = try await Site(secret: "wrong")
        let daemon = try site.startDaemon()
        try site.drop("station")
        try await site.become("accepted", "station")
        _ = try await eventually("the words on the secret: \(daemon.errors)") {
            daemon.errors.contains("does not accept the client id and secret") ? true : nil
        }
        try site.configure()
        daemon.send(SIGHUP)
        try await site.become("registered", "station")
        try await site.stop(daemon)
    }

    @Test(arguments: [SIGTERM, SIGINT]) func `a stop that comes right after a reload is not lost`(signal: Int32)
        async throws
    {
        let site = try await Site()
        let daemon = try site.startDaemon()
        _ = try await eventually("a daemon that runs: \(daemon.errors)") {
            daemon.errors.contains("CDF is ready") ? true : nil
        }
        daemon.send(SIGHUP)
        daemon.send(signal)
        #expect(try await daemon.ended() == .code(0), "\(daemon.errors)")
    }

    @Test func `bandwidth is kept over all files together`() async throws {
        let site = try await Site()
        let yaml = String(decoding: try site.folder.read("config.yaml"), as: UTF8.self)
        try site.folder.write(yaml + "upload: {concurrency: 6, bandwidth: 40kB/s}\n", to: "config.yaml")
        for number in 1...3 { try site.drop("station-\(number)", .init(seed: number)) }
        try await site.deliverAll()
        let puts = try await site.sandbox.requests().filter { $0.method == "PUT" }
        let bytes = puts.reduce(0) { $0 + $1.bytes }
        let began = try #require(puts.map(\.began).min())
        let took = Double(try #require(puts.compactMap(\.ended).max()) - began) / 1000
        let rate = Double(bytes) / took
        print("JourneyTests: \(bytes) bytes in \(took) s at a limit of 40 kB/s: \(Int(rate)) bytes/s")
        // What was saved up before the first byte, a quarter of a second of it, comes on top.
        #expect(rate < 40_000 * 1.1)
    }
}
