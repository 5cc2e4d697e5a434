import Foundation
import Glibc
import TestSupport
import Testing

extension CrashTests {
    /// The machine itself is in trouble: the daemon stays up, says so, and goes on by itself when the trouble is over.
    @Suite(.timeLimit(.minutes(10)))
    struct TroubleTests {
        /// The process must not have noticed anything but the trouble.
        private func expectGood(_ site: Site, _ daemon: ChildProcess, stations: Int) async throws {
            try await site.stop(daemon)
            try await site.expectDeliveredOnce(stations, "\(daemon.errors)")
        }

        @Test(.enabled(if: Mounts.areAllowed, "mounting is not allowed here"))
        func `a full disk under the ledger is waited for`() async throws {
            let (site, mounts) = (try await Site(), Mounts())
            try site.folder.makeFolder("state")
            try mounts.mount("tmpfs", at: site.state, options: "size=3m")
            let daemon = try site.startDaemon()
            try await daemon.waitForLog("CDF is ready")
            try site.drop("station-1", .init(seed: 1))
            _ = try await site.report("station-1", "UPLOADED")

            try site.fillUp("state")
            try site.drop("station-2", .init(seed: 2))
            try await daemon.waitForLog("the ledger could not be written")
            #expect(daemon.errors.contains("Check the free space"), "\(daemon.errors)")
            try site.folder.remove("state/filler")
            _ = try await site.report("station-2", "UPLOADED")
            try await expectGood(site, daemon, stations: 2)
            withExtendedLifetime(mounts) {}
        }

        @Test(.enabled(if: Mounts.areAllowed, "mounting is not allowed here"))
        func `stopped or started on a full disk, drop360 ends in a way that systemd starts it again`() async throws {
            let (site, mounts) = (try await Site(), Mounts())
            try site.folder.makeFolder("state")
            try mounts.mount("tmpfs", at: site.state, options: "size=3m")
            let daemon = try site.startDaemon()
            try await daemon.waitForLog("CDF is ready")
            try site.fillUp("state")
            try site.drop("station-1", .init(seed: 1))
            try await daemon.waitForLog("the ledger could not be written")
            daemon.send(SIGTERM)
            let end = try await daemon.ended()
            #expect([.code(0), .code(1)].contains(end), "\(daemon.errors)")

            let second = try site.startDaemon()
            #expect(try await second.ended() == .code(1), "\(second.errors)")
            #expect(
                second.errors.contains("could not be read or written: database or disk is full"),
                "\(second.errors)"
            )
            try site.folder.remove("state/filler")
            try await site.deliverAll()
            try await site.expectDeliveredOnce(1, "after the disk was full")
            withExtendedLifetime(mounts) {}
        }

        @Test(.enabled(if: Mounts.areAllowed, "mounting is not allowed here"))
        func `a full disk below the inbox delays only the reports`() async throws {
            let (site, mounts) = (try await Site(), Mounts())
            try mounts.mount("tmpfs", at: site.inbox, options: "size=3m")
            try site.configure(inbox: "report-after: 1s")
            try site.drop("station-1", .init(seed: 1))
            try site.fillUp("inbox")
            let daemon = try site.startDaemon()
            try await daemon.waitForLog("a report could not be written")
            #expect(try await site.sandbox.contents().images == 1)
            try site.folder.remove("inbox/filler")
            _ = try await site.report("station-1", "UPLOADED")
            try await expectGood(site, daemon, stations: 1)
            withExtendedLifetime(mounts) {}
        }

        @Test func `a state directory that has become read-only is waited for`() async throws {
            let site = try await Site()
            let trouble = site.folder.path("trouble")
            let shim = KillShim.fail([.ledgerWrite, .ledgerSync, .fileWrite, .name], with: EROFS, during: trouble)
            let daemon = try site.startDaemon(environment: shim.environment(for: site))
            try await daemon.waitForLog("CDF is ready")
            try site.folder.write("", to: "trouble")
            try site.drop("station-1", .init(seed: 1))
            try await daemon.waitForLog("the ledger could not be written")
            try site.folder.remove("trouble")
            _ = try await site.report("station-1", "UPLOADED")
            try await expectGood(site, daemon, stations: 1)
        }

        @Test func `a start with a read-only state directory ends in a way that systemd starts drop360 again`()
            async throws
        {
            let site = try await Site()
            try site.dropStations(1)
            let trouble = try site.folder.write("", to: "trouble")
            let shim = KillShim.fail([.ledgerWrite, .ledgerSync, .fileWrite, .name], with: EROFS, during: trouble)
            let daemon = try site.startDaemon(environment: shim.environment(for: site))
            #expect(try await daemon.ended() == .code(1), "\(daemon.errors)")
            #expect(daemon.errors.contains(site.state), "\(daemon.errors)")
            try await site.deliverAll()
            try await site.expectDeliveredOnce(1, "after it was read-only")
        }

        @Test func `nothing is lost without free descriptors, and work continues when there are some again`()
            async throws
        {
            let site = try await Site()
            let daemon = try site.startDaemon()
            try await daemon.waitForLog("CDF is ready")
            try site.drop("station-1", .init(seed: 1))
            _ = try await site.report("station-1", "UPLOADED")

            try await site.allow(daemon, descriptors: 3)
            try site.drop("station-2", .init(seed: 2))
            _ = try await eventually("it says what is wrong: \(daemon.errors)") {
                daemon.errors.contains("Too many open files") ? true : nil
            }
            // Whoever looks at the page meanwhile waits for it.
            let page = try #require(daemon.errors.split(separator: "\n").first { $0.contains("status page") })
            let url = try #require(page.split(separator: " ").first { $0.hasPrefix("url=") }?.dropFirst(4))
            async let looking = SandboxProcess.ask("\(url)status.json")
            #expect(daemon.exit == nil)
            try await site.allow(daemon, descriptors: 1024)
            _ = try await site.report("station-2", "UPLOADED")
            #expect(try await looking["online"] == .bool(true))
            try await expectGood(site, daemon, stations: 2)
        }

        @Test func `drop360 is offline without a descriptor for a connection, and continues when there is one again`()
            async throws
        {
            let site = try await Site()
            let trouble = site.folder.path("trouble")
            let shim = KillShim.fail([.descriptor], with: EMFILE, during: trouble)
            let daemon = try site.startDaemon(environment: shim.environment(for: site))
            try await daemon.waitForLog("CDF is ready")
            try await site.sandbox.fail(#"{"then": {"kind": "reset"}}"#)
            try site.drop("station-1", .init(seed: 1))
            try await daemon.waitForLog("offline: nothing can be delivered")
            try site.folder.write("", to: "trouble")
            try await site.sandbox.behave()
            let before = try KillShim.effects(in: site).count
            _ = try await eventually("no connection could be made: \(daemon.errors)") {
                try KillShim.effects(in: site).dropFirst(before).contains { $0.words.hasPrefix("socket") } ? true : nil
            }
            #expect(daemon.exit == nil)
            try site.folder.remove("trouble")
            // The next probe is due within a minute.
            _ = try await eventually("delivered: \(daemon.errors)", within: .seconds(120)) {
                site.folder.contains("inbox/station-1.UPLOADED.txt") ? true : nil
            }
            try await expectGood(site, daemon, stations: 1)
        }
    }
}

extension Site {
    /// Sets how many descriptors a process may have, for real.
    fileprivate func allow(_ process: ChildProcess, descriptors: Int) async throws {
        let arguments = ["--pid", "\(process.pid)", "--nofile=\(descriptors):"]
        let log = folder.path("prlimit-\(descriptors)")
        let child = try ChildProcess("/usr/bin/prlimit", arguments, environment: [:], in: folder.path, log: log)
        try #require(try await child.ended() == .code(0), "\(child.errors)")
    }

    /// Leaves not a byte free on the disk of `name`.
    fileprivate func fillUp(_ name: String) throws {
        let descriptor = open(folder.path(name + "/filler"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        try #require(descriptor >= 0)
        let block = [UInt8](repeating: 1, count: 4096)
        while write(descriptor, block, block.count) > 0 {}
        let code = errno
        close(descriptor)
        #expect(code == ENOSPC)
    }
}
