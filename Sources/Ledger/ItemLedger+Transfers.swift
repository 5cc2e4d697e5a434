import Foundation
import GRDB
import Station

/// How far the sending of items is, as any process can see it: by whole files, and by the parts of large ones.
package struct LedgerTransfer: Equatable, Sendable {
    package var station: ItemNumber
    package var path: String
    /// Bytes of all files.
    package var total: Int64
    /// Of those, what CDF has received.
    package var sent: Int64

    package init(station: ItemNumber, path: String, total: Int64, sent: Int64) {
        (self.station, self.path, self.total, self.sent) = (station, path, total, sent)
    }
}

extension ItemLedger {
    /// The items that are being sent, the longest under way first.
    package func transfers(limit: Int) async throws(LedgerError) -> [LedgerTransfer] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT item.id, item.path, sum(file.size) AS total,
                           sum(CASE WHEN file.state <> \(FileRecord.State.pending.sql) THEN file.size
                                    ELSE min(file.size, coalesce(\(Self.partsSent), 0)) END) AS sent
                    FROM item JOIN file ON file.item = item.id AND file.digest = item.digest
                    WHERE item.state = \(ItemState.Name.uploading.sql)
                    GROUP BY item.id ORDER BY item.changedAt, item.id LIMIT ?
                    """,
                arguments: [limit]
            ).map {
                LedgerTransfer(
                    station: ItemNumber(rawValue: $0["id"]),
                    path: $0["path"],
                    total: $0["total"],
                    sent: $0["sent"]
                )
            }
        }
    }

    /// Bytes of files that CDF has not received yet, of everything that is to be sent.
    package func bytesToSend() async throws(LedgerError) -> Int64 {
        try await read { db in
            let states: [ItemState.Name] = [.accepted, .uploading]
            return try Int64.fetchOne(
                db,
                sql: """
                    SELECT coalesce(sum(max(0, file.size - coalesce(\(Self.partsSent), 0))), 0)
                    FROM item JOIN file ON file.item = item.id AND file.digest = item.digest
                    WHERE item.state IN \(states.sql) AND item.sameAs IS NULL
                      AND file.state = \(FileRecord.State.pending.sql)
                    """
            ) ?? 0
        }
    }

    private static let partsSent = """
        (SELECT count(*) * uploadSession.partSize FROM uploadSession
         JOIN filePart USING (item, digest, role)
         WHERE uploadSession.item = file.item AND uploadSession.digest = file.digest AND uploadSession.role = file.role
           AND filePart.sentAt IS NOT NULL)
        """
}
