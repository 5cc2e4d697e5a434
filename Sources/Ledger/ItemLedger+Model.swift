import GRDB

// Under which data model of CDF this ledger delivers: one model, as long as the ledger lives.
extension ItemLedger {
    /// The name of the model that the ledger has delivered by; nil if it has sent nothing yet.
    package func deliveredModel() async throws(LedgerError) -> String? {
        try await read(Self.model)
    }

    /// Records, before the first file is sent, by which model it is sent; later calls change nothing.
    ///
    /// - Parameter name: As in the configuration's `target.model`.
    /// - Returns: The model that the ledger delivers by.
    package func claimModel(_ name: String) async throws(LedgerError) -> String {
        if let known = try await deliveredModel() { return known }
        return try await write { db in
            try db.execute(
                sql: "INSERT OR IGNORE INTO daemon (key, value) VALUES ('delivered-model', ?)",
                arguments: [name]
            )
            return try Self.model(db) ?? name
        }
    }

    static func model(_ db: Database) throws -> String? {
        try String.fetchOne(db, sql: "SELECT value FROM daemon WHERE key = 'delivered-model'")
    }
}
