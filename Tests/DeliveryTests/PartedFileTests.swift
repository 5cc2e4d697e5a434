import CDF
import Foundation
import Ledger
import Sandbox
import Station
import Synchronization
import TestSupport
import Testing

@testable import Delivery

/// Large files, which go in parts.
@Suite(.timeLimit(.minutes(15)))
struct PartedFileTests {
    private static let stall = #""then": {"kind": "stall"}"#
    private static let begins = "POST /files/initmultipartupload"
    private static let completes = "POST /files/completemultipartupload"

    /// Every face in a few parts.
    private static let all = PartRules(threshold: 1, preferredSize: 20_000)

    /// Sends until some parts of the large face are with CDF and others are not, and stops there.
    private static func stopInTheMiddle(_ depot: Depot, _ rules: PartRules) async throws {
        // The other five go whole and first: nobody knows in which order, so the last three requests are parts.
        try await depot.control.setFaults(
            #"{"match": {"path": "/upload/*"}, "nth": [10, 11, 12], \#(Self.stall)}"#
        )
        try await depot.session(parts: rules) { session async throws in
            await session.context.link.probe()
            let run = Task { try await session.uploads.drain() }
            try await depot.control.until { $0.filter { $0.line == "PUT /upload" }.count == 12 }
            run.cancel()
            _ = try await run.value
        }
    }

    /// A station of PNGs, whose largest face alone goes in `count` parts.
    private static func oneLarge(_ depot: Depot, count: Int64 = 10) async throws -> (ItemNumber, Face, PartRules) {
        let id = try await depot.accept("site/st", .init(fileExtension: "png"))
        let capture = try #require(try await depot.ledger.item(id).capture)
        let (face, image) = try #require(capture.orderedFaces.max { $0.image.size < $1.image.size })
        try #require(capture.orderedFaces.filter { $0.image.size == image.size }.count == 1)
        return (id, face, PartRules(threshold: image.size, preferredSize: (image.size + count - 1) / count))
    }

    private static func key(_ id: ItemNumber, _ face: Face, in depot: Depot) async throws -> FileKey {
        FileKey(item: id, digest: try #require(try await depot.ledger.item(id).state.digest), role: .face(face))
    }

    @Test func `a station whose faces are sent in parts is registered, and the board counts each byte once`()
        async throws
    {
        try await Depot.run(minimumPartSize: 1000) { depot async throws in
            let id = try await depot.accept("site/st")
            let capture = try #require(try await depot.ledger.item(id).capture)
            try await depot.session(parts: Self.all) { session async throws in
                try await session.deliver()
                #expect(session.context.board.now.bytes == capture.size)
            }
            #expect(try await depot.ledger.item(id).state.name == .registered)
            #expect(await depot.server.describeContents() == .holding(images: 1, stations: 1, collections: 1))
            let lines = try await depot.lines()
            let parts = capture.faces.values.reduce(0) { $0 + Int(($1.size + 19_999) / 20_000) }
            #expect(lines.filter { $0 == Self.begins }.count == 6)
            #expect(lines.filter { $0 == "PUT /upload" }.count == parts)
            #expect(lines.filter { $0 == Self.completes }.count == 6)
            let text = String(decoding: try await depot.control.contents(), as: UTF8.self)
            for image in capture.faces.values { #expect(text.contains(image.digest.rawValue)) }
            #expect(!depot.everythingLogged.contains("/upload/"))
        }
    }

    @Test(arguments: [false, true])
    func `an interrupted upload is continued, and only what is missing is sent`(aDayLater: Bool)
        async throws
    {
        try await Depot.run(minimumPartSize: 1000) { depot async throws in
            let (id, face, rules) = try await Self.oneLarge(depot)
            try await Self.stopInTheMiddle(depot, rules)
            let key = try await Self.key(id, face, in: depot)
            let left = try #require(try await depot.ledger.partedUpload(of: key, at: depot.clock.date))
            #expect(!left.sent.isEmpty && !left.missing.isEmpty)

            try await depot.control.clearFaults()
            let pending = try await depot.ledger.files(of: id).filter { $0.state == .pending }
            let before = try await depot.lastRequest()
            if aDayLater { depot.clock.advance(by: .seconds(PartedUpload.lifetime)) }
            try await depot.session(parts: rules) { session async throws in
                try await session.deliver()
                let expected = pending.reduce(0) { $0 + $1.size }
                #expect(
                    aDayLater ? session.context.board.now.bytes == expected : session.context.board.now.bytes < expected
                )
            }
            let lines = try await depot.lines(since: before)
            #expect(
                lines.filter { $0 == "PUT /upload" }.count
                    == pending.count - 1 + (aDayLater ? left.digests.count : left.missing.count)
            )
            // A fresh session: CDF has the entry, which is looked at before it is taken over.
            #expect(lines.filter { $0 == Self.begins }.count == (aDayLater ? 2 : 0))
            #expect(try await depot.ledger.item(id).state.name == .registered)
            #expect(try await depot.ledger.partedUpload(of: key, at: depot.clock.date) == nil)
            let text = String(decoding: try await depot.control.contents(), as: UTF8.self)
            let image = try #require(try await depot.ledger.item(id).capture?.faces[face])
            #expect(text.contains(image.digest.rawValue))
        }
    }

    @Test(arguments: 1...29)
    func `a daemon that is killed at any request delivers in parts exactly once at the next start`(
        request: Int
    ) async throws {
        try await Depot.run(minimumPartSize: 1000) { depot async throws in
            let (id, _, rules) = try await Self.oneLarge(depot)
            let kind = request.isMultiple(of: 2) ? "lostAnswer" : "stall"
            try await depot.control.setFaults(#"{"nth": [\#(request)], "then": {"kind": "\#(kind)"}}"#)
            try await depot.session(tries: 1, parts: rules) { session async throws in
                let run = Task {
                    await session.context.link.probe()
                    try await session.uploads.drain()
                    try await session.registrations.drain()
                }
                try await depot.control.until { $0.count >= request }
                run.cancel()
                _ = try await run.value
            }
            try await depot.control.clearFaults()
            try await depot.session(parts: rules) { try await $0.deliver() }
            #expect(try await depot.ledger.item(id).state.name == .registered)
            #expect(await depot.server.describeContents() == .holding(images: 1, stations: 1, collections: 1))
        }
    }

    @Test func `an expired address leads to a fresh session, in which everything is sent`() async throws {
        try await Depot.run(minimumPartSize: 1000) { depot async throws in
            let (id, face, rules) = try await Self.oneLarge(depot)
            try await depot.control.setFaults(
                #"{"match": {"path": "/files/initmultipartupload"}, "nth": [1], "then": {"kind": "expiredURL"}}"#
            )
            try await depot.session(parts: rules) { try await $0.deliver() }
            let lines = try await depot.lines()
            // The second is refused, since CDF has the entry by then; it is looked at, and taken over.
            #expect(lines.filter { $0 == Self.begins }.count == 3)
            #expect(lines.filter { $0 == Self.completes }.count == 1)
            #expect(try await depot.ledger.item(id).state.name == .registered)
            #expect(try await depot.ledger.item(id).attempts == 0)
            let text = String(decoding: try await depot.control.contents(), as: UTF8.self)
            let image = try #require(try await depot.ledger.item(id).capture?.faces[face])
            #expect(text.contains(image.digest.rawValue))
            #expect(!depot.everythingLogged.contains("/upload/"), "addresses are in no log")
        }
    }

    @Test func `a station is postponed if its addresses are refused again, and no session is left behind`() async throws
    {
        try await Depot.run(minimumPartSize: 1000) { depot async throws in
            let (id, face, rules) = try await Self.oneLarge(depot)
            try await depot.control.setFaults(
                #"{"match": {"path": "/files/initmultipartupload"}, "then": {"kind": "expiredURL"}}"#
            )
            try await depot.session(parts: rules) { session async throws in
                await session.context.link.probe()
                try await session.uploads.drain()
                guard case .ready = session.context.link.state else {
                    Issue.record("one file's addresses must not stop the others")
                    return
                }
            }
            #expect(try await depot.lines().filter { $0 == Self.begins }.count == 3)
            let station = try await depot.ledger.item(id)
            #expect(station.attempts == 1)
            let key = try await Self.key(id, face, in: depot)
            #expect(try await depot.ledger.partedUpload(of: key, at: depot.clock.date) == nil)
            try await depot.control.clearFaults()
            try await depot.session(parts: rules) { try await $0.deliver() }
            #expect(try await depot.ledger.item(id).state.name == .registered)
        }
    }

    @Test func `a file that changes between two parts is never completed`() async throws {
        try await Depot.run(minimumPartSize: 1000) { depot async throws in
            let (id, face, rules) = try await Self.oneLarge(depot)
            let file = try await Self.file(of: face, id, in: depot)
            try await depot.control.setFaults(
                #"{"match": {"path": "/upload/*"}, "nth": [9], "then": {"kind": "status", "status": 500}}"#
            )
            let (clock, trouble) = (depot.clock, Trouble())
            try await depot.session(
                parts: rules,
                sleep: { pause in
                    try await clock.sleep(pause)
                    // Before the part that failed is tried again.
                    if trouble.isFirst { trouble.note { try Self.spoilTail(of: file) } }
                }
            ) { session async throws in
                await session.context.link.probe()
                try await session.uploads.drain()
            }
            try await Self.expectNeverCompleted(id, in: depot)
        }
    }

    @Test func `a file that changes while nobody sends is never completed`() async throws {
        try await Depot.run(minimumPartSize: 1000) { depot async throws in
            let (id, face, rules) = try await Self.oneLarge(depot)
            try await Self.stopInTheMiddle(depot, rules)
            try Self.spoilTail(of: try await Self.file(of: face, id, in: depot))
            try await depot.control.clearFaults()
            try await depot.session(parts: rules) { session async throws in
                await session.context.link.probe()
                try await session.uploads.drain()
            }
            try await Self.expectNeverCompleted(id, in: depot)
        }
    }

    private static func file(of face: Face, _ id: ItemNumber, in depot: Depot) async throws -> URL {
        let name = try #require(try await depot.ledger.item(id).capture?.faces[face]?.fileName)
        return URL(fileURLWithPath: depot.inbox.path("site/st/\(name)"))
    }

    private static func expectNeverCompleted(_ id: ItemNumber, in depot: Depot) async throws {
        let lines = try await depot.lines()
        #expect(lines.contains(begins))
        #expect(!lines.contains(completes))
        #expect(try await depot.ledger.item(id).state.name == .uploading)
        #expect(depot.looks.withLock { $0 }.contains("site/st"))
    }

    /// Other bytes of the same length at the end, where no part has been yet.
    private static func spoilTail(of file: URL) throws {
        let handle = try FileHandle(forUpdating: file)
        let end = try handle.seekToEnd()
        try handle.seek(toOffset: end - 32)
        try handle.write(contentsOf: Data(repeating: 0x5A, count: 32))
        try handle.close()
    }
}
