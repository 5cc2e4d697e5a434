package import Foundation
package import Ledger
import Station

/// What `explain` and the page show of a point cloud.
package struct PointCloudFacts: Encodable, Sendable, Equatable {
    package struct LogLine: Encodable, Sendable, Equatable {
        package var at: Date
        package var severity: Int
        package var text: String
    }

    package private(set) var fileID: String
    package private(set) var size: Int64
    package private(set) var sha256: String
    /// Of the file: `pending`, `sent`, `confirmed`.
    package private(set) var fileState: String?
    package private(set) var receipt: Int64?
    package private(set) var attempt: Int?
    package private(set) var model: Int64?
    package private(set) var revision: Int64?
    /// CDF's own word.
    package private(set) var status: String?
    package private(set) var note: String?
    /// A later revision, made from other content that the file had meanwhile; nil if there is none.
    package private(set) var newerRevision: Int64?
    /// What to do about it; not encoded.
    package private(set) var newerNote: String?
    package private(set) var log: [LogLine]

    /// Nil for items of other kinds.
    package init?(_ record: ItemRecord, file: FileRecord?) {
        guard case .pointCloud(let cloud) = record.content else { return nil }
        let handOver = record.handOver
        fileID = cloud.externalID
        size = cloud.size
        sha256 = cloud.fileDigest.rawValue
        fileState = file?.state.rawValue
        receipt = file?.receipt?.rawValue ?? handOver?.file?.rawValue
        attempt = handOver?.attempt
        model = handOver?.model
        revision = handOver?.revision
        status = handOver?.status
        note = handOver?.note
        newerRevision = handOver?.newer
        newerNote = handOver?.newerNote
        log = handOver?.log.map { .init(at: $0.at, severity: $0.severity, text: $0.text) } ?? []
        words = handOver?.log.map(\.words) ?? []
    }

    /// The log's lines as people read them; not encoded.
    package private(set) var words: [String]

    private enum CodingKeys: String, CodingKey {
        case fileID, size, sha256, fileState, receipt, attempt, model, revision, status, note, newerRevision, log
    }

    /// For people.
    package var lines: [String] {
        var lines = [
            "file       \(printable(fileID))\(receipt.map { ", number \($0)" } ?? "")\(fileState.map { ", \($0)" } ?? "")",
            "           \(size) bytes, sha256 \(sha256.prefix(12))…",
        ]
        if let model { lines.append("3D model   \(model)") }
        if let revision {
            let again = (attempt ?? 1) > 1 ? " (attempt \(attempt ?? 1))" : ""
            lines.append("3D revision \(revision)\(again)\(status.map { ", CDF says \($0)" } ?? "")")
        }
        if let note { lines.append("note: \(printable(note))") }
        if let newerNote { lines.append("note: \(newerNote)") }
        if !words.isEmpty { lines += ["CDF's log:"] + words.map { "  " + $0 } }
        return lines
    }
}
