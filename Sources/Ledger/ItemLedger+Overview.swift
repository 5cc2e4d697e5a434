package import Foundation
import GRDB
import Station

extension ItemLedger {
    /// When something was delivered last: the latest moment at which an item became registered; nil where none is.
    package func lastDelivery() async throws(LedgerError) -> Date? {
        try await read { db in try Int64.fetchOne(db, sql: Self.latestDelivery).map { Date(ledger: $0) } }
    }

    /// How many items became registered in each hour, by the hour's number since 1970; hours without any are not there.
    ///
    /// Counts from an index alone. An item that is registered again counts in its last hour.
    ///
    /// - Parameter start: The first moment.
    package func deliveries(since start: Date) async throws(LedgerError) -> [Int64: Int] {
        try await read { db in
            let rows = try Row.fetchAll(db, sql: Self.deliveriesByHour, arguments: [start.ledger])
            return rows.reduce(into: [:]) { hours, row in hours[row["hour"] as Int64] = row["n"] as Int }
        }
    }

    static let latestDelivery = "SELECT max(changedAt) FROM item INDEXED BY itemDelivered WHERE state = 'registered'"
    static let deliveriesByHour = """
        SELECT changedAt / 3600000 AS hour, count(*) AS n FROM item INDEXED BY itemDelivered
        WHERE state = 'registered' AND changedAt >= ? GROUP BY hour
        """
}
