import Foundation
import GRDB
@testable import Ledger
import Station
import TestSupport
import Testing

/// Everything that can happen to a few folders, in an order that a seed decides, against a model of what stands in CDF.
///
/// The discipline is the daemon's: inspection writes whenever it likes, also between any two steps of a delivery, while only
/// one upload is under way at a time and any step may be the last before a power cut.
struct RandomWalk {
    let bench: LedgerBench
    var random: SeededGenerator
    /// The bytes under each external id in CDF.
    private var files: [String: String] = [:]
    /// The content that each Image360 was written for.
    private var images: [String: ContentDigest] = [:]
    /// What was done, for a failing test's message.
    private(set) var diary: [String] = []

    private static let paths = ["p0", "p1", "p2", "p3", "p4"]

    init(seed: UInt64) throws {
        bench = try LedgerBench()
        random = SeededGenerator(seed: seed)
    }

    // MARK: Steps

    mutating func step() async throws {
        switch Int.random(in: 0..<100, using: &random) {
        case ..<50: try await inspect()
        case ..<78: try await upload()
        case ..<90: try await register()
        case ..<93: try await retract()
        case ..<94: try await prune()
        default: try await operate()
        }
    }

    /// Six contents that share two image ids, two of a later visit, and two whose ids come from the folder's name.
    private mutating func content(for path: String) -> Capture {
        let number = Int.random(in: 0..<10, using: &random)
        let prefix = Int.random(in: 0..<12, using: &random) == 0 ? "new:" : ""
        switch number {
        case ..<6: return .sample("c\(number)", station: "s\(number % 2)", x: Double(number), prefix: prefix)
        case ..<8: return .sample("c\(number)", station: "s\(number % 2)", time: Capture.eleven, prefix: prefix)
        default: return .sample("c\(number)", station: path, site: "site-b", x: Double(number), prefix: prefix)
        }
    }

    private mutating func inspect() async throws {
        let path = Self.paths.randomElement(using: &random) ?? "p0"
        switch Int.random(in: 0..<20, using: &random) {
        case ..<14:
            let capture = content(for: path)
            let after = try await bench.record(path, capture, drift: .init(accept: true), stamp: "\(diary.count)")
            diary.append("\(path) holds \(capture.ids.image) \(capture.digest.rawValue.prefix(4)): \(after.state.name)")
        case ..<15:
            try await bench.record(path, incomplete: [Problem("part", "\(diary.count)")])
            diary.append("\(path) incomplete")
        case ..<16:
            try await bench.record(path, rejected: [Problem("bad", "\(diary.count)")])
            diary.append("\(path) rejected")
        default:
            _ = try await bench.ledger.recordVanished(ItemPath(inbox: LedgerBench.inbox, path: path), at: bench.now)
            diary.append("\(path) vanished")
        }
    }

    private mutating func interrupt() async throws {
        if Int.random(in: 0..<6, using: &random) == 0 { try await inspect() }
    }

    private mutating func powerCut() -> Bool { Int.random(in: 0..<25, using: &random) == 0 }

    private mutating func upload(undisturbed: Bool = false) async throws {
        let due = try await bench.ledger.dueForUpload(at: bench.now, limit: 9)
        guard let station = undisturbed ? due.first : due.randomElement(using: &random),
            let capture = station.capture, let digest = station.state.digest
        else { return }
        diary.append("upload \(station.path)")
        let begun = try await bench.ledger.record(.uploadStarted(digest), for: station.id, at: bench.now)
        guard begun.state == .uploading(digest) else { return }
        let pending = try await bench.ledger.files(of: station.id).filter { $0.state == .pending }
        if pending.isEmpty {
            _ = try await bench.ledger.record(.uploadFinished(digest), for: station.id, at: bench.now)
            return
        }
        for face in pending.shuffled(using: &random) {
            if !undisturbed {
                try await interrupt()
                if powerCut() { return diary.append("power cut before a face") }
            }
            files[face.externalID] = capture.faces.first { .face($0.key) == face.role }?.value.digest.rawValue
            if !undisturbed {
                if powerCut() { return diary.append("power cut after a face") }
                try await interrupt()
            }
            _ = try await bench.ledger.recordSent(
                face.role,
                of: station.id,
                digest: digest,
                receipt: .of(face.externalID),
                at: bench.now
            )
        }
        if !undisturbed, Int.random(in: 0..<15, using: &random) == 0,
            try await bench.ledger.item(station.id).state.digest == digest,
            [.uploading, .uploaded].contains(try await bench.ledger.item(station.id).state.name)
        {
            diary.append("given up \(station.path)")
            _ = try await bench.ledger.record(.gaveUp(digest, .init(summary: "no")), for: station.id, at: bench.now)
        }
    }

    private mutating func register(undisturbed: Bool = false) async throws {
        let due = try await bench.ledger.dueForRegistration(at: bench.now, limit: 9)
        guard let station = undisturbed ? due.first : due.randomElement(using: &random),
            let capture = station.capture, let digest = station.state.digest
        else { return }
        diary.append("register \(station.path)")
        if !undisturbed, Int.random(in: 0..<8, using: &random) == 0 {
            files[capture.ids.file(.top)] = nil
            diary.append("CDF loses the top of \(station.path)")
        }
        let faces = try await bench.ledger.files(of: station.id)
        let missing = faces.filter { files[$0.externalID] == nil || $0.receipt != .of($0.externalID) }.map(\.role)
        if !undisturbed { try await interrupt() }
        guard missing.isEmpty else {
            _ = try await bench.ledger.recordMissing(Set(missing), of: station.id, digest: digest, at: bench.now)
            return
        }
        try await bench.ledger.recordConfirmed([station.id: digest], at: bench.now)
        if !undisturbed {
            try await interrupt()
            if powerCut() { return diary.append("power cut before the image") }
        }
        images[capture.ids.image] = digest
        if !undisturbed {
            if powerCut() { return diary.append("power cut after the image") }
            try await interrupt()
        }
        _ = try await bench.ledger.record(.registered(digest), for: station.id, at: bench.now)
    }

    /// Whatever ended before now; all reports have been written by then.
    private mutating func prune() async throws {
        for station in try await bench.ledger.unreported(incompleteSince: bench.now, limit: 100) {
            try await bench.ledger.recordReported(station.id, revision: station.revision, report: nil)
        }
        let pruned = try await bench.ledger.prune(before: bench.now, dryRun: false)
        diary.append("pruned \(pruned)")
    }

    private mutating func operate() async throws {
        guard let station = try await bench.ledger.items().randomElement(using: &random) else { return }
        if station.state.name == .registered, station.sameAs == nil, Bool.random(using: &random) {
            diary.append("the pose of \(station.path) for all its visits")
            _ = try await bench.ledger.giveVisitsPose(of: station.id, at: bench.now)
        } else if station.state.name == .registered {
            await wantOut(station)
        } else if station.codes.contains("conflict") {
            diary.append("replace \(station.path)")
            _ = try await bench.ledger.allowReplacing(station.id, at: bench.now)
        } else if station.state.name != .withdrawn || (station.isRetracted && !station.isGone) {
            diary.append("retry \(station.path)")
            _ = try await bench.ledger.retry(station.id, at: bench.now)
        }
    }

    /// The ledger may refuse it: something is on its way to the image.
    private mutating func wantOut(_ station: ItemRecord) async {
        diary.append("wanted out: \(station.path)")
        do {
            let plan = try await bench.ledger.planRetraction(of: "\(station.id)", at: "\(station.id)")
            _ = try await bench.ledger.requestRetraction(
                of: plan,
                withFiles: Bool.random(using: &random),
                at: bench.now
            )
        } catch { diary.append("\(error)") }
    }

    private mutating func retract(undisturbed: Bool = false) async throws {
        guard let station = try await bench.ledger.dueForRetraction(at: bench.now, limit: 1).first else { return }
        for retraction in try await bench.ledger.retractions(of: station.id, at: bench.now) {
            diary.append("retract \(retraction.externalID)")
            if !retraction.isImageGone { images[retraction.externalID] = nil }
            if !undisturbed, powerCut() { return diary.append("power cut after the image was deleted") }
            _ = try await bench.ledger.recordImageGone(retraction.externalID, at: bench.now)
            if retraction.withFiles {
                for face in Face.allCases { files[retraction.capture.ids.file(face)] = nil }
            }
            if !undisturbed {
                try await interrupt()
                if powerCut() { return diary.append("power cut after the files were deleted") }
            }
            _ = try await bench.ledger.recordRetracted(retraction, words: "", at: bench.now)
        }
    }

    /// Delivers whatever can be delivered, without any trouble.
    mutating func settle() async throws {
        for _ in 0..<100 {
            let before = diary.count
            try await upload(undisturbed: true)
            try await register(undisturbed: true)
            try await retract(undisturbed: true)
            if diary.count == before { return }
        }
        Issue.record("it never comes to an end")
    }

    // MARK: What must hold

    /// Everything that is not as it must be, one line each.
    func violations() async throws -> [String] {
        var found: [String] = []
        let stations = try await bench.ledger.items()
        let byID = Dictionary(uniqueKeysWithValues: stations.map { ($0.id, $0) })
        for station in stations {
            let history = try await bench.ledger.history(of: station.id)
            if history.last?.state != station.state.name { found.append("\(station.path): the history ends elsewhere") }
            if station.state.digest != nil, station.capture?.digest != station.state.digest {
                found.append("\(station.path): the capture is of another content")
            }
            if station.state.name == .accepted, let original = station.sameAs.flatMap({ byID[$0] }) {
                let waits = [.accepted, .uploading, .uploaded, .failed].contains(original.state.name)
                if !waits || original.sameAs != nil || original.state.digest != station.state.digest {
                    found.append("\(station.path): waits for \(original.path), which is \(original.state.name)")
                }
            }
            let faces = try await bench.ledger.files(of: station.id)
            if station.state.digest != nil, faces.count != 6 { found.append("\(station.path): \(faces.count) faces") }
            if station.state.name == .uploaded, faces.contains(where: { $0.state == .pending }) {
                found.append("\(station.path): uploaded with a pending face")
            }
        }
        for (sentence, sql) in LedgerRules.forbidden + Self.forbidden {
            found += try await bench.ledger.read { try String.fetchAll($0, sql: sql) }.map { "\($0): \(sentence)" }
        }
        let delivered = try await bench.ledger.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT path, liveContent.externalID AS image, digest, file.externalID AS file, sha256
                    FROM liveContent JOIN file USING (item, digest) WHERE deliveredAt IS NOT NULL
                    """
            ).map {
                (
                    $0["path"] as String, $0["image"] as String, $0["digest"] as String, $0["file"] as String,
                    $0["sha256"] as String
                )
            }
        }
        for (path, image, digest, file, bytes) in delivered {
            if files[file] != bytes { found.append("\(path): CDF holds other bytes under \(file)") }
            if images[image]?.rawValue != digest { found.append("\(path): the image \(image) is of other content") }
        }
        return found
    }

    /// What must hold besides, where no operator or other tool had a hand in it.
    private static let forbidden: [(sentence: String, sql: String)] = [
        (
            "on its way to an image id of another folder, and no operator said so",
            """
            SELECT mine.path FROM liveContent mine JOIN liveContent other ON other.externalID = mine.externalID
            WHERE mine.deliveredAt IS NULL AND other.deliveredAt IS NOT NULL AND other.item <> mine.item
              -- Retried, it is recognised.
              AND NOT (mine.state = 'failed' AND mine.digest = other.digest)
              AND NOT EXISTS (SELECT 1 FROM history WHERE history.item = mine.item
                              AND detail = 'an operator confirmed the replacement')
            """
        ),
        (
            "a face's id is not its image's",
            """
            SELECT file.externalID FROM file JOIN content USING (item, digest)
            WHERE file.externalID <> content.externalID || '/' || role
            """
        ),
    ]
}
