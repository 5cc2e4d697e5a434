import Foundation
import GRDB
import Ledger
import Station
import TestSupport
import Testing

/// What SQLite itself refuses, whoever writes.
struct SchemaTests {
    static let digest = String(repeating: "a", count: 64)

    /// A raw station row; `columns` are SQL values.
    static func insert(_ columns: KeyValuePairs<String, String>) -> String {
        let names =
            ["kind", "inbox", "path", "lastSight", "stamp", "notBefore", "firstSeen", "changedAt"] + columns.map(\.key)
        let values = ["'station'", "'/in'", "'x'", "'stamped'", "'s'", "0", "0", "0"] + columns.map(\.value)
        return "INSERT INTO item (\(names.joined(separator: ", "))) VALUES (\(values.joined(separator: ", ")))"
    }

    @Test(
        arguments: [
            ["state": "'incomplete'", "problems": "'[]'"],
            ["state": "'rejected'", "problems": #"'[{"code":"c","message":"m"}]'"#],
            ["state": "'withdrawn'"],
        ] as [KeyValuePairs<String, String>]
    )
    func `complete rows are accepted`(columns: KeyValuePairs<String, String>) throws {
        let bench = try LedgerBench()
        try bench.rawSQL(Self.insert(columns))
        #expect(try bench.rawRows("SELECT path FROM item") == ["x"])
    }

    @Test(
        arguments: [
            ["state": "'sleeping'"],
            ["state": "'incomplete'"],
            ["state": "'incomplete'", "problems": "'[]'", "digest": "'\(digest)'"],
            ["state": "'incomplete'", "problems": "'[]'", "failure": "'{}'"],
            ["state": "'incomplete'", "problems": "'no json'"],
            ["state": "'accepted'"],
            ["state": "'uploading'"],
            ["state": "'uploaded'"],
            ["state": "'processing'", "modelRevision": "'{}'"],
            ["state": "'registered'", "registeredAt": "1"],
            ["state": "'rejected'"],
            ["state": "'rejected'", "problems": "'[]'"],
            ["state": "'rejected'", "problems": #"'[{"code":"c","message":"m"}]'"#, "failure": "'{}'"],
            ["state": "'failed'", "failure": #"'{"summary":"s"}'"#],
            ["state": "'withdrawn'", "problems": "'[]'"],
            ["state": "'withdrawn'", "failure": "'{}'"],
            ["state": "'withdrawn'", "attempts": "-1"],
            ["state": "'withdrawn'", "revision": "1", "reportedRevision": "2"],
            ["state": "'withdrawn'", "mayReplace": "2"],
            ["state": "'withdrawn'", "sameAs": "4711"],
        ] as [KeyValuePairs<String, String>]
    )
    func `half-filled rows are refused`(columns: KeyValuePairs<String, String>) throws {
        let bench = try LedgerBench()
        #expect(throws: DatabaseError.self) { try bench.rawSQL(Self.insert(columns)) }
        #expect(try bench.rawRows("SELECT path FROM item") == [])
    }

    /// What a hand in the file could make of a registered station and its follower.
    @Test(arguments: [
        "UPDATE item SET digest = NULL WHERE state = 'registered'",
        "UPDATE item SET registeredAt = NULL WHERE state = 'registered'",
        "UPDATE item SET problems = '[]' WHERE state = 'registered'",
        "UPDATE item SET failure = '{}' WHERE state = 'registered'",
        "UPDATE item SET state = 'failed' WHERE state = 'registered'",
        "UPDATE item SET state = 'uploading' WHERE sameAs IS NOT NULL",
        "UPDATE item SET state = 'uploaded' WHERE sameAs IS NOT NULL",
        "UPDATE item SET state = 'failed', failure = '{}' WHERE sameAs IS NOT NULL",
        "UPDATE item SET state = 'withdrawn', digest = NULL WHERE sameAs IS NOT NULL",
        "UPDATE item SET state = 'incomplete', digest = NULL, problems = '[]' WHERE sameAs IS NOT NULL",
        "UPDATE item SET sameAs = id",
        "UPDATE item SET sameAs = 4711",
        "UPDATE item SET digest = '\(digest)' WHERE state = 'registered'",
        "UPDATE item SET path = ''",
        "UPDATE item SET inbox = NULL",
        "UPDATE item SET attempts = 'many'",
        "UPDATE item SET path = (SELECT path FROM item ORDER BY id LIMIT 1)",
        "UPDATE item SET stamp = NULL",
        "UPDATE item SET lastSight = 'gone'",
        "UPDATE item SET lastSight = 'lookAgain'",
        "UPDATE item SET lastSight = 'asleep', stamp = NULL",
        "UPDATE item SET kind = 'cake'",
        "UPDATE item SET state = 'processing', modelRevision = '{}' WHERE state = 'registered'",
        "UPDATE item SET state = 'processing', kind = 'pointCloud' WHERE state = 'registered'",
        "UPDATE item SET modelRevision = '{}'",
        "DELETE FROM item",
        "DELETE FROM content",
        "UPDATE content SET deliveredAt = NULL, supersededAt = 1",
        "UPDATE content SET value = 'no json'",
        "UPDATE content SET digest = 'short'",
        "UPDATE content SET kind = 'cake'",
        "UPDATE content SET kind = 'pointCloud'",
        "UPDATE content SET collectionID = NULL",
        "UPDATE content SET externalID = ''",
        "UPDATE content SET item = 4711",
        "INSERT INTO content SELECT item, digest, kind, externalID, collectionID, stationID, value, acceptedAt, 1, 1 FROM content",
        "UPDATE file SET state = 'pending'",
        "UPDATE file SET state = 'sent'",
        "UPDATE file SET receipt = NULL",
        "UPDATE file SET sentAt = NULL",
        "UPDATE file SET confirmedAt = NULL",
        "UPDATE file SET state = 'lost'",
        "UPDATE file SET role = 'middle'",
        "UPDATE file SET size = 0",
        "UPDATE file SET sha256 = ''",
        "UPDATE file SET digest = '\(digest)'",
        "UPDATE history SET detail = 'never happened'",
        "UPDATE history SET at = 0 WHERE id = 1",
        "DELETE FROM history",
        "DELETE FROM history WHERE id = (SELECT max(id) FROM history)",
        "INSERT INTO history (item, at, event, state) VALUES (4711, 0, 'seen', 'incomplete')",
    ])
    func `a delivered station cannot be half-filled by hand`(sql: String) async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample())
        try await bench.deliver("a")
        try await bench.record("b", .sample(station: "s2"))
        let before = try await bench.ledger.items()
        #expect(throws: DatabaseError.self) { try bench.rawSQL(sql) }
        #expect(try await bench.ledger.items() == before)
        #expect(try await bench.fileStates("a") == Array(repeating: .confirmed, count: 6))
    }

    @Test func `an invalid row is named in the error, not interpreted`() async throws {
        let bench = try LedgerBench()
        let record = try await bench.record("a", incomplete: [Problem("c", "m")])
        try bench.rawSQL(#"UPDATE item SET problems = '{"not": "a list"}'"#)
        await #expect(throws: LedgerError.self) { try await bench.ledger.item(record.id) }
    }
}
