import Foundation
import TestSupport
import Testing

/// The kernel's limits of inotify, for real: in a user namespace whose limits are its own.
@Suite(
    .serialized,
    .timeLimit(.minutes(15)),
    .enabled("user namespaces are forbidden here") { try await Namespaces.areAllowed() }
)
struct KernelLimitTests {
    @Test func `folders are polled when no watches are left, and watched again when the limit is raised`() async throws
    {
        let site = try await Site()
        for number in 0..<12 { try site.folder.makeFolder("inbox/site-\(number)") }
        let daemon = try site.startDaemonInside("echo 6 > /proc/sys/user/max_inotify_watches")
        let said = try await daemon.waitForLog("inotify watches are used up")
        #expect(said.contains("sysctl user.max_inotify_watches=16384"))
        // In a folder that has no watch as likely as not; both come.
        for number in [0, 11] { try site.drop("site-\(number)/s\(number)", .init(seed: number)) }
        for number in [0, 11] { _ = try await site.report("site-\(number)/s\(number)", "UPLOADED") }
        let short = try await site.status()["detection"]
        #expect((short["polledFolders"].int ?? 0) > 0 && (short["watches"].int ?? 99) <= 6, "\(short)")
        #expect(short["missedByInotify"] == .number(0))
        let doctor = try await Namespaces.run(
            daemon,
            "exec \"\(try Drop360.path())\" doctor --offline --config \(site.configuration)",
            in: site
        )
        #expect(doctor.contains("BAD") && doctor.contains("sysctl user.max_inotify_watches=16384"), "\(doctor)")

        _ = try await Namespaces.run(daemon, "echo 1000 > /proc/sys/user/max_inotify_watches", in: site)
        let recovered = try await eventually("every folder has its watch", every: .milliseconds(200)) {
            let now = try await site.status()["detection"]
            return now["polledFolders"] == .number(0) ? now : nil
        }
        #expect((recovered["watches"].int ?? 0) > 6)
        try site.drop("site-5/s5", .init(seed: 5))
        _ = try await site.report("site-5/s5", "UPLOADED")
        try await site.stop(daemon)
        try await site.sandbox.contents().expectWhole(images: 3)
    }

    @Test func `all folders are polled without an inotify instance, and watched as soon as there is one`() async throws
    {
        let site = try await Site()
        let daemon = try site.startDaemonInside("echo 0 > /proc/sys/user/max_inotify_instances")
        try await daemon.waitForLog("CDF is ready")
        try site.drop("first", .init(seed: 1))
        _ = try await site.report("first", "UPLOADED")
        #expect(try await site.status()["detection"]["watches"] == .number(0))
        _ = try await Namespaces.run(daemon, "echo 100 > /proc/sys/user/max_inotify_instances", in: site)
        try await daemon.waitForLog("inotify is available now")
        // A listing that is under way may find the next one before its event is read, on a busy machine more than one.
        var dropped = 1
        _ = try await eventually("a station is found by its event") { () async throws -> Bool? in
            dropped += 1
            try site.drop("station-\(dropped)", .init(seed: dropped))
            _ = try await site.report("station-\(dropped)", "UPLOADED")
            return try await site.status()["detection"]["foundByEvent"].int ?? 0 > 0 ? true : nil
        }
        try await site.stop(daemon)
        try await site.sandbox.contents().expectWhole(images: dropped)
    }
}

/// User namespaces, which have limits of their own.
enum Namespaces {
    /// Where this is false, tests are shown as skipped with the reason.
    static func areAllowed() async throws -> Bool {
        let folder = try TemporaryFolder()
        let child = try ChildProcess(
            "/usr/bin/unshare",
            ["-U", "-r", "sh", "-ec", "echo 9 > /proc/sys/user/max_inotify_watches"],
            environment: ProcessInfo.processInfo.environment,
            in: folder.path,
            log: folder.path("log")
        )
        return try await child.ended() == .code(0)
    }

    /// Runs a line of shell in the namespace of `daemon`, and returns what it printed.
    static func run(_ daemon: ChildProcess, _ line: String, in site: Site) async throws -> String {
        let child = try ChildProcess(
            "/usr/bin/nsenter",
            ["--user", "--preserve-credentials", "--target", "\(daemon.pid)", "sh", "-c", line],
            environment: ProcessInfo.processInfo.environment,
            in: site.folder.path,
            log: site.folder.path("nsenter-\(UUID().uuidString)")
        )
        try await child.ended()
        return child.output + child.errors
    }
}
