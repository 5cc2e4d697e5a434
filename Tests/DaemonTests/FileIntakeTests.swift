import DropFolder
import E57Writing
import Foundation
import Inbox
import Inspection
import Ledger
import Logging
import Station
import TestSupport
import Testing

@testable import Daemon

/// E57 files on their way from the inbox into the ledger.
@Suite(.timeLimit(.minutes(15)))
struct FileIntakeTests {
    let inbox: TemporaryFolder
    let state: TemporaryFolder

    init() throws {
        inbox = try TemporaryFolder()
        state = try TemporaryFolder()
        try inbox.makeFolder("plant")
        try inbox.write("so that nothing looks unmounted", to: "README")
    }

    private func until(_ fact: () async throws -> Bool) async throws {
        while try await !fact(), !Task.isCancelled { await Task.yield() }
        try Task.checkCancellation()
    }

    /// Runs an intake whose E57 files become what `extraction` says.
    private func withIntake(
        _ extraction: FileRules.Extraction,
        _ body: (ItemLedger) async throws -> Void
    ) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let rules = FileRules(extraction, inspection: InspectionRules())
        let ledger = try ItemLedger(directory: state.path, exclusively: true)
        let watcher = InboxWatcher(
            inboxes: [
                InboxSettings(
                    root: inbox.path,
                    settle: .milliseconds(60),
                    detection: .inotify,
                    fileEndings: rules.endings
                )
            ],
            known: [inbox.path: try await KnownStations.read(from: ledger, inbox: inbox.path, files: rules.kind)],
            rescanInterval: .seconds(3600),
            logger: logger
        )
        let intake = Intake(
            watcher: watcher,
            inspector: Inspector(threads: 2),
            ledger: ledger,
            rules: [inbox.path: .init(inspection: InspectionRules(), poseDrift: .init(), files: rules)],
            now: { Date(timeIntervalSince1970: 1_777_723_200) },
            changed: { _ in },
            rootChanged: { _, _ in },
            logger: logger
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do { try await intake.run() } catch is CancellationError {}
            }
            try await body(ledger)
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private func record(_ path: String, in ledger: ItemLedger) async throws -> ItemRecord? {
        try await ledger.item(at: ItemPath(inbox: inbox.path, path: path))
    }

    private static func file(_ padding: Int64 = 5000) throws -> [UInt8] {
        try DrawnE57(images: [], scans: [.init(guid: "{s}", name: "Setup 1")], padding: padding).bytes().bytes
    }

    @Test func `a file that is cut waits, is accepted when the rest has come, and is corrected when it changes`()
        async throws
    {
        let path = "plant/hall.e57"
        let whole = try Self.file()
        try inbox.write(Array(whole.dropLast(1024)), to: path)
        try await withIntake(.cdf(.number(1))) { ledger in
            try await until { try await record(path, in: ledger)?.problems.map(\.code) == ["e57-truncated"] }
            // In its history: on a busy machine it may have waited long enough to be rejected by now.
            let waiting = try #require(try await record(path, in: ledger))
            #expect(try await ledger.history(of: waiting.id).first?.state == .incomplete)
            try inbox.write(whole, to: path)
            try await until { try await record(path, in: ledger)?.state.name == .accepted }
            let first = try #require(try await record(path, in: ledger)?.content)
            try inbox.write(try Self.file(9000), to: path)
            try await until { try await record(path, in: ledger)?.content?.digest != first.digest }
            let second = try #require(try await record(path, in: ledger)?.content)
            #expect(second.externalID == first.externalID && second.externalID == "plant/hall.e57")
            var damaged = whole
            damaged[200] ^= 1
            try inbox.write(damaged, to: path)
            try await until { try await record(path, in: ledger)?.problems.map(\.code) == ["e57-damaged"] }
            #expect(try await record(path, in: ledger)?.state.name == .rejected)
        }
    }

    @Test func `a sidecar that comes later decides anew, and its faults are said`() async throws {
        let path = "plant/hall.e57"
        try inbox.write(try Self.file(), to: path)
        try await withIntake(.cdf(.number(1))) { ledger in
            try await until { try await record(path, in: ledger)?.state.name == .accepted }
            try inbox.write("{\"site_id\": \"north\"}", to: path + ".json")
            try await until { try await record(path, in: ledger)?.content?.externalID == "north/hall.e57" }
            try inbox.write("{\"translation\": [1, 2, 3]}", to: path + ".json")
            try await until { try await record(path, in: ledger)?.problems.map(\.code) == ["given-twice"] }
        }
    }

    @Test func `an archive that holds something else is refused as before, and one of scans is accepted`() async throws
    {
        try inbox.write("not a zip", to: "plant/st-1.zip")
        try await withIntake(.cdf(.number(1))) { ledger in
            try await until { try await record("plant/st-1.zip", in: ledger)?.problems.map(\.code) == ["archive"] }
            try inbox.makeFolder("plant/st-1")
            try await until { try await record("plant/st-1.zip", in: ledger)?.state.name == .withdrawn }
        }
    }
}
