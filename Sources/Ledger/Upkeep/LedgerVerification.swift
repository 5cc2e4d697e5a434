import GRDB
import Station
import Synchronization

/// What `drop360 ledger verify` found.
package struct LedgerVerification: Equatable, Sendable {
    /// What is wrong, one sentence each; at most ``LedgerVerification/most`` of one kind.
    package var problems: [String] = []
    /// How many items were read.
    package var items = 0
    /// The size of the file, in bytes, and how many of them hold nothing: `compact` gives those back.
    package var bytes: Int64 = 0
    package var unusedBytes: Int64 = 0

    package static let most = 100
}

extension ItemLedger {
    /// Looks at every page and every row; a daemon may go on writing meanwhile.
    ///
    /// SQLite's own check comes first: of a file that it finds damaged, nothing more is said.
    ///
    /// - Parameter progress: Called with the number of items read so far, after each piece.
    package func verification(
        progress: @Sendable (_ items: Int, _ of: Int) -> Void = { _, _ in }
    ) async throws(LedgerError) -> LedgerVerification {
        var found = try await read { db in
            var found = LedgerVerification()
            let page = try Int64.fetchOne(db, sql: "PRAGMA page_size") ?? 0
            found.bytes = page * (try Int64.fetchOne(db, sql: "PRAGMA page_count") ?? 0)
            found.unusedBytes = page * (try Int64.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0)
            return found
        }
        found.problems = try await integrityProblems().map { "SQLite: \($0)." }
        guard found.problems.isEmpty else { return found }
        found.problems += try await read { db in
            let rows = try Row.fetchAll(
                db,
                sql: "SELECT \"table\", rowid, parent FROM pragma_foreign_key_check LIMIT ?",
                arguments: [LedgerVerification.most]
            )
            return rows.map { row in
                let number = (row["rowid"] as Int64?).map { " \($0)" } ?? ""
                return
                    "A row\(number) of '\(row["table"] as String)' refers to one of '\(row["parent"] as String)' that does not exist."
            }
        }
        let total = try await read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM item") ?? 0 }
        var last: Int64? = 0
        while let after = last {
            let piece = try await unreadableItems(after: after)
            found.problems += piece.problems.prefix(max(0, LedgerVerification.most - found.problems.count))
            found.items += piece.count
            last = piece.last
            progress(found.items, total)
        }
        for rule in LedgerRules.forbidden {
            found.problems += try await read { db in
                try String.fetchAll(db, sql: "\(rule.sql) LIMIT \(LedgerVerification.most)")
                    .map { "'\(printable($0))': \(rule.sentence)." }
            }
        }
        return found
    }

    /// Reads a piece of all items, each with the content that it stands for.
    private func unreadableItems(
        after number: Int64
    ) async throws(LedgerError) -> (problems: [String], count: Int, last: Int64?) {
        try await read { db in
            let rows = try ItemRow.fetchAll(
                db,
                sql: "SELECT * FROM item WHERE id > ? ORDER BY id LIMIT 500",
                arguments: [number]
            )
            let problems = Mutex<[String]>([])
            for row in rows {
                _ = try row.recordOrReport(db) { error in problems.withLock { $0.append(error.summary) } }
            }
            return (problems.withLock { $0 }, rows.count, rows.last?.id)
        }
    }
}
