import Foundation
import Ledger
import Station
import TestSupport
import Testing

/// The same content again, under any name: it is sent once.
struct SameContentTests {
    @Test func `a copy of a station under way waits for it, and is registered with it`() async throws {
        let bench = try LedgerBench()
        let first = try await bench.record("a", .sample())
        let copy = try await bench.record("b", .sample(station: "s2"))
        #expect(copy.state == .accepted(Capture.sample().digest))
        #expect(copy.sameAs == first.id)
        #expect(try await bench.ledger.dueForUpload(at: bench.now, limit: 9).map(\.path) == ["a"])
        #expect(try await bench.ledger.original(of: copy)?.path == "a")
        #expect(try await bench.ledger.original(of: first) == nil)

        try await bench.deliver("a")
        let done = try await bench.station("b")
        #expect(done.state == .registered(Capture.sample().digest))
        #expect(done.sameAs == first.id)
        #expect(done.registeredAt != nil)
        #expect(done.revision > copy.revision)
        #expect(try await bench.events("b").last == "recognised")
        #expect(try await bench.ledger.history(of: done.id).last?.detail?.contains("/srv/inbox/a") == true)
    }

    @Test func `a copy of a delivered station is recognised at once, even if the original is gone`() async throws {
        let bench = try LedgerBench()
        let first = try await bench.record("a", .sample())
        try await bench.deliver("a")
        try await bench.recordGone("a")
        let copy = try await bench.record("b", .sample(station: "s2"))
        #expect(copy.state.name == .registered)
        #expect(copy.sameAs == first.id)
        #expect(try await bench.nextDue(at: bench.clock.date) == nil)
        // Looking at it again says the same.
        #expect(try await bench.record("b", .sample(station: "s2")) == copy)
    }

    @Test func `the original that a copy names has the ids of the delivered content`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample())
        try await bench.deliver("a")
        let copy = try await bench.record("b", .sample(station: "s2"))
        // The original's folder goes on to another visit.
        try await bench.record("a", .sample("later", time: Capture.eleven))
        let original = try #require(try await bench.ledger.original(of: copy))
        #expect(original.capture?.ids == Capture.sample().ids)
        #expect(copy.capture?.ids != original.capture?.ids)
    }

    @Test func `a renamed folder changes places with the old one`() async throws {
        let bench = try LedgerBench()
        try await bench.record("old", .sample())
        // The new name is seen before the old one is missed.
        try await bench.record("new", .sample())
        try await bench.recordGone("old")
        let heir = try await bench.station("new")
        #expect(heir.state.name == .accepted)
        #expect(heir.sameAs == nil)
        #expect(try await bench.events("new").last == "promoted")
        #expect(try await bench.deliver("new").state.name == .registered)
    }

    /// What ends an original's delivery before its end.
    enum End: String, CaseIterable {
        case vanished, rejected, incomplete, otherStation
    }

    @Test(arguments: End.allCases, [ItemState.Name.accepted, .uploading, .failed])
    func `a copy is delivered if its original no longer is`(
        end: End,
        from state: ItemState.Name
    ) async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample())
        if state != .accepted { try await bench.beginUpload("a") }
        if state == .failed { try await bench.giveUp("a") }
        try await bench.record("b", .sample())
        try await bench.record("c", .sample())
        switch end {
        case .vanished: try await bench.recordGone("a")
        case .rejected: try await bench.record("a", rejected: [Problem("x", "bad")])
        case .incomplete: try await bench.record("a", incomplete: [Problem("x", "part")])
        case .otherStation: try await bench.record("a", .sample("else", station: "s9", time: Capture.eleven))
        }
        let (b, c) = (try await bench.station("b"), try await bench.station("c"))
        #expect(b.sameAs == nil)
        #expect(b.state.name == .accepted)
        #expect(c.sameAs == b.id)
        try await bench.deliver("b")
        #expect(try await bench.station("c").state.name == .registered)
        #expect(try await bench.station("c").sameAs == b.id)
    }

    @Test func `a copy does not wait for a station that failed: it is delivered itself`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample())
        try await bench.record("b", .sample())
        try await bench.beginUpload("a")
        try await bench.giveUp("a")
        #expect(try await bench.station("b").sameAs == nil)
        #expect(try await bench.record("c", .sample()).sameAs == bench.station("b").id)
        #expect(try await bench.ledger.dueForUpload(at: bench.now, limit: 9).map(\.path) == ["b"])
        try await bench.deliver("b")
        // The one that failed needs nothing more, either, once it is looked at again.
        #expect(try await bench.station("a").state.name == .failed)
        #expect(try await bench.record("a", .sample(), stamp: "touched").state.name == .registered)
    }

    @Test func `an original that comes back waits for the copy that is delivered in its place`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample())
        let b = try await bench.record("b", .sample())
        try await bench.beginUpload("a")
        try await bench.recordGone("a")
        try await bench.beginUpload("b")
        #expect(try await bench.record("a", .sample()).sameAs == b.id)
        try await bench.send(of: "b")
        try await bench.register("b")
        #expect(try await bench.station("a").state.name == .registered)
    }

    @Test func `a copy that becomes other content is delivered as that`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample())
        try await bench.record("b", .sample())
        let other = try await bench.record("b", .sample("two", station: "s2"))
        #expect(other.sameAs == nil)
        try await bench.deliver("a")
        #expect(try await bench.station("b").state == .accepted(Capture.sample("two").digest))
        #expect(try await bench.deliver("b").state.name == .registered)
    }

    @Test func `a removed copy does not affect the original`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample())
        try await bench.record("b", .sample())
        #expect(try await bench.recordGone("b").sameAs == nil)
        #expect(try await bench.deliver("a").state.name == .registered)
        #expect(try await bench.station("b").state == .withdrawn)
    }

    @Test func `the upload of a station that waits for another does not begin`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample())
        let b = try await bench.record("b", .sample())
        let refused = try await bench.ledger.record(.uploadStarted(Capture.sample().digest), for: b.id, at: bench.now)
        #expect(refused.state.name == .accepted)
        #expect(refused.sameAs != nil)
    }

    // MARK: Promotion asks what nobody asked while it only followed

    @Test func `a copy whose ids meanwhile belong to other content is refused as a conflict`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample())
        try await bench.record("b", .sample())
        try await bench.record("c", .sample(station: "s3"))
        // A correction of the original: its old content may not come back through the copy under the same ids.
        try await bench.record("a", .sample("corrected"))
        let (b, c) = (try await bench.station("b"), try await bench.station("c"))
        #expect(b.codes == ["conflict"])
        #expect(b.sameAs == nil)
        // The other copy stands under ids of its own.
        #expect(c.state.name == .accepted)
        #expect(c.sameAs == nil)
        #expect(try await bench.deliver("a").capture == .sample("corrected"))
    }

    @Test func `a copy does not overwrite what another folder has delivered`() async throws {
        let bench = try LedgerBench()
        try await bench.record("delivered", .sample("old", station: "s2"))
        try await bench.deliver("delivered")
        try await bench.record("a", .sample("new", station: "s1"))
        try await bench.record("b", .sample("new", station: "s2"))
        try await bench.recordGone("a")
        #expect(try await bench.station("b").codes == ["conflict"])
        #expect(try await bench.fileStates("delivered") == Array(repeating: .confirmed, count: 6))
        #expect(try await bench.ledger.dueForUpload(at: bench.now, limit: 9) == [])
    }
}
