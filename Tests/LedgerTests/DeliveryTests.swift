import Foundation
import Ledger
import Station
import TestSupport
import Testing

/// accepted → uploaded → registered, as the stages write it down.
struct DeliveryTests {
    private let one = Capture.sample("one")
    private let two = Capture.sample("two")

    @Test func `the sixth face makes a station uploaded, in the same transaction`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", one)
        try await bench.beginUpload("a")
        for (index, face) in [Face.bottom, .front, .left, .back, .top, .right].enumerated() {
            let after = try await bench.send([face], of: "a")
            #expect(after.state.name == (index == 5 ? .uploaded : .uploading))
            let stored = try bench.rawRows(
                "SELECT state || (SELECT count(*) FROM file WHERE state = 'sent') FROM item"
            )
            #expect(stored == [(index == 5 ? "uploaded" : "uploading") + String(index + 1)])
        }
    }

    @Test func `faces come in their fixed order with what is to be sent, and get their receipts`() async throws {
        let bench = try LedgerBench()
        let record = try await bench.record("a", one)
        var faces = try await bench.ledger.files(of: record.id)
        #expect(faces.map(\.role) == Face.allCases.map(FileRole.face))
        #expect(faces.map(\.externalID) == Face.allCases.map { one.ids.file($0) })
        #expect(faces.map(\.digest) == Face.allCases.map { one.faces[$0]?.digest })
        #expect(faces.allSatisfy { $0.size == 1000 && $0.receipt == nil && $0.state == .pending })
        try await bench.beginUpload("a")
        try await bench.send([.top], of: "a")
        faces = try await bench.ledger.files(of: record.id)
        #expect(faces.filter { $0.state == .sent }.map(\.role) == [.face(.top)])
        #expect(faces.first { $0.role == .face(.top) }?.receipt == .of(one.ids.file(.top)))
    }

    @Test func `a face that is sent twice keeps the last receipt`() async throws {
        let bench = try LedgerBench()
        let record = try await bench.record("a", one)
        try await bench.beginUpload("a")
        try await bench.send([.top], of: "a")
        let receipt = FileReceipt(rawValue: 99)
        let after = try await bench.ledger.recordSent(
            .face(.top),
            of: record.id,
            digest: one.digest,
            receipt: receipt,
            at: bench.now
        )
        #expect(after.state.name == .uploading)
        #expect(try await bench.ledger.files(of: record.id).first { $0.role == .face(.top) }?.receipt == receipt)
    }

    @Test func `beginning an upload again is not a change, and keeps what was sent`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", one)
        let begun = try await bench.beginUpload("a")
        try await bench.send([.front], of: "a")
        #expect(try await bench.beginUpload("a") == begun)
        #expect(try await bench.fileStates("a").filter { $0 == .sent }.count == 1)
        #expect(try await bench.events("a").filter { $0 == "upload-started" }.count == 1)
    }

    @Test func `confirmed faces are recorded, and only those that were sent`() async throws {
        let bench = try LedgerBench()
        let a = try await bench.record("a", one)
        let b = try await bench.record("b", .sample("else", station: "s2"))
        try await bench.beginUpload("a")
        try await bench.send(of: "a")
        try await bench.beginUpload("b")
        try await bench.send([.front], of: "b")
        try await bench.ledger.recordConfirmed(
            [a.id: one.digest, b.id: Capture.sample("else", station: "s2").digest],
            at: bench.now
        )
        #expect(try await bench.fileStates("a") == Array(repeating: .confirmed, count: 6))
        #expect(try await bench.fileStates("b") == [.confirmed] + Array(repeating: .pending, count: 5))
        #expect(try await bench.station("a").state.name == .uploaded)
    }

    @Test(arguments: [false, true])
    func `files that CDF is missing are sent again, and only they`(confirmed: Bool) async throws {
        let bench = try LedgerBench()
        let a = try await bench.record("a", one)
        try await bench.beginUpload("a")
        try await bench.send(of: "a")
        if confirmed { try await bench.ledger.recordConfirmed([a.id: one.digest], at: bench.now) }
        let after = try await bench.ledger.recordMissing(
            [.face(.left), .face(.top)],
            of: a.id,
            digest: one.digest,
            at: bench.now
        )
        #expect(after.state == .accepted(one.digest))
        #expect(after.attempts == 0)
        let kept: FileRecord.State = confirmed ? .confirmed : .sent
        #expect(try await bench.fileStates("a") == [kept, kept, .pending, kept, .pending, kept])
        #expect(try await bench.ledger.history(of: a.id).last?.detail == "left, top")
        #expect(try await bench.ledger.dueForUpload(at: bench.now, limit: 9).map(\.path) == ["a"])
        try await bench.beginUpload("a")
        try await bench.send([.left], of: "a")
        #expect(try await bench.send([.top], of: "a").state.name == .uploaded)
        #expect(try await bench.register("a").state.name == .registered)
    }

    // MARK: News that come late

    @Test func `an outcome of replaced content changes nothing, and is in the history`() async throws {
        let bench = try LedgerBench()
        let a = try await bench.record("a", one)
        try await bench.beginUpload("a")
        try await bench.send(of: "a")
        try await bench.record("a", two)
        let before = try await bench.station("a")
        let events: [ItemEvent] = [
            .uploadStarted(one.digest), .uploadFinished(one.digest), .registered(one.digest), .filesMissing(one.digest),
            .gaveUp(one.digest, .init(summary: "no")),
        ]
        for event in events {
            #expect(try await bench.ledger.record(event, for: a.id, at: bench.now) == before)
        }
        #expect(
            try await bench.ledger.recordMissing([.face(.front)], of: a.id, digest: one.digest, at: bench.now) == before
        )
        #expect(try await bench.events("a").filter { $0 == "overtaken" }.count == events.count)
        #expect(try await bench.fileStates("a") == Array(repeating: .pending, count: 6))
        #expect(try bench.rawRows("SELECT digest FROM content WHERE deliveredAt IS NOT NULL") == [])
    }

    @Test func `an outcome of a removed folder changes nothing`() async throws {
        let bench = try LedgerBench()
        let a = try await bench.record("a", one)
        try await bench.beginUpload("a")
        try await bench.recordGone("a")
        for event in [ItemEvent.registered(one.digest), .gaveUp(one.digest, .init(summary: "no"))] {
            #expect(try await bench.ledger.record(event, for: a.id, at: bench.now).state == .withdrawn)
        }
        let sent = try await bench.ledger.recordSent(
            .face(.front),
            of: a.id,
            digest: one.digest,
            receipt: .of("x"),
            at: bench.now
        )
        #expect(sent.state == .withdrawn)
    }

    @Test func `an outcome that does not fit the state is refused, and nothing of it is written`() async throws {
        let bench = try LedgerBench()
        let a = try await bench.record("a", one)
        for event in [
            ItemEvent.registered(one.digest), .uploadFinished(one.digest), .filesMissing(one.digest),
            .retried(one.digest),
        ] {
            do throws(LedgerError) {
                _ = try await bench.ledger.record(event, for: a.id, at: bench.now)
                Issue.record("\(event) was taken")
            } catch {
                guard case .illegal(let transition) = error else { throw error }
                #expect(transition.from == .accepted)
                #expect(transition.event == event)
            }
        }
        #expect(try await bench.station("a") == a)
        #expect(try await bench.events("a") == ["seen", "accepted"])
    }

    @Test func `an unknown station is named in the error`() async throws {
        let bench = try LedgerBench()
        let id = ItemNumber(rawValue: 7)
        await #expect(throws: LedgerError.unknownStation("7")) { try await bench.ledger.item(id) }
        await #expect(throws: LedgerError.unknownStation("7")) {
            try await bench.ledger.record(.registered(one.digest), for: id, at: bench.now)
        }
        await #expect(throws: LedgerError.unknownStation("7")) { try await bench.ledger.retry(id, at: bench.now) }
        #expect(try await bench.ledger.files(of: id) == [])
    }

    // MARK: Whose turn it is

    @Test func `begun stations come first, then those seen first`() async throws {
        let bench = try LedgerBench()
        for name in ["a", "b", "c", "d"] { try await bench.record(name, .sample(name, station: name)) }
        try await bench.beginUpload("c")
        #expect(try await bench.ledger.dueForUpload(at: bench.now, limit: 9).map(\.path) == ["c", "a", "b", "d"])
        #expect(try await bench.ledger.dueForUpload(at: bench.now, limit: 2).map(\.path) == ["c", "a"])
        #expect(try await bench.ledger.dueForRegistration(at: bench.now, limit: 9) == [])
        try await bench.send(of: "c")
        #expect(try await bench.ledger.dueForUpload(at: bench.now, limit: 9).map(\.path) == ["a", "b", "d"])
        #expect(try await bench.ledger.dueForRegistration(at: bench.now, limit: 9).map(\.path) == ["c"])
        try await bench.register("c")
        #expect(try await bench.ledger.dueForRegistration(at: bench.now, limit: 9) == [])
    }

    @Test func `a postponed station is not due before its time`() async throws {
        let bench = try LedgerBench()
        let a = try await bench.record("a", one)
        let later = bench.now.addingTimeInterval(60)
        let put = try await bench.ledger.postpone(a.id, until: later, counts: true, reason: "no answer", at: bench.now)
        #expect(put.attempts == 1)
        #expect(put.notBefore == later)
        #expect(put.state == a.state)
        #expect(put.revision == a.revision)
        #expect(try await bench.nextDue(at: bench.clock.date) == later)
        #expect(try await bench.ledger.dueForUpload(at: later.addingTimeInterval(-0.001), limit: 9) == [])
        #expect(try await bench.ledger.dueForUpload(at: later, limit: 9).map(\.path) == ["a"])
        #expect(try await bench.ledger.history(of: a.id).last?.detail == "no answer")
    }

    @Test func `a date set before the clock was set back is not waited for, and one set after it is`() async throws {
        let bench = try LedgerBench()
        let a = try await bench.record("a", one)
        let later = bench.now.addingTimeInterval(60)
        _ = try await bench.ledger.postpone(a.id, until: later, counts: true, reason: "no answer", at: bench.now)
        let yesterday = bench.clock.date.addingTimeInterval(-86_400)
        #expect(try await bench.nextDue(at: yesterday) == yesterday)
        #expect(try await bench.ledger.dueForUpload(at: yesterday, limit: 9).map(\.path) == ["a"])

        let soon = yesterday.addingTimeInterval(120)
        _ = try await bench.ledger.postpone(a.id, until: soon, counts: true, reason: "no answer", at: yesterday)
        #expect(try await bench.nextDue(at: yesterday) == soon)
        #expect(try await bench.ledger.dueForUpload(at: yesterday, limit: 9) == [])
        #expect(try await bench.ledger.dueForUpload(at: soon, limit: 9).map(\.path) == ["a"])
    }

    @Test func `a postponement that does not count leaves attempts and history unchanged`() async throws {
        let bench = try LedgerBench()
        let a = try await bench.record("a", one)
        let later = bench.now.addingTimeInterval(5)
        let put = try await bench.ledger.postpone(a.id, until: later, counts: false, reason: "changed", at: bench.now)
        #expect(put.attempts == 0)
        #expect(put.notBefore == later)
        #expect(try await bench.events("a") == ["seen", "accepted"])
    }

    @Test func `a postponement into the past has no effect`() async throws {
        let bench = try LedgerBench()
        let a = try await bench.record("a", one)
        let moment = bench.now
        let put = try await bench.ledger.postpone(a.id, until: .distantPast, counts: true, reason: "", at: moment)
        #expect(put.notBefore == moment)
    }

    @Test func `the next state starts without attempts`() async throws {
        let bench = try LedgerBench()
        let a = try await bench.record("a", one)
        for _ in 0..<3 {
            _ = try await bench.ledger.postpone(
                a.id,
                until: bench.now.addingTimeInterval(60),
                counts: true,
                reason: "",
                at: bench.now
            )
        }
        #expect(try await bench.station("a").attempts == 3)
        let begun = try await bench.beginUpload("a")
        #expect(begun.attempts == 0)
        #expect(begun.notBefore == bench.clock.date)
    }

    @Test func `the earliest of all that wait is due next`() async throws {
        let bench = try LedgerBench()
        let (soon, late) = (bench.now.addingTimeInterval(60), bench.now.addingTimeInterval(600))
        let a = try await bench.record("a", .sample("a", station: "a"))
        let b = try await bench.record("b", .sample("b", station: "b"))
        _ = try await bench.ledger.postpone(a.id, until: late, counts: true, reason: "", at: bench.now)
        _ = try await bench.ledger.postpone(b.id, until: soon, counts: true, reason: "", at: bench.now)
        // A copy, a refused one and one that waits for the crew are nobody's turn.
        try await bench.record("copy", .sample("a", station: "x"))
        try await bench.record("bad", rejected: [Problem("x", "bad")])
        try await bench.record("part", incomplete: [])
        #expect(try await bench.nextDue(at: bench.clock.date) == soon)
        try await bench.beginUpload("b")
        try await bench.send(of: "b")
        try await bench.register("b")
        #expect(try await bench.nextDue(at: bench.clock.date) == late)
        try await bench.recordGone("a")
        // The copy was promoted, due at once.
        #expect(try await bench.nextDue(at: bench.clock.date) == bench.clock.date)
    }

    // MARK: Giving up

    @Test(arguments: [ItemState.Name.accepted, .uploading, .uploaded])
    func `a failed station waits for a retry, and says why`(state: ItemState.Name) async throws {
        let bench = try LedgerBench()
        try await bench.record("a", one)
        if state != .accepted { try await bench.beginUpload("a") }
        if state == .uploaded { try await bench.send(of: "a") }
        let failed = try await bench.giveUp("a", "CDF refused the file.")
        #expect(failed.state == .failed(one.digest, .init(summary: "CDF refused the file.", advice: "Ask.")))
        #expect(try await bench.nextDue(at: bench.clock.date) == nil)
        #expect(try await bench.ledger.history(of: failed.id).last?.detail == "CDF refused the file.")
        #expect(try await bench.reopened().item(failed.id) == failed)

        let retried = try await bench.ledger.retry(failed.id, at: bench.now)
        #expect(retried.state == .accepted(one.digest))
        #expect(retried.attempts == 0)
        #expect(try await bench.ledger.dueForUpload(at: bench.now, limit: 9).map(\.path) == ["a"])
    }

    @Test func `a failed station whose folder is touched is tried again automatically`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", one)
        try await bench.beginUpload("a")
        try await bench.giveUp("a")
        #expect(try await bench.record("a", one, stamp: "touched").state == .accepted(one.digest))
    }
}
