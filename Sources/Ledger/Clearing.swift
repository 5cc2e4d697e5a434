package import Foundation
import GRDB
package import Station

/// What becomes of the files of one delivered item in its inbox.
package struct Clearing: Equatable, Sendable {
    package enum State: String, Sendable { case waiting, begun, done }

    package var state: State
    /// Set once it has begun.
    package var plan: ClearingPlan?
    /// Names that stayed in the folder, since they are not the station's.
    package var remaining: Int
    package var doneAt: Date?
    /// Why it could not be done the last time.
    package var trouble: String?

    /// That of one item's content; nil where nothing has been recorded.
    static func fetch(_ item: Int64, digest: String, _ db: Database) throws -> Clearing? {
        try Row.fetchOne(db, sql: "SELECT * FROM clearing WHERE item = ? AND digest = ?", arguments: [item, digest])
            .map { row in
                guard let state = State(rawValue: row["state"]) else {
                    throw LedgerError.unreadableRow(item: item, detail: "state of its clearing")
                }
                return Clearing(
                    state: state,
                    plan: try (row["plan"] as String?).map { try JSON.decode(ClearingPlan.self, $0) },
                    remaining: (row["remaining"] as Int?) ?? 0,
                    doneAt: (row["doneAt"] as Int64?).map(Date.init(ledger:)),
                    trouble: row["trouble"]
                )
            }
    }
}

/// What is about to be moved or deleted, as it was when its files were compared with what was delivered.
package struct ClearingPlan: Codable, Equatable, Sendable {
    package enum Way: Codable, Equatable, Sendable {
        /// Below this folder, with the path that the item has below its inbox.
        case move(to: String)
        case delete
    }

    /// A file or folder, by its name in ``folder``.
    package struct Entry: Codable, Equatable, Sendable {
        package var name: String
        package var inode: UInt64
        /// Bytes; 0 of a folder.
        package var size: Int64
        /// Of a file's bytes; nil of a folder.
        package var digest: FileDigest?
        /// When a file was written, in nanoseconds as the file system says; nil of a folder.
        ///
        /// Compared for equality only.
        package var modified: Int64?

        package init(name: String, inode: UInt64, size: Int64, digest: FileDigest?, modified: Int64? = nil) {
            self.name = name
            self.inode = inode
            self.size = size
            self.digest = digest
            self.modified = modified
        }
    }

    package var way: Way
    /// Below the inbox: the folder that holds the entries.
    package var folder: String
    /// What is moved or deleted.
    package var entries: [Entry]
    /// The folder itself is the item, and goes once it is empty.
    package var removesFolder: Bool
    /// Of the station's folder, if it is moved as a whole: what is in it must be the same afterwards.
    package var stamp: Stamp?
    /// The inode of the inbox's folder: another one there is not its disk.
    package var inbox: UInt64?

    package init(
        way: Way,
        folder: String,
        entries: [Entry],
        removesFolder: Bool,
        stamp: Stamp? = nil,
        inbox: UInt64? = nil
    ) {
        self.stamp = stamp
        self.inbox = inbox
        self.way = way
        self.folder = folder
        self.entries = entries
        self.removesFolder = removesFolder
    }

    /// The folder that a moved item is in afterwards, absolute.
    package var destination: String? {
        guard case .move(let top) = way else { return nil }
        return folder.isEmpty ? top : top + "/" + folder
    }
}
