package import Foundation
import GRDB
import Station

extension ItemLedger {
    /// Items with all of their contents, in the order of their numbers; a piece of the audit list.
    ///
    /// - Parameters:
    ///   - last: The number of the last item of the piece before; nil for the first piece.
    ///   - site: Only items of this site.
    ///   - since: Only items that changed then or later.
    ///   - limit: The most items to return.
    /// - Returns: The items, and the number to go on with; nil after the last piece. Unreadable items are reported and left out.
    package func audit(
        after last: ItemNumber?,
        site: String? = nil,
        since: Date? = nil,
        limit: Int = 200
    ) async throws(LedgerError) -> (records: [AuditRecord], last: ItemNumber?) {
        try await read { [unreadable] db in
            let rows = try ItemRow.fetchAll(
                db,
                sql: """
                    SELECT * FROM item WHERE id > ?1 AND (?2 IS NULL OR site = ?2) AND (?3 IS NULL OR changedAt >= ?3)
                    ORDER BY id LIMIT ?4
                    """,
                arguments: [last?.rawValue ?? 0, site, since?.ledger, limit]
            )
            let records = try rows.compactMap { row in try row.reporting(to: unreadable) { try row.audited(db) } }
            return (records, rows.count == limit ? rows.last?.id.map(ItemNumber.init) : nil)
        }
    }
}

extension ItemRow {
    fileprivate func audited(_ db: Database) throws -> AuditRecord {
        let contents = try auditedContents(db)
        let record =
            if hasNoPast(contents) {
                try record(Relations(content: contents.first?.content))
            } else {
                try record(db)
            }
        return AuditRecord(item: record, contents: contents)
    }

    /// Whether the contents say all that a record says of them, as of most items: nothing was ever corrected, retracted or left behind.
    private func hasNoPast(_ contents: [AuditedContent]) -> Bool {
        guard itemKind == .station, scan == nil || !isGone, contents.count <= 1 else { return false }
        guard let only = contents.first else { return true }
        return only.isPresent && only.revision == 1 && stateName != .uploaded
    }

    private func auditedContents(_ db: Database) throws -> [AuditedContent] {
        let statement = try db.cachedStatement(sql: Self.contents)
        return try Row.fetchAll(statement, arguments: [id]).map { row in
            let digest: String = row["digest"]
            return AuditedContent(
                content: try content(row),
                isPresent: digest == self.digest,
                acceptedAt: Date(ledger: row["acceptedAt"]),
                deliveredAt: date(row["deliveredAt"]),
                adoptedAt: date(row["adoptedAt"]),
                supersededAt: date(row["supersededAt"]),
                retractedAt: date(row["retractedAt"]),
                heading: row["heading"],
                revision: row["revision"],
                visit: row["visit"],
                files: try ItemLedger.files(of: id ?? 0, digest: digest, db)
            )
        }
    }

    private func date(_ milliseconds: Int64?) -> Date? { milliseconds.map(Date.init(ledger:)) }

    private static let contents = """
        SELECT *,
          (SELECT count(*) FROM content AS other WHERE other.externalID = own.externalID
             AND (other.acceptedAt, other.item, other.digest) <= (own.acceptedAt, own.item, own.digest)) AS revision,
          (SELECT count(DISTINCT externalID) FROM content AS other WHERE other.stationID = own.stationID
             AND (other.acceptedAt, other.item, other.digest) <= (own.acceptedAt, own.item, own.digest)) AS visit
        FROM content AS own WHERE item = ? ORDER BY acceptedAt, digest
        """
}
