package import Foundation
import GRDB

/// A folder of an inbox that held nothing but delivered items, which drop360 has moved or deleted.
///
/// It is removed once it has stayed empty for a while: a crew may just be about to copy more into it.
package struct EmptiedFolder: Equatable, Sendable {
    package var inbox: String
    /// Below the inbox, never empty.
    package var path: String
    package var inode: UInt64
    /// When a name in it was last added or removed, in nanoseconds as the file system says: by drop360 itself.
    ///
    /// Compared for equality only.
    package var modified: Int64

    package init(inbox: String, path: String, inode: UInt64, modified: Int64) {
        (self.inbox, self.path, self.inode, self.modified) = (inbox, path, inode, modified)
    }

    /// Where the folder above it is; nil where that is the inbox.
    fileprivate var parent: String? {
        path.lastIndex(of: "/").map { String(path[..<$0]) }
    }

    func save(at now: Date, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO emptiedFolder (inbox, path, inode, modified, emptiedAt) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (inbox, path) DO UPDATE SET inode = excluded.inode, modified = excluded.modified,
                  emptiedAt = excluded.emptiedAt
                """,
            arguments: [inbox, path, Int64(bitPattern: inode), modified, now.ledger]
        )
    }
}

extension ItemLedger {
    /// A folder of an inbox that was emptied before a moment, and holds no other one; nil if there is none.
    package func emptiedFolder(of inbox: String, before date: Date) async throws(LedgerError) -> EmptiedFolder? {
        try await read { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT * FROM emptiedFolder WHERE inbox = ? AND emptiedAt <= ?
                    ORDER BY length(path) DESC, path LIMIT 1
                    """,
                arguments: [inbox, date.ledger]
            ).map { row in
                EmptiedFolder(
                    inbox: row["inbox"],
                    path: row["path"],
                    inode: UInt64(bitPattern: row["inode"] as Int64),
                    modified: row["modified"]
                )
            }
        }
    }

    /// Nothing more is to be done with a folder: it has been removed, or is somebody's again.
    ///
    /// - Parameter parent: When the folder above it was last changed, before and after the removal; nil where it was not removed.
    package func forget(
        _ folder: EmptiedFolder,
        parent: (before: Int64, after: Int64)? = nil
    ) async throws(LedgerError) {
        try await write { db in
            try db.execute(
                sql: "DELETE FROM emptiedFolder WHERE inbox = ? AND path = ?",
                arguments: [folder.inbox, folder.path]
            )
            guard let parent, let path = folder.parent else { return }
            try db.execute(
                sql: "UPDATE emptiedFolder SET modified = ? WHERE inbox = ? AND path = ? AND modified = ?",
                arguments: [parent.after, folder.inbox, path, parent.before]
            )
        }
    }
}
