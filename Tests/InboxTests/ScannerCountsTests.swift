import Testing

@testable import Inbox

private func nodes(_ count: Int) -> [NodeID] {
    var tree = FolderTree(inbox: 0)
    let top = tree.addRoot(FolderIdentity(device: 1, inode: 1))
    return (0..<count).compactMap {
        tree.addChild("\($0)", identity: FolderIdentity(device: 1, inode: UInt64($0 + 2)), of: top)
    }
}

/// What inotify missed, and what only seemed so.
struct MissedChangesTests {
    private var misses = MissedChanges()
    private let a = nodes(2)[0]
    private let b = nodes(2)[1]

    @Test mutating func `a change that the rescan found counts as missed only when no event explains it`() {
        let mayBeLate = (misses.count(a, foundBy: .rescan, .watched), misses.count(b, foundBy: .rescan, .watched))
        #expect(mayBeLate == (true, true))
        #expect(misses.unexplained == 2)
        let first = a
        let explained = misses.explain { $0 == first }
        #expect(explained == [a])
        let missed = (misses.takeMiss(a), misses.takeMiss(b))
        #expect(missed == (false, true))
        #expect((misses.foundByEvent, misses.foundByRescan, misses.unexplained) == (1, 1, 0))
    }

    @Test mutating func `nothing is missed where nothing can be reported`() {
        let mayBeLate = [
            misses.count(a, foundBy: .rescan, .unwatched), misses.count(a, foundBy: .poll, .watched),
            misses.count(a, foundBy: .rescan, .growing), misses.count(a, foundBy: .arrival, .watched),
            misses.count(a, foundBy: .recheck, .watched), misses.count(a, foundBy: .event, .watched),
        ]
        #expect(mayBeLate.allSatisfy { !$0 })
        #expect((misses.foundByEvent, misses.foundByRescan, misses.foundByPolling) == (1, 0, 2))
    }

    @Test mutating func `a folder that is gone does not count as missed`() {
        _ = misses.count(a, foundBy: .rescan, .watched)
        misses.forget(a)
        let isMissed = misses.takeMiss(a)
        #expect(!isMissed)
    }
}

struct RechecksTests {
    private var rechecks = Rechecks()
    private let a = nodes(1)[0]

    @Test mutating func `a folder is checked again with growing pauses until the rescan is as quick`() {
        var pauses = [rechecks.follow(a)]
        while let next = rechecks.takePause(of: a, rescanInterval: .seconds(9)).next { pauses.append(next) }
        #expect(pauses == [.seconds(1), .seconds(2), .seconds(4), .seconds(8)])
        let after = rechecks.takePause(of: a, rescanInterval: .seconds(9))
        #expect(after == (false, nil))
    }

    @Test mutating func `a request that somebody waits for is not replaced by one that nobody waits for`() {
        rechecks.request(ExactName("a"), in: 0, isAwaited: true)
        rechecks.request(ExactName("a"), in: 0, isAwaited: false)
        rechecks.request(ExactName("a"), in: 1, isAwaited: false)
        #expect((rechecks.pending, rechecks.awaited) == (2, 1))
        rechecks.take(ExactName("a"), in: 0)
        #expect((rechecks.pending, rechecks.awaited) == (1, 0))
    }
}

struct OpenFilesTests {
    private let start = ContinuousClock.now
    private let a = nodes(1)[0]

    @Test func `a file is open from its first event to its last, or until it is given up`() {
        var files = OpenFiles()
        files.note(["front.jpg": true, "back.jpg": true], in: a, at: start)
        files.note(["back.jpg": false], in: a, at: start)
        #expect(files.names(in: a) == ["front.jpg"])
        let wereOpen = (
            files.giveUp(in: a, at: start + .seconds(600)).any, files.giveUp(in: a, at: start + .seconds(600)).any
        )
        #expect(wereOpen == (true, false))
        #expect(files.names(in: a) == [])
    }

    @Test func `each file has its own time, which begins again when it grows`() {
        var files = OpenFiles()
        files.note(["old.e57": true, "growing.e57": true], in: a, at: start)
        files.note(["new.e57": true], in: a, at: start + .seconds(300))
        files.noteGrowth(of: "growing.e57", in: a, at: start + .seconds(500))
        files.noteGrowth(of: "closed.e57", in: a, at: start + .seconds(500))
        let first = files.giveUp(in: a, at: start + .seconds(600))
        #expect(first.any && first.next == start + .seconds(900))
        #expect(files.names(in: a) == ["growing.e57", "new.e57"])
        #expect(files.giveUp(in: a, at: start + .seconds(900)).next == start + .seconds(1100))
        #expect(files.isOpen("growing.e57", in: a) && !files.isOpen("new.e57", in: a))
        let last = files.giveUp(in: a, at: start + .seconds(1100))
        #expect(last.any && last.next == nil)
    }
}

/// Watches are used up, and come back.
struct WatchesTests {
    private let now = ContinuousClock.now
    private var watches = Watches()
    private let a = nodes(2)[0]
    private let b = nodes(2)[1]

    @Test mutating func `a lack of watches is reported once, and the kernel is asked again later`() {
        #expect(watches.take(.failure(.noWatchLeft), for: a, at: now, limit: 10) == .polled(isNew: true))
        #expect(watches.goWithout(a) == .polled(isNew: false))
        #expect(watches.isPolled(a) && watches.polledCount == 1)
        let reports = (watches.takeReport(), watches.takeReport())
        #expect(reports == (true, false))
        #expect(!watches.mayAsk(at: now + .seconds(59)) && watches.mayAsk(at: now + .seconds(60)))
        // Longer each time, and at once where the limit is another one.
        _ = watches.take(.failure(.noWatchLeft), for: a, at: now, limit: 10)
        #expect(!watches.mayAsk(at: now + .seconds(119)))
        watches.noteLimit(10)
        #expect(!watches.mayAsk(at: now))
        watches.noteLimit(20)
        #expect(watches.mayAsk(at: now))
        #expect(watches.take(.success(1), for: a, at: now, limit: nil) == .watched(before: nil))
        #expect(watches.polledCount == 0)
        // A new shortage is reported again.
        _ = watches.take(.failure(.noWatchLeft), for: b, at: now, limit: 20)
        let isReported = watches.takeReport()
        #expect(isReported)
    }

    @Test mutating func `a folder that is gone or unreadable is not a lack of watches`() {
        #expect(watches.take(.failure(.gone), for: a, at: now, limit: nil) == .gone)
        #expect(watches.take(.failure(.refused(5)), for: a, at: now, limit: nil) == .polled(isNew: true))
        let isReported = watches.takeReport()
        #expect(!isReported)
        #expect(watches.mayAsk(at: now))
    }

    @Test mutating func `a watch that an inbox's parent needs too is not ended with the folder`() {
        _ = watches.take(.success(1), for: a, at: now, limit: nil)
        watches.watch(1, above: 3)
        #expect(watches.count == 1)
        let ended = watches.forget(a)
        #expect(ended == nil)
        #expect(watches.count == 1 && watches.isWatchedAbove(3))
        let below = (watches.inboxes(below: 1, isOver: true), watches.inboxes(below: 1, isOver: false))
        #expect(below == ([3], []))
        #expect(watches.count == 0 && !watches.isWatchedAbove(3))
    }
}
