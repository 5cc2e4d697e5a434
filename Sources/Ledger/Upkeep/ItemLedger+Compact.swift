import Foundation
import GRDB
import Glibc

extension ItemLedger {
    /// Rewrites the ledger without unused space, and puts the index of texts in order.
    ///
    /// In one transaction of SQLite: cut off, the ledger is as it was before. Only for the one who opened the ledger exclusively. Blocks.
    ///
    /// - Returns: The size in bytes before and after.
    package func compact() throws(LedgerError) -> (before: Int64, after: Int64) {
        let directory = (path as NSString).deletingLastPathComponent
        do {
            let before = try size()
            // The new file goes through a temporary one and through the log of SQLite.
            if let free = OwnFile.freeSpace(at: directory), free < 2 * before {
                throw LedgerError.notCompacted(
                    path: path,
                    detail: "\(2 * before / 1_000_000 + 1) MB are needed in \(directory), and fewer are free"
                )
            }
            // SQLite's temporary file goes beside the ledger: `/tmp` may be small, or in memory.
            setenv("SQLITE_TMPDIR", directory, 1)
            try database.writeWithoutTransaction { db in
                try db.execute(sql: "INSERT INTO searchText (searchText) VALUES ('optimize')")
                try db.execute(sql: "VACUUM")
                try db.checkpoint(.truncate)
            }
            return (before, try size())
        } catch {
            throw LedgerError.wrapping(error, path: path)
        }
    }

    /// Of the file and its log.
    private func size() throws -> Int64 {
        try [path, path + "-wal"].reduce(0) { sum, file in
            guard access(file, F_OK) == 0 else { return sum }
            let attributes = try FileManager.default.attributesOfItem(atPath: file)
            return sum + ((attributes[.size] as? Int64) ?? 0)
        }
    }
}
