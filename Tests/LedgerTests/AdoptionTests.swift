import Foundation
import Ledger
import Station
import TestSupport
import Testing

/// What stood in CDF before drop360 came, under ids that another tool gave it.
struct AdoptionTests {
    private let one = Capture.sample("one")
    private let standing = ExternalIDs(
        standing: "img-1",
        station: "st-1",
        collection: "coll",
        files: Dictionary(uniqueKeysWithValues: Face.allCases.map { ($0, "photo_\($0.rawValue)") })
    )

    @discardableResult
    private func adopt(
        _ path: String,
        _ capture: Capture,
        as ids: ExternalIDs? = nil,
        waiting: Bool = true,
        isTrial: Bool = false,
        on bench: LedgerBench
    ) async throws -> Adoption.Outcome {
        let receipts = Dictionary(
            uniqueKeysWithValues: Face.allCases.map { ($0, FileReceipt(rawValue: Int64(100 + $0.rank))) }
        )
        let adoption = Adoption(
            location: bench.item(path),
            stamp: Stamp(rawValue: "stamp"),
            notes: [],
            capture: capture,
            standing: ids ?? standing,
            receipts: receipts
        )
        return try await bench.ledger.adopt(adoption, waiting: waiting, isTrial: isTrial, at: bench.now)
    }

    @Test func `an adopted folder is registered with CDF's numbers, and is not sent when it is found`() async throws {
        let bench = try LedgerBench()
        #expect(try await adopt("a", one, on: bench) == .adopted)
        #expect(try await bench.record("a", one).state == .registered(one.digest))
        #expect(try await bench.events("a") == ["seen", "adopted"])
        let files = try await bench.ledger.files(of: bench.station("a").id)
        #expect(files.map(\.externalID) == Face.allCases.map { "photo_\($0.rawValue)" })
        #expect(files.map(\.receipt?.rawValue) == Array(100..<106))
        #expect(files.allSatisfy { $0.state == .confirmed })
        #expect(try await adopt("a", one, on: bench) == .known)
        var second = standing
        second.image = "img-2"
        guard case .refused(let words) = try await adopt("a", one, as: second, on: bench) else {
            Issue.record("a second image with the same faces passes as clean")
            return
        }
        #expect(words.contains("'img-1'"))
        #expect(try bench.rawRows("SELECT externalID FROM content WHERE adoptedAt = deliveredAt") == ["img-1"])
    }

    @Test func `a trial changes nothing`() async throws {
        let bench = try LedgerBench()
        #expect(try await adopt("a", one, isTrial: true, on: bench) == .adopted)
        #expect(try await bench.ledger.item(at: bench.item("a")) == nil)
        #expect(try bench.rawRows("SELECT standing FROM standingID") == [])
    }

    @Test func `a correction overwrites the ids that stand in CDF, and so does the next one`() async throws {
        let bench = try LedgerBench()
        try await adopt("a", one, on: bench)
        for content in ["two", "three"] {
            let corrected = Capture.sample(content)
            #expect(try await bench.record("a", corrected).state == .accepted(corrected.digest))
            #expect(try await bench.station("a").capture?.ids == standing)
            try await bench.deliver("a")
        }
        #expect(
            try bench.rawRows("SELECT DISTINCT externalID FROM file ORDER BY externalID")
                == Face.allCases.map { "photo_\($0.rawValue)" }.sorted()
        )
        #expect(try bench.rawRows("SELECT externalID FROM content WHERE supersededAt IS NULL") == ["img-1"])
    }

    @Test func `a revisit joins the station that stands, and another station its collection`() async throws {
        let bench = try LedgerBench()
        try await adopt("a", one, on: bench)
        let later = Capture.sample("two", time: CaptureTime(milliseconds: CaptureTime.ten.milliseconds + 60_000))
        try await bench.record("b", later)
        let revisit = try #require(try await bench.station("b").capture).ids
        #expect(revisit.station == "st-1" && revisit.collection == "coll")
        #expect(revisit.image == later.ids.image && revisit.file(.front) == later.ids.file(.front))
        let elsewhere = Capture.sample("three", station: "s2")
        try await bench.record("c", elsewhere)
        let other = try #require(try await bench.station("c").capture).ids
        #expect(other.station == elsewhere.ids.station && other.collection == "coll")
    }

    @Test func `a revisit whose pose is far from the adopted one is refused`() async throws {
        let bench = try LedgerBench()
        try await adopt("a", one, on: bench)
        let time = CaptureTime(milliseconds: CaptureTime.ten.milliseconds + 60_000)
        #expect(try await bench.record("b", .sample("two", time: time, x: 9)).codes == ["pose-drift"])
    }

    @Test func `other content for an adopted image from another folder is a conflict`() async throws {
        let bench = try LedgerBench()
        try await adopt("a", one, on: bench)
        #expect(try await bench.record("b", .sample("two")).codes == ["conflict"])
        // And the same content is nothing new.
        #expect(try await bench.record("c", one).state == .registered(one.digest))
    }

    @Test func `what does not go together with the ledger is refused with words, and changes nothing`() async throws {
        let bench = try LedgerBench()
        try await adopt("a", one, on: bench)
        let before = try bench.rawRows("SELECT template || standing FROM standingID")
        var ids = standing
        ids.image = "img-2"
        ids.collection = "another"
        let second = Capture.sample("two", station: "s2")
        guard case .refused(let words) = try await adopt("b", second, as: ids, on: bench) else {
            Issue.record("adopted")
            return
        }
        #expect(words.contains("'coll'") && words.contains("'another'"))
        // Two stations of ours at one station of CDF's.
        ids.collection = "coll"
        guard case .refused = try await adopt("b", second, as: ids, on: bench) else {
            Issue.record("adopted")
            return
        }
        #expect(try bench.rawRows("SELECT template || standing FROM standingID") == before)
        #expect(try await bench.ledger.item(at: bench.item("b")) == nil)
    }

    @Test func `a folder that waits to be sent is taken only if nobody may begin to send it, one under way never`()
        async throws
    {
        let bench = try LedgerBench()
        try await bench.record("a", one)
        guard case .refused = try await adopt("a", one, waiting: false, on: bench) else {
            Issue.record("adopted")
            return
        }
        #expect(try await adopt("a", one, on: bench) == .adopted)
        #expect(try await bench.station("a").capture?.ids == standing)
        let other = Capture.sample("two", station: "s2")
        try await bench.record("b", other)
        try await bench.beginUpload("b")
        guard case .refused = try await adopt("b", other, as: other.ids, on: bench) else {
            Issue.record("adopted")
            return
        }
    }

    @Test func `what waits with other ids for an adopted site is looked at again, and gets its ids`() async throws {
        let bench = try LedgerBench()
        let neighbour = Capture.sample("two", station: "s2")
        try await bench.record("b", neighbour)
        #expect(try await adopt("a", one, on: bench) == .adopted)
        #expect(try await bench.station("b").state == .incomplete([]))
        #expect(try await bench.ledger.itemsToLookAt() == [bench.item("b")])
        #expect(try await bench.record("b", neighbour).state == .accepted(neighbour.digest))
        #expect(try await bench.station("b").capture?.ids.collection == "coll")
    }
}
