import CDF
package import Foundation
package import Ledger
import Logging
import Station
import Timing

/// processing → registered or failed: asks CDF how far a 3D revision is, ever less often, also across restarts.
package struct FollowStage: Stage {
    package static let name = "follow"
    package static let beginsWhileStopping = false
    package static let grace = Duration.seconds(4)
    package let parallelStations = 1
    private let context: DeliveryContext

    /// A revision that is not found for so long is gone, in seconds; a new one may not be shown at once.
    private static let patience: TimeInterval = 600
    /// For so many attempts a failed revision waits for the log lines that say why.
    private static let attemptsForLog = 3

    package init(context: DeliveryContext) { self.context = context }

    package func due(at now: Date, besides inWork: Set<ItemNumber>) async throws(LedgerError) -> [[ItemRecord]] {
        try await context.ledger.dueForFollowing(at: now, limit: 20).map { [$0] }
    }

    package func nextDue(at now: Date) async throws(LedgerError) -> Date? {
        try await context.ledger.nextDueForFollowing(at: now)
    }

    package func process(_ items: [ItemRecord], in project: PreparedProject) async throws(LedgerError) {
        for item in items { try await follow(item) }
    }

    /// The pause before CDF is asked again, in seconds: a quarter of the time it has taken so far, from 10 s to 10 min.
    static func pause(after age: TimeInterval) -> TimeInterval { min(max(age / 4, 10), 600) }

    private func follow(_ item: ItemRecord) async throws(LedgerError) {
        guard case .processing(let digest, let made) = item.state else { return }
        let revision: Revision3D?
        do throws(CDFError) { revision = try await context.client.revision3D(made) } catch {
            return try await settle(error, for: item)
        }
        context.board.step()
        context.link.recordSuccess(of: item.id)
        let age = max(0, context.timeSource.now().timeIntervalSince(item.changedAt))
        guard let revision else { return try await recordAbsent(item, digest, made, age) }
        let log: [ServiceLogLine]?
        do throws(CDFError) { log = try await lines(of: made) } catch {
            if error == .interrupted { return }
            if revision.status == .failed, item.attempts < Self.attemptsForLog, error.remedy != .giveUp {
                return try await settle(error, for: item)
            }
            context.logger.notice(
                "CDF's log of a 3D revision could not be read",
                metadata: ["station.path": "\(printable(item.path))", "reason": "\(error.summary)"]
            )
            log = nil
        }
        switch revision.status {
        case .done: try await finish(item, digest, log)
        case .failed: try await fail(item, digest, made, log)
        case .queued: try await wait(item, digest, "Queued", log, age)
        case .processing: try await wait(item, digest, "Processing", log, age)
        case .other(let word):
            if item.handOver?.status != printable(word, limit: 60) {
                context.logger.warning(
                    "CDF reports a status of a 3D revision that drop360 does not know; it waits for Done or Failed",
                    metadata: ["station.path": "\(printable(item.path))", "status": "\(printable(word, limit: 60))"]
                )
            }
            try await wait(item, digest, word, log, age)
        }
    }

    private func settle(_ error: CDFError, for item: ItemRecord) async throws(LedgerError) {
        try await context.settle(error.keptToItem, for: item, atLeast: error.retryAfter)
    }

    private func lines(of made: ModelRevision) async throws(CDFError) -> [ServiceLogLine] {
        try await context.client.revisionLogs3D(made, atLeast: .information).map { line in
            let text = line.type.isEmpty ? line.info : "\(line.type): \(line.info)"
            return ServiceLogLine(at: line.time, severity: Int(clamping: line.severity.rawValue), text: text)
        }
    }

    private func wait(
        _ item: ItemRecord,
        _ digest: ContentDigest,
        _ status: String,
        _ log: [ServiceLogLine]?,
        _ age: TimeInterval
    ) async throws(LedgerError) {
        let next = context.timeSource.now().addingTimeInterval(Self.pause(after: age))
        let record = try await context.ledger.recordProgress(status, log: log, of: item.id, digest, askAgain: next)
        if record.handOver != item.handOver { context.changed(record) }
    }

    private func finish(
        _ item: ItemRecord,
        _ digest: ContentDigest,
        _ log: [ServiceLogLine]?
    ) async throws(LedgerError) {
        _ = try await context.ledger.recordProgress("Done", log: log, of: item.id, digest, askAgain: nil)
        let done = try await context.ledger.record(.registered(digest), for: item.id, at: context.timeSource.now())
        context.logger.info("point cloud registered", metadata: ["station.path": "\(printable(item.path))"])
        context.changed(done)
    }

    private func fail(
        _ item: ItemRecord,
        _ digest: ContentDigest,
        _ made: ModelRevision,
        _ log: [ServiceLogLine]?
    ) async throws(LedgerError) {
        let cause = log?.last { $0.severity >= 7 }.map { " CDF's log says: “\($0.text)”." } ?? ""
        let failure = ItemState.Failure(
            summary: "CDF could not make revision \(made.revision) of 3D model \(made.model) from the file.\(cause)",
            advice: """
                If the file is damaged, replace it by a good one. \
                To have CDF try this one again, the operator can run `drop360 retry \(item.id)`.
                """
        )
        try await recordFailed(failure, "Failed", log, item, digest)
    }

    private func recordAbsent(
        _ item: ItemRecord,
        _ digest: ContentDigest,
        _ made: ModelRevision,
        _ age: TimeInterval
    ) async throws(LedgerError) {
        guard age >= Self.patience else { return try await wait(item, digest, "not found", nil, age) }
        let failure = ItemState.Failure(
            summary:
                "Revision \(made.revision) of 3D model \(made.model) is no longer in CDF, or drop360 may not read it.",
            advice: "To have CDF make another one from the file, the operator can run `drop360 retry \(item.id)`."
        )
        try await recordFailed(failure, "not found", nil, item, digest)
    }

    private func recordFailed(
        _ failure: ItemState.Failure,
        _ status: String,
        _ log: [ServiceLogLine]?,
        _ item: ItemRecord,
        _ digest: ContentDigest
    ) async throws(LedgerError) {
        let now = context.timeSource.now()
        let failed = try await context.ledger.recordFailedRevision(
            failure,
            status: status,
            log: log,
            of: item.id,
            digest,
            at: now
        )
        context.logger.error(
            "point cloud failed",
            metadata: [
                "station.path": "\(printable(item.path))", "reason": "\(failure.summary)",
                "advice": "\(failure.advice ?? "-")",
            ]
        )
        context.changed(failed)
    }
}
