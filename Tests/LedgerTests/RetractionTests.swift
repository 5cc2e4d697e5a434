import Foundation
import Ledger
import Station
import TestSupport
import Testing

/// Images that an operator takes out of CDF again, as the ledger sees it.
struct RetractionTests {
    private let one = Capture.sample("one")
    private let two = Capture.sample("two")

    private func bench(delivered capture: Capture) async throws -> LedgerBench {
        let bench = try LedgerBench()
        try await bench.record("a", capture)
        try await bench.deliver("a")
        return bench
    }

    private func plan(_ bench: LedgerBench, _ name: String) async throws -> RetractionPlan {
        try await bench.ledger.planRetraction(of: name, at: name)
    }

    @discardableResult
    private func request(_ bench: LedgerBench, _ name: String, files: Bool = false) async throws -> Retraction {
        try await bench.ledger.requestRetraction(of: plan(bench, name), withFiles: files, at: bench.now)
    }

    /// As the stage does it, when CDF has deleted everything.
    private func carryOut(_ bench: LedgerBench, _ retraction: Retraction) async throws {
        _ = try await bench.ledger.recordImageGone(retraction.externalID, at: bench.now)
        _ = try await bench.ledger.recordRetracted(retraction, words: "its files stay", at: bench.now)
    }

    private func retract(_ bench: LedgerBench, _ name: String, files: Bool = false) async throws {
        try await carryOut(bench, request(bench, name, files: files))
    }

    // MARK: What is meant

    @Test(arguments: ["1", "a", "/srv/inbox/a", "site-a/s1/20260501T100000Z"])
    func `an image is named by number, folder or id`(name: String) async throws {
        let bench = try await bench(delivered: one)
        let plan = try await plan(bench, name)
        #expect(plan.externalID == one.ids.image)
        #expect(plan.isPresent)
        #expect(plan.othersAtStation == 0 && plan.othersInCollection == 0)
        #expect(plan.hasFiles)
    }

    @Test func `other images at the station and in the collection are counted, also on their way`() async throws {
        let bench = try await bench(delivered: one)
        try await bench.record("b", .sample("later", time: Capture.eleven))
        try await bench.record("c", .sample("other", station: "s2"))
        let plan = try await plan(bench, "a")
        #expect(plan.othersAtStation == 1)
        #expect(plan.othersInCollection == 2)
    }

    @Test func `what is not in CDF cannot be retracted`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", one)
        await #expect(throws: LedgerError.self) { try await plan(bench, "a") }
        await #expect(throws: LedgerError.self) { try await plan(bench, one.ids.image) }
        await #expect(throws: LedgerError.unknownStation("nowhere")) { try await plan(bench, "nowhere") }
    }

    @Test func `a point cloud is refused with words`() async throws {
        let bench = try LedgerBench()
        let sha = FileDigest(rawValue: one.digest.rawValue)
        let content = PointCloud(
            name: "hall.e57",
            size: 9,
            fileDigest: sha,
            digest: one.digest,
            externalID: "site-a/hall.e57",
            siteID: "site-a",
            model: .name("Hall")
        )
        let cloud = try await bench.record("hall.e57", .accepted(.pointCloud(content)))
        let error = await #expect(throws: LedgerError.self) { try await plan(bench, "\(cloud.id)") }
        #expect(error?.description.contains("does not delete 3D revisions") == true)
    }

    @Test func `of several images left in CDF one has to be named`() async throws {
        let bench = try await bench(delivered: one)
        try await bench.record("a", .sample("later", time: Capture.eleven))
        try await bench.deliver("a")
        // The folder's name means its present image.
        #expect(try await plan(bench, "a").externalID.hasSuffix("110000Z"))
        try await bench.record("a", rejected: "bad")
        let error = await #expect(throws: LedgerError.self) { try await plan(bench, "a") }
        #expect(error?.description.contains(one.ids.image) == true)
    }

    @Test func `while a correction is on its way, the image cannot be retracted`() async throws {
        let bench = try await bench(delivered: one)
        try await bench.record("a", two)
        let error = await #expect(throws: LedgerError.self) { try await request(bench, one.ids.image) }
        #expect(error?.description.contains("is not finished") == true)
        try await bench.giveUp("a")
        // One that failed is on no way: image and folder go.
        try await retract(bench, "a")
        #expect(try await bench.station("a").state == .withdrawn)
    }

    // MARK: What becomes of it

    @Test func `a retracted folder is withdrawn, and its history says so`() async throws {
        let bench = try await bench(delivered: one)
        try await retract(bench, "a")
        let record = try await bench.station("a")
        #expect(record.state == .withdrawn)
        #expect(record.isRetracted)
        #expect(record.capture == one)
        #expect(try await bench.events("a").suffix(3) == ["retraction-requested", "retracted", "retraction-finished"])
        #expect(try await plan(bench, "a").doneAt != nil)
        #expect(try await bench.ledger.nextDueForRetraction(at: bench.now) == nil)
    }

    @Test func `the wish is durable, and asking again continues it`() async throws {
        let bench = try await bench(delivered: one)
        try await request(bench, "a")
        let other = try bench.reopened()
        #expect(try await other.dueForRetraction(at: bench.now, limit: 9).map(\.path) == ["a"])
        try other.close()
        #expect(try await request(bench, "a", files: true).withFiles)
        // Not taken back.
        #expect(try await request(bench, "a").withFiles)
        _ = try await bench.ledger.recordImageGone(one.ids.image, at: bench.now)
        #expect(try await bench.ledger.recordImageGone(one.ids.image, at: bench.now).concerned == [])
        #expect(try await request(bench, "a").isImageGone)
        #expect(try await bench.events("a").count { $0 == "retracted" } == 1)
    }

    @Test func `a folder that was refused for its ids is inspected again when the other image is gone`() async throws {
        let bench = try await bench(delivered: one)
        #expect(try await bench.record("b", two).problems.map(\.code) == ["conflict"])
        try await bench.record("c", rejected: "bad")
        let retraction = try await request(bench, "a")
        let gone = try await bench.ledger.recordImageGone(retraction.externalID, at: bench.now)
        #expect(gone.concerned.map(\.path) == ["a"])
        #expect(gone.freed.map(\.path) == ["b"])
        #expect(try await bench.ledger.itemsToLookAt().map(\.path) == ["b"])
        #expect(try await bench.record("b", two).state == .accepted(two.digest))
    }

    @Test func `what is refused because of another image or station is left alone, and a pose that drifted is not`()
        async throws
    {
        let bench = try await bench(delivered: one)
        let (other, rival) = (Capture.sample("other", station: "s2"), Capture.sample("rival", station: "s2"))
        try await bench.record("other", other)
        try await bench.deliver("other")
        #expect(try await bench.record("rival", rival).problems.map(\.code) == ["conflict"])
        var far = Capture.sample("far", time: Capture.eleven)
        far.pose.translation.x += 5
        #expect(try await bench.record("far", far).problems.map(\.code) == ["pose-drift"])
        // Refused for something else since: nothing of CDF's stands in its way.
        #expect(try await bench.record("changed", two).problems.map(\.code) == ["conflict"])
        try await bench.record("changed", rejected: "bad")
        let retraction = try await request(bench, "a")
        let gone = try await bench.ledger.recordImageGone(retraction.externalID, at: bench.now)
        #expect(gone.freed.map(\.path) == ["far"])
        #expect(try await bench.record("far", far).state == .accepted(far.digest))
    }

    @Test func `the unchanged folder is not sent again, however it is found`() async throws {
        let bench = try await bench(delivered: one)
        try await retract(bench, "a")
        // A restart knows it, and asks for nothing.
        #expect(try await bench.knownItems() == ["a": "stamp"])
        #expect(try await bench.record("a", one, stamp: "touched").isRetracted)
        try await bench.record("a", incomplete: "a face is being copied")
        #expect(try await bench.record("a", one, stamp: "again").isRetracted)
        #expect(try await bench.events("a").last == "left-out")
        try await bench.recordGone("a")
        #expect(try await bench.knownItems() == [:])
        #expect(try await bench.record("a", one, stamp: "back").isRetracted)
        // Nor under another name.
        #expect(try await bench.record("copy", one).isRetracted)
        #expect(try await bench.nextDue(at: bench.now) == nil)
    }

    @Test func `a changed folder is sent, and may then change back`() async throws {
        let bench = try await bench(delivered: one)
        try await retract(bench, "a")
        #expect(try await bench.record("a", two).state == .accepted(two.digest))
        try await bench.deliver("a")
        #expect(try await bench.record("a", one).state == .accepted(one.digest))
        #expect(try await bench.deliver("a").state == .registered(one.digest))
        // It can be retracted as at first.
        try await retract(bench, "a")
        #expect(try await bench.station("a").isRetracted)
    }

    @Test(arguments: [false, true])
    func `retry sends it again, its files only if they were deleted`(files: Bool) async throws {
        let bench = try await bench(delivered: one)
        try await retract(bench, "a", files: files)
        let id = try await bench.station("a").id
        #expect(try await bench.ledger.retry(id, at: bench.now).state == .incomplete([]))
        #expect(try await bench.record("a", one).state == .accepted(one.digest))
        #expect(try await bench.fileStates("a") == Array(repeating: files ? .pending : .confirmed, count: 6))
        #expect(try await bench.deliver("a").state == .registered(one.digest))
        #expect(try await bench.ledger.standingImages(of: id) == [one.ids.image])
    }

    @Test func `all folders with the content are withdrawn`() async throws {
        let bench = try await bench(delivered: one)
        try await bench.record("copy", one)
        #expect(try await bench.station("copy").state == .registered(one.digest))
        let plan = try await plan(bench, "copy")
        #expect(plan.item.path == "a")
        #expect(plan.sharers == ["/srv/inbox/copy"])
        try await retract(bench, "copy")
        #expect(try await bench.station("a").isRetracted)
        #expect(try await bench.station("copy").isRetracted)
    }

    @Test func `what comes to the same id meanwhile waits until everything is deleted`() async throws {
        let bench = try await bench(delivered: one)
        let retraction = try await request(bench, "a", files: true)
        #expect(try await bench.record("a", two).state == .accepted(two.digest))
        #expect(try await bench.ledger.dueForUpload(at: bench.now, limit: 9) == [])
        #expect(try await bench.nextDue(at: bench.now) == nil)
        _ = try await bench.ledger.recordImageGone(retraction.externalID, at: bench.now)
        #expect(try await bench.ledger.dueForUpload(at: bench.now, limit: 9) == [])
        // Its places are needed.
        #expect(try await bench.ledger.needsPlace(two.ids.station))
        _ = try await bench.ledger.recordRetracted(retraction, words: "", at: bench.now)
        #expect(try await bench.ledger.dueForUpload(at: bench.now, limit: 9).map(\.path) == ["a"])
        #expect(try await bench.deliver("a").state == .registered(two.digest))
    }

    @Test func `a place is needed as long as an image of the ledger has it`() async throws {
        let bench = try await bench(delivered: one)
        try await bench.record("b", .sample("later", time: Capture.eleven))
        let first = try await request(bench, "a")
        _ = try await bench.ledger.recordImageGone(first.externalID, at: bench.now)
        #expect(try await bench.ledger.needsPlace(one.ids.station))
        #expect(try await bench.ledger.needsPlace(one.ids.collection))
        try await bench.record("b", rejected: "bad")
        #expect(try await !bench.ledger.needsPlace(one.ids.station))
        #expect(try await !bench.ledger.needsPlace(one.ids.collection))
    }

    @Test func `a retraction that failed holds nothing up, and is begun again on request`() async throws {
        let bench = try await bench(delivered: one)
        let retraction = try await request(bench, "a")
        _ = try await bench.ledger.recordFailedRetraction(retraction, .init(summary: "no"), at: bench.now)
        #expect(try await bench.ledger.nextDueForRetraction(at: bench.now) == nil)
        #expect(try await bench.station("a").state == .registered(one.digest))
        #expect(try await request(bench, "a").failure == nil)
        _ = try await bench.ledger.recordFailedRetraction(retraction, .init(summary: "no"), at: bench.now)
        try await bench.record("a", two)
        try await bench.beginUpload("a")
        #expect(try await bench.ledger.retraction(of: one.ids.image) == nil)
    }

    @Test func `files that stayed can be deleted later`() async throws {
        let bench = try await bench(delivered: one)
        try await retract(bench, "a")
        #expect(try await !plan(bench, "a").hasSomethingToDo(withFiles: false))
        #expect(try await plan(bench, "a").hasSomethingToDo(withFiles: true))
        let again = try await request(bench, "a", files: true)
        #expect(again.isImageGone)
        _ = try await bench.ledger.recordRetracted(again, words: "", at: bench.now)
        #expect(try await !plan(bench, "a").hasSomethingToDo(withFiles: true))
    }

    // MARK: What was left behind

    @Test func `a folder whose station or time was corrected leaves its old image behind`() async throws {
        let bench = try await bench(delivered: one)
        let moved = try await bench.record("a", .sample("moved", station: "s9"))
        #expect(moved.leftBehind == [one.ids.image])
        try await bench.deliver("a")
        #expect(try await bench.station("a").leftBehind == [one.ids.image])
        let note = try #require(try await bench.station("a").leftBehindNote)
        #expect(note.message.contains("`drop360 retract \(one.ids.image)`"))

        let before = try await bench.station("a")
        try await retract(bench, one.ids.image)
        let after = try await bench.station("a")
        #expect(after.state == before.state)
        #expect(after.leftBehind == [])
        // Its report is written again.
        #expect(after.revision > before.revision)
        // Back to what it was: that is a change, too.
        #expect(try await bench.record("a", one).state == .accepted(one.digest))
    }

    @Test func `a correction under the same ids leaves nothing behind`() async throws {
        let bench = try await bench(delivered: one)
        #expect(try await bench.record("a", two).leftBehind == [])
        #expect(try await bench.deliver("a").leftBehind == [])
    }
}
