import CDF
import Foundation

/// Decides what an extraction pipeline is told, and when.
///
/// A plain value with no clock and no network: the caller says what it saw and when, asks what is due, and says what has been told.
struct PipelineNews {
    /// Why the daemon cannot do all of its work.
    struct Trouble: Equatable, Hashable {
        /// The same for the same trouble, whatever its words: an inbox, the ledger.
        var cause: String
        var words: String
    }

    /// What the daemon looked like at one moment.
    struct Sight: Equatable {
        /// Whether the scanner and the stages make progress, and the ledger takes what they write.
        var isAlive = true
        /// Items on their way to CDF.
        var underWay = 0
        /// Grows with all progress of the stages.
        var steps: UInt64 = 0
        var troubles: [Trouble] = []
        /// Why items failed since the last look, one of each sort.
        var failures: [Trouble] = []
        /// What the ledger has in all: a line for the message.
        var summary = ""
    }

    /// Between two `seen`.
    static let heartbeat: TimeInterval = 600

    private var lastSeen: Date?
    /// Causes of troubles that last, and that have been told.
    private var lasting: Set<String> = []
    /// Causes of failures told since the last success.
    private var failed: Set<String> = []
    /// Failures that were found and not told yet.
    private var untold: [Trouble] = []
    /// Whether an item has failed since the queue was last empty.
    private var hasFailed = false
    /// Whether one had failed when the queue was last empty.
    private var endedBadly = false
    /// Whether the queue has been worked off, or a trouble has ended, since the last success.
    private var owesSuccess = false
    /// The stages' steps when the queue was last empty.
    private var drained: UInt64 = 0
    /// More causes than this at once say nothing new.
    private static let mostCauses = 20

    /// What is to be told, in this order.
    mutating func due(_ sight: Sight, at now: Date) -> [PipelineRun] {
        take(sight)
        let seen = sight.isAlive && isSeenDue(at: now) ? [PipelineRun(.seen)] : []
        let failures = failures(sight)
        let isDone = owesSuccess && failures.isEmpty && sight.underWay == 0 && sight.isAlive && sight.troubles.isEmpty
        return seen + (isDone ? [success(sight)] : failures)
    }

    /// What is told at the end: what is untold, and `success` unless something is wrong.
    mutating func dueAtEnd(_ sight: Sight) -> [PipelineRun] {
        take(sight)
        let failures = failures(sight)
        let isWell = failures.isEmpty && sight.troubles.isEmpty && sight.isAlive && !hasFailed && !endedBadly
        return isWell ? [success(sight)] : failures
    }

    /// The run has been told, or will not be.
    mutating func recordTold(_ run: PipelineRun, _ sight: Sight, at now: Date) {
        switch run.status {
        case .seen: lastSeen = now
        case .failure:
            if let trouble = sight.troubles.first(where: { $0.words == run.message }) { lasting.insert(trouble.cause) }
            if let index = untold.firstIndex(where: { $0.words == run.message }) {
                failed.insert(untold.remove(at: index).cause)
            }
        case .success:
            failed = []
            owesSuccess = false
        }
    }

    private mutating func take(_ sight: Sight) {
        let left = lasting.intersection(sight.troubles.map(\.cause))
        if left.count < lasting.count { owesSuccess = true }
        lasting = left
        for failure in sight.failures {
            hasFailed = true
            let isKnown = failed.contains(failure.cause) || untold.contains { $0.cause == failure.cause }
            if !isKnown, untold.count < Self.mostCauses { untold.append(failure) }
        }
        guard sight.underWay == 0, sight.steps != drained || hasFailed else { return }
        // A queue that ended with a failure ended without success.
        drained = sight.steps
        (owesSuccess, endedBadly, hasFailed) = (!hasFailed, hasFailed, false)
    }

    func isSeenDue(at now: Date) -> Bool {
        guard let lastSeen else { return true }
        // Earlier than the last one: the clock was set back.
        return now.timeIntervalSince(lastSeen) >= Self.heartbeat || now < lastSeen
    }

    private func failures(_ sight: Sight) -> [PipelineRun] {
        (sight.troubles.filter { !lasting.contains($0.cause) } + untold).map { PipelineRun(.failure, $0.words) }
    }

    private func success(_ sight: Sight) -> PipelineRun {
        let queue =
            sight.underWay == 0
            ? "Nothing is waiting to be delivered."
            : "\(sight.underWay) are still on their way; drop360 continues with them."
        return PipelineRun(.success, "\(queue) \(sight.summary)")
    }
}
