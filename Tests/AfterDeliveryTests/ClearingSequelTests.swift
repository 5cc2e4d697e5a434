import DropFolder
import Foundation
import Ledger
import Station
import TestSupport
import Testing
import Timing

@testable import AfterDelivery

/// What else happens once delivered stations leave their inbox: to the folders above, and where an image is retracted at that time.
@Suite(.timeLimit(.minutes(5)))
struct ClearingSequelTests {
    // MARK: Folders above

    @Test func `a folder from which everything was moved is removed after an hour, and the inbox is not`() async throws
    {
        let scene = try ClearingScene()
        try await scene.deliver("site/area/st-1")
        try await scene.deliver("st-2", seed: 2)
        try await scene.desk.run(scene.clearer()) { turns in
            #expect(scene.desk.inbox.contains("site/area"))
            await turns.next(after: .seconds(3540))
            #expect(scene.desk.inbox.contains("site/area"))
            await turns.next(after: .seconds(120))
        }
        #expect(try scene.desk.inbox.names().isEmpty)
        #expect(scene.done.contains("site/area/st-1/front.jpg"))
        #expect(try await scene.emptied() == nil)
    }

    @Test func `a folder that a crew uses again, or was empty before, is left alone`() async throws {
        let scene = try ClearingScene()
        try scene.desk.inbox.makeFolder("site/planned")
        for (number, path) in ["site/used/st-1", "site/other/st-2", "kept/st-3"].enumerated() {
            try await scene.deliver(path, seed: number + 1)
        }
        try scene.desk.inbox.write("of the crew", to: "kept/st-3.UPLOADED.txt")
        try await scene.desk.run(scene.clearer()) { turns in
            // Somebody makes a folder and thinks better of it.
            try scene.desk.inbox.makeFolder("site/used/st-9")
            try scene.desk.inbox.remove("site/used/st-9")
            // Another one has moved the folder away, and made one of the same name.
            try scene.desk.inbox.move("site/other", to: "site/other-before")
            try scene.desk.inbox.makeFolder("site/other")
            await turns.next(after: .seconds(3660))
        }
        #expect(try scene.desk.inbox.names(in: "site") == ["other", "other-before", "planned", "used"])
        #expect(try scene.desk.inbox.names() == ["kept", "site"])
        #expect(try await scene.emptied() == nil)
    }

    // MARK: Retractions

    private func retract(_ scene: ClearingScene, _ record: ItemRecord) async throws -> Retraction {
        let plan = try await scene.desk.ledger.planRetraction(of: record.path, at: record.folder)
        return try await scene.desk.ledger.requestRetraction(of: plan, withFiles: false, at: scene.desk.now)
    }

    @Test func `a move that was begun is finished although the image is taken out of CDF, and the report knows where`()
        async throws
    {
        for isImageGone in [false, true] {
            let scene = try ClearingScene()
            let record = try await scene.deliver("site/st-1")
            let way = ClearingPlan.Way.move(to: scene.done.path)
            let plan = try DeliveredFiles(record: record, way: way, rules: IgnoreRules(), isStopping: { false }).plan()
            #expect(try await scene.desk.ledger.beginClearing(of: record, plan, at: scene.desk.now))
            let retraction = try await retract(scene, record)
            if isImageGone {
                _ = try await scene.desk.ledger.recordImageGone(retraction.externalID, at: scene.desk.now)
            }
            try await scene.desk.run(scene.clearer()) { _ in }
            #expect(scene.done.contains("site/st-1/front.jpg"))
            let after = try await scene.desk.station("site/st-1")
            #expect(after.isRetracted == isImageGone)
            #expect(try await scene.desk.ledger.clearing(of: after)?.state == .done)
        }
    }

    @Test func `an image whose files are just being deleted cannot be retracted, and a deletion that got stuck ends`()
        async throws
    {
        let scene = try ClearingScene()
        let record = try await scene.deliver("st-1")
        let plan = try DeliveredFiles(record: record, way: .delete, rules: IgnoreRules(), isStopping: { false }).plan()
        #expect(try await scene.desk.ledger.beginClearing(of: record, plan, at: scene.desk.now))
        await #expect { _ = try await retract(scene, record) } throws: {
            "\($0)".contains("Retract it when that is done")
        }
        try await scene.desk.ledger.postponeClearing(
            of: record,
            "Its disk is not mounted.",
            until: scene.desk.now,
            witnessed: 0
        )
        _ = try await retract(scene, record)
        #expect(try await scene.events("st-1").suffix(2) == ["clearing-ended", "retraction-requested"])
        try await scene.desk.run(scene.clearer(.delete(after: .seconds(60)))) { turns in
            await turns.next(after: .seconds(3600))
        }
        #expect(scene.desk.inbox.contains("st-1/front.jpg"))
    }

    @Test func `nothing is moved while its image is being taken out of CDF`() async throws {
        let scene = try ClearingScene()
        let record = try await scene.deliver("st-1")
        let retraction = try await retract(scene, record)
        try await scene.desk.run(scene.clearer()) { turns in
            _ = try await scene.desk.ledger.recordImageGone(retraction.externalID, at: scene.desk.now)
            await turns.next(after: .seconds(60))
        }
        #expect(scene.desk.inbox.contains("st-1/front.jpg"))
        #expect(try await scene.desk.station("st-1").isRetracted)
    }
}
