import Testing

@testable import Inbox

struct SweepingTests {
    private let start = ContinuousClock.now
    private let intervals = ScanIntervals(rescanInterval: .seconds(5))
    private var sweeping: Sweeping
    private let top: NodeID
    private let child: NodeID

    init() throws {
        sweeping = Sweeping(now: start)
        var tree = FolderTree(inbox: 0)
        top = tree.addRoot(FolderIdentity(device: 1, inode: 1))
        let added = tree.addChild("a", identity: FolderIdentity(device: 1, inode: 2), of: top)
        child = try #require(added)
    }

    private mutating func end() -> Sweeping.End? {
        sweeping.end(isWatched: true, settle: .seconds(2), intervals, now: start)
    }

    @Test mutating func `the first sweep is awaited and complete, and is not a rescan`() {
        sweeping.begin(at: top)
        #expect(sweeping.isUnderWay && sweeping.isAwaited && sweeping.isDeep && sweeping.reason == .arrival)
        let first = sweeping.next()
        sweeping.add(child)
        let rest = (sweeping.next(), sweeping.next())
        #expect(first == top)
        #expect(rest == (child, nil))
        #expect(sweeping.isAtEnd && !sweeping.isListed)
        #expect(end() == .init(isRescan: false, pause: .seconds(5), pauseBeforeDeep: .seconds(5)))
        #expect(sweeping.isListed && !sweeping.isUnderWay && !sweeping.isAwaited)
        #expect(end() == nil)
    }

    @Test mutating func `what is asked for during a sweep follows it soon`() {
        sweeping.begin(at: top)
        sweeping.start(at: top, isWatched: true, isAwaited: true, isDeep: true, now: start)
        #expect(end()?.pause == ScanIntervals.afterOverflow)
        #expect(sweeping.isAwaited)
        let isAwaited = sweeping.takeDue()
        #expect(isAwaited)
        sweeping.start(at: top, isWatched: true, isAwaited: isAwaited, isDeep: false, now: start)
        #expect(sweeping.reason == .rescan && !sweeping.isDeep)
        #expect(end()?.isRescan == true)
        #expect(!sweeping.isAwaited)
    }

    @Test mutating func `a long sweep has a long pause after it`() {
        sweeping.begin(at: top)
        sweeping.spend(.seconds(1))
        #expect(end() == .init(isRescan: false, pause: .seconds(1250), pauseBeforeDeep: .seconds(5000)))
        #expect(sweeping.untilDeep(from: start) == .seconds(5000))
        sweeping.start(at: top, isWatched: true, isAwaited: false, isDeep: false, now: start)
        #expect(!sweeping.isDeep && !sweeping.isAwaited)
    }

    @Test mutating func `a lost inbox forgets its sweep`() {
        sweeping.begin(at: top)
        sweeping.wantAgain()
        sweeping.forgetProgress()
        #expect(!sweeping.isUnderWay && !sweeping.isAwaited && !sweeping.isListed)
        #expect(end() == nil)
    }
}
