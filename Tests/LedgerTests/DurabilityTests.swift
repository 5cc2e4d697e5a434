import Foundation
import Ledger
import Station
import TestSupport
import Testing

/// What a method that writes has returned is in the file.
struct DurabilityTests {
    /// What the file says, read by somebody else.
    private func expectSame(_ bench: LedgerBench, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let other = try bench.reopened()
        let (mine, theirs) = (try await bench.ledger.items(), try await other.items())
        #expect(mine == theirs, sourceLocation: sourceLocation)
        for record in mine {
            #expect(
                try await bench.ledger.files(of: record.id) == other.files(of: record.id),
                sourceLocation: sourceLocation
            )
            #expect(
                try await bench.ledger.history(of: record.id) == other.history(of: record.id),
                sourceLocation: sourceLocation
            )
        }
        #expect(try await other.integrityProblems() == [], sourceLocation: sourceLocation)
        try other.close()
    }

    @Test func `after every step another process reads the same`() async throws {
        let bench = try LedgerBench()
        let (one, two) = (Capture.sample("one"), Capture.sample("two"))
        try await bench.record("a", incomplete: [Problem("x", "part", file: "top.jpg")])
        try await expectSame(bench)
        try await bench.record("a", one)
        try await expectSame(bench)
        try await bench.record("copy", one)
        try await expectSame(bench)
        try await bench.beginUpload("a")
        try await expectSame(bench)
        for face in Face.allCases {
            try await bench.send([face], of: "a")
            try await expectSame(bench)
        }
        let a = try await bench.station("a")
        _ = try await bench.ledger.recordMissing([.face(.top)], of: a.id, digest: one.digest, at: bench.now)
        try await expectSame(bench)
        _ = try await bench.ledger.postpone(a.id, until: bench.now, counts: true, reason: "r", at: bench.now)
        try await expectSame(bench)
        try await bench.beginUpload("a")
        try await bench.send([.top], of: "a")
        try await bench.register("a")
        try await expectSame(bench)
        try await bench.record("b", two)
        try await expectSame(bench)
        _ = try await bench.ledger.allowReplacing(try await bench.station("b").id, at: bench.now)
        try await expectSame(bench)
        try await bench.record("b", two)
        try await bench.beginUpload("b")
        try await expectSame(bench)
        try await bench.giveUp("b")
        try await expectSame(bench)
        try await bench.recordGone("b")
        try await expectSame(bench)
        try await bench.ledger.recordReported(a.id, revision: 2, report: "/r")
        try await expectSame(bench)
    }

    @Test func `a daemon that was killed at any step continues where it was`() async throws {
        let folder = try TemporaryFolder()
        let capture = Capture.sample()
        var moment = Date(timeIntervalSince1970: 1_777_636_800)
        var last: ItemRecord?
        let sighting = Sighting(
            at: ItemPath(inbox: "/in", path: "a"),
            stamp: Stamp(rawValue: "s"),
            outcome: .accepted(.station(capture))
        )
        let id = ItemNumber(rawValue: 1)
        var steps: [@Sendable (ItemLedger, Date) async throws -> ItemRecord] = [
            { try await $0.record(sighting, at: $1) },
            { try await $0.record(.uploadStarted(capture.digest), for: id, at: $1) },
        ]
        for face in Face.allCases {
            steps.append {
                try await $0.recordSent(
                    .face(face),
                    of: id,
                    digest: capture.digest,
                    receipt: .of(capture.ids.file(face)),
                    at: $1
                )
            }
        }
        steps.append { try await $0.record(.registered(capture.digest), for: id, at: $1) }
        for step in steps {
            // Never closed in order: the connection and the lock just go.
            let ledger = try ItemLedger(directory: folder.path, exclusively: true)
            if let last { #expect(try await ledger.item(id) == last) }
            moment += 1
            last = try await step(ledger, moment)
        }
        #expect(last?.state == .registered(capture.digest))
        let ledger = try ItemLedger(directory: folder.path, exclusively: true)
        #expect(try await ledger.files(of: id).map(\.receipt) == Face.allCases.map { .of(capture.ids.file($0)) })
        #expect(try await ledger.integrityProblems() == [])
    }

    @Test func `a step that fails half-way leaves nothing behind`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample("a"))
        try await bench.beginUpload("a")
        try await bench.send([.front, .back, .left, .right, .top], of: "a")
        let before = try await bench.station("a")
        // The sixth face would make the station uploaded, and that is made impossible.
        try bench.rawSQL(
            """
            CREATE TRIGGER broken BEFORE UPDATE ON item WHEN NEW.state = 'uploaded'
            BEGIN SELECT RAISE(ABORT, 'made impossible'); END
            """
        )
        do throws(LedgerError) {
            _ = try await bench.ledger.recordSent(
                .face(.bottom),
                of: before.id,
                digest: Capture.sample("a").digest,
                receipt: .of("x"),
                at: bench.now
            )
            Issue.record("it was written")
        } catch {
            guard case .contradiction(_, let detail) = error else { throw error }
            #expect(detail.contains("made impossible"))
        }
        #expect(try await bench.station("a") == before)
        #expect(try await bench.fileStates("a").last == .pending)
        #expect(try await bench.events("a").last == "upload-started")
    }

    @Test func `a write in a cancelled task is written`() async throws {
        let bench = try LedgerBench()
        let a = try await bench.record("a", .sample())
        let (ledger, clock) = (bench.ledger, bench.clock)
        let done = try await Task {
            withUnsafeCurrentTask { $0?.cancel() }
            #expect(Task.isCancelled)
            var record = try await ledger.record(.uploadStarted(Capture.sample().digest), for: a.id, at: clock.date)
            for face in Face.allCases {
                record = try await ledger.recordSent(
                    .face(face),
                    of: a.id,
                    digest: Capture.sample().digest,
                    receipt: .of("\(face)"),
                    at: clock.date
                )
            }
            return record
        }.value
        #expect(done.state.name == .uploaded)
        #expect(try await bench.reopened().item(a.id) == done)
    }

    @Test func `many writers at once lose nothing`() async throws {
        let bench = try LedgerBench()
        let (ledger, moment) = (bench.ledger, bench.now)
        let command = try bench.reopened()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<60 {
                let writer = index % 3 == 0 ? command : ledger
                group.addTask {
                    let capture = Capture.sample("\(index)", station: "s\(index)")
                    let sighting = Sighting(
                        at: ItemPath(inbox: "/in", path: "s\(index)"),
                        stamp: Stamp(rawValue: "s"),
                        outcome: .accepted(.station(capture))
                    )
                    let record = try await writer.record(sighting, at: moment)
                    _ = try await writer.record(.uploadStarted(capture.digest), for: record.id, at: moment)
                    for face in Face.allCases {
                        _ = try await writer.recordSent(
                            .face(face),
                            of: record.id,
                            digest: capture.digest,
                            receipt: .of(capture.ids.file(face)),
                            at: moment
                        )
                    }
                    _ = try await writer.record(.registered(capture.digest), for: record.id, at: moment)
                }
            }
            try await group.waitForAll()
        }
        #expect(try await bench.ledger.counts()[.registered] == 60)
        #expect(Set(try await bench.ledger.items().map(\.id)).count == 60)
        #expect(try await bench.ledger.integrityProblems() == [])
    }

    @Test func `times are read back to the millisecond`() async throws {
        let bench = try LedgerBench()
        for milliseconds in [0, 1, 999, 1_777_636_800_123, -1, 253_402_300_799_999] as [Int64] {
            let moment = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
            let sighting = Sighting(
                at: ItemPath(inbox: "/in", path: "p\(milliseconds)"),
                stamp: Stamp(rawValue: "s"),
                outcome: .incomplete([Problem("x", "part")])
            )
            let record = try await bench.ledger.record(sighting, at: moment)
            #expect(abs(record.firstSeen.timeIntervalSince(moment)) < 0.0005)
            #expect(try await bench.reopened().item(record.id).firstSeen == record.firstSeen)
        }
    }
}
