import Foundation
import GRDB
import Ledger
import Station
import TestSupport
import Testing

/// What is remembered of faces that are sent in parts.
struct PartedUploadTests {
    private static let day = PartedUpload.lifetime

    /// A station that is being sent, and the start of its front face in parts.
    private struct Begun {
        let bench: LedgerBench
        let key: FileKey
        let upload: PartedUpload

        init(parts: Int = 4) async throws {
            bench = try LedgerBench()
            try await bench.record("a", .sample())
            let record = try await bench.beginUpload("a")
            key = FileKey(item: record.id, digest: try #require(record.state.digest), role: .face(.front))
            upload = .sample(parts: parts, at: bench.now)
            try await bench.ledger.recordParts(upload, of: key, at: upload.begunAt)
        }

        func found(at date: Date? = nil, in ledger: ItemLedger? = nil) async throws -> PartedUpload? {
            try await (ledger ?? bench.ledger).partedUpload(of: key, at: date ?? bench.now)
        }

        func rows() throws -> Int {
            try bench.rawRows("SELECT role FROM uploadSession UNION ALL SELECT role FROM filePart").count
        }
    }

    @Test func `a session and its parts are read back as they were written, also by the next process`() async throws {
        let begun = try await Begun()
        #expect(try await begun.found() == begun.upload)
        for number in [2, 0] {
            try await begun.bench.ledger.recordSentPart(
                number,
                of: begun.key,
                uploadID: begun.upload.uploadID,
                at: begun.bench.now
            )
        }
        let next = try begun.bench.reopened()
        let found = try #require(try await begun.found(in: next))
        #expect(found.sent == [0, 2])
        #expect(found.missing == [1, 3])
        #expect(found.addresses == begun.upload.addresses)
        #expect(found.digests == begun.upload.digests)
        try next.close()
    }

    @Test func `parts of different faces and contents are not mixed up`() async throws {
        let begun = try await Begun()
        var other = begun.key
        other.role = .face(.back)
        #expect(try await begun.bench.ledger.partedUpload(of: other, at: begun.bench.now) == nil)
        let back = PartedUpload.sample("back", parts: 2, at: begun.bench.now)
        try await begun.bench.ledger.recordParts(back, of: other, at: begun.bench.now)
        try await begun.bench.ledger.recordSentPart(1, of: other, uploadID: back.uploadID, at: begun.bench.now)
        #expect(try await begun.found()?.sent == [])
        #expect(try await begun.bench.ledger.partedUpload(of: other, at: begun.bench.now)?.sent == [1])
    }

    @Test func `a fresh session replaces the former one, whose parts no longer count`() async throws {
        let begun = try await Begun()
        let ledger = begun.bench.ledger
        try await ledger.recordSentPart(0, of: begun.key, uploadID: begun.upload.uploadID, at: begun.bench.now)
        let fresh = PartedUpload.sample("fresh", parts: 4, at: begun.bench.now)
        try await ledger.recordParts(fresh, of: begun.key, at: begun.bench.now)
        #expect(try await begun.found() == fresh)
        // News of the former one comes late.
        try await ledger.recordSentPart(1, of: begun.key, uploadID: begun.upload.uploadID, at: begun.bench.now)
        #expect(try await begun.found()?.sent == [])
        try await ledger.forgetParts(of: begun.key)
        #expect(try await begun.found() == nil)
        #expect(try begun.rows() == 0)
    }

    @Test func `the parts of a face are deleted once it is sent`() async throws {
        let begun = try await Begun()
        try await begun.bench.send([.back], of: "a")
        #expect(try await begun.found() != nil)
        try await begun.bench.send([.front], of: "a")
        #expect(try await begun.found() == nil)
        #expect(try begun.rows() == 0)
        // What comes too late opens nothing again.
        try await begun.bench.ledger.recordParts(begun.upload, of: begun.key, at: begun.bench.now)
        #expect(try begun.rows() == 0)
    }

    @Test func `the parts of a content are deleted once the folder has another`() async throws {
        let begun = try await Begun()
        try await begun.bench.record("a", .sample("two"))
        #expect(try begun.rows() == 0)
        try await begun.bench.ledger.recordParts(begun.upload, of: begun.key, at: begun.bench.now)
        #expect(try begun.rows() == 0)
    }

    @Test func `the parts of a station are deleted once it is gone`() async throws {
        let begun = try await Begun()
        try await begun.bench.recordGone("a")
        #expect(try begun.rows() == 0)
    }

    @Test func `a failed station that is retried continues with its parts`() async throws {
        let begun = try await Begun()
        try await begun.bench.giveUp("a")
        #expect(try await begun.found() == begun.upload)
    }

    @Test func `a session of yesterday no longer counts, and is deleted when the next one of any station begins`()
        async throws
    {
        let begun = try await Begun()
        let begunAt = begun.upload.begunAt
        #expect(try await begun.found(at: begunAt.addingTimeInterval(Self.day - 1)) == begun.upload)
        #expect(try await begun.found(at: begunAt.addingTimeInterval(Self.day)) == nil)
        var other = begun.key
        other.role = .face(.top)
        let later = begunAt.addingTimeInterval(Self.day)
        try await begun.bench.ledger.recordParts(.sample("top", parts: 1, at: later), of: other, at: later)
        #expect(try begun.bench.rawRows("SELECT role FROM uploadSession") == ["top"])
        #expect(try begun.bench.rawRows("SELECT role FROM filePart") == ["top"])
    }

    @Test(arguments: [
        "UPDATE uploadSession SET parts = 3", "UPDATE uploadSession SET addresses = 'no json'",
        "UPDATE uploadSession SET uploadID = ''", "UPDATE uploadSession SET partSize = 0",
        "UPDATE uploadSession SET role = 'middle'", "UPDATE filePart SET sha256 = 'short'",
        "UPDATE filePart SET number = -1",
        "UPDATE filePart SET number = 1 WHERE number = 0", "UPDATE filePart SET role = 'back'",
        "INSERT INTO filePart (item, digest, role, number, sha256) SELECT item, digest, 'top', 0, sha256 FROM filePart",
    ])
    func `a session cannot be half-filled by hand`(sql: String) async throws {
        let begun = try await Begun()
        #expect(throws: DatabaseError.self) { try begun.bench.rawSQL(sql) }
        #expect(try await begun.found() == begun.upload)
    }

    @Test func `a session that lacks a part is named, not guessed at`() async throws {
        let begun = try await Begun()
        try begun.bench.rawSQL("DELETE FROM filePart WHERE number = 1")
        await #expect(throws: LedgerError.self) { try await begun.found() }
    }

    @Test func `no way of printing shows an upload address`() {
        let upload = PartedUpload.sample(parts: 3, at: Date())
        var shown = "\(upload) \(String(reflecting: upload)) \(Optional(upload) as Any)"
        dump(upload, to: &shown)
        #expect(!shown.contains("signature"))
    }
}

extension PartedUpload {
    /// A session whose everything depends on `name`.
    static func sample(_ name: String = "one", parts: Int, at date: Date) -> PartedUpload {
        PartedUpload(
            uploadID: name,
            receipt: .of(name),
            partSize: 400,
            addresses: (0..<parts).map { "https://cdf.example.com/\(name)/\($0)?signature=x" },
            uploadedBefore: 5,
            digests: (0..<parts).map { FileDigest(rawValue: ContentDigest(over: [name, "\($0)"]).rawValue) },
            // As it comes back: the ledger keeps milliseconds.
            begunAt: Date(timeIntervalSince1970: date.timeIntervalSince1970.rounded())
        )
    }
}
