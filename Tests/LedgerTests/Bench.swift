import Foundation
import GRDB
import Ledger
import Station
import TestSupport
import Testing

/// A ledger in a folder of its own, and short words for what happens to stations.
///
/// Every step takes place one second after the one before.
struct Bench {
    static let inbox = "/srv/inbox"

    let folder: TemporaryFolder
    let clock = ManualClock()
    let ledger: ItemLedger

    init() throws {
        folder = try TemporaryFolder()
        ledger = try ItemLedger(directory: folder.path, exclusively: true)
    }

    /// The next moment.
    var now: Date {
        clock.advance(by: .seconds(1))
        return clock.date
    }

    /// The same file through another connection, as commands and a restarted daemon see it.
    func reopened() throws -> ItemLedger { try ItemLedger(directory: folder.path, exclusively: false) }

    /// SQL as an operator with `sqlite3` would write it, foreign keys on.
    func rawSQL(_ sql: String) throws {
        let queue = try DatabaseQueue(path: ledger.path)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }

    /// The first column of what a query finds, as text.
    func rawRows(_ sql: String) throws -> [String] {
        let queue = try DatabaseQueue(path: ledger.path)
        let rows = try queue.read { try String.fetchAll($0, sql: sql) }
        try queue.close()
        return rows
    }

    /// The stamps of an inbox's items, by path; `-` for those to be looked at in any case.
    func knownItems(inbox: String = Self.inbox) async throws -> [String: String] {
        try await ledger.knownItems(inbox: inbox, into: [:]) { known, path, _, stamp, _ in
            known[path] = stamp?.rawValue ?? "-"
        }
    }

    /// When any stage has something to do next.
    func nextDue(at now: Date, exceptIn lost: Set<String> = []) async throws -> Date? {
        let (sending, registering) = (
            try await ledger.nextDueForUpload(at: now, exceptIn: lost), try await ledger.nextDueForRegistration(at: now)
        )
        return [sending, registering].compactMap(\.self).min()
    }

    @discardableResult
    func sees(
        _ path: String,
        _ capture: Capture,
        drift: PoseDriftRule = .init(),
        stamp: String = "stamp"
    ) async throws -> ItemRecord {
        let sighting = Sighting(
            at: ItemPath(inbox: Self.inbox, path: path),
            stamp: Stamp(rawValue: stamp),
            outcome: .accepted(.station(capture))
        )
        return try await ledger.record(sighting, poseDrift: drift, at: now)
    }

    @discardableResult
    func sees(_ path: String, incomplete problems: [Problem]) async throws -> ItemRecord {
        let sighting = Sighting(
            at: ItemPath(inbox: Self.inbox, path: path),
            stamp: Stamp(rawValue: "part"),
            outcome: .incomplete(problems)
        )
        return try await ledger.record(sighting, at: now)
    }

    @discardableResult
    func sees(_ path: String, rejected problems: [Problem]) async throws -> ItemRecord {
        let sighting = Sighting(
            at: ItemPath(inbox: Self.inbox, path: path),
            stamp: Stamp(rawValue: "bad"),
            outcome: .rejected(problems)
        )
        return try await ledger.record(sighting, at: now)
    }

    @discardableResult
    func loses(_ path: String) async throws -> ItemRecord {
        try #require(try await ledger.recordVanished(ItemPath(inbox: Self.inbox, path: path), at: now))
    }

    func station(_ path: String) async throws -> ItemRecord {
        try #require(try await ledger.item(at: ItemPath(inbox: Self.inbox, path: path)))
    }

    func events(_ path: String) async throws -> [String] {
        try await ledger.history(of: try await station(path).id).map(\.event)
    }

    func fileStates(_ path: String) async throws -> [FileRecord.State] {
        try await ledger.files(of: try await station(path).id).map(\.state)
    }

    @discardableResult
    func begins(_ path: String) async throws -> ItemRecord {
        let record = try await station(path)
        return try await ledger.record(.uploadStarted(try #require(record.state.digest)), for: record.id, at: now)
    }

    /// CDF takes the bytes of some faces.
    @discardableResult
    func sends(_ faces: [Face] = Face.allCases, of path: String) async throws -> ItemRecord {
        var record = try await station(path)
        let capture = try #require(record.capture)
        for face in faces {
            record = try await ledger.recordSent(
                .face(face),
                of: record.id,
                digest: capture.digest,
                receipt: .of(capture.ids.file(face)),
                at: now
            )
        }
        return record
    }

    @discardableResult
    func registers(_ path: String) async throws -> ItemRecord {
        let record = try await station(path)
        let digest = try #require(record.state.digest)
        try await ledger.recordConfirmed([record.id: digest], at: now)
        return try await ledger.record(.registered(digest), for: record.id, at: now)
    }

    @discardableResult
    func delivers(_ path: String) async throws -> ItemRecord {
        try await begins(path)
        try await sends(of: path)
        return try await registers(path)
    }

    @discardableResult
    func givesUp(_ path: String, _ words: String = "CDF refused it.") async throws -> ItemRecord {
        let record = try await station(path)
        let event = ItemEvent.gaveUp(try #require(record.state.digest), .init(summary: words, advice: "Ask."))
        return try await ledger.record(event, for: record.id, at: now)
    }
}

extension FileReceipt {
    /// CDF's number of a file: the same for the same external id, since files are overwritten.
    static func of(_ externalID: String) -> FileReceipt {
        FileReceipt(rawValue: externalID.utf8.reduce(7) { ($0 &* 31 &+ Int64($1)) & 0xffff_ffff })
    }
}

extension Capture {
    /// 2026-05-01, 10:00 UTC.
    static let ten = CaptureTime(milliseconds: 1_777_629_600_000)
    static let eleven = CaptureTime(milliseconds: 1_777_633_200_000)

    /// A content whose digest depends on `content`, pose and time; the station id is as if it were the folder's name.
    static func sample(
        _ content: String = "one",
        station: String = "s1",
        site: String = "site-a",
        time: CaptureTime? = ten,
        x: Double = 1,
        degrees: Double = 0,
        prefix: String = ""
    ) -> Capture {
        let pose = Pose(
            translation: Vector3(x: x, y: 2, z: 1.7),
            eulerRotation: EulerAngles(x: 0, y: 0, z: degrees * .pi / 180)
        )
        var faces: [Face: FaceImage] = [:]
        for face in Face.allCases {
            let sha = FileDigest(rawValue: ContentDigest(over: [content, face.rawValue]).rawValue)
            faces[face] = FaceImage(fileName: "\(face.rawValue).jpg", size: 1000, digest: sha, format: .jpeg, edge: 512)
        }
        let digest = ContentDigest(over: [content, "\(x)", "\(degrees)", "\(time?.milliseconds ?? 0)"])
        return Capture(
            siteID: site,
            siteName: site,
            stationID: station,
            stationName: station,
            label: station,
            collectionLabel: site,
            pose: pose,
            scale: Vector3(x: 1, y: 1, z: 1),
            time: time,
            faces: faces,
            metadata: ["crew": "7"],
            digest: digest,
            ids: ExternalIDs(prefix: prefix, siteID: site, stationID: station, time: time, digest: digest)
        )
    }
}

extension ItemContent {
    static func sample(_ content: String = "one", station: String = "s1") -> ItemContent {
        .station(.sample(content, station: station))
    }
}

extension ItemRecord {
    /// The codes of what is wrong with it.
    var codes: [String] { problems.map(\.code) }
}
