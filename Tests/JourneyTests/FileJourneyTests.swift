import E57Writing
import Foundation
import Glibc
import TestSupport
import Testing

/// E57 files in the inbox of a real daemon: found, checked and accepted; what CDF makes of them is not looked at here.
@Suite(.timeLimit(.minutes(15)))
struct FileJourneyTests {
    private static let section = "e57: {extract: cdf, model: Site A scans}"

    private func file() throws -> [UInt8] {
        try DrawnE57(scans: [.init(guid: "{s}", name: "Setup 1")], padding: 3 << 20).bytes().bytes
    }

    /// Waits until the file is an item that was not refused.
    private func taken(_ path: String, at site: Site) async throws {
        _ = try await eventually("\(path) is accepted", every: .milliseconds(50)) {
            let state = try await site.states()[path]
            return state != nil && state != "incomplete" && state != "rejected" ? true : nil
        }
    }

    @Test func `E57 files are left alone until a reload turns them on, and are then found`() async throws {
        let site = try await Site()
        try site.folder.makeFolder("inbox/plant")
        try site.folder.write(try file(), to: "inbox/plant/hall.e57")
        let daemon = try site.startDaemon()
        try site.drop("plant/station")
        try await site.become("registered", "plant/station")
        #expect(try await site.states()["plant/hall.e57"] == nil)
        try site.configure(inbox: Self.section)
        daemon.send(SIGHUP)
        try await taken("plant/hall.e57", at: site)
        try await site.stop(daemon)
    }

    @Test func `a daemon that is killed while a file is copied takes the whole file at the next start`() async throws {
        let site = try await Site(inbox: Self.section)
        let bytes = try file()
        try site.folder.makeFolder("inbox/plant")
        let daemon = try site.startDaemon()
        try site.folder.write(Array(bytes.prefix(2_000_000)), to: "inbox/plant/hall.e57")
        // Incomplete, or on a busy machine already rejected.
        _ = try await eventually("it is known") {
            site.folder.contains("state/ledger.sqlite") ? try await site.states()["plant/hall.e57"] : nil
        }
        daemon.send(SIGKILL)
        _ = try await daemon.ended()
        try site.folder.write(bytes, to: "inbox/plant/hall.e57")
        let next = try site.startDaemon()
        try await taken("plant/hall.e57", at: site)
        try await site.stop(next)
        let check = try await site.run("check", "--json", "--config", site.configuration, site.inbox)
        #expect(check.exit == .code(0), "\(check.errors)")
        #expect(check.output.contains("\"id\" : \"plant/hall.e57\""))
    }
}
