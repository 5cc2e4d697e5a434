import GRDB

// Under which data model of CDF this ledger delivers: one model, as long as the ledger lives.
extension ItemLedger {
    /// The name of the model that the ledger has delivered by; nil if it has sent nothing yet.
    package func deliveredModel() async throws(LedgerError) -> String? {
        try await read(Self.model)
    }

    /// Records, before the first file is sent, by which model it is sent; later calls change nothing.
    ///
    /// - Parameters:
    ///   - name: As in the configuration's `target.model`.
    ///   - viewerLoadsAll: Whether the viewer loads every image of a collection of this model.
    /// - Returns: The model that the ledger delivers by.
    package func claimModel(_ name: String, viewerLoadsAll: Bool) async throws(LedgerError) -> String {
        if let known = try await deliveredModel() { return known }
        return try await write { db in
            if let known = try Self.model(db) { return known }
            for (key, value) in [("delivered-model", name), ("viewer-loads-all", viewerLoadsAll ? "yes" : "no")] {
                try db.execute(sql: "INSERT INTO daemon (key, value) VALUES (?, ?)", arguments: [key, value])
            }
            return name
        }
    }

    static func model(_ db: Database) throws -> String? { try value(of: "delivered-model", db) }

    /// Whether the viewer loads every image of a collection of the ledger's model; nil as long as it has none.
    static func viewerLoadsAll(_ db: Database) throws -> Bool? {
        try value(of: "viewer-loads-all", db).map { $0 == "yes" }
    }

    private static func value(of key: String, _ db: Database) throws -> String? {
        try String.fetchOne(db, sql: "SELECT value FROM daemon WHERE key = ?", arguments: [key])
    }
}
