package import Foundation
package import Ledger

/// One step of the journey: what to look for in the ledger, and what to do with it.
///
/// Stages never call each other. They take what is due, act, and write down what came of it; the ledger is the only queue.
package protocol Stage: Sendable {
    static var name: String { get }
    /// How many of the batches of ``due(at:)`` may be in work at once.
    var parallelStations: Int { get }
    /// What is due, in batches that are processed together.
    func due(at now: Date) async throws(LedgerError) -> [[StationRecord]]
    /// Works on one batch and writes down every outcome, failures included.
    ///
    /// - Throws: Only what keeps the ledger from being written.
    func process(_ stations: [StationRecord], in project: PreparedProject) async throws(LedgerError)
}
