package import Ledger
import Station

/// What can be done about one item in its present state.
package struct ActionChoices: Sendable, Equatable {
    package enum Retry: Sendable, Equatable {
        /// It has failed.
        case again
        /// It waits for its next try.
        case now
        /// It was refused or is incomplete.
        case inspect
        /// It was taken out of CDF.
        case deliver
    }

    /// Its number in the ledger.
    package var item: Int64
    package var retry: Retry?
    /// It is in conflict with what was delivered before.
    package var replace = false
    /// Its other visits still have the pose that was corrected here.
    package var givePose = false
    /// Its folder can be listed again.
    package var lookAgain = false
    /// Its images in CDF, the present one first.
    package var retract: [String] = []

    /// - Parameters:
    ///   - record: The item.
    ///   - standing: Its images that are in CDF, the latest first.
    package init(_ record: ItemRecord, standing: [String]) {
        item = record.id.rawValue
        retract = record.kind == .station ? standing : []
        switch record.state {
        case .incomplete: retry = .inspect
        case .rejected(let problems):
            retry = .inspect
            replace = problems.contains { $0.code == "conflict" }
        case .accepted, .uploading, .uploaded, .processing: retry = record.attempts > 0 ? .now : nil
        case .failed: retry = .again
        case .withdrawn: retry = record.isRetracted ? .deliver : nil
        case .registered:
            givePose = record.sameAs == nil && !record.visitsElsewhere.isEmpty
            lookAgain = record.scan == nil
        }
    }
}
