import Foundation
import Ledger
import Station
import TestSupport
import Testing

/// Two folders that want the same ids.
struct ConflictTests {
    private let one = Capture.sample("one")
    private let two = Capture.sample("two")

    private func allowed(_ bench: LedgerBench, _ path: String) async throws {
        _ = try await bench.ledger.allowReplacing(try await bench.station(path).id, at: bench.now)
    }

    @Test(arguments: [ItemState.Name.accepted, .uploading, .uploaded, .registered, .failed])
    func `other content for the same image id from another folder is refused`(state: ItemState.Name) async throws {
        let bench = try LedgerBench()
        try await bench.record("a", one)
        if state != .accepted { try await bench.beginUpload("a") }
        if [.uploaded, .registered].contains(state) { try await bench.send(of: "a") }
        if state == .registered { try await bench.register("a") }
        if state == .failed { try await bench.giveUp("a") }
        let second = try await bench.record("b", two)
        #expect(second.codes == ["conflict"])
        #expect(second.problems.first?.message.contains("/srv/inbox/a") == true)
        let verb = state == .registered ? "already delivered" : "already accepted"
        #expect(second.problems.first?.message.contains(verb) == true)
        #expect(second.problems.first?.message.contains("drop360 replace") == true)
        #expect(try await bench.station("a").state.name == state)
        // Looking again is no way around.
        #expect(try await bench.record("b", two, stamp: "touched").codes == ["conflict"])
    }

    @Test(arguments: [ItemState.Name.incomplete, .rejected, .withdrawn])
    func `a folder that delivers nothing causes no conflict`(state: ItemState.Name) async throws {
        let bench = try LedgerBench()
        try await bench.record("a", one)
        try await bench.beginUpload("a")
        try await bench.send([.front], of: "a")
        switch state {
        case .incomplete: try await bench.record("a", incomplete: [Problem("x", "part")])
        case .rejected: try await bench.record("a", rejected: [Problem("x", "bad")])
        default: try await bench.recordGone("a")
        }
        #expect(try await bench.record("b", two).state.name == .accepted)
        // Mended, the first one comes second.
        #expect(try await bench.record("a", one).codes == ["conflict"])
        try await bench.deliver("b")
        #expect(try await bench.ledger.item(bench.station("b").id).capture == two)
    }

    @Test func `a delivered folder that is gone keeps its ids`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", one)
        try await bench.deliver("a")
        try await bench.recordGone("a")
        #expect(try await bench.record("b", two).codes == ["conflict"])
    }

    @Test func `an operator may let it replace what was delivered`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", one)
        try await bench.deliver("a")
        let refused = try await bench.record("b", two)
        let allowed = try await bench.ledger.allowReplacing(refused.id, at: bench.now)
        #expect(allowed.state == .incomplete([]))
        #expect(try await bench.ledger.itemsToLookAt().map(\.path) == ["b"])
        #expect(try await bench.knownItems()["b"] == "-")
        let accepted = try await bench.record("b", two)
        #expect(accepted.state == .accepted(two.digest))
        #expect(try await bench.ledger.itemsToLookAt().isEmpty)
        #expect(try await bench.events("a").last == "replaced")
        // Until the first byte goes out, the old one stands.
        #expect(try await bench.station("a").state == .registered(one.digest))
        try await bench.deliver("b")
        #expect(
            try bench.rawRows("SELECT digest FROM content WHERE supersededAt IS NOT NULL") == [one.digest.rawValue]
        )
        // What now stands is the second one's: the first is the conflict.
        #expect(try await bench.record("a", one).codes == ["conflict"])
        #expect(try await bench.fileStates("b") == Array(repeating: .confirmed, count: 6))
    }

    @Test func `an operator's permission to replace holds until the delivery`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", one)
        try await bench.deliver("a")
        try await bench.record("b", two)
        try await allowed(bench, "b")
        // First it is broken for another reason, then mended, then touched.
        #expect(try await bench.record("b", rejected: [Problem("x", "bad")]).state.name == .rejected)
        #expect(try await bench.record("b", two).state.name == .accepted)
        #expect(try await bench.record("b", two, stamp: "touched").state.name == .accepted)
        try await bench.beginUpload("b")
        #expect(try await bench.record("b", two, stamp: "again").state.name == .uploading)
        try await bench.send(of: "b")
        #expect(try await bench.record("b", two, stamp: "again 2").state.name == .uploaded)
        #expect(try await bench.register("b").state.name == .registered)
        // And no longer: other content in that folder is its own correction, in a third one a conflict.
        #expect(try await bench.record("b", .sample("three")).state.name == .accepted)
        #expect(try await bench.record("c", .sample("four")).codes == ["conflict"])
    }

    @Test func `a replacement that is removed before it is sent leaves the old content in place`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", one)
        try await bench.deliver("a")
        try await bench.record("b", two)
        try await allowed(bench, "b")
        try await bench.record("b", two)
        try await bench.recordGone("b")
        // Nobody said that a third one may overwrite it.
        #expect(try await bench.record("c", .sample("three")).codes == ["conflict"])
        #expect(try await bench.record("a", one).state.name == .registered)
        #expect(try await bench.record("d", one).state.name == .registered)
    }

    @Test(arguments: [ItemState.Name.accepted, .uploading, .uploaded, .failed])
    func `the delivery of a replaced station is stopped, and that of its copies`(state: ItemState.Name) async throws {
        let bench = try LedgerBench()
        try await bench.record("a", one)
        if state != .accepted { try await bench.beginUpload("a") }
        if state == .uploaded { try await bench.send(of: "a") }
        if state == .failed { try await bench.giveUp("a") }
        try await bench.record("copy", one)
        try await bench.record("b", two)
        try await allowed(bench, "b")
        try await bench.record("b", two)
        #expect(try await bench.station("a").codes == ["replaced"])
        // A copy of a failed station is on its own way, so it is stopped, too.
        #expect(try await bench.station("copy").codes == [state == .failed ? "replaced" : "conflict"])
        #expect(try await bench.ledger.dueForUpload(at: bench.now, limit: 9).map(\.path) == ["b"])
        #expect(try await bench.ledger.dueForRegistration(at: bench.now, limit: 9).map(\.path) == [])
        try await bench.beginUpload("b")
        // Whatever the first had sent to these files does not count any more.
        #expect(try bench.rawRows("SELECT DISTINCT state FROM file") == ["pending"])
        try await bench.send(of: "b")
        #expect(try await bench.register("b").state.name == .registered)
    }

    @Test func `only a station in conflict can replace another`() async throws {
        let bench = try LedgerBench()
        let a = try await bench.record("a", one)
        let b = try await bench.record("b", rejected: [Problem("x", "bad")])
        for id in [a.id, b.id] {
            await #expect(throws: LedgerError.self) { try await bench.ledger.allowReplacing(id, at: bench.now) }
        }
        await #expect(throws: LedgerError.unknownStation("4711")) {
            try await bench.ledger.allowReplacing(ItemNumber(rawValue: 4711), at: bench.now)
        }
        #expect(try await bench.station("a").state.name == .accepted)
    }

    @Test func `a permission to replace is used up if the content is already known`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", one)
        try await bench.deliver("a")
        try await bench.record("b", two)
        try await allowed(bench, "b")
        #expect(try await bench.record("b", one).state.name == .registered)
        #expect(try await bench.record("b", two).codes == ["conflict"])
    }

    // MARK: Ids that come out the same

    @Test func `ids whose slashes make two stations one are refused`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample("one", station: "c", site: "a/b"))
        #expect(try await bench.record("b", .sample("two", station: "b/c", site: "a")).codes == ["id-collision"])
        // A collection with the id of a station.
        #expect(try await bench.record("c", .sample("three", station: "x", site: "a/b/c")).codes == ["id-collision"])
        // A station with the id of a collection.
        #expect(try await bench.record("d", .sample("four", station: "b", site: "a")).codes == ["id-collision"])
        #expect(try await bench.record("e", .sample("five", station: "e", site: "a")).state.name == .accepted)
    }

    @Test func `a folder does not collide with its own first version`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample("one", station: "c", site: "a/b"))
        #expect(try await bench.record("a", .sample("one, mended", station: "b/c", site: "a")).state.name == .accepted)
    }
}
