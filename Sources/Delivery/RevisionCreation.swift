import CDF
import Foundation
import Ledger
import Station

/// Finds the revision of a point cloud in its 3D model, or creates it once.
///
/// drop360's revisions are recognised by their metadata: the content's digest and the number of the attempt. So one is found again
/// whatever was killed or lost, even the ledger, and whichever item had the content.
struct RevisionCreation: Sendable {
    let step: HandOverStep
    let cloud: PointCloud
    /// CDF's number of the model.
    let model: Int64
    /// CDF's number of the file.
    let file: FileReceipt
    let known: HandOver
    /// Where CDF writes the nodes of the panoramas.
    let space: String

    /// A revision and which of the content's revisions it is.
    struct Made {
        var revision: Revision3D
        var attempt: Int
        /// A later one, made from other content of the same file; nil if there is none.
        var newer: Int64? = nil
    }

    static let digestKey = "drop360_digest"
    static let fileKey = "drop360_file"
    static let attemptKey = "drop360_attempt"

    /// The content's revision; nil if CDF no longer has the model.
    ///
    /// Looks before it creates anything.
    func made() async throws(HandOverObstacle) -> Made? {
        switch try await look() {
        case .modelGone: return nil
        case .found(let made): return made
        case .nothing: break
        }
        try step.expectCertainty(since: known.intendedAt, "the 3D revision may have been created")
        // The second time with a fresh nonce; then the answer is final.
        if let made = try await create(isLast: false) { return made }
        return try await create(isLast: true)
    }

    /// Asks once, with a nonce of its own; what is about to be created is written down before.
    ///
    /// - Returns: Nil if the nonce may have been refused, and the revision is not there.
    private func create(isLast: Bool) async throws(HandOverObstacle) -> Made? {
        let nonce: SessionNonce
        do throws(CDFError) { nonce = try await step.context.client.session() } catch {
            throw .cdf(error.keptToSession)
        }
        let new = NewRevision3D(model: model, fileID: file.rawValue, space: space, nonce: nonce, metadata: metadata)
        let mayCreate = try await step.recording { [step, now = step.now] ledger async throws(LedgerError) in
            try await ledger.recordRevisionIntent(of: step.item.id, step.digest, at: now)
        }
        guard mayCreate else { throw .overtaken }
        do throws(CDFError) {
            let revision = try await step.context.client.createRevision3D(new)
            step.context.board.step()
            return Made(revision: revision, attempt: known.attempt)
        } catch {
            switch error {
            case .outcomeUnknown: throw step.doubt(error)
            // Cancelled while CDF was asked: the intent stays.
            case .interrupted: throw .cdf(error)
            // The line may have stalled until the nonce was too old. Which status that gets is not documented.
            case _ where error.mayConcernNonce && !isLast:
                if case .found(let made) = try await look() { return made }
                return nil
            default:
                try await step.recording { [digest = step.digest] ledger async throws(LedgerError) in
                    try await ledger.recordNotCreated(digest)
                }
                throw .cdf(error.keptToSession)
            }
        }
    }

    /// The same of a revision that is known already.
    static func newer(
        than made: ModelRevision,
        of cloud: PointCloud,
        _ step: HandOverStep
    ) async throws(HandOverObstacle) -> Int64? {
        let revisions = try await step.reading { client async throws(CDFError) in
            try await client.revisions3D(of: made.model)
        }
        return newer(than: made.revision, of: cloud, among: revisions ?? [])
    }

    /// The latest revision after `number` that shows the same file with other content.
    ///
    /// - Parameter revisions: The oldest first.
    private static func newer(than number: Int64, of cloud: PointCloud, among revisions: [Revision3D]) -> Int64? {
        guard let index = revisions.firstIndex(where: { $0.id == number }) else { return nil }
        return revisions[(index + 1)...].last {
            $0.metadata[fileKey] == cloud.externalID && $0.metadata[digestKey] != cloud.digest.rawValue
                && $0.status != .failed
        }?.id
    }

    private var metadata: [String: String] {
        [
            Self.digestKey: cloud.digest.rawValue, Self.fileKey: cloud.externalID,
            Self.attemptKey: String(known.attempt),
        ]
    }

    private enum Look {
        case nothing, modelGone
        case found(Made)
    }

    /// The newest attempt counts, and of several of it the oldest.
    private func look() async throws(HandOverObstacle) -> Look {
        let revisions = try await step.reading { client async throws(CDFError) in
            try await client.revisions3D(of: model)
        }
        guard let revisions else { return .modelGone }
        let own = revisions.compactMap { revision -> Made? in
            guard revision.metadata[Self.digestKey] == cloud.digest.rawValue,
                let attempt = revision.metadata[Self.attemptKey].flatMap(Int.init), attempt >= known.attempt
            else { return nil }
            let newer = Self.newer(than: revision.id, of: cloud, among: revisions)
            return Made(revision: revision, attempt: attempt, newer: newer)
        }
        let newest = own.map(\.attempt).max()
        return own.first { $0.attempt == newest }.map(Look.found) ?? .nothing
    }
}
