import Foundation
import Ledger
import Station
import Status
import TestSupport
import Testing

struct StationStoryTests {
    private let desk: Desk

    init() throws { desk = try Desk() }

    private func daemon(_ change: (inout DaemonStatus) -> Void = { _ in }) -> DaemonStatus {
        var status = DaemonStatus(
            version: "1",
            running: true,
            pid: 1,
            startedAt: desk.now,
            counts: [:],
            online: true,
            offlineSince: nil,
            offlineReason: nil,
            pausedSince: nil,
            inboxes: [.init(path: desk.inboxPath, available: true, reportAfter: 900)],
            detection: nil,
            transfers: [],
            bytesSent: 0,
            recent: []
        )
        change(&status)
        return status
    }

    private func story(_ path: String, _ daemon: DaemonStatus? = nil) async throws -> StationStory {
        let record = try await desk.station(path)
        let facts = try await StoryFacts.read(
            record,
            from: desk.ledger,
            daemon: daemon ?? self.daemon(),
            now: desk.now
        )
        return StationStory(facts)
    }

    private func advance(_ seconds: Int) { desk.clock.advance(by: .seconds(seconds)) }

    /// A story of one made-up line.
    private func words(_ event: HistoryEvent, _ kind: ItemKind, detail: String?) -> String? {
        let record = ItemRecord(
            id: ItemNumber(rawValue: 7),
            kind: kind,
            location: desk.item("a"),
            lastSight: .stamp(Stamp(rawValue: "s")),
            state: .incomplete([]),
            since: desk.now
        )
        let line = HistoryEntry(at: desk.now, event: event.rawValue, state: .incomplete, detail: detail)
        let facts = StoryFacts(record: record, history: [line], daemon: daemon(), now: desk.now)
        return StationStory(facts).entries.first?.words
    }

    @Test(arguments: HistoryEvent.allCases, ItemKind.allCases)
    func `each event is a sentence with its cause, and lets nothing from outside through`(
        event: HistoryEvent,
        kind: ItemKind
    ) throws {
        let hostile = try #require(words(event, kind, detail: "why\u{1B}[2J\u{202E}so."))
        for words in [hostile, try #require(words(event, kind, detail: nil))] {
            #expect(words.first?.isUppercase == true && words.hasSuffix(".") && !words.hasSuffix(".."), "\(words)")
            #expect(!words.contains(event.rawValue + ":") && words.count >= 12, "\(words)")
            #expect(!words.unicodeScalars.contains("\u{1B}") && !words.unicodeScalars.contains("\u{202E}"))
        }
    }

    @Test func `a delivery is told from the folder to the image`() async throws {
        try await desk.record("a", incomplete: "top is missing.")
        advance(60)
        try await desk.record("a", .sample("one"))
        advance(60)
        try await desk.deliver("a")
        let story = try await story("a")
        #expect(
            story.entries.map(\.words) == [
                "The folder was found in the inbox.",
                "Not complete yet: top is missing.",
                "Inspected and accepted (content \(Capture.sample("one").digest.rawValue.prefix(12)): six faces of 512 × 512 pixels, 6 kB).",
                "The upload began.",
                "CDF received 6 of 6 files.",
                "The upload finished.",
                "CDF confirmed that it has 6 of 6 files.",
                "Registered: its image is in CDF.",
            ]
        )
        #expect(story.now.hasPrefix("The station has been in CDF since 12:02 UTC, as image "))
        #expect(story.next == ["Nothing more to do."] && story.canDo.isEmpty && story.nextAt == nil)
    }

    @Test func `tries in a row are one line, and the next one is announced with its cause`() async throws {
        let record = try await desk.record("a", .sample("one"))
        for _ in 0..<3 {
            _ = try await desk.ledger.postpone(
                record.id,
                until: desk.now.addingTimeInterval(720),
                counts: true,
                reason: "CDF had trouble with files, status 503: busy. drop360 tries again.",
                at: desk.now
            )
            advance(600)
        }
        let story = try await story("a")
        let tries = try #require(story.entries.last)
        #expect(tries.times == 3 && tries.event == "postponed")
        #expect(
            tries.words == "3 times between 12:00 UTC and 12:20 UTC; the last time: An attempt failed: "
                + "CDF had trouble with files, status 503: busy. drop360 tries again."
        )
        #expect(story.next.count == 1)
        #expect(
            story.next.first?.hasPrefix("The next try is at 12:32 UTC (in 2 minutes), because 3 have failed") == true
        )
        #expect(story.next.first?.contains("status 503") == true)
        #expect(story.nextAt == desk.now.addingTimeInterval(120))
        #expect(story.canDo.map(\.command) == ["drop360 retry 1"])
    }

    @Test func `what holds up all stations is told as that, and is no fault of the station`() async throws {
        try await desk.record("a", .sample("one"))
        let since = desk.now.addingTimeInterval(-3600)
        let offline = try await story(
            "a",
            daemon {
                ($0.online, $0.offlineSince, $0.offlineReason) = (false, since, "No route.")
                $0.nextProbe = desk.now.addingTimeInterval(240)
            }
        )
        #expect(offline.next.first == "Offline since 11:00 UTC: No route.")
        #expect(offline.next.contains { $0.contains("not the station's fault") })
        #expect(offline.next.last == "CDF is tried again at 12:04 UTC (in 4 minutes).")
        #expect(offline.canDo.map(\.command) == ["sudo drop360 doctor"])
        let paused = try await story("a", daemon { $0.pausedSince = since })
        #expect(paused.next == ["An operator paused all sending at 11:00 UTC."])
        #expect(paused.canDo.map(\.command) == ["drop360 resume"])
        let stopped = try await story("a", daemon { $0.running = false })
        #expect(stopped.next == ["Nothing happens while the daemon is not running."])
        #expect(stopped.canDo.map(\.command) == ["sudo systemctl start drop360"])
        let lost = try await story(
            "a",
            daemon { $0.inboxes = [.init(path: desk.inboxPath, available: false, reason: "It is gone.")] }
        )
        #expect(lost.next == ["Its files cannot be read (It is gone). It is sent once they are back."])
        #expect(try await story("a").next == ["It is sent as soon as its turn comes."])
    }

    @Test func `what is incomplete says what is missing, and when a report comes`() async throws {
        try await desk.record("a", incomplete: "Its right face is missing: add it.")
        advance(300)
        let waiting = try await story("a")
        #expect(waiting.now.hasSuffix("to be complete: Its right face is missing: add it."))
        #expect(waiting.next.last == "If it still waits then, a report is written at 12:15 UTC (in 10 minutes).")
        #expect(waiting.nextAt == desk.now.addingTimeInterval(600))
        let silent = try await story("a", daemon { $0.inboxes[0].reportAfter = nil })
        #expect(silent.next == ["drop360 inspects it again by itself as soon as the folder changes."])
    }

    @Test func `a correction, a conflict, a failure and a retraction are told`() async throws {
        try await desk.record("a", .sample("one"))
        try await desk.deliver("a")
        try await desk.record("a", .sample("two"))
        let corrected = try await story("a")
        #expect(corrected.entries.last?.words.hasPrefix("Changed since it was delivered; inspected again") == true)

        try await desk.record("b", rejected: [Problem("conflict", "Already delivered from a.")])
        let refused = try await story("b")
        #expect(refused.canDo.first?.command == "drop360 replace 2")

        try await desk.giveUp("a", "CDF refused it.")
        let failed = try await story("a")
        #expect(failed.now.hasSuffix("CDF refused it."))
        #expect(failed.canDo.map(\.words).first == "Ask." && failed.canDo.last?.command == "drop360 retry 1")
    }

    @Test func `a very long history keeps its beginning and its end`() async throws {
        let record = try await desk.record("a", .sample("one"))
        for index in 0..<150 {
            _ = try await desk.ledger.retry(record.id, at: desk.now)
            let reason = "trouble \(index)"
            _ = try await desk.ledger.postpone(record.id, until: desk.now, counts: true, reason: reason, at: desk.now)
        }
        let story = try await story("a")
        #expect(story.entries.count == 200 && story.omitted == 102)
        #expect(story.entries.first?.event == "seen")
        #expect(story.entries.last?.words == "An attempt failed: trouble 149.")
    }

    // MARK: After delivery

    private func delivered(_ way: ClearingOutlook.Way) async throws -> ItemRecord {
        try await desk.ledger.recordClearingRules([desk.inboxPath: way])
        try await desk.record("a", .sample("one"))
        try await desk.deliver("a")
        return try await desk.station("a")
    }

    @Test func `what is to be moved says where to, why not yet, and where it went`() async throws {
        let record = try await delivered(.move(to: "/done"))
        #expect(try await story("a").next == ["The folder is moved to /done/a in a moment."])
        let lost = daemon {
            $0.inboxes = [.init(path: desk.inboxPath, available: false, reason: "It is gone.")]
        }
        #expect(
            try await story("a", lost).next == [
                "The folder is to be moved to /done/a, but the files stay for now: the inbox cannot be read (It is gone)."
            ]
        )
        let next = desk.now.addingTimeInterval(900)
        try await desk.ledger.postponeClearing(of: record, "There is something there.", until: next, witnessed: 0)
        let kept = try await story("a", daemon { $0.running = false })
        #expect(
            kept.next == [
                "The folder is to be moved to /done/a, but the files stay for now: There is something there.",
                "The next try is at \(StoryWords.timeAhead(next, from: desk.now)).",
                "Nothing happens while the daemon is not running.",
            ]
        )
        #expect(kept.nextAt == next)
        let plan = ClearingPlan(way: .move(to: "/done"), folder: "", entries: [], removesFolder: false)
        #expect(try await desk.ledger.beginClearing(of: record, plan, at: desk.now))
        #expect(try await story("a").next == ["The rest of the move to /done/a is done in a moment."])
        _ = try await desk.ledger.recordCleared(record.id, remaining: 0, at: desk.now)
        let moved = try await story("a")
        #expect(
            moved.now.hasSuffix("drop360 moved the folder to /done/a at \(StoryWords.time(desk.now, on: desk.now)).")
        )
        #expect(moved.next == ["Nothing more to do."])
    }

    @Test func `what is to be deleted says when, and what is left of it afterwards`() async throws {
        let record = try await delivered(.delete(after: 30 * 86400))
        let waiting = try await story("a")
        #expect(waiting.nextAt == record.registeredAt?.addingTimeInterval(30 * 86400))
        #expect(waiting.next.count == 1 && waiting.next[0].hasPrefix("The folder is deleted at "))
        #expect(waiting.next[0].hasSuffix("(in 30 days), as `delete-after` says."))
        let plan = ClearingPlan(way: .delete, folder: "a", entries: [], removesFolder: true)
        #expect(try await desk.ledger.beginClearing(of: record, plan, at: desk.now))
        _ = try await desk.ledger.recordCleared(record.id, remaining: 2, at: desk.now)
        let deleted = try await story("a")
        #expect(deleted.now.contains("drop360 deleted the files of the station at "))
        #expect(deleted.now.hasSuffix("2 other names are still in the folder."))
        #expect(!deleted.now.contains("The folder is gone"))
    }
}
