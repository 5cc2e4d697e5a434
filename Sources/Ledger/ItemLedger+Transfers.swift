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

/// What is still to be sent.
package struct Unsent: Equatable, Sendable {
    package var bytes: Int64 = 0
    /// Too many items wait for all of them to be added up.
    package var isEstimate = false

    package init(bytes: Int64 = 0, isEstimate: Bool = false) { (self.bytes, self.isEstimate) = (bytes, isEstimate) }
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

    /// What CDF has not received yet of everything that is to be sent.
    ///
    /// - Parameter sample: Of each kind, how many accepted items, and how many that are being sent, are added up; what is beyond them counts
    ///   like their mean, so that a hundred thousand take no longer.
    package func bytesToSend(sample: Int = 500) async throws(LedgerError) -> Unsent {
        try await read { db in
            var unsent = Unsent()
            for kind in [ItemKind.station, .pointCloud] {
                for state in [ItemState.Name.accepted, .uploading] {
                    let arguments: StatementArguments = [state.rawValue, kind.rawValue]
                    let all = try Int64.fetchOne(db, sql: Self.itemsToSend, arguments: arguments) ?? 0
                    let row = try Row.fetchOne(db, sql: Self.sampleToSend, arguments: arguments + [sample])
                    guard let row, case let items:Int64 = row["items"], items > 0 else { continue }
                    unsent.bytes += row["bytes"]
                    guard all > items else { continue }
                    unsent.isEstimate = true
                    unsent.bytes += Int64(Double(row["bytes"] as Int64) / Double(items) * Double(all - items))
                }
            }
            return unsent
        }
    }

    static let itemsToSend = "SELECT sum(items) FROM tally WHERE state = ? AND kind = ?"
    /// The condition of index `itemDue` is repeated, so that it may be used.
    static let sampleToSend = """
        SELECT count(*) AS items, coalesce(sum(bytes), 0) AS bytes FROM (
          SELECT iif(item.sameAs IS NULL,
                     (SELECT coalesce(sum(max(0, file.size - coalesce(\(partsSent), 0))), 0) FROM file
                      WHERE file.item = item.id AND file.digest = item.digest
                        AND file.state = \(FileRecord.State.pending.sql)), 0) AS bytes
          FROM item INDEXED BY itemDue
          WHERE item.state IN \(ItemState.Name.underWay.sql) AND item.state = ? AND item.kind = ? LIMIT ?)
        """

    private static let partsSent = """
        (SELECT count(*) * uploadSession.partSize FROM uploadSession
         JOIN filePart USING (item, digest, role)
         WHERE uploadSession.item = file.item AND uploadSession.digest = file.digest AND uploadSession.role = file.role
           AND filePart.sentAt IS NOT NULL)
        """
}
