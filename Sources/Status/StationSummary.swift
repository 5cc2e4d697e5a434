package import Foundation
package import Ledger
package import Station

/// One station, as lists and the status page show it.
package struct StationSummary: Codable, Sendable, Equatable {
    package var station: Int64
    package var inbox: String
    package var path: String
    package var state: ItemState.Name
    package var changedAt: Date
    /// What is wrong, or why it waits, in one line.
    package var words: String?
    package var image: String?
    package var attempts: Int
    package var notBefore: Date?

    package init(_ record: ItemRecord) {
        station = record.id.rawValue
        inbox = record.inbox
        path = record.path
        state = record.state.name
        changedAt = record.changedAt
        image = record.capture?.ids.image
        attempts = record.attempts
        switch record.state {
        case .incomplete(let problems), .rejected(let problems):
            words = problems.isEmpty ? nil : problems.map(\.message).joined(separator: " ")
        case .failed(_, let failure):
            words = [failure.summary, failure.advice].compactMap(\.self).joined(separator: " ")
        case .accepted, .registered: words = record.sameAs.map { "The same content as station \($0)." }
        case .uploading where record.kind == .scan: words = "Its positions are being read."
        case .uploaded where record.kind == .scan: words = "All positions have been read; some are still on their way."
        case .uploading, .uploaded, .processing, .withdrawn: words = nil
        }
        switch record.state.name {
        case .accepted, .uploading, .uploaded, .processing: notBefore = record.attempts > 0 ? record.notBefore : nil
        case .incomplete, .registered, .rejected, .failed, .withdrawn: notBefore = nil
        }
    }
}
