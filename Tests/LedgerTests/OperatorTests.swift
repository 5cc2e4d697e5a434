import Foundation
import Ledger
import Station
import TestSupport
import Testing

/// What commands ask for, and what they find.
struct OperatorTests {
    private let one = Capture.sample("one")

    @Test func `retry makes a postponed station due now`() async throws {
        let bench = try LedgerBench()
        let a = try await bench.record("a", one)
        let later = bench.now.addingTimeInterval(3600)
        _ = try await bench.ledger.postpone(a.id, until: later, counts: true, reason: "", at: bench.now)
        let retried = try await bench.ledger.retry(a.id, at: bench.now)
        #expect(retried.attempts == 0)
        #expect(retried.notBefore == bench.clock.date)
        #expect(retried.state == a.state)
        #expect(try await bench.events("a").last == "retried")
    }

    @Test func `the history says who asked`() async throws {
        let bench = try LedgerBench()
        let a = try await bench.record("a", one)
        _ = try await bench.ledger.retry(a.id, by: "user anna", at: bench.now)
        try await bench.record("b", rejected: [Problem("x", "bad")])
        _ = try await bench.ledger.retry(try await bench.station("b").id, by: "the page on loopback", at: bench.now)
        try await bench.record("c", rejected: [Problem("conflict", "there is another")])
        _ = try await bench.ledger.allowReplacing(try await bench.station("c").id, by: "user anna", at: bench.now)
        func last(_ path: String) async throws -> String? {
            try await bench.ledger.history(of: try await bench.station(path).id).last?.detail
        }
        #expect(try await last("a") == "due now, by user anna")
        #expect(try await last("b") == "by the page on loopback")
        #expect(try await last("c") == "user anna confirmed the replacement")
    }

    @Test(arguments: [ItemState.Name.incomplete, .rejected])
    func `retry has a refused folder inspected again`(state: ItemState.Name) async throws {
        let bench = try LedgerBench()
        switch state {
        case .incomplete: try await bench.record("a", incomplete: [Problem("x", "part")])
        default: try await bench.record("a", rejected: [Problem("x", "bad")])
        }
        let a = try await bench.ledger.retry(try await bench.station("a").id, at: bench.now)
        #expect(a.state == .incomplete([]))
        #expect(try await bench.ledger.itemsToLookAt().map(\.path) == ["a"])
        try await bench.record("a", one)
        #expect(try await bench.ledger.itemsToLookAt().isEmpty)
    }

    @Test func `a folder that is gone cannot be inspected again`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", one)
        try await bench.recordGone("a")
        let a = try await bench.station("a")
        do throws(LedgerError) {
            _ = try await bench.ledger.retry(a.id, at: bench.now)
            Issue.record("a withdrawn station was retried")
        } catch {
            #expect(error.description.contains("Copy the folder into the inbox again."))
        }
    }

    @Test func `a registered station cannot be retried`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", one)
        let done = try await bench.deliver("a")
        do throws(LedgerError) {
            _ = try await bench.ledger.retry(done.id, at: bench.now)
            Issue.record("it was retried")
        } catch {
            #expect(error.summary.contains("is registered"))
            #expect(error.remedy == .giveUp)
        }
        #expect(try await bench.station("a") == done)
    }

    @Test func `the daemon notices what a command writes, and not what it writes itself`() async throws {
        let bench = try LedgerBench()
        let a = try await bench.record("a", rejected: [Problem("x", "bad")])
        let seen = try await bench.ledger.versionSeenByOthers()
        try await bench.record("b", one)
        #expect(try await bench.ledger.versionSeenByOthers() == seen)
        let command = try bench.reopened()
        _ = try await command.retry(a.id, at: bench.now)
        #expect(try await bench.ledger.versionSeenByOthers() != seen)
        #expect(try await bench.ledger.itemsToLookAt().map(\.path) == ["a"])
    }

    @Test func `several are retried at once, and one that cannot be keeps nobody from it`() async throws {
        let bench = try LedgerBench()
        for name in ["a", "b", "c"] {
            try await bench.record(name, .sample(name, station: name))
            try await bench.giveUp(name)
        }
        try await bench.recordGone("b")
        var ids: [ItemNumber] = []
        for name in ["a", "b", "c"] { ids.append(try await bench.station(name).id) }
        let (retried, leftOut) = try await bench.ledger.retry(ids, at: bench.now)
        #expect(retried.map(\.path) == ["a", "c"] && retried.allSatisfy { $0.state.name == .accepted })
        #expect(leftOut.count == 1 && leftOut[0].summary.contains("withdrawn"))
        #expect(try await bench.station("b").state == .withdrawn)
    }

    @Test func `a station is found by number, folder, path and external id`() async throws {
        let bench = try LedgerBench()
        let a = try await bench.record("site/a", one)
        for name in [
            "\(a.id)", "site/a", "site/a/", "/srv/inbox/site/a", "/srv/inbox/site/a/", one.ids.image, one.ids.station,
        ] {
            #expect(try await bench.ledger.item(named: name).id == a.id, "\(name)")
        }
        for name in ["", "/", "4711", "site", "a", "SITE/A", "%", "site/_"] {
            await #expect(throws: LedgerError.unknownStation(name)) { try await bench.ledger.item(named: name) }
        }
    }

    @Test func `a name that several share is refused with their numbers`() async throws {
        let bench = try LedgerBench()
        let a = try await bench.record("a", one)
        let b = try await bench.record("b", .sample("later", time: Capture.eleven))
        do throws(LedgerError) {
            _ = try await bench.ledger.item(named: one.ids.station)
            Issue.record("one was chosen")
        } catch {
            #expect(error.summary.contains("\(a.id), \(b.id)"))
        }
    }

    @Test func `lists come newest change first, by state, and counted`() async throws {
        let bench = try LedgerBench()
        for name in ["a", "b", "c"] { try await bench.record(name, .sample(name, station: name)) }
        try await bench.beginUpload("a")
        try await bench.record("d", rejected: [Problem("x", "bad")])
        #expect(try await bench.ledger.items().map(\.path) == ["d", "a", "c", "b"])
        #expect(try await bench.ledger.items(limit: 2).map(\.path) == ["d", "a"])
        #expect(try await bench.ledger.items(in: .accepted).map(\.path) == ["c", "b"])
        #expect(try await bench.ledger.items(in: .withdrawn) == [])
        let counts = try await bench.ledger.counts()
        #expect(counts.count == ItemState.Name.allCases.count)
        #expect(counts[.accepted] == 2)
        #expect(counts[.uploading] == 1)
        #expect(counts[.rejected] == 1)
        #expect(counts[.failed] == 0)
    }

    @Test func `known folders are those that exist, final ones those with nothing left to do`() async throws {
        let bench = try LedgerBench()
        try await bench.record("registered", .sample("1", station: "1"))
        try await bench.deliver("registered")
        try await bench.record("copy", .sample("1", station: "1"))
        try await bench.record("delivered and gone", .sample("2", station: "2"))
        try await bench.deliver("delivered and gone")
        try await bench.recordGone("delivered and gone")
        try await bench.record("withdrawn", .sample("3", station: "3"))
        try await bench.recordGone("withdrawn")
        try await bench.record("rejected", rejected: [Problem("x", "bad")])
        try await bench.record("incomplete", incomplete: [])
        try await bench.record("failed", .sample("4", station: "4"))
        try await bench.beginUpload("failed")
        try await bench.giveUp("failed")
        try await bench.record("accepted", .sample("5", station: "5"))
        let known = try await bench.knownItems()
        #expect(known.keys.sorted() == ["accepted", "copy", "failed", "incomplete", "registered", "rejected"])
        #expect(known["accepted"] == "stamp")
        #expect(known["rejected"] == "bad")
        let states = try await bench.ledger.knownItems(inbox: LedgerBench.inbox, into: [String: ItemState.Name]()) {
            $0[$1] = $4
        }
        #expect(states["copy"] == .registered)
        #expect(states["rejected"] == .rejected)
        #expect(states["failed"] == .failed)
    }

    @Test func `the daemon's own facts are stored, changed and removed`() async throws {
        let bench = try LedgerBench()
        try await bench.ledger.setDaemonValue("1", for: "pid")
        try await bench.ledger.setDaemonValue("true", for: "online")
        try await bench.ledger.setDaemonValue("2", for: "pid")
        #expect(try await bench.reopened().daemonValues() == ["pid": "2", "online": "true"])
        try await bench.ledger.setDaemonValue(nil, for: "pid")
        try await bench.ledger.setDaemonValue(nil, for: "never said")
        #expect(try await bench.ledger.daemonValues() == ["online": "true"])
    }

    // MARK: Reports

    @Test func `a change is due for reporting until it is reported, and again after the next change`() async throws {
        let bench = try LedgerBench()
        let a = try await bench.record("a", rejected: [Problem("x", "bad")])
        #expect(try await bench.ledger.unreported(incompleteSince: .distantPast, limit: 9).map(\.path) == ["a"])
        try await bench.ledger.recordReported(a.id, revision: a.revision, report: "/in/a.REJECTED.txt")
        #expect(try await bench.ledger.unreported(incompleteSince: .distantPast, limit: 9) == [])
        #expect(try await bench.station("a").report == "/in/a.REJECTED.txt")
        let b = try await bench.record("a", one)
        #expect(b.report == "/in/a.REJECTED.txt")
        #expect(try await bench.ledger.unreported(incompleteSince: .distantPast, limit: 9).map(\.path) == ["a"])
    }

    @Test func `a report of an older state leaves the newer one due`() async throws {
        let bench = try LedgerBench()
        let old = try await bench.record("a", rejected: [Problem("x", "bad")])
        let new = try await bench.record("a", one)
        try await bench.ledger.recordReported(old.id, revision: old.revision, report: "r")
        #expect(try await bench.ledger.unreported(incompleteSince: .distantPast, limit: 9).map(\.path) == ["a"])
        try await bench.ledger.recordReported(new.id, revision: new.revision, report: nil)
        try await bench.ledger.recordReported(old.id, revision: old.revision, report: nil)
        #expect(try await bench.ledger.unreported(incompleteSince: .distantPast, limit: 9) == [])
        // A number from nowhere does no harm.
        try await bench.ledger.recordReported(new.id, revision: 4711, report: nil)
        try await bench.record("a", rejected: [Problem("x", "bad")])
        #expect(try await bench.ledger.unreported(incompleteSince: .distantPast, limit: 9).map(\.path) == ["a"])
    }

    @Test func `incomplete stations are reported only after a while, unless they had another report before`()
        async throws
    {
        let bench = try LedgerBench()
        let a = try await bench.record("a", incomplete: [Problem("x", "part")])
        let changed = a.changedAt
        #expect(try await bench.ledger.unreported(incompleteSince: changed.addingTimeInterval(-0.001), limit: 9) == [])
        #expect(try await bench.ledger.unreported(incompleteSince: changed, limit: 9).map(\.path) == ["a"])
        try await bench.ledger.recordReported(a.id, revision: a.revision, report: "r")
        try await bench.record("a", incomplete: [Problem("y", "still")])
        #expect(try await bench.ledger.unreported(incompleteSince: .distantPast, limit: 9).map(\.path) == ["a"])
    }
}
