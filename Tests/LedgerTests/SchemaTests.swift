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
        let names = ["inbox", "path", "stamp", "notBefore", "firstSeen", "changedAt"] + columns.map(\.key)
        let values = ["'/in'", "'x'", "'s'", "0", "0", "0"] + columns.map(\.value)
        return "INSERT INTO station (\(names.joined(separator: ", "))) VALUES (\(values.joined(separator: ", ")))"
    }

    @Test(
        arguments: [
            ["state": "'incomplete'", "problems": "'[]'"],
            ["state": "'rejected'", "problems": #"'[{"code":"c","message":"m"}]'"#],
            ["state": "'withdrawn'"],
        ] as [KeyValuePairs<String, String>]
    )
    func `whole rows are taken`(columns: KeyValuePairs<String, String>) throws {
        let bench = try Bench()
        try bench.rawSQL(Self.insert(columns))
        #expect(try bench.rawRows("SELECT path FROM station") == ["x"])
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
        let bench = try Bench()
        #expect(throws: DatabaseError.self) { try bench.rawSQL(Self.insert(columns)) }
        #expect(try bench.rawRows("SELECT path FROM station") == [])
    }

    /// What a hand in the file could make of a registered station and its follower.
    @Test(arguments: [
        "UPDATE station SET digest = NULL WHERE state = 'registered'",
        "UPDATE station SET registeredAt = NULL WHERE state = 'registered'",
        "UPDATE station SET problems = '[]' WHERE state = 'registered'",
        "UPDATE station SET failure = '{}' WHERE state = 'registered'",
        "UPDATE station SET state = 'failed' WHERE state = 'registered'",
        "UPDATE station SET state = 'uploading' WHERE sameAs IS NOT NULL",
        "UPDATE station SET state = 'uploaded' WHERE sameAs IS NOT NULL",
        "UPDATE station SET state = 'failed', failure = '{}' WHERE sameAs IS NOT NULL",
        "UPDATE station SET state = 'withdrawn', digest = NULL WHERE sameAs IS NOT NULL",
        "UPDATE station SET state = 'incomplete', digest = NULL, problems = '[]' WHERE sameAs IS NOT NULL",
        "UPDATE station SET sameAs = id",
        "UPDATE station SET sameAs = 4711",
        "UPDATE station SET digest = '\(digest)' WHERE state = 'registered'",
        "UPDATE station SET path = ''",
        "UPDATE station SET inbox = NULL",
        "UPDATE station SET attempts = 'many'",
        "UPDATE station SET path = (SELECT path FROM station ORDER BY id LIMIT 1)",
        "DELETE FROM station",
        "DELETE FROM capture",
        "UPDATE capture SET deliveredAt = NULL, supersededAt = 1",
        "UPDATE capture SET content = 'no json'",
        "UPDATE capture SET digest = 'short'",
        "UPDATE capture SET station = 4711",
        "INSERT INTO capture SELECT station, digest, collectionID, stationID, imageID, content, acceptedAt, 1, 1 FROM capture",
        "UPDATE face SET state = 'pending'",
        "UPDATE face SET state = 'sent'",
        "UPDATE face SET receipt = NULL",
        "UPDATE face SET sentAt = NULL",
        "UPDATE face SET confirmedAt = NULL",
        "UPDATE face SET state = 'lost'",
        "UPDATE face SET face = 'middle'",
        "UPDATE face SET size = 0",
        "UPDATE face SET sha256 = ''",
        "UPDATE face SET digest = '\(digest)'",
        "UPDATE history SET detail = 'never happened'",
        "UPDATE history SET at = 0 WHERE id = 1",
        "DELETE FROM history",
        "DELETE FROM history WHERE id = (SELECT max(id) FROM history)",
        "INSERT INTO history (station, at, event, state) VALUES (4711, 0, 'seen', 'incomplete')",
    ])
    func `no hand can make a delivered station half-filled`(sql: String) async throws {
        let bench = try Bench()
        try await bench.sees("a", .sample())
        try await bench.delivers("a")
        try await bench.sees("b", .sample(station: "s2"))
        let before = try await bench.ledger.stations()
        #expect(throws: DatabaseError.self) { try bench.rawSQL(sql) }
        #expect(try await bench.ledger.stations() == before)
        #expect(try await bench.faceStates("a") == Array(repeating: .confirmed, count: 6))
    }

    @Test func `a row that no state machine wrote is named, not guessed at`() async throws {
        let bench = try Bench()
        let record = try await bench.sees("a", incomplete: [Problem("c", "m")])
        try bench.rawSQL(#"UPDATE station SET problems = '{"not": "a list"}'"#)
        await #expect(throws: LedgerError.self) { try await bench.ledger.station(record.id) }
    }
}
