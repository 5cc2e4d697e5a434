import Crypto
import Foundation

/// How the processing of a revision goes: by default it is done at the third look-up.
struct RevisionCourse: Codable, Sendable {
    struct Line: Codable, Sendable {
        var severity: Int64
        var type: String
        var info: String

        static func information(_ info: String) -> Line { Line(severity: 3, type: "Sandbox/Status", info: info) }
        static func error(_ info: String) -> Line { Line(severity: 7, type: "Sandbox/Failed", info: info) }
    }

    /// How many look-ups find it unfinished.
    var polls = 2
    /// How long it takes at least, in milliseconds.
    var duration: Int64 = 0
    var fails = false
    /// Lines that the service writes at its end.
    var lines: [Line] = []

    init() {}

    /// Reads the members of a fault of kind `revision`.
    init(_ json: JSON) throws(APIError) {
        polls = Int(try json.integer("polls") ?? (json["seconds"] == nil ? 2 : 0))
        duration = Int64((json["seconds"]?.number ?? 0) * 1000)
        fails = try json.flag("fails")
        for line in json["log"] == nil ? [] : try json.items(0...100, in: "log") {
            lines.append(
                Line(
                    severity: try line.integer("severity") ?? 7,
                    type: try line.text("type", limit: 1000) ?? "Sandbox/Failed",
                    info: try line.text("info", limit: 10_000) ?? ""
                )
            )
        }
    }
}

/// The processing of one revision, until its end.
struct Extraction: Codable, Sendable {
    var revision: Int64
    var course: RevisionCourse
    var began: Int64
    /// Look-ups so far.
    var lookUps = 0
    /// Where the 360° images go; nil if none are asked for.
    var space: String?

    init(revision: Int64, course: RevisionCourse, now: Int64) {
        (self.revision, self.course, began) = (revision, course, now)
    }

    /// Whether it is over at a look-up now.
    func isOver(at now: Int64) -> Bool { lookUps >= course.polls && now >= began + course.duration }
}

extension SandboxStore {
    /// Moves a revision on from Queued through Processing to its end.
    ///
    /// - Parameters:
    ///   - id: The revision.
    ///   - isLookUp: Whether this is one of the look-ups that its course counts.
    func advance(revision id: Int64, isLookUp: Bool) throws {
        guard var extraction = state.extractions[id], let record = state.records[.revision]?[String(id)] else { return }
        let now = now
        if extraction.isOver(at: now) { return try finish(extraction, record, now: now) }
        guard isLookUp else { return }
        var changes: [Change] = []
        if extraction.lookUps == 1 { changes += status("Processing", of: record, now: now) }
        extraction.lookUps += 1
        try commit(changes + [.extraction(extraction)])
    }

    private func status(_ status: String, of record: Record, now: Int64) -> [Change] {
        guard let id = record.members["id"]?.int else { return [] }
        var record = record
        record.members["status"] = .string(status)
        return [
            .record(.revision, String(id), record),
            log(revision: id, .information("The status is now \(status)"), now: now),
        ]
    }

    private func finish(_ extraction: Extraction, _ record: Record, now: Int64) throws {
        var lines = extraction.course.lines
        var fails = extraction.course.fails
        var changes: [Change] = []
        let file = state.files[record.members["fileId"]?.int ?? 0]
        if fails {
            if lines.isEmpty { lines = [.error("The file could not be processed")] }
        } else if let space = extraction.space, let problem = try Self.problem(ofScan: file, in: blobs) {
            fails = true
            lines.append(.error("No 360° images for space '\(space)': \(problem)"))
        }
        changes += lines.map { log(revision: extraction.revision, $0, now: now) }
        if !fails, let space = extraction.space {
            changes += try pretendedImages(of: extraction.revision, record, from: file, in: space, now: now)
        }
        changes += status(fails ? "Failed" : "Done", of: record, now: now)
        try commit(changes + [.extractionEnded(extraction.revision)])
    }

    /// Why CDF would find no scan in a file; nil if it starts like one.
    private static func problem(ofScan file: FileEntry?, in blobs: URL) throws -> String? {
        guard let content = file?.content else { return "the file was deleted" }
        let handle = try FileHandle(forReadingFrom: blobs.appending(path: content.blob))
        let head = try handle.read(upToCount: 8) ?? Data()
        try handle.close()
        let isScan = head == Data("ASTM-E57".utf8) || head.starts(with: Data("PK".utf8))
        return isScan ? nil : "the file is neither an E57 file nor a zip of them"
    }
}
