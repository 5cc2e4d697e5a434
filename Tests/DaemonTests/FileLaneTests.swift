import DropFolder
import Foundation
import Inbox
import Inspection
import Ledger
import Logging
import Station
import Synchronization
import TestSupport
import Testing

@testable import Daemon

/// A check that goes from piece to piece of its file as the test lets it, and ends only when the test says so, or when it is stopped.
private final class ScriptedCheck: Sendable {
    private struct State {
        var begun: [String] = []
        var stopped: [String] = []
        var mayEnd = false
    }

    private let state = Mutex(State())
    private let pieces = DispatchSemaphore(value: 0)

    var begun: [String] { state.withLock { $0.begun } }
    var stopped: [String] { state.withLock { $0.stopped } }
    func letEnd() {
        state.withLock { $0.mayEnd = true }
        nextPiece()
    }
    /// Lets the check look at the signal once more.
    func nextPiece() { pieces.signal() }

    func check(_ snapshot: FileSnapshot, _ stop: StopSignal, _ progress: (Int64, Int64) -> Void) -> FileReport? {
        state.withLock { $0.begun.append(snapshot.item.path) }
        progress(snapshot.size / 2, snapshot.size)
        repeat {
            pieces.wait()
            if stop.isSet {
                state.withLock { $0.stopped.append(snapshot.item.path) }
                return nil
            }
        } while !state.withLock({ $0.mayEnd })
        let digest = ContentDigest(over: [snapshot.item.path])
        let cloud = PointCloud(
            name: snapshot.name,
            size: snapshot.size,
            fileDigest: FileDigest(rawValue: digest.rawValue),
            digest: digest,
            externalID: "site/" + snapshot.name,
            siteID: "site",
            model: .number(1)
        )
        return FileReport(snapshot, kind: .pointCloud, verdict: .accepted(.pointCloud(cloud)))
    }
}

@Suite(.timeLimit(.minutes(15)))
struct FileLaneTests {
    let inbox: TemporaryFolder
    let state: TemporaryFolder
    private let check = ScriptedCheck()

    init() throws {
        inbox = try TemporaryFolder()
        state = try TemporaryFolder()
    }

    /// Waits for a fact; each look at it lets the check come to its next piece.
    private func until(_ fact: () async throws -> Bool, line: Int = #line) async throws {
        _ = try await eventually("the fact in line \(line)") {
            check.nextPiece()
            return try await fact() ? true : nil
        }
    }

    /// Runs an intake whose file checks are the script's; graceful shutdown is not part of it, cancellation is.
    private func withIntake(_ body: (ItemLedger, Intake, InboxWatcher) async throws -> Void) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        var settings = InboxSettings(root: inbox.path, settle: .milliseconds(60), detection: .inotify)
        settings.fileEndings = ["e57"]
        let watcher = InboxWatcher(inboxes: [settings], rescanInterval: .seconds(3600), logger: logger)
        let ledger = try ItemLedger(directory: state.path, exclusively: true)
        var rules = InspectionRules()
        rules.now = { Date(timeIntervalSince1970: 1_777_723_200) }
        let intake = Intake(
            watcher: watcher,
            inspector: Inspector(threads: 2),
            ledger: ledger,
            rules: [inbox.path: .init(inspection: rules, poseDrift: .init(accept: false))],
            now: { Date(timeIntervalSince1970: 1_777_723_200) },
            changed: { _ in },
            rootChanged: { _, _ in },
            checkFile: { [check] in check.check($0, $1, $2) },
            logger: logger
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do { try await intake.run() } catch is CancellationError {}
            }
            try await body(ledger, intake, watcher)
            group.cancelAll()
            check.nextPiece()
            try await group.waitForAll()
        }
    }

    private func recorded(_ path: String, in ledger: ItemLedger) async throws -> ItemState.Name? {
        try await ledger.item(at: ItemPath(inbox: inbox.path, path: path))?.state.name
    }

    @Test func `a file whose check ends well is an item, and one that vanishes is withdrawn`() async throws {
        try inbox.write("points", to: "scan.e57")
        try await withIntake { ledger, intake, watcher in
            try await until { intake.fileProgress?.done == 3 }
            #expect(intake.fileProgress?.item.path == "scan.e57" && intake.fileProgress?.size == 6)
            #expect(try await recorded("scan.e57", in: ledger) == nil)
            check.letEnd()
            try await until { try await recorded("scan.e57", in: ledger) == .accepted }
            #expect(intake.fileProgress == nil)
            let record = try #require(try await ledger.item(at: ItemPath(inbox: inbox.path, path: "scan.e57")))
            #expect(record.kind == .pointCloud && record.content?.externalID == "site/scan.e57")
            #expect(try record.lastSight.stamp == FileSnapshot.take(record.location).stamp)
            try inbox.write("so that nothing looks unmounted", to: "README")
            try inbox.remove("scan.e57")
            try await until { try await recorded("scan.e57", in: ledger) == .withdrawn }
            try await until { intake.handled == watcher.status.emitted }
        }
    }

    @Test func `a file that vanishes while it is checked leaves nothing behind`() async throws {
        try inbox.write("points", to: "scan.e57")
        try inbox.write("so that nothing looks unmounted", to: "README")
        try await withIntake { ledger, intake, watcher in
            try await until { check.begun == ["scan.e57"] }
            try inbox.remove("scan.e57")
            try await until { watcher.status.emitted == 2 && intake.handled == 2 }
            #expect(check.stopped == ["scan.e57"])
            #expect(try await recorded("scan.e57", in: ledger) == nil)
        }
    }

    @Test func `a file that is being checked delays neither a station nor what has vanished`() async throws {
        try inbox.write("points", to: "scan.e57")
        try await withIntake { ledger, intake, watcher in
            try await until { check.begun == ["scan.e57"] }
            try StationMaker().write(to: inbox.path, named: "a")
            try await until { try await recorded("a", in: ledger) == .accepted }
            try inbox.remove("a")
            try await until { try await recorded("a", in: ledger) == .withdrawn }
            #expect(check.stopped == [])
            try await until { intake.handled == watcher.status.emitted - 1 }
            check.letEnd()
            try await until { intake.handled == watcher.status.emitted }
        }
        #expect(check.begun == ["scan.e57"] && check.stopped == [])
    }

    @Test func `a file that vanishes ends its check, and one that waits is never begun`() async throws {
        for name in ["1.e57", "2.e57", "3.e57"] { try inbox.write("points", to: name) }
        try await withIntake { _, intake, watcher in
            try await until { watcher.status.emitted == 3 && check.begun.count == 1 }
            let running = try #require(check.begun.first)
            let waiting = try #require(["1.e57", "2.e57", "3.e57"].first { $0 != running })
            try inbox.remove(waiting)
            try await until { watcher.status.emitted == 4 && intake.handled == 2 }
            #expect(check.stopped == [])
            try inbox.remove(running)
            try await until { check.stopped == [running] && check.begun.count == 2 }
            #expect(!check.begun.contains(waiting))
            check.letEnd()
            try await until { watcher.status.emitted == 5 && intake.handled == 5 }
        }
    }

    @Test func `a file that changes while it is checked is checked again`() async throws {
        try inbox.write("points", to: "scan.e57")
        try await withIntake { _, intake, watcher in
            try await until { check.begun == ["scan.e57"] }
            try inbox.write("other points", to: "scan.e57")
            try await until { check.stopped == ["scan.e57"] && check.begun.count == 2 }
            check.letEnd()
            try await until { intake.handled == 2 && watcher.status.emitted == 2 }
        }
    }

    @Test func `a stop ends the check between two pieces`() async throws {
        try inbox.write("points", to: "1.e57")
        try inbox.write("points", to: "2.e57")
        try await withIntake { _, _, _ in try await until { check.begun.count == 1 } }
        // Would never come here, were the check not told.
        #expect(check.stopped == check.begun && check.begun.count == 1)
    }
}
