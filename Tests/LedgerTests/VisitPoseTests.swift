import Foundation
import Ledger
import Station
import TestSupport
import Testing

/// The visits of one station, of which one had a wrong pose.
struct VisitPoseTests {
    private let wrong = 1.0
    private let right = 4.0

    private func capture(_ content: String, _ hour: Int64, x: Double, label: String = "s1") -> Capture {
        let time = CaptureTime(milliseconds: CaptureTime.ten.milliseconds + hour * 3_600_000)
        var capture = Capture.sample(content + label, time: time, x: x)
        capture.label = label
        return capture
    }

    /// Three visits with a wrong pose, of which the first has been corrected.
    private func bench() async throws -> LedgerBench {
        let bench = try LedgerBench()
        for (hour, path) in ["a", "b", "c"].enumerated() {
            try await bench.record(path, capture(path, Int64(hour), x: wrong))
            try await bench.deliver(path)
        }
        try await bench.record("a", capture("a", 0, x: right))
        try await bench.deliver("a")
        return bench
    }

    private func give(_ bench: LedgerBench, _ path: String) async throws -> ItemLedger.PoseGift {
        try await bench.ledger.giveVisitsPose(of: bench.station(path).id, at: bench.now)
    }

    private func pose(_ bench: LedgerBench, _ path: String) async throws -> Double? {
        try await bench.station(path).capture?.pose.translation.x
    }

    @Test func `the corrected one lists those that keep the old pose`() async throws {
        let bench = try await bench()
        let record = try await bench.station("a")
        #expect(record.visitsElsewhere.map(\.folder) == ["/srv/inbox/b", "/srv/inbox/c"])
        #expect(record.visitsElsewhere.map(\.metres) == [3, 3])
        let note = try #require(record.otherPosesNote)
        #expect(note.message.contains("`drop360 replace \(record.id) --with-visits`"))
        // The others were not corrected.
        #expect(try await bench.station("b").visitsElsewhere == [])
    }

    @Test func `visits that were accepted with poses of their own are not listed`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", capture("a", 0, x: 1))
        try await bench.deliver("a")
        try await bench.record("b", capture("b", 1, x: 9), drift: .init(accept: true))
        try await bench.deliver("b")
        #expect(try await bench.station("a").visitsElsewhere == [])
        #expect(try await bench.station("b").visitsElsewhere == [])
    }

    @Test func `the other visits are written again, and none of their files`() async throws {
        let bench = try await bench()
        let gift = try await give(bench, "a")
        #expect(gift.given.map(\.path) == ["b", "c"])
        #expect(gift.leftOut.isEmpty)
        for path in ["b", "c"] {
            let record = try await bench.station(path)
            #expect(record.state.name == .uploaded)
            #expect(record.isRewritten)
            #expect(record.capture?.pose.translation.x == right)
            #expect(record.capture?.ownPose?.translation.x == wrong)
            #expect(try await bench.fileStates(path) == Array(repeating: .confirmed, count: 6))
            #expect(try await bench.events(path).last == "pose-replaced")
            #expect(try await bench.register(path).state.name == .registered)
        }
        #expect(try await bench.station("a").visitsElsewhere == [])
        #expect(try await give(bench, "a") == .init(same: 2))
    }

    @Test func `the corrected one is reported again once the others have its pose`() async throws {
        let bench = try await bench()
        _ = try await give(bench, "a")
        try await bench.register("b")
        let before = try await bench.station("a").revision
        try await bench.register("c")
        #expect(try await bench.station("a").revision > before)
    }

    @Test func `a sweep that finds such a folder does not undo it, neither before nor after it is written`()
        async throws
    {
        let bench = try await bench()
        _ = try await give(bench, "a")
        #expect(try await bench.record("b", capture("b", 1, x: wrong), stamp: "touched").state.name == .uploaded)
        #expect(try await pose(bench, "b") == right)
        try await bench.register("b")
        #expect(try await bench.record("b", capture("b", 1, x: wrong), stamp: "again").state.name == .registered)
        #expect(try await pose(bench, "b") == right)
        try await bench.giveUp("c")
        #expect(try await bench.record("c", capture("c", 2, x: wrong), stamp: "again").state.name == .accepted)
        #expect(try await pose(bench, "c") == right)
    }

    @Test func `a later correction of something else keeps the pose that was given`() async throws {
        let bench = try await bench()
        _ = try await give(bench, "a")
        try await bench.register("b")
        for label in ["new label", "newer label"] {
            let corrected = try await bench.record("b", capture("b", 1, x: wrong, label: label))
            #expect(corrected.state.name == .accepted)
            #expect(corrected.capture?.label == label)
            #expect(corrected.capture?.pose.translation.x == right)
            #expect(corrected.givenPoseNote?.message.contains("translation 1.0") == true)
            try await bench.deliver("b")
            #expect(try await pose(bench, "b") == right)
        }
    }

    @Test func `a pose that is corrected in the folder counts again`() async throws {
        let bench = try await bench()
        _ = try await give(bench, "a")
        try await bench.register("b")
        try await bench.record("b", capture("b", 1, x: 7))
        try await bench.deliver("b")
        #expect(try await pose(bench, "b") == 7)
        #expect(try await bench.station("b").givenPoseNote == nil)
        // And is not forgotten for the one of before.
        try await bench.record("b", capture("b", 1, x: wrong, label: "again"))
        #expect(try await pose(bench, "b") == wrong)
    }

    @Test func `only a registered station gives its pose, and only to registered visits`() async throws {
        let bench = try await bench()
        try await bench.record("b", capture("b", 1, x: 6))
        await #expect(throws: LedgerError.self) { try await give(bench, "b") }
        try await bench.record("c", rejected: "bad")
        let gift = try await give(bench, "a")
        #expect(gift.given.isEmpty)
        #expect(
            gift.leftOut.map(\.reason).sorted() == [
                "station 2 is accepted; try again once it is registered",
                "station 3 is rejected; try again once it is registered",
            ]
        )
    }

    @Test func `an image that is being taken out is not written again`() async throws {
        let bench = try await bench()
        let plan = try await bench.ledger.planRetraction(of: "b", at: "b")
        _ = try await bench.ledger.requestRetraction(of: plan, withFiles: false, at: bench.now)
        let gift = try await give(bench, "a")
        #expect(gift.given.map(\.path) == ["c"])
        #expect(gift.leftOut.map(\.reason) == ["it is being taken out of CDF"])
        // Nor the other way round.
        let other = try await bench.ledger.planRetraction(of: "c", at: "c")
        await #expect(throws: LedgerError.self) {
            try await bench.ledger.requestRetraction(of: other, withFiles: false, at: bench.now)
        }
    }
}
