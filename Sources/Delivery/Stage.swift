package import Foundation
package import Ledger
import Station

/// One step of the journey: what to look for in the ledger, and what to do with it.
///
/// Stages never call each other. They take what is due, act, and record the outcome; the ledger is the only queue.
package protocol Stage: Sendable {
    static var name: String { get }
    /// Whether due work is still started while drop360 is stopping: for a stage that is quick, and finishes the work of others.
    static var beginsWhileStopping: Bool { get }
    /// How long work under way may continue while drop360 is stopping.
    static var grace: Duration { get }
    /// How many of the batches of ``due(at:besides:)`` may be processed concurrently.
    var parallelStations: Int { get }
    /// What is due, in batches that are processed together.
    ///
    /// - Parameters:
    ///   - now: The present.
    ///   - inWork: Stations that are being processed.
    func due(at now: Date, besides inWork: Set<ItemNumber>) async throws(LedgerError) -> [[ItemRecord]]
    /// When the next of what ``due(at:besides:)`` will find is due; nil if nothing waits for this stage.
    func nextDue(at now: Date) async throws(LedgerError) -> Date?
    /// Processes one batch and records every outcome, including failures.
    ///
    /// - Throws: Only if the ledger cannot be written.
    func process(_ stations: [ItemRecord], in project: PreparedProject) async throws(LedgerError)
}
