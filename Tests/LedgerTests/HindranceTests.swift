import Foundation
import Ledger
import Station
import TestSupport
import Testing

/// What cannot be taken as a station goes through the ledger like one that is refused.
struct HindranceTests {
    private let problem = Problem("archive", "Unpack it.")

    @discardableResult
    private func recordHindrance(_ bench: LedgerBench, _ path: String, stamp: String = "h") async throws -> ItemRecord {
        try await bench.ledger.recordHindrance(
            at: ItemPath(inbox: LedgerBench.inbox, path: path),
            stamp: Stamp(rawValue: stamp),
            problem: problem,
            at: bench.now
        )
    }

    @Test func `a hindrance is rejected, and withdrawn when it is gone`() async throws {
        let bench = try LedgerBench()
        let record = try await recordHindrance(bench, "site/a.zip")
        #expect(record.state == .rejected([problem]))
        #expect(try await bench.knownItems() == ["site/a.zip": "h"])
        #expect(try await recordHindrance(bench, "site/a.zip").revision == record.revision)
        #expect(try await bench.recordGone("site/a.zip").state == .withdrawn)
        #expect(try await recordHindrance(bench, "site/a.zip").state == .rejected([problem]))
    }

    @Test func `a hindrance in the place of a delivered station leaves that registered`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample())
        try await bench.beginUpload("a")
        try await bench.send(of: "a")
        try await bench.register("a")
        try await bench.recordGone("a")
        #expect(try await recordHindrance(bench, "a").state.name == .registered)
    }

    @Test func `a folder in the place of a hindrance is a station like any other`() async throws {
        let bench = try LedgerBench()
        let before = try await recordHindrance(bench, "a")
        try await bench.recordGone("a")
        let after = try await bench.record("a", .sample())
        #expect(after.id == before.id && after.state.name == .accepted)
    }

    @Test(arguments: ["loose files", "loose files/", "/srv/inbox/loose files", "/srv/inbox/loose files/"])
    func `a hindrance is found by the path that is shown, with and without the slash`(name: String) async throws {
        let bench = try LedgerBench()
        let record = try await recordHindrance(bench, "loose files/")
        #expect(try await bench.ledger.item(named: name).id == record.id)
    }
}
