import ArgumentParser
import Foundation
import Ledger
import Station
import Status

struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tell the whole story of one station or file: what happened, what comes next and when, what to do."
    )

    @Argument(help: "A ledger number, a folder or an external id.")
    var station: String

    @OptionGroup var options: LedgerOptions

    /// What `--json` prints.
    private struct Explanation: Encodable {
        struct Line: Encodable {
            var at: Date
            var event: String
            var state: String
            var detail: String?
        }
        struct FaceLine: Encodable {
            var face: Face
            var fileID: String
            var sha256: String
            var size: Int64
            var state: String
            var receipt: Int64?
        }
        var summary: StationSummary
        var folder: String
        var report: String?
        var problems: [Problem]
        var notes: [Problem]
        var capture: Capture?
        var faces: [FaceLine]
        /// Nil for other kinds.
        var scan: ScanFacts?
        /// Nil for other kinds.
        var pointCloud: PointCloudFacts?
        var history: [Line]
        /// The same in plain words, as the page tells it.
        var story: StationStory
    }

    func run() async throws {
        try await options.withLedger { ledger, directory in
            let record = try await ledger.item(named: Self.resolved(station))
            let history = try await ledger.history(of: record.id)
            let files = try await ledger.files(of: record.id)
            let now = Date()
            // Who may not see whether a daemon runs is told the rest all the same.
            let running = ItemLedger.isInUse(directory: directory) ?? true
            let daemon = try await DaemonStatus.read(from: ledger, running: running)
            let story = StationStory(try await .read(record, from: ledger, daemon: daemon, now: now))
            let explanation = Explanation(
                summary: StationSummary(record),
                folder: record.folder,
                report: record.report,
                problems: record.problems,
                notes: record.notes + record.imageNotes,
                capture: record.capture,
                faces: files.compactMap { file in
                    guard case .face(let face) = file.role else { return nil }
                    return .init(
                        face: face,
                        fileID: file.externalID,
                        sha256: file.digest.rawValue,
                        size: file.size,
                        state: file.state.rawValue,
                        receipt: file.receipt?.rawValue
                    )
                },
                scan: try await ScanFacts(record, from: ledger),
                pointCloud: PointCloudFacts(record, file: files.first),
                history: history.map { .init(at: $0.at, event: $0.event, state: $0.state.rawValue, detail: $0.detail) },
                story: story
            )
            if options.json {
                show(String(decoding: try JSONEncoder.facts.encode(explanation), as: UTF8.self))
            } else {
                show(Self.text(explanation, record))
            }
        }
    }

    /// An existing folder or file is looked up by its absolute path, as in the ledger, and so is a position of an existing file.
    static func resolved(_ name: String) -> String {
        guard Int64(name) == nil else { return name }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        let file = parts.dropLast(name.hasSuffix("/") ? 2 : 1).joined(separator: "/")
        let isPosition = file.lowercased().hasSuffix(".e57") && FileManager.default.fileExists(atPath: file)
        return isPosition || FileManager.default.fileExists(atPath: name) ? absolute(name) : name
    }

    private static func text(_ explanation: Explanation, _ record: ItemRecord) -> String {
        var lines = ["\(record.kind.title) \(record.id): \(printable(record.folder))"] + explanation.story.summaryLines
        lines.append("Facts:")
        if let capture = record.capture {
            let (t, r) = (capture.pose.translation, capture.pose.eulerRotation)
            lines += [
                "collection \(printable(capture.ids.collection))", "station    \(printable(capture.ids.station))",
                "image      \(printable(capture.ids.image))",
                "pose       translation \(t.x), \(t.y), \(t.z) m; euler \(r.x), \(r.y), \(r.z) rad",
            ]
        }
        lines += explanation.pointCloud?.lines ?? []
        if let report = record.report { lines.append("report     \(printable(report))") }
        for face in explanation.faces {
            lines.append(
                "\(face.face.rawValue.padding(toLength: 7, withPad: " ", startingAt: 0)) \(face.state), \(face.size) bytes, sha256 \(face.sha256.prefix(12))…"
            )
        }
        lines += explanation.scan?.lines ?? []
        for note in explanation.notes { lines.append("note: \(printable(note.message, limit: 1000))") }
        lines += explanation.story.historyLines
        return lines.joined(separator: "\n")
    }
}
