import Foundation
import TestSupport
import Testing

/// A bug by which drop360 writes what its own ledger does not take; played by a rule that is added to the table.
@Suite(.timeLimit(.minutes(15)))
struct ContradictionTests {
    private func forbid(_ rows: String, in site: Site) async throws {
        let child = try ChildProcess(
            "/usr/bin/sqlite3",
            [site.state + "/ledger.sqlite", "ALTER TABLE item ADD COLUMN forbidden INTEGER CHECK (NOT (\(rows)))"],
            environment: ProcessInfo.processInfo.environment,
            in: site.folder.path,
            log: site.folder.path("sqlite3")
        )
        try #require(try await child.ended() == .code(0), "\(child.errors)")
    }

    @Test(arguments: [
        ("path = 'bad'", "a station is skipped: this is a bug in drop360"),
        ("path = 'bad' AND state = 'uploading'", "stations are skipped for an hour: this is a bug in drop360"),
    ])
    func `a station that the ledger refuses by a bug is skipped and logged, and the others are delivered`(
        rows: String,
        words: String
    ) async throws {
        let site = try await Site()
        try await site.deliverAll()
        try await forbid(rows, in: site)
        try site.drop("bad")
        let daemon = try site.startDaemon()
        try await daemon.waitForLog(words)
        try site.drop("good", .init(seed: 1))
        _ = try await site.report("good", "UPLOADED")
        #expect(daemon.errors.contains("CHECK constraint failed"))
        #expect(!daemon.errors.contains("the ledger could not be written"))
        try await site.stop(daemon)
    }

    @Test func `a run until idle that skipped a station does not end as if all were registered`() async throws {
        let site = try await Site()
        try await site.deliverAll()
        try await forbid("path = 'bad'", in: site)
        try site.drop("bad")
        try site.drop("good", .init(seed: 1))
        let finished = try await site.deliver()
        #expect(finished.exit == .code(1), "\(finished.errors)")
        #expect(finished.errors.contains("a station is skipped: this is a bug in drop360"))
        #expect(try await site.states() == ["good": "registered"])
    }
}
