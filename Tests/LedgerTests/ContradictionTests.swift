import Foundation
import Ledger
import Station
import TestSupport
import Testing

/// A write that a table does not take is a bug in drop360, on any disk: it is not tried again for ever.
struct ContradictionTests {
    /// Makes SQLite refuse these rows of `item`, as a bug would run into its other rules.
    private func forbid(_ rows: String, in bench: LedgerBench) throws {
        try bench.rawSQL("ALTER TABLE item ADD COLUMN forbidden INTEGER CHECK (NOT (\(rows)))")
    }

    private func expectContradiction(_ error: LedgerError?, in bench: LedgerBench) {
        guard case .contradiction(bench.ledger.path, let detail) = error else {
            Issue.record("not a contradiction: \(String(describing: error))")
            return
        }
        #expect(detail.contains("CHECK constraint failed"))
        #expect(error?.remedy == .giveUp)
        #expect(error?.summary.contains("a bug in drop360") == true)
    }

    @Test func `a constraint violation is a bug that skips one item, and the others are recorded`() async throws {
        let bench = try LedgerBench()
        try forbid("path = 'bad'", in: bench)
        let error = await #expect(throws: LedgerError.self) {
            try await bench.record("bad", .sample(station: "bad"))
        }
        expectContradiction(error, in: bench)
        try await bench.record("good", .sample())
        #expect(try await bench.ledger.items().map(\.path) == ["good"])
    }

    @Test func `a violation in the middle of a delivery leaves the item as it was`() async throws {
        let bench = try LedgerBench()
        let before = try await bench.record("a", .sample())
        try forbid("state = 'uploading'", in: bench)
        expectContradiction(await #expect(throws: LedgerError.self) { try await bench.beginUpload("a") }, in: bench)
        #expect(try await bench.station("a") == before)
        #expect(try await bench.ledger.integrityProblems() == [])
    }
}
