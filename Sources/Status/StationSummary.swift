package import Foundation
package import Ledger
package import Station

/// One item, as lists and the status page show it.
package struct StationSummary: Codable, Sendable, Equatable {
    package var station: Int64
    package var kind: ItemKind
    package var inbox: String
    package var path: String
    /// The id of the site that it belongs to; nil before it is known.
    package var site: String?
    package var state: ItemState.Name
    package var changedAt: Date
    /// What is wrong, or why it waits, in one line.
    package var words: String?
    package var image: String?
    /// The 3D model and its revision that a point cloud becomes; nil until it is known.
    package var modelRevision: ModelRevision?
    /// Images delivered from here before that are still in CDF beside the present one; nil if there are none.
    ///
    /// `drop360 retract` takes them out.
    package var leftBehind: [String]?
    /// Visits of the same station that still have the pose that was corrected here; nil if there are none.
    package var visitsElsewhere: [VisitElsewhere]?
    /// Whether it is withdrawn because an operator took it out of CDF; nil if not.
    package var retracted: Bool?
    package var attempts: Int
    package var notBefore: Date?

    /// The last part of its path.
    package var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    package init(_ record: ItemRecord) {
        station = record.id.rawValue
        kind = record.kind
        inbox = record.inbox
        path = record.path
        site = record.site
        state = record.state.name
        changedAt = record.changedAt
        image = record.capture?.ids.image
        modelRevision = record.handOver?.made
        leftBehind = record.leftBehind.isEmpty ? nil : record.leftBehind
        visitsElsewhere = record.visitsElsewhere.isEmpty ? nil : record.visitsElsewhere
        retracted = record.isRetracted ? true : nil
        attempts = record.attempts
        switch record.state {
        case .incomplete(let problems), .rejected(let problems):
            words = problems.isEmpty ? nil : problems.map(\.message).joined(separator: " ")
        case .failed(_, let failure):
            words = [failure.summary, failure.advice].compactMap(\.self).joined(separator: " ")
        case .processing(_, let made):
            words =
                "CDF has been processing it since \(record.changedAt.formatted(.iso8601)): revision \(made.revision) of 3D model \(made.model)"
                + (record.handOver?.status.map { " (\($0))" } ?? "") + "."
        case .accepted where record.sameAs != nil, .registered where record.sameAs != nil:
            words = record.sameAs.map { "The same content as \(record.kind.noun) \($0)." }
        case .registered:
            let newer = record.handOver?.newer.map { " Revision \($0), of other content of the file, is newer." } ?? ""
            words = record.handOver?.made.map { made in
                "CDF made revision \(made.revision) of 3D model \(made.model) from it.\(newer)"
            }
        case .uploading where record.kind == .scan: words = "Its positions are being read."
        case .uploaded where record.kind == .scan: words = "All positions have been read; some are still on their way."
        case .uploaded where record.isRewritten: words = "Its image is written again, with another pose."
        case .withdrawn: words = record.retractedWords
        case .accepted, .uploading, .uploaded: words = nil
        }
        // What `explain` and the reports say at length.
        if let before = record.leftBehind.first {
            let more = record.leftBehind.count > 1 ? " and \(record.leftBehind.count - 1) more" : ""
            let isFormer = record.kind == .scan || (record.scan != nil && record.isGone)
            let place = isFormer ? ", though no longer in the file" : " beside it"
            let note = "Still in the viewer\(place): \(before)\(more) (`drop360 retract \(shellWord(before))`)."
            words = [words, note].compactMap(\.self).joined(separator: " ")
        }
        if !record.visitsElsewhere.isEmpty {
            let note =
                "\(record.visitsElsewhere.count) other visits still have the old pose (`drop360 replace \(record.id) --with-visits`)."
            words = [words, note].compactMap(\.self).joined(separator: " ")
        }
        switch record.state.name {
        case .accepted, .uploading, .uploaded, .processing: notBefore = record.attempts > 0 ? record.notBefore : nil
        case .incomplete, .registered, .rejected, .failed, .withdrawn: notBefore = nil
        }
    }
}
