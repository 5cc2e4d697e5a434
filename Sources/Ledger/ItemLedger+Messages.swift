package import Foundation
import GRDB

/// The messages that wait for their recipients, and what has been told.
extension ItemLedger {
    /// How far the history has been made into messages, and what is remembered of their causes (JSON).
    package struct MessageMemory: Equatable, Sendable {
        package var historyRead: Int64
        package var memory: String

        package init(historyRead: Int64, memory: String) {
            self.historyRead = historyRead
            self.memory = memory
        }
    }

    /// Nil where nobody got messages so far.
    package func messageMemory() async throws(LedgerError) -> MessageMemory? {
        try await read { db in
            try Row.fetchOne(db, sql: "SELECT historyRead, memory FROM messageMemory")
                .map { MessageMemory(historyRead: $0["historyRead"], memory: $0["memory"]) }
        }
    }

    /// Records messages for their recipients together with what they were made from: none is lost or made twice, whatever is killed.
    ///
    /// - Parameters:
    ///   - memory: What is remembered from now on.
    ///   - messages: For whom, which event, and the body.
    ///   - most: A recipient's oldest messages above this number are dropped.
    /// - Returns: How many were dropped.
    package func record(
        _ memory: MessageMemory,
        messages: [(recipient: String, event: String, body: String)],
        keeping most: Int = 1000,
        at now: Date
    ) async throws(LedgerError) -> Int {
        try await write { db in
            try db.execute(
                sql: """
                    INSERT INTO messageMemory (only, historyRead, memory) VALUES (1, ?, ?)
                    ON CONFLICT (only) DO UPDATE SET historyRead = excluded.historyRead, memory = excluded.memory
                    """,
                arguments: [memory.historyRead, memory.memory]
            )
            for message in messages {
                try db.execute(
                    sql: "INSERT INTO message (recipient, event, body, madeAt, notBefore) VALUES (?, ?, ?, ?, ?)",
                    arguments: [message.recipient, message.event, message.body, now.ledger, now.ledger]
                )
            }
            var dropped = 0
            for recipient in Set(messages.map(\.recipient)) {
                try db.execute(
                    sql: """
                        DELETE FROM message WHERE recipient = ?1 AND id <= (
                          SELECT id FROM message WHERE recipient = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)
                        """,
                    arguments: [recipient, most]
                )
                dropped += db.changesCount
            }
            return dropped
        }
    }

    /// The oldest message that waits for a recipient, due or not; nil for none.
    package func nextMessage(for recipient: String) async throws(LedgerError) -> WaitingMessage? {
        try await read { db in
            try Row.fetchOne(
                db,
                sql: "SELECT * FROM message WHERE recipient = ? ORDER BY id LIMIT 1",
                arguments: [recipient]
            ).map {
                WaitingMessage(
                    number: $0["id"],
                    event: $0["event"],
                    body: $0["body"],
                    madeAt: Date(ledger: $0["madeAt"]),
                    attempts: $0["attempts"],
                    notBefore: Date(ledger: $0["notBefore"])
                )
            }
        }
    }

    /// The message has been taken, or is given up.
    package func removeMessage(_ number: Int64) async throws(LedgerError) {
        try await write { db in try db.execute(sql: "DELETE FROM message WHERE id = ?", arguments: [number]) }
    }

    /// An attempt has failed; the next is not before `date`.
    package func putOffMessage(_ number: Int64, until date: Date) async throws(LedgerError) {
        try await write { db in
            try db.execute(
                sql: "UPDATE message SET attempts = attempts + 1, notBefore = ? WHERE id = ?",
                arguments: [date.ledger, number]
            )
        }
    }

    /// To be called before anything can happen that is worth a message: what is in the history by then is not told for the first time.
    ///
    /// Drops the messages of recipients that the configuration no longer has. Without any recipient, what was told is forgotten, too.
    package func prepareMessages(for recipients: [String]) async throws(LedgerError) {
        let known = Set(recipients)
        try await write { db in
            for recipient in try String.fetchAll(db, sql: "SELECT DISTINCT recipient FROM message")
            where !known.contains(recipient) {
                try db.execute(sql: "DELETE FROM message WHERE recipient = ?", arguments: [recipient])
            }
            guard !known.isEmpty else { return try db.execute(sql: "DELETE FROM messageMemory") }
            try db.execute(
                sql: """
                    INSERT INTO messageMemory (only, historyRead, memory)
                    SELECT 1, coalesce((SELECT max(id) FROM history), 0), 'null' WHERE NOT EXISTS (SELECT 1 FROM messageMemory)
                    """
            )
        }
    }
}
