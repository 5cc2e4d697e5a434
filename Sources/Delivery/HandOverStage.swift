import CDF
package import Foundation
package import Ledger
import Logging
package import Station
import Timing

/// uploaded → processing: has CDF make a 3D revision of a point cloud whose file it holds; exactly one of each content.
///
/// Creating models and revisions is not idempotent. So what is about to be created is written down first, what is ours is recognisable,
/// and it always looks before it creates: after a kill, a lost answer or a refused nonce alike.
package struct HandOverStage: Stage {
    package static let name = "hand-over"
    package static let beginsWhileStopping = false
    package static let grace = Duration.seconds(4)
    /// One at a time: two could create the same model.
    package let parallelStations = 1
    private let context: DeliveryContext
    private let confirmation: FileConfirmation
    private let target: @Sendable (ItemRecord) -> ModelTarget?

    /// - Parameters:
    ///   - context: What it works with.
    ///   - target: The 3D model that the present configuration names for an item, so that a corrected one counts; nil for the one that
    ///     its content was accepted with.
    package init(context: DeliveryContext, target: @escaping @Sendable (ItemRecord) -> ModelTarget? = { _ in nil }) {
        self.context = context
        self.target = target
        confirmation = FileConfirmation(context)
    }

    package func due(at now: Date, besides inWork: Set<ItemNumber>) async throws(LedgerError) -> [[ItemRecord]] {
        try await context.ledger.dueForRegistration(.pointCloud, at: now, limit: 20).map { [$0] }
    }

    package func nextDue(at now: Date) async throws(LedgerError) -> Date? {
        try await context.ledger.nextDueForRegistration(.pointCloud, at: now)
    }

    package func process(_ items: [ItemRecord], in project: PreparedProject) async throws(LedgerError) {
        for item in try await confirmation.confirmed(items, by: { .externalID($0) }) {
            do throws(HandOverObstacle) {
                try await handOver(item, in: project)
            } catch {
                try await settle(error, for: item)
            }
        }
    }

    private func handOver(_ item: ItemRecord, in project: PreparedProject) async throws(HandOverObstacle) {
        guard case .pointCloud(let cloud) = item.content, let digest = item.state.digest else { return }
        let step = HandOverStep(context: context, item: item, digest: digest)
        let files = try await step.recording { ledger async throws(LedgerError) in try await ledger.files(of: item.id) }
        guard let file = files.first?.receipt else {
            throw .ledger(.unreadableRow(item: item.id.rawValue, detail: "no receipt of the point cloud's file"))
        }
        let resolution = ModelResolution(
            step: step,
            target: target(item) ?? cloud.model,
            dataSetID: project.dataSetID
        )
        // A model that is gone, and all its revisions with it, is looked for once more by its name.
        for _ in 0..<2 {
            let known = try await step.recording { ledger async throws(LedgerError) in
                try await ledger.handOver(of: digest)
            }
            if let made = known.made {
                let newer = try await RevisionCreation.newer(than: made, of: cloud, step)
                return try await record(made, attempt: known.attempt, file: nil, newer: newer, of: step)
            }
            let model: Int64
            if let number = known.model, known.intendedAt != nil {
                // Where the revision may be.
                model = number
            } else {
                // Nothing was created yet, so that a corrected configuration counts.
                model = try await resolution.number()
            }
            let creation = RevisionCreation(
                step: step,
                cloud: cloud,
                model: model,
                file: file,
                known: known,
                space: project.model.space
            )
            if let found = try await creation.made() {
                let made = ModelRevision(model: model, revision: found.revision.id)
                let receipt = found.revision.fileID.map(FileReceipt.init(rawValue:)) ?? file
                return try await record(made, attempt: found.attempt, file: receipt, newer: found.newer, of: step)
            }
            try await step.recording { ledger async throws(LedgerError) in
                try await ledger.recordModel(nil, for: digest)
            }
        }
        throw .final(
            .init(
                summary: "CDF lists the 3D model and then says that it does not exist.",
                advice: "Check in CDF whether somebody deletes it, then run `drop360 retry`."
            )
        )
    }

    /// Records the revision, whether it was just created or found.
    private func record(
        _ made: ModelRevision,
        attempt: Int,
        file: FileReceipt?,
        newer: Int64?,
        of step: HandOverStep
    ) async throws(HandOverObstacle) {
        let record = try await step.recording { ledger async throws(LedgerError) in
            try await ledger.recordHandedOver(
                made,
                attempt: attempt,
                file: file,
                newer: newer,
                of: step.item.id,
                step.digest,
                at: step.now
            )
        }
        context.logger.info(
            "CDF processes the point cloud",
            metadata: [
                "station.path": "\(printable(record.path))", "station.number": "\(record.id)",
                "model.id": "\(made.model)",
                "revision.id": "\(made.revision)",
            ]
        )
        context.changed(record)
    }

    private func settle(_ obstacle: HandOverObstacle, for item: ItemRecord) async throws(LedgerError) {
        guard let digest = item.state.digest else { return }
        switch obstacle {
        case .ledger(let error): throw error
        case .overtaken: break
        case .final(let failure): try await context.giveUp(failure, digest, item)
        case .cdf(let error): try await context.settle(error, for: item, atLeast: error.retryAfter)
        case .inDoubt(let date, let reason):
            context.logger.notice(
                "it is unknown whether CDF has carried out a request; looking for its result",
                metadata: [
                    "station.path": "\(printable(item.path))", "station.number": "\(item.id)", "reason": "\(reason)",
                ]
            )
            _ = try await context.ledger.postpone(
                item.id,
                digest: digest,
                until: date,
                counts: false,
                reason: reason,
                at: context.timeSource.now()
            )
        }
    }
}
