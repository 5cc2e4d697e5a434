import DropFolder
import Foundation
import Glibc
import Inspection
import Ledger
import Station
import Synchronization
import TestSupport
import Testing
import Timing

@testable import AfterDelivery

/// Delivered stations leave a real inbox.
@Suite(.timeLimit(.minutes(5)))
struct ClearerTests {
    private static let faces = ["back.jpg", "bottom.jpg", "front.jpg", "left.jpg", "pose.json", "right.jpg", "top.jpg"]

    @Test func `a delivered station is moved with its path, and the ledger knows where to`() async throws {
        let scene = try ClearingScene()
        let before = try await scene.deliver("site/area/st-1")
        try scene.desk.inbox.write("notes", to: "site/area/st-1/notes.txt")
        try await scene.desk.run(scene.clearer()) { _ in }
        #expect(!scene.desk.inbox.contains("site/area/st-1"))
        #expect(try scene.done.names(in: "site/area/st-1").count == Self.faces.count + 1)
        let after = try await scene.desk.station("site/area/st-1")
        #expect(after.state == before.state)
        #expect(after.isGone)
        let clearing = try #require(try await scene.desk.ledger.clearing(of: after))
        #expect(clearing.state == .done)
        #expect(clearing.plan?.destination == scene.done.path + "/site/area")
        #expect(try await scene.events("site/area/st-1").suffix(2) == ["clearing-begun", "cleared"])
    }

    @Test func `nothing is overwritten where it would be moved to`() async throws {
        let scene = try ClearingScene()
        try await scene.deliver("site/st-1")
        try scene.done.makeFolder("site/st-1")
        try await scene.desk.run(scene.clearer()) { _ in }
        #expect(scene.desk.inbox.contains("site/st-1/front.jpg"))
        #expect(try scene.done.names(in: "site/st-1").isEmpty)
        let record = try await scene.desk.station("site/st-1")
        #expect(try await scene.desk.ledger.clearing(of: record)?.trouble?.contains("nothing was overwritten") == true)
    }

    @Test(arguments: [
        "a face changed", "a face was added", "something is being written", "a folder below", "a scan in it",
    ])
    func `a folder that is not as it was delivered stays`(change: String) async throws {
        let scene = try ClearingScene()
        try await scene.deliver("site/st-1")
        switch change {
        case "a face changed": try scene.desk.inbox.write("other", to: "site/st-1/front.jpg")
        case "a face was added": try scene.desk.inbox.write("other", to: "site/st-1/front2.jpg")
        // Perhaps a visit that is still being copied.
        case "a folder below":
            try scene.desk.inbox.makeFolder("site/st-1/may")
            try scene.desk.inbox.write("other", to: "site/st-1/may/front.jpg")
        case "a scan in it": try scene.desk.inbox.write("other", to: "site/st-1/hall.e57")
        default: try scene.desk.inbox.write("other", to: "site/st-1/.left.jpg.Xa81Bc")
        }
        try await scene.desk.run(scene.clearer()) { _ in }
        #expect(scene.desk.inbox.contains("site/st-1/front.jpg"))
        #expect(try scene.done.names().isEmpty)
    }

    @Test(arguments: [ClearingRule.Way.move(to: "/"), .delete(after: .seconds(60))])
    func `what another folder has replaced in CDF stays: it stands nowhere else`(way: ClearingRule.Way) async throws {
        let scene = try ClearingScene()
        let first = try await scene.deliver("st-1")
        var capture = try #require(first.capture)
        capture.digest = ContentDigest(over: ["another"])
        let refused = try await scene.desk.record("other", capture)
        _ = try await scene.desk.ledger.allowReplacing(refused.id, at: scene.desk.clock.date)
        try await scene.desk.record("other", capture)
        try await scene.desk.deliver("other")
        let clearer = if case .move = way { scene.clearer() } else { scene.clearer(way) }
        try await scene.desk.run(clearer) { turns in
            for _ in 0..<30 { await turns.next(after: .seconds(60)) }
        }
        #expect(try await scene.desk.station("st-1").state.name == .registered)
        #expect(scene.desk.inbox.contains("st-1/front.jpg"))
    }

    @Test func `bytes that differ under the same size and times are noticed`() async throws {
        let scene = try ClearingScene()
        let station = try await InspectedStation.write(to: scene.desk.inbox, named: "st-1", .init())
        var capture = station.capture
        capture.faces[.left]?.digest = FileDigest(rawValue: String(repeating: "0", count: 64))
        try await scene.desk.record("st-1", .accepted(.station(capture)), stamp: station.stamp.rawValue)
        try await scene.desk.deliver("st-1")
        try await scene.desk.run(scene.clearer()) { _ in }
        #expect(scene.desk.inbox.contains("st-1/front.jpg"))
    }

    @Test func `while another visit of the station is under way, it stays`() async throws {
        let scene = try ClearingScene()
        let first = try await scene.deliver("visit-1")
        guard case .station(var capture)? = first.content else { return #expect(Bool(false)) }
        capture.digest = ContentDigest(over: ["another"])
        capture.ids.image += "-later"
        try await scene.desk.record("visit-2", capture)
        try await scene.desk.run(scene.clearer()) { turns in
            #expect(scene.desk.inbox.contains("visit-1/front.jpg"))
            try await scene.desk.deliver("visit-2")
            await turns.next(after: .seconds(60))
            #expect(!scene.desk.inbox.contains("visit-1"))
        }
    }

    @Test func `a link in the place of a face or of a folder above is not followed`() async throws {
        let scene = try ClearingScene()
        try await scene.deliver("site/st-1")
        try scene.desk.inbox.move("site", to: "elsewhere")
        symlink(scene.desk.inbox.path + "/elsewhere", scene.desk.inbox.path + "/site")
        try await scene.desk.run(scene.clearer()) { _ in }
        #expect(scene.desk.inbox.contains("elsewhere/st-1/front.jpg"))
        #expect(try scene.done.names().isEmpty)
    }

    @Test func `after thirty days a station's files are deleted, and what else is in the folder stays`() async throws {
        let scene = try ClearingScene()
        try await scene.deliver("site/st-1")
        try await scene.deliver("site/st-2", seed: 2)
        try scene.desk.inbox.write("notes", to: "site/st-2/notes.txt")
        try await scene.desk.run(scene.clearer(.delete(after: .seconds(30 * 86400)))) { turns in
            for _ in 0..<29 { await turns.next(after: .seconds(86400)) }
            #expect(scene.desk.inbox.contains("site/st-1/front.jpg"))
            await turns.next(after: .seconds(86400))
            await turns.next(after: .seconds(60))
        }
        #expect(!scene.desk.inbox.contains("site/st-1"))
        #expect(try scene.desk.inbox.names(in: "site/st-2") == ["notes.txt"])
        let second = try await scene.desk.station("site/st-2")
        #expect(second.state.name == .registered)
        #expect(try await scene.desk.ledger.clearing(of: second)?.remaining == 1)
    }

    @Test func `a clock that jumps a year ahead deletes nothing`() async throws {
        let scene = try ClearingScene()
        try await scene.deliver("st-1")
        let jump = Mutex<TimeInterval>(0)
        var time = scene.desk.timeSource
        time.now = { [clock = scene.desk.clock] in clock.date + jump.withLock { $0 } }
        let clearer = Clearer(
            ledger: scene.desk.ledger,
            rules: [
                .init(inbox: scene.desk.inbox.path, way: .delete(after: .seconds(86400)), ignore: IgnoreRules())
            ],
            timeSource: time,
            steady: { [clock = scene.desk.clock] in clock.now.offset },
            isLost: { _ in false },
            changed: { _ in },
            logger: Desk.silent,
            bell: Doorbell()
        )
        try await scene.desk.run(clearer) { turns in
            jump.withLock { $0 = 365 * 86400 }
            await turns.next(after: .seconds(60))
            await turns.next(after: .seconds(60))
            #expect(scene.desk.inbox.contains("st-1/front.jpg"))
            await turns.next(after: .seconds(86400))
            #expect(!scene.desk.inbox.contains("st-1"))
        }
    }

    /// What a kill between two steps leaves behind.
    @Test(arguments: 0...7)
    func `a deletion that was interrupted is finished, and one that was replaced meanwhile is not`(deleted: Int)
        async throws
    {
        let scene = try ClearingScene()
        let record = try await scene.deliver("st-1")
        let files = DeliveredFiles(record: record, way: .delete, rules: IgnoreRules(), isStopping: { false })
        let plan = try files.plan()
        #expect(try await scene.desk.ledger.beginClearing(of: record, plan, at: scene.desk.now))
        for entry in plan.entries.prefix(deleted) { try scene.desk.inbox.remove("st-1/" + entry.name) }
        if deleted == 3 { try scene.desk.inbox.write("new", to: "st-1/" + plan.entries[5].name) }
        try await scene.desk.run(scene.clearer(.delete(after: .seconds(86400)))) { _ in }
        if deleted == 3 {
            #expect(try scene.desk.inbox.names(in: "st-1").count == 2)
        } else {
            #expect(!scene.desk.inbox.contains("st-1"))
        }
    }

    @Test func `a move that was interrupted is finished, wherever it was`() async throws {
        for isMoved in [false, true] {
            let scene = try ClearingScene()
            let record = try await scene.deliver("site/st-1")
            let way = ClearingPlan.Way.move(to: scene.done.path)
            let plan = try DeliveredFiles(record: record, way: way, rules: IgnoreRules(), isStopping: { false }).plan()
            #expect(try await scene.desk.ledger.beginClearing(of: record, plan, at: scene.desk.now))
            if isMoved {
                try scene.done.makeFolder("site")
                #expect(rename(scene.desk.inbox.path + "/site/st-1", scene.done.path + "/site/st-1") == 0)
                try await scene.desk.recordGone("site/st-1")
            }
            try await scene.desk.run(scene.clearer()) { _ in }
            #expect(scene.done.contains("site/st-1/front.jpg"))
            let after = try await scene.desk.station("site/st-1")
            #expect(try await scene.desk.ledger.clearing(of: after)?.state == .done)
        }
    }

    @Test func `a folder in which somebody writes during the move is put back`() async throws {
        let scene = try ClearingScene()
        let record = try await scene.deliver("st-1")
        let way = ClearingPlan.Way.move(to: scene.done.path)
        let plan = try DeliveredFiles(record: record, way: way, rules: IgnoreRules(), isStopping: { false }).plan()
        try scene.desk.inbox.write("new", to: "st-1/front.jpg")
        let work = ClearingWork(inbox: record.inbox, plan: plan, rules: IgnoreRules(), isStopping: { false })
        #expect(throws: ClearingObstacle.changed("Somebody wrote in it while it was moved; it was put back.")) {
            _ = try work.carryOut()
        }
        #expect(scene.desk.inbox.contains("st-1/front.jpg"))
        #expect(!scene.done.contains("st-1"))
    }

    @Test func `what is dropped again after it was moved is recognised, and left where it is`() async throws {
        let scene = try ClearingScene()
        try await scene.deliver("st-1")
        try await scene.desk.run(scene.clearer()) { turns in
            let again = try await InspectedStation.write(to: scene.desk.inbox, named: "st-1", .init(seed: 1))
            try await scene.desk.record("st-1", .accepted(.station(again.capture)), stamp: again.stamp.rawValue)
            await turns.next(after: .seconds(60))
            #expect(scene.desk.inbox.contains("st-1/front.jpg"))
            let record = try await scene.desk.station("st-1")
            #expect(record.state.name == .registered)
            #expect(
                try await scene.desk.ledger.clearing(of: record)?.trouble?.contains("something of this name") == true
            )
        }
    }
}
