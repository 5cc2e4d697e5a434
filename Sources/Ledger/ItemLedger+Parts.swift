package import Foundation
import GRDB
import Station

/// Faces that are sent in parts. What is sent whole, or no longer wanted, is forgotten by triggers of the schema.
extension ItemLedger {
    /// How far the face has come in parts; nil where nothing was begun, or so long ago that CDF may have forgotten it.
    package func partedUpload(of key: FaceKey, at now: Date) async throws(LedgerError) -> PartedUpload? {
        try await read { db in
            guard
                let row = try Row.fetchOne(
                    db,
                    sql: "SELECT * FROM partUpload WHERE \(Self.isKey)",
                    arguments: key.values
                )
            else { return nil }
            let addresses = try JSON.decode([String].self, row["addresses"])
            let parts = try Row.fetchAll(
                db,
                sql: "SELECT number, sha256, sentAt FROM part WHERE \(Self.isKey) ORDER BY number",
                arguments: key.values
            )
            guard parts.map({ $0["number"] as Int }) == Array(addresses.indices) else {
                throw LedgerError.unreadableRow(
                    station: key.station.rawValue,
                    detail: "parts of face \(key.face.rawValue)"
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

    /// Writes down a new session of the face, before its first part goes out; nothing of a former one counts any more.
    ///
    /// Where the folder has meanwhile got other content, or the face is sent already, nothing is written. Sessions that are too
    /// old are forgotten here, of all stations.
    package func recordParts(_ upload: PartedUpload, of key: FaceKey, at now: Date) async throws(LedgerError) {
        try await write { db in
            try db.execute(
                sql: "DELETE FROM partUpload WHERE begunAt <= ? OR (\(Self.isKey))",
                arguments: [now.addingTimeInterval(-PartedUpload.lifetime).ledger] + key.values
            )
            try db.execute(
                sql: """
                    INSERT INTO partUpload
                      (station, digest, face, uploadID, receipt, partSize, parts, addresses, uploadedBefore, begunAt)
                    SELECT face.station, face.digest, face.face, ?, ?, ?, ?, ?, ?, ?
                    FROM face JOIN station ON station.id = face.station AND station.digest = face.digest
                    WHERE face.station = ? AND face.digest = ? AND face.face = ? AND face.state = 'pending'
                    """,
                arguments: [
                    upload.uploadID, upload.receipt.rawValue, upload.partSize, upload.digests.count,
                    try JSON.encode(upload.addresses), upload.uploadedBefore, upload.begunAt.ledger,
                ] + key.values
            )
            guard db.changesCount == 1 else { return }
            for (number, digest) in upload.digests.enumerated() {
                try db.execute(
                    sql: "INSERT INTO part (station, digest, face, number, sha256, sentAt) VALUES (?, ?, ?, ?, ?, ?)",
                    arguments: key.values
                        + [number, digest.rawValue, upload.sent.contains(number) ? now.ledger : nil]
                )
            }
        }
    }

    /// Writes down that CDF took one part.
    ///
    /// News of a session that another one has replaced changes nothing.
    package func recordSentPart(
        _ number: Int,
        of key: FaceKey,
        uploadID: String,
        at now: Date
    ) async throws(LedgerError) {
        try await write { db in
            try db.execute(
                sql: """
                    UPDATE part SET sentAt = ? WHERE \(Self.isKey) AND number = ?
                      AND EXISTS (SELECT 1 FROM partUpload AS session
                                  WHERE session.station = part.station AND session.digest = part.digest
                                    AND session.face = part.face AND session.uploadID = ?)
                    """,
                arguments: [now.ledger] + key.values + [number, uploadID]
            )
        }
    }

    /// CDF refuses the face's session: nothing of it counts any more.
    package func forgetParts(of key: FaceKey) async throws(LedgerError) {
        try await write { db in
            try db.execute(sql: "DELETE FROM partUpload WHERE \(Self.isKey)", arguments: key.values)
        }
    }

    private static let isKey = "station = ? AND digest = ? AND face = ?"
}

extension FaceKey {
    /// The primary key of `face` and `partUpload`.
    fileprivate var values: StatementArguments { [station.rawValue, digest.rawValue, face.rawValue] }
}
