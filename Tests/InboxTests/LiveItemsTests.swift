import Station
import Testing

@testable import Inbox

struct LiveItemsTests {
    private var live = LiveItems()
    private let one = Stamp(rawValue: String(repeating: "1", count: 32))
    private let two = Stamp(rawValue: String(repeating: "2", count: 32))

    @Test mutating func `an item is new until it has been emitted with its stamp, and again once its files are closed`()
    {
        #expect(live.isNews("a", one))
        live.noteEmitted("a", one, isBeingWritten: true)
        #expect(!live.isNews("a", one, isBeingWritten: true))
        #expect(live.isNews("a", one))
        live.noteEmitted("a", one)
        #expect(!live.isNews("a", one) && live.isNews("a", two))
        live.forgetStamp(of: "a")
        #expect(live.isNews("a", one))
    }

    @Test mutating func `the outcome of other content does not concern an item`() {
        live.noteEmitted("a", one)
        let old = live.acknowledge("a", two, as: .finished)
        #expect(!old && live.finishedStamp(of: "a") == nil && live.undelivered == 1)
        let new = live.acknowledge("a", one, as: .finished)
        #expect(new && live.finishedStamp(of: "a") == PackedStamp(one) && live.undelivered == 0)
        #expect(live.isNews("a", two))
    }

    @Test mutating func `only unfinished items below a folder are emitted again for its pose list`() {
        for path in ["site", "site/a", "site/b", "site-2/c"] { live.noteEmitted(path, one) }
        _ = live.acknowledge("site/b", one, as: .finished)
        let below = live.forgetStamps(below: "site", andItself: false)
        #expect(below == ["site/a"])
        let all = live.forgetStamps(below: "site", andItself: true)
        #expect(Set(all) == ["site", "site/a"])
        #expect(live.hasUndelivered(below: "site") && !live.hasUndelivered(below: "site/a"))
    }
}

struct FinishedFoldersTests {
    private var finished = FinishedFolders()

    private func stamp() throws -> PackedStamp {
        try #require(PackedStamp(Stamp(rawValue: String(repeating: "1", count: 32))))
    }

    @Test
    mutating func `a station that was just finished is glanced at with growing pauses until the rescan is as quick`()
        throws
    {
        var pauses = [finished.finish("site/a", try stamp())]
        while let next = finished.takePause(of: "site/a", isReachable: true, untilDeepSweep: .seconds(7)).next {
            pauses.append(next)
        }
        #expect(pauses == [.seconds(1), .seconds(2), .seconds(4)])
        #expect(finished.hasDue(in: "site"))
        let due = finished.takeDue(in: "site", limit: 9).map(\.name)
        #expect(due == ["a"])
    }

    @Test mutating func `a station that is taken out is not glanced at`() throws {
        _ = finished.finish("site/a", try stamp())
        let removed = finished.remove("site/a")
        #expect(removed == (try stamp()))
        let pause = finished.takePause(of: "site/a", isReachable: true, untilDeepSweep: .seconds(60))
        #expect(pause == (false, nil))
        #expect(finished.count == 0)
    }

    @Test
    mutating func `a table that was taken for a listing comes back without the stations that the listing did not meet`()
        throws
    {
        for name in ["a", "b"] { finished.add("site/\(name)", try stamp()) }
        let taken = finished.take("site")
        var table = try #require(taken)
        let listing = finished.listing
        #expect(finished.count == 0)
        let isKnown = table.markSeen("a", mark: .unknown, listing: listing, isDeep: false)
        #expect(isKnown)
        finished.put(table, for: "site")
        let gone = finished.removeUnseen(in: "site", by: listing)
        #expect(gone == ["b"])
        #expect(finished.count(in: "site") == 1 && finished.folders == ["site"])
        let rest = finished.removeAll(in: "site")
        #expect(rest == ["a"])
    }
}
