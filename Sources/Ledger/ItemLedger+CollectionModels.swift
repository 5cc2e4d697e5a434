package import Foundation
import GRDB
import Station

/// A collection that is to have a 3D model, and how far that has come.
package struct WantedModel: Equatable, Sendable {
    /// Which collection.
    package struct Key: Hashable, Sendable {
        package var space: String
        /// Its external id.
        package var collection: String

        package init(space: String, collection: String) {
            self.space = space
            self.collection = collection
        }
    }

    package var key: Key
    /// When the model was last about to be created; nil if nobody tried, or it is known.
    package var intendedAt: Date?
    /// CDF's number of the model; nil if it is not known.
    package var number: Int64?
    /// Failures so far.
    package var attempts: Int
}

/// The 3D models of collections: what is about to be created is written down before it is.
extension ItemLedger {
    /// Records that these collections are to have a 3D model; those that are recorded already stay as they are.
    package func wantCollectionModels(_ keys: [WantedModel.Key], at now: Date) async throws(LedgerError) {
        // Mostly all are known, and nothing is written.
        let new = try await read { db in
            let sql = "SELECT 1 FROM collectionModel WHERE space = ? AND collection = ?"
            return try keys.filter { try Int.fetchOne(db, sql: sql, arguments: [$0.space, $0.collection]) == nil }
        }
        guard !new.isEmpty else { return }
        try await write { db in
            for key in new {
                try db.execute(
                    sql: "INSERT OR IGNORE INTO collectionModel (space, collection, notBefore) VALUES (?, ?, ?)",
                    arguments: [key.space, key.collection, now.ledger]
                )
            }
        }
    }

    /// Collections whose model is to be looked for or created now.
    package func dueCollectionModels(at now: Date, limit: Int) async throws(LedgerError) -> [WantedModel] {
        try await read { db in
            // A date further ahead than any pause comes from a clock that has been set back since.
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM collectionModel WHERE settledAt IS NULL AND (notBefore <= ? OR notBefore > ?)
                    ORDER BY notBefore, space, collection LIMIT ?
                    """,
                arguments: [now.ledger, (now + Self.furthest).ledger, limit]
            ).map { row in
                WantedModel(
                    key: .init(space: row["space"], collection: row["collection"]),
                    intendedAt: (row["intendedAt"] as Int64?).map(Date.init(ledger:)),
                    number: row["number"],
                    attempts: row["attempts"]
                )
            }
        }
    }

    /// When the next collection is due for ``dueCollectionModels(at:limit:)``; nil if none waits.
    package func nextDueCollectionModel(at now: Date) async throws(LedgerError) -> Date? {
        try await read { db in
            try Int64.fetchOne(db, sql: "SELECT min(notBefore) FROM collectionModel WHERE settledAt IS NULL")
                .map { Date(ledger: $0) > now + Self.furthest ? now : Date(ledger: $0) }
        }
    }

    /// Records that the collection's model is about to be created.
    package func recordCollectionModelIntent(_ key: WantedModel.Key, at now: Date) async throws(LedgerError) {
        try await updateCollectionModel(key, "intendedAt = ?", [now.ledger])
    }

    /// Records CDF's number of the collection's model.
    package func recordCollectionModel(_ number: Int64, of key: WantedModel.Key) async throws(LedgerError) {
        try await updateCollectionModel(key, "number = ?", [number])
    }

    /// Records that nothing is left to do for the collection.
    package func recordCollectionModelSettled(_ key: WantedModel.Key, at now: Date) async throws(LedgerError) {
        try await updateCollectionModel(key, "settledAt = ?, trouble = NULL", [now.ledger])
    }

    /// Records when to look again.
    ///
    /// - Parameters:
    ///   - key: The collection.
    ///   - until: When.
    ///   - trouble: What failed; nil if nothing did.
    package func postponeCollectionModel(
        _ key: WantedModel.Key,
        until: Date,
        because trouble: String?
    ) async throws(LedgerError) {
        let set = "notBefore = ?, attempts = attempts + ?, trouble = coalesce(?, trouble)"
        try await updateCollectionModel(key, set, [until.ledger, trouble == nil ? 0 : 1, trouble])
    }

    private func updateCollectionModel(
        _ key: WantedModel.Key,
        _ assignments: String,
        _ values: StatementArguments
    ) async throws(LedgerError) {
        try await write { db in
            try db.execute(
                sql: "UPDATE collectionModel SET \(assignments) WHERE space = ? AND collection = ?",
                arguments: values + [key.space, key.collection]
            )
        }
    }
}
