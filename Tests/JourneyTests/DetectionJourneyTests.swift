import Foundation
import Glibc
import Station
import TestSupport
import Testing

/// What is hard to notice, noticed by the real binary.
@Suite(.serialized, .timeLimit(.minutes(15)))
struct DetectionJourneyTests {
    private static let queueLimit: Int = {
        // Unknown: the kernel's default.
        (try? String(contentsOfFile: "/proc/sys/fs/inotify/max_queued_events", encoding: .utf8))
            .flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) } ?? 16384
    }()

    @Test(.enabled(if: queueLimit < 30_000, "the queue of events is too long to overflow"))
    func `20,000 files written while no events are read are all found`() async throws {
        let site = try await Site(inbox: "min-face: 16")
        let maker = StationMaker(edge: 32)
        let stations = 100
        for number in 0..<stations { try site.folder.makeFolder("inbox/s\(number)") }
        let daemon = try site.startDaemon()
        try await daemon.waitForLog("CDF is ready")
        _ = try await eventually("a watch for every folder", every: .milliseconds(100)) {
            (try await site.status()["detection"]["watches"].int ?? 0) > stations ? true : nil
        }
        daemon.send(SIGSTOP)
        for number in 0..<stations {
            for junk in 0..<193 { try site.folder.write("x", to: "inbox/s\(number)/note-\(junk).txt") }
            try maker.write(to: site.inbox, named: "s\(number)", .init(seed: number))
        }
        daemon.send(SIGCONT)
        for number in 0..<stations { _ = try await site.report("s\(number)", "UPLOADED") }
        let status = try await site.status()["detection"]
        #expect((status["overflows"].int ?? 0) > 0, "the queue did not overflow: \(status)")
        print(
            "OVERFLOW | 20000 files | \(stations) stations | \(status["overflows"]) overflows, \(status["missedByInotify"]) found by listing"
        )
        try await site.stop(daemon)
        try await site.sandbox.contents().expectWhole(images: stations)
    }

    @Test func `a face that is held open is waited for`() async throws {
        let site = try await Site(inbox: "report-after: 1s")
        // Watched before the file is opened: what a writer began earlier nobody can tell.
        let folder = try site.folder.makeFolder("inbox/station")
        let daemon = try site.startDaemon()
        try await daemon.waitForLog("CDF is ready")
        let maker = StationMaker()
        let bytes = try maker.jpeg(.top, seed: 1)
        let file = open(folder + "/top.jpg", O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        try #require(file >= 0)
        #expect(pwrite(file, bytes, bytes.count / 2, 0) == bytes.count / 2)
        try maker.write(to: site.inbox, named: "station", .init(seed: 1, skipping: [.top]))
        let report = try await site.report("station", "WAITING")
        #expect(report.contains("top.jpg"), "\(report)")
        let codes = try await site.explain("1")["problems"].list.map { $0["code"].text }
        #expect(codes == ["still-writing"])
        #expect(pwrite(file, bytes, bytes.count, 0) == bytes.count)
        close(file)
        _ = try await site.report("station", "UPLOADED")
        #expect(try await site.explain("1")["history"].list.allSatisfy { $0["event"].text != "rejected" })
        try await site.stop(daemon)
        try await site.sandbox.contents().expectWhole(images: 1)
    }

    @Test(.enabled(if: Mounts.areAllowed, "mounting needs root"))
    func `a disk that is mounted late and unmounted during an upload costs no attempt`() async throws {
        let site = try await Site()
        let (mounts, disk) = (Mounts(), try TemporaryFolder())
        try StationMaker().write(to: disk.path, named: "first", .init(seed: 1))
        let daemon = try site.startDaemon()
        try await daemon.waitForLog("CDF is ready")
        try mounts.bind(disk.path, to: site.inbox)
        _ = try await site.report("first", "UPLOADED")
        // The link hangs, in the middle of the second station, when the disk goes.
        try await site.sandbox.fail(
            #"{"match": {"method": "PUT", "path": "/upload/*"}, "nth": [3], "then": {"kind": "slow", "bytesPerSecond": 4000}}"#
        )
        try site.drop("second", .init(seed: 2))
        _ = try await eventually("an upload under way", every: .milliseconds(50)) {
            try await site.sandbox.struck() == [1] ? true : nil
        }
        try mounts.unmount(site.inbox)
        try await daemon.waitForLog("looks unmounted")
        try await site.sandbox.behave()
        try mounts.bind(disk.path, to: site.inbox)
        _ = try await site.report("second", "UPLOADED")
        let second = try await site.list()["second"]
        #expect(second?["state"].text == "registered" && second?["attempts"].int ?? 0 == 0, "\(second ?? .null)")
        try await site.stop(daemon)
        try await site.sandbox.contents().expectWhole(images: 2)
    }

    @Test func `a command takes effect at once, not at the next check`() async throws {
        let site = try await Site()
        let daemon = try site.startDaemon()
        try site.drop("station", .init(sidecar: .text("{}")))
        _ = try await site.report("station", "REJECTED")
        let asked = ContinuousClock.now
        for _ in 0..<4 {
            let before = try await site.explain("1")["history"].list.count
            #expect(try await site.run("retry", "1", "--config", site.configuration).exit == .code(0))
            _ = try await eventually("a new look", within: .seconds(120), every: .milliseconds(20)) {
                try await site.explain("1")["history"].list.count > before + 1 ? true : nil
            }
        }
        // Without being woken the daemon looks once a minute: the second, third and fourth time would have taken three.
        #expect(ContinuousClock.now - asked < .seconds(150))
        try await site.stop(daemon)
    }

    @Test func `doctor finds what is wrong, and distinguishes it from being offline`() async throws {
        let site = try await Site()
        func doctor(_ more: String...) async throws -> (Finished, [String: String]) {
            let child = try site.start(["doctor", "--json", "--config", site.configuration] + more)
            let exit = try await child.ended()
            let finished = Finished(
                exit: exit,
                output: child.output,
                errors: child.errors,
                everythingPrinted: child.everythingPrinted
            )
            let findings = try finished.facts()["findings"].list
            return (
                finished,
                Dictionary(
                    findings.map { ($0["subject"].text ?? "", $0["verdict"].text ?? "") },
                    uniquingKeysWith: { $1 }
                )
            )
        }
        try site.folder.makeFolder("state")
        let (sound, all) = try await doctor()
        #expect(sound.exit == .code(0), "\(sound.output)")
        #expect(
            [
                "configuration", "state directory", "ledger", "inotify", "clock", "token", "capabilities",
                "CDF project", "inbox \(site.inbox)",
            ]
            .allSatisfy { all[$0] == "good" },
            "\(all)"
        )
        try site.folder.remove("inbox")
        let (lost, found) = try await doctor("--offline")
        #expect(lost.exit == .code(1) && found["inbox \(site.inbox)"] == "bad" && found["token"] == nil)
        try site.folder.makeFolder("inbox")
        try site.configure(secret: "wrong")
        let (refused, words) = try await doctor()
        #expect(refused.exit == .code(1) && words["token"] == "bad")
    }
}
