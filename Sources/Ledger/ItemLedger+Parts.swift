package import Foundation
import GRDB
import Station

/// Files that are sent in parts. Triggers of the schema delete the sessions of files that are completely sent or no longer needed.
extension ItemLedger {
    /// How much of the file has been sent in parts; nil if nothing was begun, or so long ago that CDF may have forgotten it.
    package func partedUpload(of key: FileKey, at now: Date) async throws(LedgerError) -> PartedUpload? {
        try await read { db in
            guard
                let row = try Row.fetchOne(
                    db,
                    sql: "SELECT * FROM uploadSession WHERE \(Self.isKey)",
                    arguments: key.values
                )
            else { return nil }
            let addresses = try JSON.decode([String].self, row["addresses"])
            let parts = try Row.fetchAll(
                db,
                sql: "SELECT number, sha256, sentAt FROM filePart WHERE \(Self.isKey) ORDER BY number",
                arguments: key.values
            )
            guard parts.map({ $0["number"] as Int }) == Array(addresses.indices) else {
                throw LedgerError.unreadableRow(
                    item: key.item.rawValue,
                    detail: "parts of file \(key.role.rawValue)"
                )
            }
            var upload = PartedUpload(
                uploadID: row["uploadID"],
                receipt: FileReceipt(rawValue: row["receipt"]),
                partSize: row["partSize"],
                addresses: addresses,
                uploadedBefore: row["uploadedBefore"],
                digests: parts.map { FileDigest(rawValue: $0["sha256"]) },
                begunAt: Date(ledger: row["begunAt"])
            )
            upload.sent = Set(parts.indices.filter { parts[$0]["sentAt"] != nil })
            return now.timeIntervalSince(upload.begunAt) < PartedUpload.lifetime ? upload : nil
        }
    }

    /// Records a new session of the file, before its first part is sent; a former one no longer counts.
    ///
    /// If the item has other content by now, or the file is sent already, nothing is written. Sessions of all items that are
    /// too old are deleted here.
    package func recordParts(_ upload: PartedUpload, of key: FileKey, at now: Date) async throws(LedgerError) {
        try await write { db in
            try db.execute(
                sql: "DELETE FROM uploadSession WHERE begunAt <= ? OR (\(Self.isKey))",
                arguments: [now.addingTimeInterval(-PartedUpload.lifetime).ledger] + key.values
            )
            try db.execute(
                sql: """
                    INSERT INTO uploadSession
                      (item, digest, role, uploadID, receipt, partSize, parts, addresses, uploadedBefore, begunAt)
                    SELECT file.item, file.digest, file.role, ?, ?, ?, ?, ?, ?, ?
                    FROM file JOIN item ON item.id = file.item AND item.digest = file.digest
                    WHERE file.item = ? AND file.digest = ? AND file.role = ? AND file.state = \(FileRecord.State.pending.sql)
                    """,
                arguments: [
                    upload.uploadID, upload.receipt.rawValue, upload.partSize, upload.digests.count,
                    try JSON.encode(upload.addresses), upload.uploadedBefore, upload.begunAt.ledger,
                ] + key.values
            )
            guard db.changesCount == 1 else { return }
            for (number, digest) in upload.digests.enumerated() {
                try db.execute(
                    sql: "INSERT INTO filePart (item, digest, role, number, sha256, sentAt) VALUES (?, ?, ?, ?, ?, ?)",
                    arguments: key.values
                        + [number, digest.rawValue, upload.sent.contains(number) ? now.ledger : nil]
                )
            }
        }
    }

    /// Records that CDF accepted one part.
    ///
    /// A part of a session that has been replaced changes nothing.
    package func recordSentPart(
        _ number: Int,
        of key: FileKey,
        uploadID: String,
        at now: Date
    ) async throws(LedgerError) {
        try await write { db in
            try db.execute(
                sql: """
                    UPDATE filePart SET sentAt = ? WHERE \(Self.isKey) AND number = ?
                      AND EXISTS (SELECT 1 FROM uploadSession AS session
                                  WHERE session.item = filePart.item AND session.digest = filePart.digest
                                    AND session.role = filePart.role AND session.uploadID = ?)
                    """,
                arguments: [now.ledger] + key.values + [number, uploadID]
            )
        }
    }

    /// Deletes the file's session because CDF refuses it: its parts no longer count.
    package func forgetParts(of key: FileKey) async throws(LedgerError) {
        try await write { db in
            try db.execute(sql: "DELETE FROM uploadSession WHERE \(Self.isKey)", arguments: key.values)
        }
    }

    private static let isKey = "item = ? AND digest = ? AND role = ?"
}

extension FileKey {
    /// The primary key of `file` and `uploadSession`.
    fileprivate var values: StatementArguments { [item.rawValue, digest.rawValue, role.rawValue] }
}
