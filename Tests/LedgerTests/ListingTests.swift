import Foundation
import Ledger
import Station
import TestSupport
import Testing

/// Lists of items: filters, search and pages.
struct ListingTests {
    /// The numbers of a page.
    private func numbers(
        _ bench: LedgerBench,
        _ filter: ItemFilter = .init(),
        _ position: PagePosition = .newest,
        limit: Int = 100
    ) async throws -> [Int64] {
        try await bench.ledger.page(filter, position, limit: limit).items.map(\.record.id.rawValue)
    }

    @Test func `pages follow each other in both directions, without gaps and without repetition`() async throws {
        let bench = try LedgerBench()
        for number in 1...10 { try await bench.record("s\(number)", incomplete: "face top is missing") }
        var page = try await bench.ledger.page(limit: 4)
        #expect(page.newer == nil)
        var forward = [page.items.map(\.record.id.rawValue)]
        while let older = page.older {
            page = try await bench.ledger.page(.init(), older, limit: 4)
            forward.append(page.items.map(\.record.id.rawValue))
        }
        #expect(forward == [[10, 9, 8, 7], [6, 5, 4, 3], [2, 1]])
        var back: [[Int64]] = []
        while let newer = page.newer {
            page = try await bench.ledger.page(.init(), newer, limit: 4)
            back.append(page.items.map(\.record.id.rawValue))
        }
        #expect(back == [[6, 5, 4, 3], [10, 9, 8, 7]])
        #expect(page.older == .after(ItemNumber(rawValue: 7)))
    }

    @Test func `a page beyond either end is empty and leads back`() async throws {
        let bench = try LedgerBench()
        for number in 1...3 { try await bench.record("s\(number)", incomplete: "face top is missing") }
        let below = try await bench.ledger.page(.init(), .after(ItemNumber(rawValue: 1)))
        #expect(below.items.isEmpty && below.older == nil)
        #expect(try await numbers(bench, .init(), try #require(below.newer)) == [3, 2, 1])
        let above = try await bench.ledger.page(.init(), .before(ItemNumber(rawValue: 3)))
        #expect(above.items.isEmpty && above.newer == nil)
        #expect(try await numbers(bench, .init(), try #require(above.older)) == [3, 2, 1])
    }

    /// 1 registered at site-a, 2 accepted at site-b, 3 refused at an unknown site, 4 a point cloud.
    private func mixed() async throws -> LedgerBench {
        let bench = try LedgerBench()
        try await bench.record("site-a/Halle Süd", .sample("one", station: "s1"))
        try await bench.deliver("site-a/Halle Süd")
        try await bench.record("site-b/s2", .sample("two", station: "s2", site: "site-b"))
        try await bench.record("site-b/s3", rejected: "two fronts")
        let digest = ContentDigest(over: ["hall"])
        let cloud = PointCloud(
            name: "hall.e57",
            size: 9,
            fileDigest: FileDigest(rawValue: digest.rawValue),
            digest: digest,
            externalID: "site-c/hall.e57",
            siteID: "site-c",
            model: .number(1)
        )
        try await bench.record("site-b/hall.e57", .accepted(.pointCloud(cloud)))
        return bench
    }

    @Test(
        arguments: [
            (.init(), [4, 3, 2, 1]),
            (.init(state: .registered), [1]),
            (.init(state: .failed), []),
            (.init(site: "site-b"), [3, 2]),
            (.init(site: "site-"), []),
            (.init(inbox: LedgerBench.inbox), [4, 3, 2, 1]),
            (.init(inbox: "/elsewhere"), []),
            (.init(kind: .pointCloud), [4]),
            (.init(state: .accepted, kind: .station), [2]),
            (.init(text: "site-b/s"), [3, 2]),
            (.init(text: "HALLE SÜD"), [1]),
            (.init(text: "site-a/s1/2026"), [1]),
            (.init(text: "s2"), [2]),
            (.init(text: "3"), [3]),
            (.init(text: "no such"), []),
            (.init(site: "site-b", text: "s2"), [2]),
            (.init(state: .rejected, text: "site-b"), [3]),
            (.init(text: "%"), []),
            (.init(text: "s_2"), []),
            (.init(text: "\" OR text:"), []),
            (.init(text: "s2\0\0\0"), [2]),
            (.init(text: ""), [4, 3, 2, 1]),
        ] as [(ItemFilter, [Int64])]
    )
    func `filters let through what they name`(filter: ItemFilter, expected: [Int64]) async throws {
        let bench = try await mixed()
        #expect(try await numbers(bench, filter) == expected)
        // The same when the index of texts has them.
        try bench.rawSQL(
            "INSERT INTO searchText (rowid, text) SELECT id, lower(path || char(10) || coalesce(externalID, '')) FROM item LEFT JOIN content ON item = id"
        )
        try bench.rawSQL("UPDATE searchText SET text = replace(text, 'SÜD', 'süd'); DELETE FROM searchDue")
        #expect(try await numbers(bench, filter) == expected)
    }

    @Test func `only what changed since then is listed`() async throws {
        let bench = try LedgerBench()
        try await bench.record("old", incomplete: "face top is missing")
        let then = bench.now
        try await bench.record("new", incomplete: "face top is missing")
        #expect(try await numbers(bench, .init(since: then)) == [2])
        #expect(try await numbers(bench, .init(since: bench.now)) == [])
    }

    @Test func `what many items share is found page by page, with items that came since`() async throws {
        let bench = try LedgerBench()
        // More than are added to the index of texts at once.
        for number in 1...270 { try await bench.record("hall/s\(number)", incomplete: "face top is missing") }
        #expect(try bench.rawRows("SELECT count(*) FROM searchDue") == ["14"])
        var found: [Int64] = []
        var position: PagePosition? = .newest
        while let next = position {
            let page = try await bench.ledger.page(.init(text: "hall/"), next, limit: 50)
            found += page.items.map(\.record.id.rawValue)
            position = page.older
        }
        #expect(found == Array((1...270).reversed()))
        #expect(try await numbers(bench, .init(text: "hall/s269")) == [269])
        #expect(try await numbers(bench, .init(text: "hall/s25"), limit: 3) == [259, 258, 257])
    }

    @Test func `an item is found by the ids of all images it ever had`() async throws {
        let bench = try LedgerBench()
        try await bench.record("folder", .sample("one", station: "before"))
        try await bench.deliver("folder")
        try await bench.record("folder", .sample("two", station: "after"))
        #expect(try await numbers(bench, .init(text: "/before/")) == [1])
        #expect(try await numbers(bench, .init(text: "/after/")) == [1])
    }

    @Test func `lists show how many files are in CDF`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample())
        try await bench.beginUpload("a")
        try await bench.send([.front, .left], of: "a")
        try await bench.record("b", incomplete: "face top is missing")
        let items = try await bench.ledger.page().items
        #expect(items.map(\.sentFiles) == [0, 2])
        #expect(items.map(\.files) == [0, 6])
    }

    @Test func `sites and inboxes are named once, in order`() async throws {
        let bench = try await mixed()
        try await bench.record("site-c/s2", .sample("three", station: "s2", site: "a site"))
        #expect(try await bench.ledger.sites() == ["a site", "site-a", "site-b", "site-c"])
        #expect(try await bench.ledger.sites(limit: 1) == ["a site"])
        #expect(try await bench.ledger.inboxes() == [LedgerBench.inbox])
    }

    @Test func `the site of a scan is that of its positions`() async throws {
        let bench = try LedgerBench()
        let scan = try ScanBench(bench)
        try await scan.record()
        #expect(try await bench.ledger.sites() == [])
        try await scan.readsAll()
        let site = try #require(try await bench.ledger.sites().first)
        let kinds = try await bench.ledger.page(.init(site: site)).items.map(\.record.kind)
        #expect(kinds.last == .scan && kinds.count > 1)
    }
}
