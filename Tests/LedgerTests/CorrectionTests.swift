import Foundation
import Ledger
import Station
import TestSupport
import Testing

/// Other content in the same folder, and the same station at another time.
struct CorrectionTests {
    private let one = Capture.sample("one")
    private let two = Capture.sample("two")

    private func captures(_ bench: LedgerBench) throws -> [String] {
        try bench.rawRows(
            """
            SELECT path || ' ' || substr(content.digest, 1, 4) || iif(deliveredAt IS NULL, '', ' delivered')
              || iif(supersededAt IS NULL, '', ' superseded')
            FROM content JOIN item ON item.id = content.item ORDER BY acceptedAt, content.digest
            """
        )
    }

    private func short(_ capture: Capture) -> String { String(capture.digest.rawValue.prefix(4)) }

    @Test func `a correction overwrites the same ids, and the ledger keeps both`() async throws {
        let bench = try LedgerBench()
        #expect(one.ids == two.ids)
        try await bench.record("a", one)
        try await bench.deliver("a")
        let corrected = try await bench.record("a", two)
        #expect(corrected.state == .accepted(two.digest))
        #expect(try captures(bench) == ["a \(short(one)) delivered", "a \(short(two))"])
        #expect(try await bench.fileStates("a") == Array(repeating: .pending, count: 6))
        try await bench.deliver("a")
        #expect(try captures(bench) == ["a \(short(one)) delivered superseded", "a \(short(two)) delivered"])
        #expect(try await bench.station("a").capture == two)
    }

    @Test func `the old faces no longer count as sent from the first byte of the correction`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", one)
        try await bench.deliver("a")
        try await bench.record("a", two)
        // Nothing was sent yet: the old content still stands.
        #expect(try await bench.record("a", one).state == .registered(one.digest))
        #expect(try await bench.events("a").last == "recognised")
        #expect(try await bench.fileStates("a") == Array(repeating: .confirmed, count: 6))

        try await bench.record("a", two)
        try await bench.beginUpload("a")
        #expect(try captures(bench).contains("a \(short(one)) delivered superseded"))
        try await bench.send([.front], of: "a")
        // Now one file in CDF is the new one, so all six are sent again.
        let restored = try await bench.record("a", one)
        #expect(restored.state == .accepted(one.digest))
        #expect(try await bench.fileStates("a") == Array(repeating: .pending, count: 6))
        try await bench.deliver("a")
        #expect(try await bench.station("a").capture == one)
        // And the correction's face does not count any more either.
        try await bench.record("a", two)
        #expect(try await bench.fileStates("a") == Array(repeating: .pending, count: 6))
    }

    @Test func `a correction whose start was cut off by a power failure counts as begun`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", one)
        try await bench.deliver("a")
        try await bench.record("a", two)
        // A face may have gone out, and no word of it was written.
        try await bench.beginUpload("a")
        #expect(try await bench.record("a", one).state == .accepted(one.digest))
        #expect(try await bench.fileStates("a") == Array(repeating: .pending, count: 6))
    }

    @Test func `a correction during the upload starts over with the new content`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", one)
        try await bench.beginUpload("a")
        try await bench.send([.front, .back], of: "a")
        #expect(try await bench.record("a", two).state == .accepted(two.digest))
        // What was still in flight arrives, and changes nothing.
        let id = try await bench.station("a").id
        for face in [Face.left, .right, .top, .bottom] {
            let receipt = FileReceipt.of(one.ids.file(face))
            let after = try await bench.ledger.recordSent(
                .face(face),
                of: id,
                digest: one.digest,
                receipt: receipt,
                at: bench.now
            )
            #expect(after.state == .accepted(two.digest))
        }
        try await bench.deliver("a")
        #expect(try await bench.station("a").state == .registered(two.digest))
        #expect(try captures(bench) == ["a \(short(one))", "a \(short(two)) delivered"])
    }

    @Test func `a revisit is another image of the same station`() async throws {
        let bench = try LedgerBench()
        let later = Capture.sample("later", time: Capture.eleven)
        #expect(later.ids.station == one.ids.station)
        #expect(later.ids.image != one.ids.image)
        try await bench.record("a", one)
        try await bench.record("b", later)
        try await bench.deliver("a")
        try await bench.deliver("b")
        #expect(try captures(bench) == ["a \(short(one)) delivered", "b \(short(later)) delivered"])
        #expect(try await bench.fileStates("a") == Array(repeating: .confirmed, count: 6))
        // Also where it is dropped over the first one.
        let third = Capture.sample("third", time: nil)
        try await bench.record("a", third)
        try await bench.deliver("a")
        #expect(try captures(bench).filter { $0.hasSuffix("superseded") } == [])
        // And the first content is still known.
        #expect(try await bench.record("a", one).state == .registered(one.digest))
    }

    @Test func `a delivered folder that breaks and is restored is recognised`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", one)
        try await bench.deliver("a")
        let broken = try await bench.record("a", rejected: [Problem("x", "bad")])
        #expect(broken.state.name == .rejected)
        // What is in CDF is still said.
        #expect(broken.capture == one)
        let restored = try await bench.record("a", one)
        #expect(restored.state == .registered(one.digest))
        #expect(restored.sameAs == nil)
        #expect(try await bench.ledger.history(of: restored.id).last?.detail == "as delivered before")
    }

    @Test func `delivered content that has been overwritten since is delivered again if its folder comes back`()
        async throws
    {
        let bench = try LedgerBench()
        try await bench.record("a", one)
        try await bench.deliver("a")
        try await bench.record("b", two)
        _ = try await bench.ledger.allowReplacing(try await bench.station("b").id, at: bench.now)
        try await bench.record("b", two)
        try await bench.beginUpload("b")
        try await bench.send([.front], of: "b")
        try await bench.recordGone("b")
        // CDF now holds five files of one content and one of another.
        let again = try await bench.record("a", one, stamp: "touched")
        #expect(again.state == .accepted(one.digest))
        #expect(try await bench.fileStates("a") == Array(repeating: .pending, count: 6).enumerated().map { $1 })
        #expect(try await bench.deliver("a").state == .registered(one.digest))
    }
}
