package import Foundation
import GRDB

extension ItemLedger {
    /// Removes records from before `cutoff` that drop360 no longer needs; a daemon may run.
    ///
    /// What stands in CDF, its ids, digests and files, and who replaced or retracted it, stays for ever: that is how content is recognised
    /// that was delivered before.
    ///
    /// - Parameters:
    ///   - cutoff: Only what ended before then.
    ///   - dryRun: Only counts.
    ///   - progress: Called after each piece with the number of the last item looked at, and of the last item there is.
    package func prune(
        before cutoff: Date,
        dryRun: Bool,
        progress: @Sendable (_ item: Int64, _ of: Int64) -> Void = { _, _ in }
    ) async throws(LedgerError) -> PrunedFacts {
        let time = cutoff.ledger
        if !dryRun {
            try await write { db in
                try db.execute(
                    sql: """
                        INSERT INTO daemon (key, value) VALUES ('prunedBefore', ?1)
                        ON CONFLICT (key) DO UPDATE SET value = ?1 WHERE CAST(value AS INTEGER) < CAST(excluded.value AS INTEGER)
                        """,
                    arguments: [String(time)]
                )
            }
        }
        var found = PrunedFacts()
        let last = try await read { db in try Int64.fetchOne(db, sql: "SELECT max(id) FROM item") ?? 0 }
        var after: Int64 = 0
        while after < last {
            let until = after + Int64(PrunedFacts.piece)
            let preview = try await read { [after] db in
                try Self.prune(after..<until, before: time, dryRun: true, db)
            }
            if dryRun || preview.isEmpty {
                found = found + preview
            } else {
                found =
                    found
                    + (try await write { [after] db in try Self.prune(after..<until, before: time, dryRun: false, db) })
                // A daemon that waits for its turn looks every 100 ms at the longest. Throws only when the task is cancelled.
                try? await Task.sleep(for: .milliseconds(150))
            }
            after = until
            progress(min(after, last), last)
        }
        return found
    }

    /// When the history before it was pruned; nil if it never was.
    package func prunedBefore() async throws(LedgerError) -> Date? {
        try await read { db in
            try String.fetchOne(db, sql: "SELECT value FROM daemon WHERE key = 'prunedBefore'")
                .flatMap { Int64($0) }.map(Date.init(ledger:))
        }
    }

    /// The items with numbers above the first up to the last one.
    private static func prune(
        _ numbers: Range<Int64>,
        before time: Int64,
        dryRun: Bool,
        _ db: Database
    ) throws -> PrunedFacts {
        let arguments: StatementArguments = [time, numbers.lowerBound, numbers.upperBound]
        var found = PrunedFacts()
        found.steps =
            try Int.fetchOne(db, sql: "SELECT count(*) FROM history WHERE \(PrunedFacts.steps)", arguments: arguments)
            ?? 0
        let contents = try Row.fetchAll(db, sql: PrunedFacts.replacedContents, arguments: arguments)
        let items = try Int64.fetchAll(db, sql: PrunedFacts.forgottenItems, arguments: arguments)
        (found.contents, found.items) = (contents.count, items.count)
        guard !dryRun else { return found }
        try db.execute(sql: "DELETE FROM history WHERE \(PrunedFacts.steps)", arguments: arguments)
        for row in contents {
            for table in ["uploadSession", "file", "content"] {
                try db.execute(
                    sql: "DELETE FROM \(table) WHERE item = ? AND digest = ?",
                    arguments: [row["item"] as Int64, row["digest"] as String]
                )
            }
        }
        for number in items { try forget(number, db) }
        return found
    }

    /// Removes an item with everything that was known about it.
    private static func forget(_ number: Int64, _ db: Database) throws {
        try db.execute(sql: "DELETE FROM searchText WHERE rowid = ?", arguments: [number])
        for (table, column) in [
            ("searchDue", "item"), ("clearing", "item"), ("uploadSession", "item"), ("file", "item"),
            ("content", "item"),
            ("history", "item"), ("item", "id"),
        ] {
            try db.execute(sql: "DELETE FROM \(table) WHERE \(column) = ?", arguments: [number])
        }
    }
}
