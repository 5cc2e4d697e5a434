import Foundation
import TestSupport
import Testing

extension CrashTests {
    /// The wall clock steps by a day either way: a dead battery, a time server that comes late, a hand.
    @Suite(.timeLimit(.minutes(10)))
    struct ClockStepTests {
        private static let day = 86_400

        /// A daemon of `site` whose clock is off by what the file `clock` says.
        private func startDaemon(_ site: Site) throws -> ChildProcess {
            var shim = KillShim(counted: [])
            shim.clock = site.folder.path("clock")
            return try site.startDaemon(environment: shim.environment(for: site))
        }

        private func finish(_ site: Site, _ daemon: ChildProcess, stations: Int) async throws {
            try await site.stop(daemon)
            try await site.expectDeliveredOnce(stations, "\(daemon.errors)")
        }

        @Test(arguments: [day, -day])
        func `a clock that jumps by a day, and back, stops nothing`(step: Int) async throws {
            let site = try await Site()
            let daemon = try startDaemon(site)
            try site.drop("station-1", .init(seed: 1))
            _ = try await site.report("station-1", "UPLOADED")
            try site.folder.write("\(step)", to: "clock")
            try site.drop("station-2", .init(seed: 2))
            _ = try await site.report("station-2", "UPLOADED")
            _ = try await eventually("it says that all is well") {
                try await site.status()["online"] == .bool(true) ? true : nil
            }
            try site.folder.remove("clock")
            try site.drop("station-3", .init(seed: 3))
            _ = try await site.report("station-3", "UPLOADED")
            try await finish(site, daemon, stations: 3)
        }

        @Test(arguments: [day, -day])
        func `an outage during which the clock jumps is over when CDF answers again`(step: Int) async throws {
            let site = try await Site()
            let daemon = try startDaemon(site)
            try await daemon.waitForLog("CDF is ready")
            try await site.sandbox.fail(#"{"then": {"kind": "reset"}}"#)
            try site.drop("station-1", .init(seed: 1))
            try await daemon.waitForLog("offline: nothing can be delivered")
            try site.folder.write("\(step)", to: "clock")
            try await site.sandbox.behave()
            _ = try await site.report("station-1", "UPLOADED")
            try await finish(site, daemon, stations: 1)
        }

        @Test(arguments: [day, -day])
        func `doctor finds a clock that is a day off, and says what to type, whether CDF takes the token or not`(
            step: Int
        ) async throws {
            let site = try await Site()
            try site.folder.makeFolder("state")
            try site.folder.write("\(step)", to: "clock")
            var shim = KillShim(counted: [])
            shim.clock = site.folder.path("clock")
            for secret in ["sandbox", "wrong"] {
                try site.configure(secret: secret)
                let arguments = ["doctor", "--json", "--config", site.configuration]
                let done = try await site.run(arguments, environment: shim.environment(for: site))
                #expect(done.exit == .code(1))
                let clock = try done.facts()["findings"].list.first { $0["subject"].text == "clock" }
                #expect(clock?["verdict"].text == "bad", "\(done.output)")
                #expect(clock?["message"].text?.contains(step > 0 ? "24 hours ahead of" : "24 hours behind") == true)
                #expect(clock?["advice"].text?.hasPrefix("sudo timedatectl set-ntp true") == true)
            }
        }

        @Test func `a polled inbox is listed in time even if the clock was set back meanwhile`()
            async throws
        {
            let site = try await Site()
            try site.configure(inbox: "detection: poll")
            let daemon = try startDaemon(site)
            try site.drop("station-1", .init(seed: 1))
            _ = try await site.report("station-1", "UPLOADED")
            try site.folder.write("\(-Self.day)", to: "clock")
            // No event wakes the scanner: only its own time limit does.
            try site.drop("station-2", .init(seed: 2))
            _ = try await site.report("station-2", "UPLOADED")
            try await finish(site, daemon, stations: 2)
        }

        @Test func `a station that was postponed before the clock was set back does not wait for a day`() async throws {
            let site = try await Site()
            let daemon = try startDaemon(site)
            try await daemon.waitForLog("CDF is ready")
            try await site.sandbox.fail(
                #"{"match": {"path": "/files", "method": "POST"}, "then": {"kind": "status", "status": 503}}"#
            )
            try site.drop("station-1", .init(seed: 1))
            try await daemon.waitForLog("station will be tried again", within: .seconds(120))
            try site.folder.write("\(-Self.day)", to: "clock")
            try await site.sandbox.behave()
            _ = try await site.report("station-1", "UPLOADED")
            try await finish(site, daemon, stations: 1)
        }

        @Test func `a start with a clock a day behind continues with the accepted stations`() async throws {
            let site = try await Site()
            try await site.sandbox.fail(#"{"match": {"path": "/files", "method": "POST"}, "then": {"kind": "stall"}}"#)
            try site.drop("station-1", .init(seed: 1))
            let first = try startDaemon(site)
            _ = try await eventually("under way: \(first.errors)") { () async throws -> Bool? in
                try await site.sandbox.struck()[0] > 0 ? true : nil
            }
            first.send(SIGKILL)
            try await first.ended()
            try await site.sandbox.behave()
            try site.folder.write("\(-Self.day)", to: "clock")
            let second = try startDaemon(site)
            _ = try await site.report("station-1", "UPLOADED")
            try await finish(site, second, stations: 1)
        }
    }
}
