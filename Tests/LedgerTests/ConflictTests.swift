import Foundation
import Ledger
import Station
import TestSupport
import Testing

/// Two folders that want the same ids.
struct ConflictTests {
    private let one = Capture.sample("one")
    private let two = Capture.sample("two")

    private func allowed(_ bench: Bench, _ path: String) async throws {
        _ = try await bench.ledger.allowReplacing(try await bench.station(path).id, at: bench.now)
    }

    @Test(arguments: [ItemState.Name.accepted, .uploading, .uploaded, .registered, .failed])
    func `other content for the same image id from another folder is refused`(state: ItemState.Name) async throws {
        let bench = try Bench()
        try await bench.sees("a", one)
        if state != .accepted { try await bench.begins("a") }
        if [.uploaded, .registered].contains(state) { try await bench.sends(of: "a") }
        if state == .registered { try await bench.registers("a") }
        if state == .failed { try await bench.givesUp("a") }
        let second = try await bench.sees("b", two)
        #expect(second.codes == ["conflict"])
        #expect(second.problems.first?.message.contains("/srv/inbox/a") == true)
        let verb = state == .registered ? "already delivered" : "already accepted"
        #expect(second.problems.first?.message.contains(verb) == true)
        #expect(second.problems.first?.message.contains("drop360 replace") == true)
        #expect(try await bench.station("a").state.name == state)
        // Looking again is no way around.
        #expect(try await bench.sees("b", two, stamp: "touched").codes == ["conflict"])
    }

    @Test(arguments: [ItemState.Name.incomplete, .rejected, .withdrawn])
    func `a folder that delivers nothing causes no conflict`(state: ItemState.Name) async throws {
        let bench = try Bench()
        try await bench.sees("a", one)
        try await bench.begins("a")
        try await bench.sends([.front], of: "a")
        switch state {
        case .incomplete: try await bench.sees("a", incomplete: [Problem("x", "part")])
        case .rejected: try await bench.sees("a", rejected: [Problem("x", "bad")])
        default: try await bench.loses("a")
        }
        #expect(try await bench.sees("b", two).state.name == .accepted)
        // Mended, the first one comes second.
        #expect(try await bench.sees("a", one).codes == ["conflict"])
        try await bench.delivers("b")
        #expect(try await bench.ledger.item(bench.station("b").id).capture == two)
    }

    @Test func `a delivered folder that is gone keeps its ids`() async throws {
        let bench = try Bench()
        try await bench.sees("a", one)
        try await bench.delivers("a")
        try await bench.loses("a")
        #expect(try await bench.sees("b", two).codes == ["conflict"])
    }

    @Test func `an operator may let it replace what was delivered`() async throws {
        let bench = try Bench()
        try await bench.sees("a", one)
        try await bench.delivers("a")
        let refused = try await bench.sees("b", two)
        let allowed = try await bench.ledger.allowReplacing(refused.id, at: bench.now)
        #expect(allowed.state == .incomplete([]))
        #expect(try await bench.ledger.itemsToLookAt().map(\.path) == ["b"])
        #expect(try await bench.knownItems()["b"] == "-")
        let accepted = try await bench.sees("b", two)
        #expect(accepted.state == .accepted(two.digest))
        #expect(try await bench.ledger.itemsToLookAt().isEmpty)
        #expect(try await bench.events("a").last == "replaced")
        // Until the first byte goes out, the old one stands.
        #expect(try await bench.station("a").state == .registered(one.digest))
        try await bench.delivers("b")
        #expect(
            try bench.rawRows("SELECT digest FROM content WHERE supersededAt IS NOT NULL") == [one.digest.rawValue]
        )
        // What now stands is the second one's: the first is the conflict.
        #expect(try await bench.sees("a", one).codes == ["conflict"])
        #expect(try await bench.fileStates("b") == Array(repeating: .confirmed, count: 6))
    }

    @Test func `an operator's permission to replace holds until the delivery`() async throws {
        let bench = try Bench()
        try await bench.sees("a", one)
        try await bench.delivers("a")
        try await bench.sees("b", two)
        try await allowed(bench, "b")
        // First it is broken for another reason, then mended, then touched.
        #expect(try await bench.sees("b", rejected: [Problem("x", "bad")]).state.name == .rejected)
        #expect(try await bench.sees("b", two).state.name == .accepted)
        #expect(try await bench.sees("b", two, stamp: "touched").state.name == .accepted)
        try await bench.begins("b")
        #expect(try await bench.sees("b", two, stamp: "again").state.name == .uploading)
        try await bench.sends(of: "b")
        #expect(try await bench.sees("b", two, stamp: "again 2").state.name == .uploaded)
        #expect(try await bench.registers("b").state.name == .registered)
        // And no longer: other content in that folder is its own correction, in a third one a conflict.
        #expect(try await bench.sees("b", .sample("three")).state.name == .accepted)
        #expect(try await bench.sees("c", .sample("four")).codes == ["conflict"])
    }

    @Test func `a replacement that is removed before it is sent leaves the old content in place`() async throws {
        let bench = try Bench()
        try await bench.sees("a", one)
        try await bench.delivers("a")
        try await bench.sees("b", two)
        try await allowed(bench, "b")
        try await bench.sees("b", two)
        try await bench.loses("b")
        // Nobody said that a third one may overwrite it.
        #expect(try await bench.sees("c", .sample("three")).codes == ["conflict"])
        #expect(try await bench.sees("a", one).state.name == .registered)
        #expect(try await bench.sees("d", one).state.name == .registered)
    }

    @Test(arguments: [ItemState.Name.accepted, .uploading, .uploaded, .failed])
    func `the delivery of a replaced station is stopped, and that of its copies`(state: ItemState.Name) async throws {
        let bench = try Bench()
        try await bench.sees("a", one)
        if state != .accepted { try await bench.begins("a") }
        if state == .uploaded { try await bench.sends(of: "a") }
        if state == .failed { try await bench.givesUp("a") }
        try await bench.sees("copy", one)
        try await bench.sees("b", two)
        try await allowed(bench, "b")
        try await bench.sees("b", two)
        #expect(try await bench.station("a").codes == ["replaced"])
        // A copy of a failed station is on its own way, so it is stopped, too.
        #expect(try await bench.station("copy").codes == [state == .failed ? "replaced" : "conflict"])
        #expect(try await bench.ledger.dueForUpload(at: bench.now, limit: 9).map(\.path) == ["b"])
        #expect(try await bench.ledger.dueForRegistration(at: bench.now, limit: 9).map(\.path) == [])
        try await bench.begins("b")
        // Whatever the first had sent to these files does not count any more.
        #expect(try bench.rawRows("SELECT DISTINCT state FROM file") == ["pending"])
        try await bench.sends(of: "b")
        #expect(try await bench.registers("b").state.name == .registered)
    }

    @Test func `only a station in conflict can replace another`() async throws {
        let bench = try Bench()
        let a = try await bench.sees("a", one)
        let b = try await bench.sees("b", rejected: [Problem("x", "bad")])
        for id in [a.id, b.id] {
            await #expect(throws: LedgerError.self) { try await bench.ledger.allowReplacing(id, at: bench.now) }
        }
        await #expect(throws: LedgerError.unknownStation("4711")) {
            try await bench.ledger.allowReplacing(ItemNumber(rawValue: 4711), at: bench.now)
        }
        #expect(try await bench.station("a").state.name == .accepted)
    }

    @Test func `a permission to replace is used up if the content is already known`() async throws {
        let bench = try Bench()
        try await bench.sees("a", one)
        try await bench.delivers("a")
        try await bench.sees("b", two)
        try await allowed(bench, "b")
        #expect(try await bench.sees("b", one).state.name == .registered)
        #expect(try await bench.sees("b", two).codes == ["conflict"])
    }

    // MARK: Ids that come out the same

    @Test func `ids whose slashes make two stations one are refused`() async throws {
        let bench = try Bench()
        try await bench.sees("a", .sample("one", station: "c", site: "a/b"))
        #expect(try await bench.sees("b", .sample("two", station: "b/c", site: "a")).codes == ["id-collision"])
        // A collection with the id of a station.
        #expect(try await bench.sees("c", .sample("three", station: "x", site: "a/b/c")).codes == ["id-collision"])
        // A station with the id of a collection.
        #expect(try await bench.sees("d", .sample("four", station: "b", site: "a")).codes == ["id-collision"])
        #expect(try await bench.sees("e", .sample("five", station: "e", site: "a")).state.name == .accepted)
    }

    @Test func `a folder does not collide with its own first version`() async throws {
        let bench = try Bench()
        try await bench.sees("a", .sample("one", station: "c", site: "a/b"))
        #expect(try await bench.sees("a", .sample("one, mended", station: "b/c", site: "a")).state.name == .accepted)
    }
}
