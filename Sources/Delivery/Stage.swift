package import Foundation
package import Ledger
import Station

/// One step of the journey: what to look for in the ledger, and what to do with it.
///
/// Stages never call each other. They take what is due, act, and write down what came of it; the ledger is the only queue.
package protocol Stage: Sendable {
    static var name: String { get }
    /// Whether what is due is still begun after the word to stop: where it is quick, and finishes what others have brought so far.
    static var beginsWhileStopping: Bool { get }
    /// How long what is in work may go on after the word to stop.
    static var grace: Duration { get }
    /// How many of the batches of ``due(at:besides:)`` may be in work at once.
    var parallelStations: Int { get }
    /// What is due, in batches that are processed together.
    ///
    /// - Parameters:
    ///   - now: The present.
    ///   - inWork: Stations that are being processed.
    func due(at now: Date, besides inWork: Set<ItemNumber>) async throws(LedgerError) -> [[ItemRecord]]
    /// When the next of what ``due(at:besides:)`` will find is due; nil where nothing of this stage waits.
    func nextDue(at now: Date) async throws(LedgerError) -> Date?
    /// Works on one batch and writes down every outcome, failures included.
    ///
    /// - Throws: Only what keeps the ledger from being written.
    func process(_ stations: [ItemRecord], in project: PreparedProject) async throws(LedgerError)
}
